"""A case folder is read by the names of BraTS data sets of all years, and never by a guess."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from GSSCore.errors import InputError
from GSSCore.messages import as_message
from GSSCore.phantom import write_phantom
from GSSCore.study.folder import case_name, find_files, find_truth, named_otherwise
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Modality

STYLES = {
    "2013": "VSD.Brain.XX.O.MR_{}.684.mha: Flair T1c T1 T2",
    "2018": "Brats18_2013_11_1_{}.nii.gz: flair t1ce t1 t2",
    "2020": "BraTS20_Training_001_{}.nii: flair t1ce t1 t2",
    "2023": "BraTS-GLI-00002-000-{}.nii.gz: t2f t1c t1n t2w",
    "upper case": "CASE_{}.NII.GZ: FLAIR T1GD T1 T2",
    "nrrd": "a-{}.nrrd: T2F T1C T1N T2W",
    "bare": "{}.mha: flair t1ce t1 t2",
}
NAMES = {
    year: [pattern.format(word) for word in words.split()]
    for year, (pattern, words) in ((year, style.split(": ")) for year, style in STYLES.items())
}


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize("year", NAMES)
def test_each_modality_is_found_under_the_names_of_that_year(tmp_path: Path, year: str) -> None:
    put(tmp_path, *NAMES[year])
    assert find_files(tmp_path) == dict(zip(MODALITIES, (tmp_path / name for name in NAMES[year]), strict=True))


def test_the_folders_of_brats_2015_are_looked_into(tmp_path: Path) -> None:
    put(
        tmp_path,
        "VSD.Brain.XX.O.MR_T1c.54514/VSD.Brain.XX.O.MR_T1c.54514.mha",
        "VSD.Brain.XX.O.MR_T2.54515/VSD.Brain.XX.O.MR_T2.54515.mha",
    )
    put(tmp_path, "VSD.Brain_3more.XX.O.OT.54517/VSD.Brain_3more.XX.O.OT.54517.mha")
    assert set(find_files(tmp_path)) == {Modality.T1CE, Modality.T2}
    found = find_truth(tmp_path)
    assert found is not None and found.name == "VSD.Brain_3more.XX.O.OT.54517.mha"


def test_a_case_may_hold_fewer_modalities(tmp_path: Path) -> None:
    put(tmp_path, "x_t2.nii.gz")
    assert find_files(tmp_path) == {Modality.T2: tmp_path / "x_t2.nii.gz"}


def test_segmentations_and_unrelated_files_are_ignored(tmp_path: Path) -> None:
    put(
        tmp_path,
        "x_t1.nii.gz",
        "x_seg.nii.gz",
        "x_t2.txt",
        "x_t2_mask.nii.gz",
        "notes.nii.gz",
        "._x_t2.nii.gz",
        "x_flair.json",
        "other/x_t2.nii.gz",
    )
    found = find_files(tmp_path)
    assert found == {Modality.T1: tmp_path / "x_t1.nii.gz"}
    assert found.passed_over == (tmp_path / "notes.nii.gz",), "what may be an image, and is neither truth nor mask"


@pytest.mark.parametrize(
    "names", [("x_flair.nii", "x_flair.nii.gz"), ("x_flair.nii.gz", "x-t2f.nii.gz"), ("a_FLAIR.nrrd", "b_flair.mha")]
)
def test_two_files_for_one_modality_are_refused_naming_both(tmp_path: Path, names: tuple[str, str]) -> None:
    put(tmp_path, *names)
    with pytest.raises(InputError, match="FLAIR") as refusal:
        find_files(tmp_path)
    assert all(name in str(refusal.value) for name in names)


def test_a_folder_without_modalities_is_refused_with_an_example(tmp_path: Path) -> None:
    put(tmp_path, "scan.nii.gz")
    with pytest.raises(InputError, match=r"no FLAIR, T1ce, T1 or T2 .*case_flair\.nii\.gz"):
        find_files(tmp_path)


@pytest.mark.parametrize("find", [find_files, find_truth])
def test_a_missing_folder_is_refused(tmp_path: Path, find: object) -> None:
    assert callable(find)
    with pytest.raises(InputError, match="nowhere is no folder"):
        find(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["x_seg.nii.gz", "BraTS-GLI-1-000-seg.nii.gz", "X_SEG.NII", "W39_1998.09.19_Segm.nii"])
def test_the_truth_is_found(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, "x_t1.nii.gz")
    assert find_truth(tmp_path) == tmp_path / name


def test_no_truth_is_no_fault_but_two_are(tmp_path: Path) -> None:
    assert find_truth(tmp_path) is None
    put(tmp_path, "x_seg.nii.gz", "x-seg.nii.gz")
    with pytest.raises(InputError, match=r"more than one segmentation, x-seg\.nii\.gz and x_seg\.nii\.gz"):
        find_truth(tmp_path)


def test_a_segmentation_of_slicers_is_neither_image_nor_truth(tmp_path: Path) -> None:
    (tmp_path / "case_t1.nii.gz").touch()
    (tmp_path / "segmentation.seg.nrrd").touch()
    assert find_truth(tmp_path) is None
    assert set(find_files(tmp_path)) == {Modality.T1}


# --- which sequence --------------------------------------------------------------------------------------------------

FOUND = {
    "p_post_T1 p_flair": {"t1ce": "p_post_T1", "flair": "p_flair"},
    "p_t1ce_reg_flair p_t1": {"t1ce": "p_t1ce_reg_flair", "t1": "p_t1"},
    "FLAIR_T2 T1": {"flair": "FLAIR_T2", "t1": "T1"},
    "t1-post t1-pre t2": {"t1ce": "t1-post", "t1": "t1-pre", "t2": "t2"},
    "sub-1_T1w sub-1_ce-gd_T1w sub-1_FLAIR": {"t1": "sub-1_T1w", "t1ce": "sub-1_ce-gd_T1w", "flair": "sub-1_FLAIR"},
    "p_T1C+ p_FLAIR": {"t1ce": "p_T1C+", "flair": "p_FLAIR"},
    # words that all names begin with are the case's name, and tell nothing
    "KM_1_t1 KM_1_t1ce KM_1_t2": {"t1": "KM_1_t1", "t1ce": "KM_1_t1ce", "t2": "KM_1_t2"},
    "post_t1 post_t1ce post_flair": {"t1": "post_t1", "t1ce": "post_t1ce", "flair": "post_flair"},
    "PD_001_t1 PD_001_flair": {"t1": "PD_001_t1", "flair": "PD_001_flair"},
    "tumor_01_t1 tumor_01_t1ce": {"t1": "tumor_01_t1", "t1ce": "tumor_01_t1ce"},
}


@pytest.mark.parametrize(("names", "right"), FOUND.items())
def test_names_are_read_whole_and_together(names: str, right: dict[str, str], tmp_path: Path) -> None:
    put(tmp_path, *(f"{name}.nii.gz" for name in names.split()))
    found = find_files(tmp_path)
    assert {m.value: path.name.removesuffix(".nii.gz") for m, path in found.items()} == right
    assert not found.warnings
    assert not named_otherwise(found)


@pytest.mark.parametrize(
    ("names", "file", "sequences"),
    [
        ("t1ce-t1 flair", "t1ce-t1", "T1ce and T1"),
        ("FLAIR_T1 t2", "FLAIR_T1", "FLAIR and T1"),
        ("KM_t1 KM_flair", "KM_t1", "T1ce and T1"),  # all names begin with KM: is it the agent, or the patient?
        ("T1_01_flair T1_01_t2", "T1_01_flair", "FLAIR and T1"),
    ],
)
def test_a_name_that_may_mean_two_is_refused_naming_both(names: str, file: str, sequences: str, tmp_path: Path) -> None:
    put(tmp_path, *(f"{name}.nii.gz" for name in names.split()))
    with pytest.raises(InputError, match=rf"The name of .*{file}\.nii\.gz may mean {sequences}: rename") as refusal:
        find_files(tmp_path)
    assert refusal.value.message.code == "study.ambiguous-name"


@pytest.mark.parametrize("names", ["map_t1 map_t2", "mask_01_t1 mask_01_flair", "adc_t1 adc_t2"])
def test_maps_and_masks_are_no_case(names: str, tmp_path: Path) -> None:
    put(tmp_path, *(f"{name}.nii.gz" for name in names.split()))
    with pytest.raises(InputError, match="holds no FLAIR"):
        find_files(tmp_path)


def test_images_that_were_passed_over_are_named_and_masks_are_not(tmp_path: Path) -> None:
    put(tmp_path, *(f"{name}.nii.gz" for name in ("flair", "t1ce_minus_t1", "rT2", "brainmask_t1", "x_seg", "labels")))
    (warning,) = find_files(tmp_path).warnings
    assert warning.code == "study.passed-over"
    assert warning.values["files"] == ("rT2.nii.gz", "t1ce_minus_t1.nii.gz")


def test_of_many_that_were_passed_over_some_are_named_and_all_counted(tmp_path: Path) -> None:
    put(tmp_path, "flair.nii.gz", *(f"dwi_{number}.nii.gz" for number in range(30)))
    (warning,) = find_files(tmp_path).warnings
    assert (warning.code, warning.values["count"]) == ("study.passed-over-many", 30)


def test_corrected_copies_and_reformats_give_way_to_the_image_itself(tmp_path: Path) -> None:
    put(tmp_path, "x_T1c.nii.gz", "x_T1c_bias.nii.gz", "x_FLAIR.nii.gz", "x_FLAIR_MPR_tra.nii.gz", "x_T2_bias.nii.gz")
    found = find_files(tmp_path)
    assert {path.name for path in found.values()} == {"x_T1c.nii.gz", "x_FLAIR.nii.gz", "x_T2_bias.nii.gz"}
    (warning,) = found.warnings
    assert (warning.code, warning.values["files"]) == (
        "study.gave-way",
        ("x_FLAIR_MPR_tra.nii.gz", "x_T1c_bias.nii.gz"),
    )


def test_numbered_channels_without_a_description_are_refused_for_what_they_are(tmp_path: Path) -> None:
    put(tmp_path, *(f"case_{number:04d}.nii.gz" for number in range(4)))
    with pytest.raises(InputError, match=r"numbered channels, such as case_0000\.nii\.gz.* name the files one by one"):
        find_files(tmp_path)


def test_what_a_folder_holds_instead_is_named(tmp_path: Path) -> None:
    put(tmp_path, "scan1.nii.gz", "scan2.nii.gz")
    with pytest.raises(InputError, match=r"images such as scan1\.nii\.gz and scan2\.nii\.gz: rename"):
        find_files(tmp_path)


def test_a_study_read_from_a_folder_says_what_was_passed_over(tmp_path: Path) -> None:
    write_phantom(tmp_path, shape=(40, 48, 36), spacing_mm=4.0)
    flair = find_files(tmp_path)[Modality.FLAIR]
    shutil.copy(flair, tmp_path / "ADC.nii.gz")
    study = Study.from_folder(tmp_path)
    assert as_message(study.warnings[0]).code == "study.passed-over"
    assert "ADC.nii.gz" in study.warnings[0]


@pytest.mark.parametrize(
    ("modality", "name", "code"),
    [
        (Modality.T1, "x_t1ce.nii.gz", "study.named-otherwise"),
        (Modality.FLAIR, "x_T2w.nii.gz", "study.named-otherwise"),
        (Modality.T1CE, "x_T1_pre.nii.gz", "study.named-otherwise"),
        (Modality.FLAIR, "x_seg.nii.gz", "study.named-like-label"),
        (Modality.T1CE, "x_T1w.nii.gz", None),
        (Modality.T1CE, "x_MPRAGE.nii.gz", None),
        (Modality.T1CE, "T1_T1ce.nii.gz", None),
        (Modality.T2, "scan.nii.gz", None),
        (Modality.T2, "T2_TSE.nii.gz", None),
    ],
)
def test_a_file_that_is_given_as_another_sequence_than_its_name_says_is_told(
    modality: Modality, name: str, code: str | None
) -> None:
    messages = named_otherwise({modality: Path(name)})
    assert [message.code for message in messages] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (("/d/x/BraTS2021_00000_flair.nii.gz", "/d/x/BraTS2021_00000_t2.nii.gz"), "BraTS2021_00000"),
        (("/d/sub-01/anat/sub-01_ses-1_T1w.nii.gz", "/d/sub-01/anat/sub-01_ses-1_T2w.nii.gz"), "sub-01_ses-1"),
        (("/d/patient/t1.nii", "/d/patient/t1ce.nii"), "patient"),
        (("/d/patient/MR_t1.nii", "/d/patient/MR_t2.nii"), "patient"),
        (("/d/patient/flair.nii",), "patient"),
        (("/d/a/flair.nii", "/d/b/t2.nii"), None),
        (("/d/a/P7 flair.nii", "/d/b/P7 t2.nii"), "P7"),
        (("/flair.nii",), None),
    ],
)  # fmt: skip
def test_a_study_is_called_by_what_its_files_share(files: tuple[str, ...], name: str | None) -> None:
    assert case_name([Path(file) for file in files]) == name
