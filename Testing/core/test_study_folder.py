"""A case folder is read by the names of BraTS data sets of all years, and never by a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from GSSCore.errors import InputError
from GSSCore.study_folder import find_files, find_truth
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
    assert find_files(tmp_path) == {Modality.T1: tmp_path / "x_t1.nii.gz"}


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
