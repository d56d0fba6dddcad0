"""What is written is read back by other software at the same place in the patient, and is the same every time."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from GSSCore.errors import EnvironmentRefused
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import nifti_bytes, write_nifti
from images import (
    AFFINES,
    OBLIQUE,
    OBLIQUE_LEFT_HANDED,
    SHAPE,
    affine_of,
    name_of,
    read_with_itk,
    rotation,
    save_nifti,
    value_at,
    values,
)

ALL = [*AFFINES, OBLIQUE, OBLIQUE_LEFT_HANDED]
IDS = [*(name_of(affine) for affine in AFFINES), "oblique", "oblique-left-handed"]
QFORM_CODE, SFORM_CODE, DATA = 252, 254, 352
"""Bytes of a NIfTI-1 file at which these start, from nifti1.h."""


@pytest.mark.parametrize("affine", ALL, ids=IDS)
def test_labels_found_in_ras_go_back_to_the_same_points_of_the_reference(tmp_path: Path, affine: Any) -> None:
    reference = read_volume(save_nifti(tmp_path / "reference.nii.gz", values(), affine))
    orientation = Orientation.of(reference.affine)
    in_ras, ras_affine = orientation.to_ras(reference.array), orientation.grid_in_ras(reference.grid).affine
    found = (in_ras % 4).astype(np.uint8)
    labels = orientation.from_ras(found)
    write_nifti(Volume(labels, reference.affine), tmp_path / "labels.nii.gz")

    image = nib.load(tmp_path / "labels.nii.gz")
    assert image.shape == SHAPE
    assert image.get_data_dtype() == np.uint8
    np.testing.assert_array_equal(image.affine, reference.affine)
    by_nibabel = np.asarray(image.dataobj), image.affine
    by_itk = read_with_itk(tmp_path / "labels.nii.gz")
    by_ourselves = read_volume(tmp_path / "labels.nii.gz")
    np.testing.assert_array_equal(by_ourselves.affine, reference.affine)
    for index in np.ndindex(*found.shape):
        point = (ras_affine @ [*index, 1])[:3]
        expected = value_at(values(), affine, point) % 4
        assert found[index] == expected
        assert value_at(*by_nibabel, point) == expected
        assert value_at(*by_itk, point) == expected
        assert value_at(by_ourselves.array, by_ourselves.affine, point) == expected


@pytest.mark.parametrize("affine", ALL, ids=IDS)
def test_sform_and_qform_say_the_same_in_millimetres(affine: Any) -> None:
    header = nib.Nifti1Image.from_bytes(gzip.decompress(nifti_bytes(Volume(values(), affine)))).header
    assert header["sform_code"] == header["qform_code"] == 1
    assert header.get_xyzt_units()[0] == "mm"
    np.testing.assert_allclose(header.get_sform(), affine, atol=1e-6)
    np.testing.assert_allclose(header.get_qform(), affine, atol=1e-5)
    np.testing.assert_allclose(header.get_zooms(), np.linalg.norm(affine[:3, :3], axis=0), rtol=1e-6)


@pytest.mark.parametrize("affine", ALL, ids=IDS)
@pytest.mark.parametrize("other_code", [SFORM_CODE, QFORM_CODE], ids=["qform", "sform"])
def test_either_statement_alone_is_enough_for_itk(tmp_path: Path, affine: Any, other_code: int) -> None:
    content = bytearray(nifti_bytes(Volume(values(), affine), compressed=False))
    struct.pack_into("<h", content, other_code, 0)
    (tmp_path / "image.nii").write_bytes(content)
    array, place = read_with_itk(tmp_path / "image.nii")
    np.testing.assert_array_equal(array, values())
    np.testing.assert_allclose(place, affine, atol=1e-5)


@given(angles=st.tuples(*[st.floats(-180, 180)] * 3), mirrored=st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_qform_of_any_rotation_is_as_good_as_it_can_be(angles: tuple[float, float, float], mirrored: bool) -> None:
    affine = affine_of(rotation(angles) @ np.diag([1, 1, -1 if mirrored else 1]))
    header = nib.Nifti1Image.from_bytes(gzip.decompress(nifti_bytes(Volume(values(), affine)))).header
    # The first part of the quaternion is not stored: close to half a turn, sqrt(1 - b^2 - c^2 - d^2) of float32 numbers
    # is off by up to 6e-4, which moves an axis of 3 mm by 6 times as much. Other software looks at the sform first.
    np.testing.assert_allclose(header.get_qform(), affine, atol=4e-3)
    np.testing.assert_allclose(header.get_sform(), affine, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", ">i2", ">f4", "?"])
def test_every_real_type_comes_back_as_it_was(tmp_path: Path, dtype: str) -> None:
    array = values(dtype=dtype)
    write_nifti(Volume(array, OBLIQUE), tmp_path / "image.nii.gz", description="µ of " + "x" * 100)
    np.testing.assert_array_equal(read_volume(tmp_path / "image.nii.gz").array, array)
    np.testing.assert_array_equal(np.asarray(nib.load(tmp_path / "image.nii.gz").dataobj), array)
    np.testing.assert_array_equal(read_with_itk(tmp_path / "image.nii.gz")[0], array)


@pytest.mark.parametrize("view", [lambda a: a, np.asfortranarray, lambda a: a[::-1, :, ::-1], lambda a: a.T])
def test_the_order_in_memory_does_not_matter(view: Any) -> None:
    array = view(values())
    content = gzip.decompress(nifti_bytes(Volume(array, OBLIQUE)))
    np.testing.assert_array_equal(nib.Nifti1Image.from_bytes(content).dataobj, array)
    assert content[DATA:] == array.tobytes(order="F")


def test_the_same_volume_gives_the_same_bytes_without_time_or_name() -> None:
    content = nifti_bytes(Volume(values(), OBLIQUE), description="labels")
    assert content == nifti_bytes(Volume(values(), OBLIQUE.copy()), description="labels")
    assert content[:10] == b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    assert b"labels" in gzip.decompress(content)


@pytest.mark.parametrize(
    ("array", "affine"),
    [
        (np.zeros((3, 3, 3), np.complex64), OBLIQUE),
        (np.zeros((3, 3, 3), np.float16), OBLIQUE),
        (np.zeros((3, 3), np.uint8), OBLIQUE),
        (np.broadcast_to(np.uint8(0), (40000, 2, 2)), OBLIQUE),
        (np.zeros((3, 3, 3), np.uint8), np.zeros((4, 4))),
    ],
)
def test_what_nifti_cannot_hold_is_not_written(array: Any, affine: Any) -> None:
    with pytest.raises(ValueError, match="NIfTI cannot hold a volume with"):
        nifti_bytes(Volume(array, affine))


def test_a_folder_that_is_a_file_refuses_the_write(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentRefused, match=r"Nothing was written to .*folder .*: check that it is a folder"):
        write_nifti(Volume(values(), OBLIQUE), tmp_path / "folder" / "labels.nii.gz")


@pytest.mark.parametrize("space", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("form", ["sform", "qform"])
def test_the_space_of_an_image_is_kept(tmp_path: Path, space: int, form: str) -> None:
    codes = {"sform_code": space, "qform_code": 0} if form == "sform" else {"sform_code": 0, "qform_code": space}
    volume = read_volume(save_nifti(tmp_path / "a.nii.gz", values(), OBLIQUE, **codes))
    assert volume.space == space
    write_nifti(volume, tmp_path / "b.nii.gz")
    header = gzip.decompress((tmp_path / "b.nii.gz").read_bytes())
    assert struct.unpack_from("<2h", header, QFORM_CODE) == (space, space)


def test_a_space_that_the_standard_does_not_know_counts_as_the_scanners(tmp_path: Path) -> None:
    assert read_volume(save_nifti(tmp_path / "a.nii.gz", values(), OBLIQUE, sform_code=99)).space == 1
