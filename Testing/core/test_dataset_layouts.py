"""Decathlon, nnU-Net and BIDS: the same phantom in each layout is the same case; what can't be told is refused."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from GSSCore.cli import main
from GSSCore.dataset import Case, find_cases
from GSSCore.errors import InputError
from GSSCore.imaging.reading import read_stack, read_volume
from GSSCore.phantom import make_phantom
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import read_truth
from GSSCore.training.cases import preprocess_cases
from GSSCore.vocabulary import MODALITIES, Label, Modality

LABELS = {1: Label.ED, 2: Label.NCR, 3: Label.ET}
"""What the values mean in the Decathlon's data, unlike in BraTS."""
DECATHLON = {
    "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
    "labels": {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"},
}
NNUNET = {
    "channel_names": {"0": "T1", "1": "T1ce", "2": "T2", "3": "Flair"},
    "labels": {"background": 0, "edema": 1, "necrotic core": 2, "enhancing tumor": 3},
    "file_ending": ".nii.gz",
}
ORDER = (Modality.FLAIR, Modality.T1, Modality.T1CE, Modality.T2)
CHANNELS = (Modality.T1, Modality.T1CE, Modality.T2, Modality.FLAIR)
BIDS_NAMES = {
    Modality.FLAIR: "FLAIR", Modality.T1CE: "ce-gadolinium_T1w", Modality.T1: "T1w", Modality.T2: "T2w",
}  # fmt: skip


@pytest.fixture(scope="module")
def phantom() -> tuple[dict[Modality, np.ndarray], np.ndarray, np.ndarray]:
    """Images, values of the truth by `LABELS`, and the affine."""
    made = make_phantom(seed=3, shape=(40, 48, 36), spacing_mm=4.0)
    truth = np.zeros(made.truth.array.shape, np.uint8)
    for value, label in LABELS.items():
        truth[made.truth.array == label] = value
    return dict(made.study.images), truth, made.study.grid.affine


def save(path: Path, array: np.ndarray, affine: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = np.uint8 if array.dtype == np.uint8 else np.float32
    nib.save(nib.Nifti1Image(array.astype(kind), affine), path)


def describe(folder: Path, content: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.json").write_text(json.dumps(content), encoding="utf-8")


def decathlon(folder: Path, phantom: Any) -> Path:
    images, truth, affine = phantom
    save(folder / "imagesTr" / "BRATS_001.nii.gz", np.stack([images[m] for m in ORDER], -1), affine)
    save(folder / "labelsTr" / "BRATS_001.nii.gz", truth, affine)
    (folder / "labelsTr" / "._BRATS_001.nii.gz").write_bytes(b"what macOS leaves")
    describe(folder, DECATHLON)
    return folder


def nnunet(folder: Path, phantom: Any) -> Path:
    images, truth, affine = phantom
    for number, modality in enumerate(CHANNELS):
        save(folder / "imagesTr" / f"case_000{number}.nii.gz", images[modality], affine)
    save(folder / "labelsTr" / "case.nii.gz", truth, affine)
    describe(folder, NNUNET)
    return folder


def nnunet_1(folder: Path, phantom: Any) -> Path:
    nnunet(folder, phantom)
    names = {str(number): modality.display for number, modality in enumerate(CHANNELS)}
    describe(folder, {"modality": names, "labels": DECATHLON["labels"]})
    return folder


def bids(folder: Path, phantom: Any) -> Path:
    images, truth, affine = phantom
    derived = folder / "derivatives" / "stripped"
    for modality, words in BIDS_NAMES.items():
        raw = np.ones_like(images[modality]) + images[modality]
        save(folder / "sub-01" / "ses-1" / "anat" / f"sub-01_ses-1_{words}.nii.gz", raw, affine)
        name = f"sub-01_ses-1_{words.replace('T1w', 'desc-brain_T1w')}.nii.gz"
        save(derived / "sub-01" / "ses-1" / "anat" / name, images[modality], affine)
    experts = folder / "derivatives" / "experts"
    save(experts / "sub-01" / "ses-1" / "anat" / "sub-01_ses-1_dseg.nii.gz", truth, affine)
    (experts / "dseg.tsv").write_text("index\tname\n0\tbackground\n1\toedema\n2\tNCR\n3\tET\n", encoding="utf-8")
    (folder / "dataset_description.json").write_text("{}", encoding="utf-8")
    return folder


LAYOUTS: dict[str, Callable[[Path, Any], Path]] = {
    "decathlon": decathlon, "nnunet": nnunet, "nnunet_1": nnunet_1, "bids": bids,
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_images_and_labels(layout: str, phantom: Any, tmp_path: Path) -> None:
    (case,) = find_cases(LAYOUTS[layout](tmp_path, phantom))
    images, values, affine = phantom
    assert case.available == MODALITIES
    study = case.study()
    for modality, image in images.items():
        np.testing.assert_allclose(study.images[modality], image, rtol=1e-6)
    np.testing.assert_allclose(study.grid.affine, affine)
    labels = read_truth(case.truth, case.labels(None)).array
    for value, label in LABELS.items():
        np.testing.assert_array_equal(labels == label, values == value)


@pytest.mark.parametrize("layout", ["nnunet", "bids"])
def test_an_absent_file_is_a_missing_modality(layout: str, phantom: Any, tmp_path: Path) -> None:
    folder = LAYOUTS[layout](tmp_path, phantom)
    pattern = "imagesTr/case_0003*" if layout == "nnunet" else "derivatives/stripped/sub-01/ses-1/anat/*FLAIR*"
    (absent,) = folder.glob(pattern)
    if layout == "nnunet":  # where no case at all has a channel, the description is wrong
        for path in (*folder.glob("imagesTr/case*"), *folder.glob("labelsTr/case*")):
            (path.parent / f"whole_{path.name}").symlink_to(path)
    absent.unlink()
    case = find_cases(folder)[0]
    assert case.available == (Modality.T1CE, Modality.T1, Modality.T2)
    assert case.study().available == case.available


def test_raw_images_serve_where_no_pipeline_made_others(phantom: Any, tmp_path: Path) -> None:
    folder = bids(tmp_path, phantom)
    for path in (folder / "derivatives" / "stripped").rglob("*.nii.gz"):
        path.unlink()
    (case,) = find_cases(folder)
    assert {image.path.parent for image in case.images.values()} == {folder / "sub-01" / "ses-1" / "anat"}


def test_a_pipelines_own_folder_is_a_data_set_too(phantom: Any, tmp_path: Path) -> None:
    folder = bids(tmp_path, phantom)
    derived = folder / "derivatives" / "stripped"
    (truth,) = (folder / "derivatives" / "experts").rglob("*_dseg.nii.gz")
    truth.rename(derived / "sub-01" / "ses-1" / "anat" / truth.name)
    (derived / "dataset_description.json").write_text("{}", encoding="utf-8")
    (case,) = find_cases(derived)
    assert case.name == "sub-01_ses-1"
    assert case.label_map is None, "the table stayed with the experts"


def test_sessions_without_a_segmentation_are_left_out_and_logged(phantom: Any, tmp_path: Path, caplog) -> None:
    folder = bids(tmp_path, phantom)
    (folder / "sub-02" / "anat").mkdir(parents=True)
    with caplog.at_level(logging.WARNING):
        assert [case.name for case in find_cases(folder)] == ["sub-01_ses-1"]
    assert "sub-02 has no segmentation" in caplog.text


def test_named_cases_are_found_and_others_refused(phantom: Any, tmp_path: Path) -> None:
    folder = nnunet(tmp_path, phantom)
    assert [case.name for case in find_cases(folder, ["case"])] == ["case"]
    with pytest.raises(InputError, match=r"no case 'cas' in .*, the nearest name is case"):
        find_cases(folder, ["cas"])


# --- labels ----------------------------------------------------------------------------------------------------------


def declaring(labels: Mapping[str, Any], tmp_path: Path, phantom: Any) -> Case:
    folder = nnunet(tmp_path, phantom)
    describe(folder, NNUNET | {"labels": labels})
    return find_cases(folder)[0]


def test_nested_regions_tell_the_labels(phantom: Any, tmp_path: Path) -> None:
    regions = {"background": 0, "whole tumor": [1, 2, 3], "tumor core": [2, 3], "enhancing tumor": [3]}
    assert declaring(regions, tmp_path, phantom).label_map == LABELS


@pytest.mark.parametrize(
    "labels",
    [
        {"0": "background", "1": "edema", "2": "non-enhancing", "3": "enhancing"},
        {"background": [0], "oedema": [1], "NCR/NET": [2], "enhancing tumour": [3]},
    ],
)
def test_labels_are_told_by_their_names(labels: dict[str, Any], phantom: Any, tmp_path: Path) -> None:
    assert declaring(labels, tmp_path, phantom).labels(None) == {0: Label.BACKGROUND, **LABELS}


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ({"background": 0, "resection cavity": 4}, "'resection cavity', which is neither"),
        ({"background": 0, "whole tumor": [1, 2], "tumor core": [2]}, "and not just"),
        ({"background": 0, "whole tumor": [1, 2], "tumor core": [2, 3], "enhancing tumor": [3]}, "inside each other"),
        ({"background": "zero"}, "no known form"),
        ({"background": 0, "edema": 1, "NCR": 2, "ET": 2}, "the value 2 both NCR and 'ET'"),
        ({"1": "edema", "01": "ET"}, "the value 1 both ED and 'ET'"),
        ({}, "declares no labels"),
    ],
)
def test_labels_that_cannot_be_told_are_refused_until_the_user_declares_them(
    labels: dict[str, Any], says: str, phantom: Any, tmp_path: Path
) -> None:
    case = declaring(labels, tmp_path, phantom)
    for default in (None, LABELS):
        with pytest.raises(InputError, match=rf"Case case: .*dataset\.json .*{says}.*--truth-labels"):
            case.labels(None, default)
    assert case.labels(LABELS) == LABELS


def test_what_a_user_declares_must_not_contradict_the_data_set() -> None:
    case = Case("x", {}, Path("x_seg.nii.gz"), {0: Label.BACKGROUND, **LABELS}, Path("dataset.json"))
    assert case.labels(LABELS) == LABELS
    with pytest.raises(InputError, match=r"contradict dataset\.json, which says BACKGROUND=0, ED=1, NCR=2, ET=3"):
        case.labels({1: Label.NCR, 2: Label.ED, 3: Label.ET})
    silent = Case("x", {}, Path("x_seg.nii.gz"))
    assert silent.labels(LABELS) == silent.labels(None, LABELS) == LABELS
    with pytest.raises(InputError, match=r"Case x: nothing says what the values in x_seg\.nii\.gz mean"):
        silent.labels(None)


# --- what is wrong with a data set -----------------------------------------------------------------------------------


def without_description(folder: Path) -> None:
    (folder / "dataset.json").write_text("{", encoding="utf-8")


def without_channels(folder: Path) -> None:
    describe(folder, {"labels": NNUNET["labels"]})


def with_other_channels(folder: Path) -> None:
    describe(folder, NNUNET | {"channel_names": {"0": "CT"}})


def with_no_ending(folder: Path) -> None:
    describe(folder, NNUNET | {"file_ending": "nii"})


def with_a_label_that_is_not_there(folder: Path) -> None:
    pair = {"image": "./imagesTr/gone.nii.gz", "label": "./labelsTr/gone.nii.gz"}
    describe(folder, NNUNET | {"training": [pair]})


def with_a_list_of_names(folder: Path) -> None:
    describe(folder, NNUNET | {"training": ["case"]})


def with_a_channel_twice(folder: Path) -> None:
    describe(folder, NNUNET | {"channel_names": {"0": "T1", "1": "t1w"}})


def counting_from_1(folder: Path) -> None:
    names = NNUNET["channel_names"].values()
    describe(folder, NNUNET | {"channel_names": {str(number): name for number, name in enumerate(names, 1)}})


def with_a_channel_that_no_case_has(folder: Path) -> None:
    (folder / "imagesTr" / "case_0003.nii.gz").unlink()


def with_a_file_that_no_channel_names(folder: Path) -> None:
    (folder / "imagesTr" / "case_0004.nii.gz").touch()


def with_a_number_twice(folder: Path) -> None:
    describe(folder, NNUNET | {"channel_names": NNUNET["channel_names"] | {"00": "ADC"}})


def with_a_channel_that_may_be_two(folder: Path) -> None:
    describe(folder, NNUNET | {"channel_names": NNUNET["channel_names"] | {"1": "T1 w/wo contrast"}})


def without_truths(folder: Path) -> None:
    (folder / "labelsTr" / "case.nii.gz").unlink()


def without_images(folder: Path) -> None:
    for path in (folder / "imagesTr").iterdir():
        path.unlink()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (without_description, "can't be read"),
        (without_channels, "names no channels"),
        (with_other_channels, "no channel for FLAIR"),
        (with_a_channel_twice, "two channels for T1"),
        (counting_from_1, "counts channels from 1"),
        (with_a_channel_that_no_case_has, "names the channel 3 Flair, of which no case has a file"),
        (with_a_file_that_no_channel_names, r"names no channel 4, and .*case_0004\.nii\.gz is there"),
        (with_a_number_twice, "numbers two channels alike"),
        (with_a_channel_that_may_be_two, "which may mean T1ce and T1"),
        (without_truths, r"no segmentation \*.nii.gz"),
        (without_images, "no image of the case case"),
        (with_no_ending, "file_ending"),
        (with_a_label_that_is_not_there, r"lists .*labelsTr/gone\.nii\.gz, which is not there"),
        (with_a_list_of_names, "no list of image and label"),
    ],
)
def test_a_damaged_description_is_refused(
    damage: Callable[[Path], None], says: str, phantom: Any, tmp_path: Path
) -> None:
    folder = nnunet(tmp_path, phantom)
    damage(folder)
    with pytest.raises(InputError, match=says):
        find_cases(folder)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_before_a_description_changes_nothing(encoding: str, phantom: Any, tmp_path: Path) -> None:
    folder = nnunet(tmp_path, phantom)
    (case,) = find_cases(folder)
    (folder / "dataset.json").write_text(json.dumps(NNUNET), encoding=encoding)
    assert find_cases(folder) == [case]


@pytest.mark.parametrize(
    ("names", "order"),
    [
        ("T2-FLAIR; T1-weighted; T1-weighted post contrast; T2-weighted", "flair t1 t1ce t2"),
        ("t1n; t1c; t2w; t2f", "t1 t1ce t2 flair"),
        ("T1 nativ; T1 nach KM; T2; FLAIR", "t1 t1ce t2 flair"),
        ("T1; T1wCE; ADC; T2 FLAIR", "t1 t1ce - flair"),
    ],
)
def test_channels_are_told_by_the_same_words_as_files(names: str, order: str, phantom: Any, tmp_path: Path) -> None:
    folder = nnunet(tmp_path, phantom)
    describe(folder, NNUNET | {"channel_names": {str(n): name for n, name in enumerate(names.split("; "))}})
    (case,) = find_cases(folder)
    found = {int(image.path.name[-8]): modality.value for modality, image in case.images.items()}
    assert found == {n: word for n, word in enumerate(order.split()) if word != "-"}


@pytest.mark.parametrize(
    ("again", "says"),
    [
        ("derivatives/stripped/sub-01/ses-1/anat/sub-01_ses-1_run-2_FLAIR.nii.gz", "more than one FLAIR"),
        ("derivatives/stripped/sub-01/ses-1/anat/sub-01_ses-1_acq-enh_T1w.nii.gz", "may mean T1ce and T1"),
        ("derivatives/other/sub-01/ses-1/anat/sub-01_ses-1_T2w.nii.gz", "from 2 pipelines"),
        ("derivatives/other/sub-01/ses-1/anat/sub-01_ses-1_dseg.nii.gz", "has the segmentations"),
    ],
)
def test_a_session_that_leaves_a_choice_is_refused(again: str, says: str, phantom: Any, tmp_path: Path) -> None:
    folder = bids(tmp_path, phantom)
    (folder / again).parent.mkdir(parents=True, exist_ok=True)
    (folder / again).touch()
    with pytest.raises(InputError, match=says):
        find_cases(folder)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("number\tlabel\n1\tED\n", "columns index and name"),
        ("index\tname\none\tED\n", "columns index and name"),
        ("index\tname\n1\tED\n1\tET\n", "the value 1 both ED and 'ET'"),
        ("index\tname\n1\tcyst\n", "the value 1 'cyst'"),
    ],
)
def test_a_table_that_does_not_tell_the_labels_is_refused_until_the_user_declares_them(
    table: str, says: str, phantom: Any, tmp_path: Path
) -> None:
    folder = bids(tmp_path, phantom)
    (folder / "derivatives" / "experts" / "dseg.tsv").write_text(table, encoding="utf-8")
    (case,) = find_cases(folder)
    with pytest.raises(InputError, match=rf"Case sub-01_ses-1: .*dseg\.tsv .*{says}.*--truth-labels"):
        case.labels(None)
    assert case.labels(LABELS) == LABELS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.sampled_from(["FLAIR", "t1gd", "ET", "edema", ".nii.gz", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["0", "1", "background", "ET", "whole tumor", "image", "label"]), inner)
    ),
    max_leaves=8,
)
KEYS = ("channel_names", "modality", "labels", "file_ending", "training")


@settings(max_examples=300, deadline=None)
@given(content=st.dictionaries(st.sampled_from(KEYS), JSON), kept=st.sets(st.sampled_from(KEYS)))
def test_whatever_a_description_holds_it_is_read_or_refused(
    content: dict[str, Any], kept: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any_description"
    for name in ("imagesTr/case_0000.nii.gz", "labelsTr/case.nii.gz"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    describe(folder, content | {key: NNUNET[key] for key in kept & set(NNUNET)})
    with contextlib.suppress(InputError):
        for case in find_cases(folder):
            case.labels(None)


# --- which cases -----------------------------------------------------------------------------------------------------


def test_the_cases_are_those_that_the_description_lists_and_the_log_names_the_others(
    phantom: Any, tmp_path: Path, caplog
) -> None:
    folder = nnunet(tmp_path, phantom)
    for name in ("imagesTr/other_0000.nii.gz", "labelsTr/other.nii.gz", "imagesTr/unlabelled_0001.nii.gz"):
        (folder / name).touch()
    with caplog.at_level(logging.WARNING):
        assert [case.name for case in find_cases(folder)] == ["case", "other"]
    assert [record.getMessage().split(" ")[0] for record in caplog.records] == [str(folder / "imagesTr" / "unlabelled")]
    pair = {"image": "./imagesTr/case.nii.gz", "label": "./labelsTr/case.nii.gz"}
    describe(folder, NNUNET | {"training": [pair, pair]})
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        (case,) = find_cases(folder)
    assert (case.name, case.available) == ("case", MODALITIES)
    assert case.truth == folder / "labelsTr" / "case.nii.gz"
    assert caplog.text.count("is left out") == 2


@pytest.mark.parametrize("layout", ["nnunet", "bids"])
def test_a_link_to_what_was_not_fetched_is_no_missing_modality(layout: str, phantom: Any, tmp_path: Path) -> None:
    folder = LAYOUTS[layout](tmp_path, phantom)
    path = find_cases(folder)[0].images[Modality.FLAIR].path
    path.unlink()
    path.symlink_to(tmp_path / "annex" / "gone.nii.gz")
    (case,) = find_cases(folder)
    assert case.available == MODALITIES
    with pytest.raises(InputError, match=rf"Case {case.name}: FLAIR: .*{path.name} (does not exist|is a link to)"):
        case.study()
    with pytest.raises(InputError, match=rf"Case {case.name}: .*{path.name} cannot be read"):
        preprocess_cases([case], PreprocessingSettings(), LABELS, tmp_path / "cache")


def test_the_log_names_the_layout_and_what_is_there_only_raw(phantom: Any, tmp_path: Path, caplog) -> None:
    folder = bids(tmp_path, phantom)
    next((folder / "derivatives" / "stripped").rglob("*ce-*")).unlink()
    with caplog.at_level(logging.INFO):
        (case,) = find_cases(folder)
    assert Modality.T1CE not in case.available
    assert "BIDS data set" in caplog.text
    assert [r.getMessage().split(": ")[1] for r in caplog.records if r.levelno == logging.WARNING] == [
        "the raw T1ce is left out, for a pipeline made others only"
    ]


def test_a_volume_that_no_channel_names_is_refused(phantom: Any, tmp_path: Path) -> None:
    folder = decathlon(tmp_path, phantom)
    describe(folder, DECATHLON | {"modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd"}})
    with pytest.raises(InputError, match=r"holds 4 volumes, .* names 3 channels"):
        find_cases(folder)[0].study()


def test_a_volume_that_a_file_does_not_have_is_named(phantom: Any, tmp_path: Path) -> None:
    folder = decathlon(tmp_path, phantom)
    images, _, affine = phantom
    save(folder / "imagesTr" / "BRATS_001.nii.gz", np.stack([images[m] for m in ORDER[:2]], -1), affine)
    with pytest.raises(InputError, match=r"Case BRATS_001: .* holds 2 volumes, .* names 4 channels"):
        find_cases(folder)[0].study()


# --- stacks ----------------------------------------------------------------------------------------------------------


def test_a_stack_is_read_volume_by_volume_and_one_volume_is_a_stack_of_one(phantom: Any, tmp_path: Path) -> None:
    images, _, affine = phantom
    array = np.stack([images[m] for m in ORDER], -1)
    save(tmp_path / "four.nii.gz", array, affine)
    volumes = read_stack(tmp_path / "four.nii.gz")
    assert len(volumes) == 4
    for volume, modality in zip(volumes, ORDER, strict=True):
        np.testing.assert_array_equal(volume.array, images[modality].astype(np.float32))
    save(tmp_path / "one.nii.gz", images[Modality.T2], affine)
    assert len(read_stack(tmp_path / "one.nii.gz")) == 1
    with pytest.raises(InputError, match="4-dimensional"):
        read_volume(tmp_path / "four.nii.gz")


@pytest.mark.parametrize("shape", [(4, 4, 4, 17), (4, 4, 4, 2, 2)])
def test_a_time_series_is_no_stack(shape: tuple[int, ...], tmp_path: Path) -> None:
    nib.save(nib.Nifti1Image(np.zeros(shape, np.float32), np.eye(4)), tmp_path / "series.nii.gz")
    with pytest.raises(InputError, match="at most 16"):
        read_stack(tmp_path / "series.nii.gz")


# --- through the commands --------------------------------------------------------------------------------------------


def test_a_decathlon_is_trained_on_and_evaluated(phantom: Any, tmp_path: Path, capsys) -> None:
    folder = decathlon(tmp_path / "Task01", phantom)
    (tmp_path / "tiny.toml").write_text(
        'name = "tiny"\n[network]\noptions = { widths = [8, 8, 8, 8], groups = 4 }\n'
        "[data]\ncrop = [32, 32, 32]\nspacing = [4.0, 4.0, 4.0]\n[schedule]\nsteps = 1\n",
        encoding="utf-8",
    )
    words = ["train", tmp_path / "tiny.toml", "--data", folder, "--output", tmp_path / "out", "--device", "cpu"]
    assert main([str(word) for word in words]) == 0
    network = tmp_path / "out" / "network"
    words = ["evaluate", folder, "--network", network, "--device", "cpu", "--quick", "--output", tmp_path / "scores"]
    assert main([str(word) for word in words]) == 0
    assert (tmp_path / "scores" / "scores.csv").read_text(encoding="utf-8").count("BRATS_001") == 45
    capsys.readouterr()
    assert main([*map(str, words), "--truth-labels", "NCR=1,ED=2,ET=3"]) == 3
    assert "contradict" in capsys.readouterr().err


def test_brats_folders_must_have_their_labels_declared_for_training(phantom: Any, tmp_path: Path, capsys) -> None:
    images, truth, affine = phantom
    for modality, image in images.items():
        save(tmp_path / "data" / "a" / f"a_{modality.value}.nii.gz", image, affine)
    save(tmp_path / "data" / "a" / "a_seg.nii.gz", truth, affine)
    (tmp_path / "tiny.toml").write_text("[schedule]\nsteps = 1\n", encoding="utf-8")
    words = ["train", tmp_path / "tiny.toml", "--data", tmp_path / "data", "--output", tmp_path / "out"]
    assert main([str(word) for word in words]) == 3
    assert "Case a: nothing says what the values in a_seg.nii.gz mean" in capsys.readouterr().err
