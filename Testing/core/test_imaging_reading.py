"""Every format, type and orientation is read as the reference libraries read it, with positions in RAS."""

from __future__ import annotations

import gzip
import hashlib
import struct
import time
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from GSSCore.errors import InputError
from GSSCore.imaging.reading import content_sha256, read_volume
from images import (
    AFFINES,
    OBLIQUE,
    OBLIQUE_LEFT_HANDED,
    ORIGIN,
    SHAPE,
    affine_of,
    name_of,
    nifti,
    read_with_itk,
    rotation,
    save_itk,
    save_nifti,
    values,
)

ALL_AFFINES = [*AFFINES, OBLIQUE, OBLIQUE_LEFT_HANDED]
IDS = [*(name_of(affine) for affine in AFFINES), "oblique", "oblique-left-handed"]
TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]


@pytest.mark.parametrize("affine", ALL_AFFINES, ids=IDS)
@pytest.mark.parametrize("ending", [".nibabel.nii.gz", ".nii.gz", ".nrrd", ".mha"])
def test_any_orientation_is_read_with_its_place_in_the_patient(tmp_path: Path, affine: Any, ending: str) -> None:
    path = tmp_path / f"image{ending}"
    array = values()
    (save_nifti if ending.startswith(".nibabel") else save_itk)(path, array, affine)
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.array, array)
    np.testing.assert_allclose(volume.affine, affine, atol=1e-5)
    assert volume.path == path
    assert volume.affine.dtype == np.float64


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [1, 2])
def test_nifti_keeps_its_type_in_native_byte_order(tmp_path: Path, dtype: str, order: str, version: int) -> None:
    array = values(dtype=dtype)
    path = save_nifti(tmp_path / "image.nii", array, OBLIQUE, order=order, version=version)
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.array, array)
    assert volume.array.dtype == np.dtype(dtype)
    assert volume.array.dtype.isnative
    if version == 1:  # ITK does not read NIfTI-2
        np.testing.assert_array_equal(volume.array, read_with_itk(path)[0])


@pytest.mark.parametrize("order", ["<", ">"])
def test_nifti_2_is_read_as_nifti2_h_lays_it_out(tmp_path: Path, order: str) -> None:
    header = bytearray(544)
    for offset, kind, numbers in (
        (0, "i", (540,)),
        (12, "2h", (4, 16)),
        (16, "8q", (3, *SHAPE, 1, 1, 1, 1)),
        (104, "8d", (-1.0, 0.5, 1.25, 3.0, 0.0, 0.0, 0.0, 0.0)),
        (168, "q", (544,)),
        (344, "2i", (4, 0)),
        # Half a turn about the patient's axis to the front, rounded as float32 rounds it.
        (352, "6d", (0.0, 1.0 + 1e-7, 0.0, *ORIGIN)),
        (500, "i", (2,)),
    ):
        struct.pack_into(order + kind, header, offset, *numbers)
    header[4:12] = b"n+2\0\r\n\x1a\n"
    path = tmp_path / "image.nii"
    path.write_bytes(header + values().astype(f"{order}i2").tobytes(order="F"))
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.array, values())
    np.testing.assert_allclose(volume.affine, affine_of(np.diag([-1, 1, 1])), atol=1e-6)
    assert volume.space == 4


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("ending", [".nrrd", ".mha", ".mhd"])
def test_itk_formats_keep_their_type(tmp_path: Path, dtype: str, compressed: bool, ending: str) -> None:
    array = values(dtype=dtype)
    volume = read_volume(save_itk(tmp_path / f"image{ending}", array, OBLIQUE, compressed=compressed))
    np.testing.assert_array_equal(volume.array, array)
    assert volume.array.dtype == np.dtype(dtype)


def test_64_bit_integers_are_read_to_the_last_digit(tmp_path: Path) -> None:
    array = values(dtype=np.int64) + 2**60 + 1
    assert (read_volume(save_nifti(tmp_path / "image.nii", array, OBLIQUE)).array == array).all()


def test_the_format_is_told_by_the_content_not_by_the_name(tmp_path: Path) -> None:
    zipped = save_nifti(tmp_path / "a.nii.gz", values(), OBLIQUE).rename(tmp_path / "zipped.nii")
    plain = save_nifti(tmp_path / "b.nii", values(), OBLIQUE).rename(tmp_path / "plain.nii.gz")
    nrrd = save_itk(tmp_path / "c.nrrd", values(), OBLIQUE).rename(tmp_path / "image.mha")
    for path in (zipped, plain, nrrd):
        np.testing.assert_array_equal(read_volume(str(path)).array, values())


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "f4"])
def test_scaled_intensities_become_float32(tmp_path: Path, dtype: str) -> None:
    path = save_nifti(tmp_path / "image.nii.gz", values(dtype=dtype), OBLIQUE, scl_slope=0.37, scl_inter=-11.5)
    volume = read_volume(path)
    assert volume.array.dtype == np.float32
    np.testing.assert_allclose(volume.array, nib.load(path).get_fdata(), rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(volume.array, read_with_itk(path)[0], rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(volume.array, values() * np.float64(np.float32(0.37)) - 11.5, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("slope", [0.0, float("nan"), float("inf")])
def test_a_slope_of_zero_or_none_at_all_scales_nothing(tmp_path: Path, slope: float) -> None:
    path = save_nifti(tmp_path / "image.nii", values(), OBLIQUE, scl_slope=slope, scl_inter=5.0)
    assert read_volume(path).array.dtype == np.int16
    np.testing.assert_array_equal(read_volume(path).array, values())


def test_metaimage_intensities_are_scaled_as_declared(tmp_path: Path) -> None:
    path = save_itk(tmp_path / "image.mha", values(), OBLIQUE)
    scaling = b"ElementToIntensityFunctionSlope = 2\nElementToIntensityFunctionOffset = 3\nElementDataFile"
    path.write_bytes(path.read_bytes().replace(b"ElementDataFile", scaling, 1))
    np.testing.assert_array_equal(read_volume(path).array, values() * 2.0 + 3.0)


def test_the_sform_goes_before_the_qform(tmp_path: Path) -> None:
    image = nifti(values(), OBLIQUE)
    image.set_qform(AFFINES[7], 1)
    image.set_sform(AFFINES[3], 2)
    nib.save(image, tmp_path / "both.nii")
    np.testing.assert_allclose(read_volume(tmp_path / "both.nii").affine, AFFINES[3])
    np.testing.assert_allclose(read_with_itk(tmp_path / "both.nii")[1], AFFINES[3])
    image.set_sform(AFFINES[3], 0)
    nib.save(image, tmp_path / "qform.nii")
    np.testing.assert_allclose(read_volume(tmp_path / "qform.nii").affine, AFFINES[7], atol=1e-5)


@given(
    angles=st.tuples(*[st.floats(-180, 180)] * 3),
    spacing=st.tuples(*[st.floats(0.25, 6)] * 3),
    left_handed=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_a_qform_alone_gives_the_affine_that_nibabel_and_itk_give(
    tmp_path_factory: pytest.TempPathFactory, angles: Any, spacing: Any, left_handed: bool
) -> None:
    affine = affine_of(rotation(angles) @ np.diag([1, 1, -1 if left_handed else 1]), spacing)
    path = save_nifti(tmp_path_factory.mktemp("qform") / "image.nii", values(), affine, sform_code=0)
    # Close to half a turn the quaternion's first part, which is not stored, is rounded to 6e-4: twice that, times 6 mm.
    np.testing.assert_allclose(read_volume(path).affine, nib.load(path).affine, atol=8e-3)
    np.testing.assert_allclose(read_volume(path).affine, read_with_itk(path)[1], atol=8e-3)
    np.testing.assert_allclose(read_volume(path).affine, affine, atol=8e-3)


@pytest.mark.parametrize("sign", [-1.0, 0.0, 1.0, 5.0])
def test_only_a_negative_first_pixdim_turns_the_third_axis_of_a_qform(tmp_path: Path, sign: float) -> None:
    affine = OBLIQUE_LEFT_HANDED if sign < 0 else OBLIQUE
    fields = {"sform_code": 0, "pixdim": [sign, 0.5, 1.25, 3.0, 0.0, 0.0, 0.0, 0.0]}
    path = save_nifti(tmp_path / "image.nii", values(), affine, **fields)
    np.testing.assert_allclose(read_volume(path).affine, affine, atol=1e-5)
    np.testing.assert_allclose(read_volume(path).affine, read_with_itk(path)[1], atol=1e-5)


@pytest.mark.parametrize(("unit", "factor"), [(0, 1.0), (1, 1000.0), (2, 1.0), (3, 0.001), (2 + 8, 1.0)])
def test_metres_and_micrometres_become_millimetres(tmp_path: Path, unit: int, factor: float) -> None:
    affine = affine_of(np.eye(3), (2.0, 2.0, 2.0))
    path = save_nifti(tmp_path / "image.nii", values(), affine, xyzt_units=unit)
    np.testing.assert_allclose(read_volume(path).affine[:3], affine[:3] * factor)
    np.testing.assert_allclose(read_volume(path).affine, read_with_itk(path)[1])


@pytest.mark.parametrize("shape", [(*SHAPE, 1), (*SHAPE, 1, 1), (*SHAPE, 1, 1, 1, 1)])
def test_further_axes_of_length_one_are_dropped(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = save_nifti(tmp_path / "image.nii.gz", values().reshape(shape), OBLIQUE)
    np.testing.assert_array_equal(read_volume(path).array, values())


def test_a_four_dimensional_metaimage_with_one_frame_is_read(tmp_path: Path) -> None:
    header = (
        "ObjectType = Image\nNDims = 4\nBinaryData = True\nBinaryDataByteOrderMSB = True\nOffset = 1 2 3 0\n"
        "TransformMatrix = 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1\nElementSpacing = 1 2 3 1\nDimSize = 5 6 7 1\n"
        "ElementType = MET_SHORT\nElementDataFile = LOCAL\n"
    )
    path = tmp_path / "image.mha"
    path.write_bytes(header.encode() + values().astype(">i2").tobytes(order="F"))
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.array, values())
    np.testing.assert_array_equal(volume.affine, [[-1, 0, 0, -1], [0, -2, 0, -2], [0, 0, 3, 3], [0, 0, 0, 1]])


@pytest.mark.parametrize(("space", "signs"), [("RAS", (1, 1, 1)), ("left-anterior-superior", (-1, 1, 1))])
def test_nrrd_says_in_which_space_it_lies(tmp_path: Path, space: str, signs: tuple[int, int, int]) -> None:
    header = (
        "NRRD0004\n# a comment\nkey:=value: with colon\ntype: uint16\ndimension: 4\nspace: %s\nsizes: 1 5 6 7\n"
        "space directions: none (2,0,0) (0,2,0) (0,0,2)\nkinds: list domain domain domain\nendian: big\n"
        'encoding: raw\nspace units: "mm" "mm" "mm"\nspace origin: (10,20,30)\n\n'
    )
    path = tmp_path / "image.nrrd"
    path.write_bytes((header % space).encode() + values().astype(">u2").tobytes(order="F"))
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.array, values())
    np.testing.assert_array_equal(volume.affine, np.diag([*signs, 1]) @ affine_of(np.eye(3), (2, 2, 2), (10, 20, 30)))


def test_gzip_members_one_after_the_other_are_one_stream(tmp_path: Path) -> None:
    data = nifti(values(), OBLIQUE).to_bytes()
    path = tmp_path / "image.nii.gz"
    members = b"".join(gzip.compress(data[n : n + 100]) for n in range(0, len(data), 100))
    for rest in (b"", b"\0" * 100_000, b"\0\0what gunzip ignores too"):
        path.write_bytes(members + rest)
        np.testing.assert_array_equal(read_volume(path).array, values())


def test_extensions_before_the_voxels_are_passed_over(tmp_path: Path) -> None:
    image = nifti(values(), OBLIQUE)
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"x" * 3000))
    for name in ("image.nii", "image.nii.gz"):
        nib.save(image, tmp_path / name)
        np.testing.assert_array_equal(read_volume(tmp_path / name).array, values())


def test_an_array_read_can_be_written_to_and_lies_as_in_the_file(tmp_path: Path) -> None:
    array = read_volume(save_nifti(tmp_path / "image.nii.gz", values(), OBLIQUE)).array
    assert array.flags.writeable
    assert array.flags.f_contiguous
    assert array.flags.aligned


@pytest.mark.parametrize("name", ["BraTS2021_00006", "BraTS-SSA-00051-000"])
def test_published_files_are_read_as_nibabel_and_itk_read_them(real_cases: Path, name: str) -> None:
    paths = sorted((real_cases / "original" / name).glob("*.nii.gz"))
    assert len(paths) == 5
    for path in paths:
        volume, reference = read_volume(path), nib.load(path)
        np.testing.assert_array_equal(volume.array, np.asarray(reference.dataobj))
        np.testing.assert_allclose(volume.affine, reference.affine)
        array, affine = read_with_itk(path)
        np.testing.assert_array_equal(volume.array, array)
        np.testing.assert_allclose(volume.affine, affine)


def test_four_published_files_are_read_within_two_seconds_of_processor_time(real_cases: Path) -> None:
    paths = sorted((real_cases / "original" / "BraTS2021_00006").glob("*_[ft]*.nii.gz"))
    start = time.process_time()
    shapes = {read_volume(path).array.shape for path in paths}
    assert len(paths) == 4
    assert shapes == {(240, 240, 155)}
    # About .2 s; the bound is loose, as machines differ.
    assert time.process_time() - start < 2.0


def test_a_volume_without_orientation_is_refused_not_guessed(tmp_path: Path) -> None:
    path = save_nifti(tmp_path / "image.nii", values(), affine_of(np.eye(3), origin=ORIGIN), sform_code=0, qform_code=0)
    with pytest.raises(InputError, match="does not say how its voxels lie in the patient; export it again"):
        read_volume(path)


# --- two statements of one header ------------------------------------------------------------------------------------


def test_sform_and_qform_that_agree_are_no_reason_to_warn(tmp_path: Path) -> None:
    for number, affine in enumerate((*AFFINES, OBLIQUE, OBLIQUE_LEFT_HANDED)):
        assert read_volume(save_nifti(tmp_path / f"{number}.nii", values(), affine)).warning is None
        alone = save_nifti(tmp_path / f"{number}.nii", values(), affine, qform_code=0, qoffset_x=500.0)
        assert read_volume(alone).warning is None


@pytest.mark.parametrize(
    ("fields", "mm"), [({"qoffset_x": -9.5}, 3), ({"quatern_b": 0.0, "quatern_c": 0.0, "quatern_d": 1.0}, None)]
)
def test_sform_and_qform_that_disagree_are_told_with_what_was_taken(
    tmp_path: Path, fields: dict[str, float], mm: int | None
) -> None:
    affine = affine_of(np.eye(3))
    volume = read_volume(save_nifti(tmp_path / "a.nii", values(), affine, **fields), what="FLAIR")
    np.testing.assert_array_equal(volume.affine, affine)
    assert volume.warning is not None and volume.warning.code == "image.two-places"
    assert volume.warning.startswith(f"FLAIR: {tmp_path / 'a.nii'} says two things of its place")
    assert mm is None or f"up to {mm} mm apart" in volume.warning


@pytest.mark.parametrize("name", ["a.mhd", "a.mha", "a"])
def test_the_hash_of_a_detached_header_is_of_its_voxels_too(tmp_path: Path, name: str) -> None:
    hashes = set()
    for seed in (0, 1):
        (tmp_path / str(seed)).mkdir()
        path = save_itk(tmp_path / str(seed) / "a.mhd", values(seed=seed), OBLIQUE)
        path = path.rename(path.with_name(name))
        hashes.add(content_sha256(path))
    assert len(hashes) == 2
    whole = save_itk(tmp_path / "whole.mha", values(), OBLIQUE)
    assert content_sha256(whole) == hashlib.sha256(whole.read_bytes()).hexdigest()
