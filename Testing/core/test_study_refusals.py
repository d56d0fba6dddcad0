"""Whatever no sound result can come from is refused in one sentence that names modality, file and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from GSSCore.errors import InputError
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality
from study_heads import centred_affine, head

SHAPE = (36, 44, 34)
AFFINE = centred_affine(SHAPE, (4.0, 4.0, 4.0))
HEAD = head(SHAPE, AFFINE)
FLAIR, T1CE, T1, T2 = (HEAD[m] for m in Modality)
AWAY = AFFINE.copy()
AWAY[0, 3] += 500.0
BESIDE = AFFINE.copy()
BESIDE[1, 3] += 172.0
SHEARED = AFFINE.copy()
SHEARED[0, 1] = 1.0


def with_nan(fraction: float) -> np.ndarray:
    array = T1.astype(np.float32)
    array.reshape(-1)[: int(fraction * array.size)] = np.nan
    return array


def t1(array: Any = T1, affine: Any = AFFINE) -> dict[str, Any]:
    return {"t1": (array, affine)}


FLIPPED = (T1[::-1], AFFINE @ [[-1, 0, 0, 35], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
IN_PLACE = {"flair": (FLAIR, AFFINE)}
NOWHERE = r"T2: the array given shows nothing where the reference, FLAIR .* lies: register"

ARRAYS: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "nothing": ({}, None, r"No sequence was given: name at least one file out of FLAIR, T1ce, T1 and T2"),
    "unknown key": ({"flare": (FLAIR, AFFINE)}, None, r"'flare' is no sequence: use 'flair', or another one of"),
    "key of a file name": ({"t1gd": (FLAIR, AFFINE)}, None, r"'t1gd' is no sequence: use 't1ce', or another one of"),
    "key in words": ({"T2 FLAIR": (FLAIR, AFFINE)}, None, r"'T2 FLAIR' is no sequence: use 'flair', or another one of"),
    "unknown reference": (t1(), "t3", r"'t3' is no sequence"),
    "reference not given": (t1(), "t2", r"reference T2 is not among the sequences given \(T1\): choose"),
    "2-D": (t1(T1[0]), None, r"T1: .*\(44, 34\).*three-dimensional"),
    "4-D": (t1(T1[..., None]), None, r"T1: .*\(36, 44, 34, 1\).*three-dimensional"),
    "one slice": (t1(T1[:, :, :1]), None, r"T1: .*three-dimensional"),
    "complex": (t1(T1 * 1j), None, r"T1: .*complex128 values; hand over real numbers"),
    "affine 3 x 3": (t1(affine=np.eye(3)), None, r"T1: .*affine that is not 4 x 4 finite numbers; hand"),
    "affine of words": (t1(affine="identity"), None, r"T1: .*affine that is no matrix"),
    "affine with NaN": (t1(affine=AFFINE * np.nan), None, r"T1: .*affine that is not 4 x 4 finite"),
    "singular affine": (t1(affine=np.diag([1.0, 0.0, 1.0, 1.0])), None, r"T1: .*affine with a voxel spacing of zero"),
    "sheared affine": (t1(affine=SHEARED), None, r"T1: .*affine with shear.*resampled"),
    "2 % NaN": (t1(with_nan(0.02)), None, r"T1: 2\.0% of the voxels of the array given are NaN or infinite; set"),
    "empty": (t1(np.zeros_like(T1)), None, r"T1: the array given is empty, all its voxels are 0; give"),
    "constant": (t1(np.full_like(T1, 7)), None, r"T1: the array given shows the same value everywhere; give"),
    "a mask": (t1((T1 > 0).astype(np.uint8)), None, r"T1: the array given shows the same value"),
    "same array": ({**t1(), "t2": (T1.copy(), AFFINE)}, None, r"T1 and T2 are the same volume: give each"),
    "same, flipped": ({**t1(), "t2": FLIPPED}, None, r"T1 and T2 are the same volume"),
    "far away": ({**IN_PLACE, "t2": (T2, AWAY)}, None, NOWHERE),
    "only background overlaps": ({**IN_PLACE, "t2": (T2, BESIDE)}, None, NOWHERE),
}


@pytest.mark.parametrize("fault", ARRAYS)
def test_faulty_arrays_are_refused(fault: str) -> None:
    arrays, reference, sentence = ARRAYS[fault]
    with pytest.raises(InputError, match=sentence) as refusal:
        Study.from_arrays(arrays, reference=reference)
    assert "\n" not in str(refusal.value)


def nifti(path: Path, array: np.ndarray, affine: np.ndarray = AFFINE) -> Path:
    nib.save(nib.Nifti1Image(array, affine), path)
    return path


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"T2: .*gone\.nii\.gz does not exist; check"):
        Study.from_files(flair=nifti(tmp_path / "f.nii.gz", FLAIR), t2=tmp_path / "gone.nii.gz")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"T2: .* is a folder; name the image file in it"):
        Study.from_files(t2=tmp_path)


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="No sequence was given"):
        Study.from_files()


def link(path: Path) -> Path:
    other = path.with_name("link.nii.gz")
    other.symlink_to(path)
    return other


def copy(path: Path) -> Path:
    other = path.with_name("copy.nii.gz")
    other.write_bytes(path.read_bytes())
    return other


def rewritten(path: Path) -> Path:
    image = nib.load(path)
    return nifti(path.with_name("float.nii"), image.get_fdata(dtype=np.float32), image.affine)


@pytest.mark.parametrize("again", [Path, link, copy, rewritten])
def test_the_same_volume_for_two_modalities_is_refused_naming_both_files(
    tmp_path: Path, again: Callable[[Path], Path]
) -> None:
    first = nifti(tmp_path / "first.nii.gz", T1)
    second = again(first)
    with pytest.raises(InputError, match="T1ce and T1 are the same volume") as refusal:
        Study.from_files(t1=first, t1ce=second)
    assert str(first) in str(refusal.value) and str(second) in str(refusal.value)


@pytest.mark.parametrize(
    ("array", "sentence"),
    [(np.zeros_like(T1), "is empty"), (with_nan(0.5), "NaN"), (T1[..., None].repeat(2, 3), "36 x 44 x 34 x 2")],
)
def test_a_faulty_file_is_named_with_its_modality(tmp_path: Path, array: np.ndarray, sentence: str) -> None:
    path = nifti(tmp_path / "bad.nii.gz", array)
    with pytest.raises(InputError, match=sentence) as refusal:
        Study.from_files(flair=nifti(tmp_path / "f.nii.gz", FLAIR), t1ce=path)
    assert "T1ce" in str(refusal.value) and str(path) in str(refusal.value)


def test_two_hundred_bytes_of_text_are_no_image(tmp_path: Path) -> None:
    path = tmp_path / "bad.nii.gz"
    path.write_text("not an image " * 16, encoding="utf-8")
    with pytest.raises(InputError, match="FLAIR") as refusal:
        Study.from_files(flair=path)
    assert str(path) in str(refusal.value)
