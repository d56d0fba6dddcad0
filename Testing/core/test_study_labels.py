"""What a value in an expert segmentation stands for is declared, never guessed."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from GSSCore.errors import InputError, UsageError
from GSSCore.study.labels import DEFAULT_LABEL_MAP, parse_label_map, read_truth
from GSSCore.vocabulary import Label

AFFINE = np.diag([-1.0, -1.0, 2.0, 1.0])


def segmentation(path: Path, *values: float, dtype: str = "uint8") -> Path:
    array = np.zeros((6, 5, 4), dtype)
    for index, value in enumerate(values):
        array[index, 1:4, 1:3] = value
    nib.save(nib.Nifti1Image(array, AFFINE), path)
    return path


def test_a_declaration_is_parsed() -> None:
    assert parse_label_map("NCR=1,ED=2,ET=4") == {1: Label.NCR, 2: Label.ED, 4: Label.ET}
    assert parse_label_map(" et = 3 , ncr=1,background=4,NCR=5") == {
        3: Label.ET,
        1: Label.NCR,
        4: Label.BACKGROUND,
        5: Label.NCR,
    }


@given(st.dictionaries(st.integers(1, 255), st.sampled_from(list(Label)), min_size=1))
def test_any_declaration_can_be_written_and_parsed(label_map: dict[int, Label]) -> None:
    assert parse_label_map(",".join(f"{label.name}={value}" for value, label in label_map.items())) == label_map


@pytest.mark.parametrize(
    "text", ["", "NCR", "NCR=1,", "NCR=one", "NCR=-1", "NCR=1.5", "CORE=1", "1=NCR", "NCR=1;ED=2", "NCR=1,ED=1"]
)
def test_a_malformed_declaration_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="truth labels"):
        parse_label_map(text)


def test_the_default_is_that_of_brats_2023(tmp_path: Path) -> None:
    volume = read_truth(segmentation(tmp_path / "x_seg.nii.gz", 1, 2, 3), None)
    assert volume.array.dtype == np.uint8 and volume.array.shape == (6, 5, 4)
    assert volume.array[:4, 2, 2].tolist() == [Label.NCR, Label.ED, Label.ET, Label.BACKGROUND]
    np.testing.assert_array_equal(volume.affine, AFFINE)
    assert DEFAULT_LABEL_MAP == {1: Label.NCR, 2: Label.ED, 3: Label.ET}


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
def test_declared_values_become_labels_whatever_the_type(tmp_path: Path, dtype: str) -> None:
    volume = read_truth(
        segmentation(tmp_path / "x_seg.nii.gz", 1, 2, 4, dtype=dtype), parse_label_map("NCR=1,ED=2,ET=4")
    )
    assert volume.array[:4, 2, 2].tolist() == [1, 2, 3, 0]


@pytest.mark.parametrize(("factor", "dtype"), [(1.0000001, "f8"), (0.9999999, "f4"), (1.0003, "f4"), (0.9997, "f8")])
def test_values_that_are_almost_whole_are_taken_for_that(tmp_path: Path, factor: float, dtype: str) -> None:
    path = tmp_path / "x_seg.nii"
    whole = np.array([0, 1, 2, 3, 0, -0.0]).repeat(20).reshape(6, 5, 4)
    nib.save(nib.Nifti1Image((whole * factor).astype(dtype) + 1e-4, AFFINE), path)
    assert np.array_equal(read_truth(path).array, whole)


@pytest.mark.parametrize("value", [1.002, 2.998, 0.01])
def test_values_that_are_further_from_whole_are_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(InputError, match=f"undeclared values, {value}"):
        read_truth(segmentation(tmp_path / "x_seg.nii.gz", 1, value, dtype="float64"), None)


def test_values_may_be_declared_as_background_and_exchanged(tmp_path: Path) -> None:
    volume = read_truth(
        segmentation(tmp_path / "x_seg.nii.gz", 1, 2, 3, 4), parse_label_map("ED=1,NCR=2,ET=3,BACKGROUND=4")
    )
    assert volume.array[:4, 2, 2].tolist() == [2, 1, 3, 0]


def test_label_4_without_a_declaration_is_refused_with_both_its_meanings(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"x_seg.*undeclared values, 4 .*2021.*--truth-labels NCR=1,ED=2,ET=4.*resection cavity.*2024"
    ):
        read_truth(segmentation(tmp_path / "x_seg.nii.gz", 1, 2, 4), None)


def test_label_3_is_refused_where_only_4_is_declared(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"undeclared values, 3: declare .*ET=4"):
        read_truth(segmentation(tmp_path / "x_seg.nii.gz", 1, 3), parse_label_map("NCR=1,ED=2,ET=4"))


@pytest.mark.parametrize(
    ("value", "dtype", "shown"),
    [(1.5, "float32", "1.5"), (-1, "int16", "-1"), (300, "int16", "300"), (np.nan, "float32", "nan")],
)
def test_any_other_value_is_refused_by_name(tmp_path: Path, value: float, dtype: str, shown: str) -> None:
    with pytest.raises(InputError, match=f"undeclared values, {shown}"):
        read_truth(segmentation(tmp_path / "x_seg.nii.gz", 1, value, dtype=dtype), None)


def test_an_image_given_for_a_segmentation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x_t1.nii.gz"
    nib.save(nib.Nifti1Image(np.arange(120, dtype=np.int16).reshape(6, 5, 4), AFFINE), path)
    with pytest.raises(InputError, match="more than 64 values, so it is no label map"):
        read_truth(path, None)


def test_a_missing_segmentation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.nii\.gz"):
        read_truth(tmp_path / "gone.nii.gz", None)


@pytest.mark.parametrize(
    ("name", "text"), [("BraTS2021_00006", "NCR=1,ED=2,ET=4"), ("BraTS-SSA-00051-000", "NCR=1,ED=2,ET=3")]
)
def test_published_cases_have_the_voxels_of_their_files(real_cases: Path, name: str, text: str) -> None:
    path = real_cases / "original" / name / f"{name}_seg.nii.gz"
    raw = np.asarray(nib.load(path).dataobj)
    label_map = parse_label_map(text)
    labels = read_truth(path, label_map).array
    for value, label in label_map.items():
        assert (raw == value).any() and np.array_equal(labels == label, raw == value)
