"""DICOM series in: every kind is read right, as SimpleITK's GDCM and dcm2niix read it, or refused with a sentence."""

from __future__ import annotations

import contextlib
import math
import shutil
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from dicom_files import (
    SHAPE,
    T1_TIMES,
    T2_TIMES,
    box,
    enhanced,
    image,
    numbers,
    save,
    set_pixels,
    slices,
    uid,
)
from GSSCore.dicom import Series, find_series, read_volume_of
from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError, InputError
from GSSCore.imaging.volume import Volume
from GSSCore.vocabulary import Modality
from images import rotation

TILTED = box((0.9, 0.9, 3.0), rotation((12.0, -20.0, 31.0)))


def only(folder: Path) -> Series:
    (series,) = find_series(folder)
    return series


def volume_of(folder: Path) -> Volume:
    return read_volume_of(only(folder))


def require_same(volume: Volume, array: NDArray[Any], affine: NDArray[np.float64]) -> None:
    """The volume has the array's voxels at the same places, in whatever order of slices."""
    assert volume.array.shape == array.shape
    inverse = np.linalg.inv(affine) @ volume.affine
    index = np.indices(array.shape).reshape(3, -1)
    places = inverse[:3, :3] @ index + inverse[:3, 3:]
    assert np.abs(places - np.rint(places)).max() < 1e-3
    i, j, k = np.rint(places).astype(int)
    assert np.array_equal(array[i, j, k], volume.array.reshape(-1))


# What is read


@pytest.mark.parametrize(
    "affine", [box(), TILTED, box(rotation=rotation((90.0, 0.0, 0.0))), box(rotation=rotation((0.0, 90.0, 90.0)))]
)
def test_slices_are_sorted_by_position_and_lie_where_gdcm_says(tmp_path: Path, affine: NDArray[np.float64]) -> None:
    array = image()
    objects = slices(array, affine)
    for one, instance in zip(objects, reversed(range(len(objects))), strict=True):
        one.InstanceNumber = (instance * 5) % len(objects)
    files = save(tmp_path, objects)
    volume = volume_of(tmp_path)
    require_same(volume, array, affine)
    assert volume.array.dtype == np.uint16 and volume.array.flags.f_contiguous
    found = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path)))
    assert len(files) == found.GetSize()[2] == SHAPE[2]
    assert np.array_equal(sitk.GetArrayFromImage(found), volume.array.T)
    for corner in ((0, 0, 0), (5, 0, 0), (0, 4, 0), (5, 4, 23)):
        there = np.array(found.TransformIndexToPhysicalPoint(corner)) * (-1, -1, 1)
        assert np.allclose((volume.affine @ (*corner, 1))[:3], there, atol=1e-4)


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_every_way_to_write_without_compression_is_read(tmp_path: Path, syntax: str) -> None:
    array = image()
    objects = slices(array, box())
    if syntax == ExplicitVRBigEndian:
        for one in objects:
            one.PixelData = np.frombuffer(one.PixelData, "<u2").astype(">u2").tobytes()
    save(tmp_path, objects, syntax=syntax)
    require_same(volume_of(tmp_path), array, box())


def test_run_lengths_are_read(tmp_path: Path) -> None:
    array = image()
    objects = slices(array, box())
    save(tmp_path, objects)
    for one in objects:
        one.compress(RLELossless, generate_instance_uid=False)
    shutil.rmtree(tmp_path)
    save(tmp_path, objects)
    require_same(volume_of(tmp_path), array, box())


@pytest.mark.parametrize(("compressor", "kind"), [("JPEG2000", np.uint16), ("JPEG", np.uint16), ("JPEG", np.int16)])
def test_lossless_jpeg_is_read_without_further_packages(tmp_path: Path, compressor: str, kind: Any) -> None:
    """GDCM writes the files; the scale that they get afterwards, which GDCM's reader would apply, is applied once."""
    array = image(shape=(32, 32, 24)).astype(kind)
    plain, packed = tmp_path / "plain", tmp_path / "packed"
    packed.mkdir()
    for place, file in enumerate(save(plain, slices(array, box()))):
        slice_ = sitk.ReadImage(str(file), imageIO="GDCMImageIO")
        writer = sitk.ImageFileWriter()
        writer.SetImageIO("GDCMImageIO")
        writer.KeepOriginalImageUIDOn()
        writer.UseCompressionOn()
        writer.SetCompressor(compressor)
        writer.SetFileName(str(packed / f"{place}.dcm"))
        writer.Execute(slice_)
        one = dcmread(packed / f"{place}.dcm")
        assert one.file_meta.TransferSyntaxUID.is_encapsulated
        one.RescaleSlope, one.RescaleIntercept = "2", "-3"
        one.save_as(packed / f"{place}.dcm")
    require_same(volume_of(packed), array * 2.0 - 3.0, box())


def test_a_scale_of_each_slice_is_applied_to_it(tmp_path: Path) -> None:
    array = image()
    objects = slices(array, box())
    slope, intercept = np.linspace(0.5, 2.0, SHAPE[2]), np.arange(SHAPE[2]) - 7.0
    for one, a, b in zip(objects, slope, intercept, strict=True):
        one.RescaleSlope, one.RescaleIntercept = numbers([a, b])
    save(tmp_path, objects)
    volume = volume_of(tmp_path)
    assert volume.array.dtype == np.float32
    assert np.allclose(volume.array, array * slope + intercept, rtol=1e-5)


def test_signed_numbers_of_twelve_bits_and_overlays_in_the_bits_above(tmp_path: Path) -> None:
    array = (image().astype(np.int16) - 2000).astype(np.int16)
    objects = slices(array, box())
    for k, one in enumerate(objects):
        used = (array[:, :, k].T.astype(np.int32) & 0x0FFF) | 0x5000  # the upper bits hold something else
        set_pixels(one, used.astype(np.uint16).view(np.int16), BitsStored=12)
    save(tmp_path, objects)
    assert np.array_equal(volume_of(tmp_path).array, array)


@pytest.mark.parametrize("kind", [np.uint8, np.int32])
def test_other_widths(tmp_path: Path, kind: Any) -> None:
    array = image(most=250).astype(kind)
    save(tmp_path, slices(array, box()))
    volume = volume_of(tmp_path)
    assert np.array_equal(volume.array, array) and volume.array.dtype == kind


def test_an_inverted_scale_of_grey_is_turned_round(tmp_path: Path) -> None:
    array = image()
    objects = slices(array, box())
    for k, one in enumerate(objects):
        set_pixels(one, 4095 - array[:, :, k].T, BitsStored=12, PhotometricInterpretation="MONOCHROME1")
    save(tmp_path, objects)
    assert np.array_equal(volume_of(tmp_path).array, array)


def test_padding_outside_the_field_of_view_counts_as_the_lowest_number(tmp_path: Path) -> None:
    array = (image().astype(np.int16) + 5).astype(np.int16)
    array[:2] = -32768
    array[2, 0] = 5
    save(tmp_path, slices(array, box(), PixelPaddingValue=-32768))
    volume = volume_of(tmp_path)
    assert (volume.array[:2] == 5).all() and np.array_equal(volume.array[2:], array[2:])


def test_frames_of_an_enhanced_object_are_sorted_by_position_with_a_scale_each(tmp_path: Path) -> None:
    array = image()
    order = [(k * 7) % SHAPE[2] for k in range(SHAPE[2])]
    frames = [
        {
            "PixelValueTransformationSequence": {"RescaleSlope": str(1 + k % 3), "RescaleIntercept": "0"},
            "FrameContentSequence": {"StackID": "1", "InStackPositionNumber": 1 + k},
        }
        for k in order
    ]
    save(tmp_path, [enhanced(array, TILTED, frames=frames, order=order)])
    series = only(tmp_path)
    volume = read_volume_of(series)
    require_same(volume, array * (1.0 + np.arange(SHAPE[2]) % 3), TILTED)
    assert (series.hints.tr_ms, series.hints.te_ms, series.hints.ti_ms) == (1800.0, 2.5, 900.0)
    assert series.hints.gradient_echo and series.hints.inverted and series.hints.acquired == "20260102101112.500000"


def test_stacks_of_an_enhanced_object_are_volumes_of_their_own(tmp_path: Path) -> None:
    """Two parallel stacks with a gap between them, which make no volume together."""
    array = image(shape=(6, 5, 12))
    far = box()
    far[:3, 3] += (0.0, 0.0, 133.0)
    one = enhanced(array, box(), frames=[{"FrameContentSequence": {"StackID": "1"}}] * 12)
    other = enhanced(array + 1, far, frames=[{"FrameContentSequence": {"StackID": "2"}}] * 12)
    one.PerFrameFunctionalGroupsSequence.extend(other.PerFrameFunctionalGroupsSequence)
    one.PixelData += other.PixelData
    one.NumberOfFrames = 24
    save(tmp_path, [one])
    first, second = find_series(tmp_path)
    assert (first.key, first.part, second.key, second.part) == ("1.1", "stack 1", "1.2", "stack 2")
    require_same(read_volume_of(first), array, box())
    require_same(read_volume_of(second), array + 1, far)


def test_stacks_that_make_one_volume_together_are_one(tmp_path: Path) -> None:
    frames = [{"FrameContentSequence": {"StackID": str(1 + k % 2)}} for k in range(SHAPE[2])]
    save(tmp_path, [enhanced(image(), box(), frames=frames)])
    require_same(volume_of(tmp_path), image(), box())


def test_echoes_phases_and_b_values_of_a_series_are_volumes_of_their_own(tmp_path: Path) -> None:
    same = {"SeriesInstanceUID": uid("one")}
    phase = {"ImageType": ["ORIGINAL", "PRIMARY", "P"]}
    arrays = [image(seed) for seed in range(4)]
    save(tmp_path, slices(arrays[0], box(), 3, "pd+t2_tse", {**T2_TIMES, "EchoTime": 11}, **same))
    save(tmp_path, slices(arrays[1], box(), 3, "pd+t2_tse", {**T2_TIMES, "EchoTime": 92}, **same))
    save(tmp_path, slices(arrays[2], box(), 3, "pd+t2_tse", {**T2_TIMES, "EchoTime": 92}, **same, **phase))
    save(tmp_path, slices(arrays[3], box(), 3, "pd+t2_tse", {**T2_TIMES, "EchoTime": 92}, **same, DiffusionBValue=900))
    found = {series.part: series for series in find_series(tmp_path)}
    assert len(found) == 4 and len({series.key for series in found.values()}) == 4
    for part, array in zip(
        ("TE 11 ms, ORIGINAL\\PRIMARY\\M", "TE 92 ms, ORIGINAL\\PRIMARY\\M", "TE 92 ms, ORIGINAL\\PRIMARY\\P"), arrays,
        strict=False,
    ):  # fmt: skip
        require_same(read_volume_of(found[part]), array, box())
    readings = {part: series.finding.reading.candidates for part, series in found.items()}
    assert [part for part, candidates in readings.items() if candidates] == ["TE 92 ms, ORIGINAL\\PRIMARY\\M"]
    assert readings["TE 92 ms, ORIGINAL\\PRIMARY\\M"] == (Modality.T2,)


@pytest.mark.parametrize(
    ("tag", "value", "components"),
    [((0x0043, 0x102F), 1, ("PHASE",)), ((0x0043, 0x102F), 2, ("R",)), ((0x0043, 0x102F), 0, ())],
)
def test_ge_says_in_a_private_attribute_that_an_image_is_no_magnitude(
    tmp_path: Path, tag: tuple[int, int], value: int, components: tuple[str, ...]
) -> None:
    objects = slices(image(), box())
    for one in objects:
        one.add_new((0x0043, 0x0010), "LO", "GEMS_PARM_01")
        one.add_new(tag, "SS", value)
    save(tmp_path, objects)
    series = only(tmp_path)
    assert series.hints.image_type == ("ORIGINAL", "PRIMARY", "M", *components)
    assert series.finding.reading.other is bool(components)


def test_private_b_values_tell_diffusion(tmp_path: Path) -> None:
    for number, (tag, creator, value) in enumerate(
        [
            ((0x0019, 0x100C), "SIEMENS MR HEADER", 1000),
            ((0x0043, 0x1039), "GEMS_PARM_01", [1000001000, 8, 0, 0]),
            ((0x2001, 0x1003), "Philips Imaging DD 001", 1000.0),
        ]
    ):
        objects = slices(image(number), box(), number, "t2_ax", T2_TIMES)
        for one in objects:
            one.add_new((tag[0], 0x0010), "LO", creator)
            one.add_new(tag, "FL" if isinstance(value, float) else "IS", value)
        save(tmp_path, objects)
    found = find_series(tmp_path)
    assert [series.hints.b_value for series in found] == [1000.0] * 3
    assert all(series.finding.reading.other for series in found)


def test_a_file_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    objects = slices(image(), box())
    save(tmp_path / "a", objects)
    save(tmp_path / "b", objects[:9])
    require_same(volume_of(tmp_path), image(), box())


def test_what_is_no_dicom_and_a_dicomdir_are_passed_over(tmp_path: Path) -> None:
    save(tmp_path / "deep" / "deeper", slices(image(), box()))
    (tmp_path / "readme.txt").write_text("no image", encoding="utf-8")
    (tmp_path / "empty").touch()
    (tmp_path / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM nonsense")
    (tmp_path / ".hidden").write_bytes(b"\0" * 128 + b"DICM nonsense")
    require_same(volume_of(tmp_path), image(), box())


def test_files_without_preamble_are_read(tmp_path: Path) -> None:
    tmp_path.mkdir(exist_ok=True)
    for place, one in enumerate(slices(image(), box())):
        one.save_as(tmp_path / f"{place}", implicit_vr=True, little_endian=True)
    require_same(volume_of(tmp_path), image(), box())


# What is refused


def fault_of(folder: Path) -> str:
    series = only(folder)
    assert series.fault is not None and series.geometry is None
    with pytest.raises(InputError) as refusal:
        read_volume_of(series)
    assert refusal.value.message == series.fault
    return str(series.fault)


def missing_one(objects: list[Dataset]) -> list[Dataset]:
    return objects[:7] + objects[8:]


def every_second(objects: list[Dataset]) -> list[Dataset]:
    return objects[::2]


def doubled_one(objects: list[Dataset]) -> list[Dataset]:
    twin = deepcopy(objects[3])
    twin.SOPInstanceUID = uid("twin")
    return [*objects, twin]


def time_points(objects: list[Dataset]) -> list[Dataset]:
    later = [deepcopy(one) for one in objects]
    for place, one in enumerate(later):
        one.SOPInstanceUID, one.TemporalPositionIdentifier = uid("later", place), 2
    return [*objects, *later]


def moved(change: Callable[[int], tuple[float, float, float]]) -> Callable[[list[Dataset]], list[Dataset]]:
    def move(objects: list[Dataset]) -> list[Dataset]:
        for k, one in enumerate(objects):
            one.ImagePositionPatient = numbers(np.array(one.ImagePositionPatient, float) + change(k))
        return objects

    return move


def without(keyword: str) -> Callable[[list[Dataset]], list[Dataset]]:
    def remove(objects: list[Dataset]) -> list[Dataset]:
        for one in objects:
            delattr(one, keyword)
        return objects

    return remove


def given(keyword: str, value: Any) -> Callable[[list[Dataset]], list[Dataset]]:
    def give(objects: list[Dataset]) -> list[Dataset]:
        for one in objects:
            setattr(one, keyword, value)
        return objects

    return give


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (missing_one, "dicom.missing-slices", "1 slices are missing between its 23 images"),
        (every_second, "dicom.sparse", "10 mm apart and should lie 5 mm apart"),
        (doubled_one, "dicom.doubled", "1 of 25 images lie where another"),
        (time_points, "dicom.time-points", "several time points"),
        (moved(lambda k: (0.0, 0.0, 0.9 * (k % 3))), "dicom.uneven", "unevenly, 3.2 to 5.9 mm"),
        (moved(lambda k: (0.0, 1.5 * (k % 2), 0.0)), "dicom.aside", "shifted against each other"),
        (moved(lambda k: (0.0, 5.0 * math.tan(math.radians(15)) * k, 0.0)), "dicom.sheared", "tilted gantry"),
        (lambda objects: objects[:1], "dicom.one-slice", "a single slice"),
        (without("ImagePositionPatient"), "dicom.no-place", "don't say where they lie"),
        (without("ImageOrientationPatient"), "dicom.no-place", "don't say where they lie"),
        (without("PixelSpacing"), "dicom.no-place", "don't say where they lie"),
        (given("ImageOrientationPatient", ["1", "0", "0", "1", "0", "0"]), "dicom.no-place", "don't say"),
        (given("PixelSpacing", ["0", "0"]), "dicom.no-place", "don't say"),
        (without("PixelData"), "dicom.no-pixels", "holds no voxels"),
        (given("ImageType", ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]), "dicom.mosaic", "is a mosaic"),
        (given("SamplesPerPixel", 3), "dicom.colour", "in colour"),
        (given("NumberOfFrames", 2), "dicom.truncated", "ends before its last voxel"),
        (given("Modality", "CT"), "dicom.no-mr", "holds no MR images"),
        (given("SOPClassUID", "1.2.840.10008.5.1.4.1.1.66"), "dicom.no-mr", "Raw Data Storage"),
    ],
)
def test_what_can_not_be_read_right_is_refused(
    tmp_path: Path, change: Callable[[list[Dataset]], list[Dataset]], code: str, said: str
) -> None:
    save(tmp_path, change(slices(image(), box(), 7, "AX T1")))
    series = only(tmp_path)
    assert said in fault_of(tmp_path)
    assert series.fault is not None and series.fault.code == code
    assert str(series.fault).startswith("Series 7 (AX T1)")


def test_a_small_shear_and_rounded_positions_are_no_fault(tmp_path: Path) -> None:
    objects = slices(image(), box())
    for k, one in enumerate(objects):
        shift = (0.0, 0.02 * k, 0.04 * (k % 2))
        one.ImagePositionPatient = numbers(np.array(one.ImagePositionPatient, float) + shift)
    save(tmp_path, objects)
    volume = volume_of(tmp_path)
    assert np.array_equal(volume.array, image())
    assert np.allclose(volume.affine[:3, 2], (0.0, -0.02, 5.0), atol=0.002)


def test_a_two_dimensional_series_with_gaps_as_wide_as_its_slices_is_no_fault(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box((1.0, 1.0, 10.0)), SliceThickness=5, MRAcquisitionType="2D"))
    assert volume_of(tmp_path).array.shape == SHAPE


def test_slices_with_a_thickness_alone_must_not_be_far_apart_in_a_three_dimensional_series(tmp_path: Path) -> None:
    objects = slices(image(), box((1.0, 1.0, 2.0)), SliceThickness=1, MRAcquisitionType="3D")
    save(tmp_path, without("SpacingBetweenSlices")(objects))
    assert "2 mm apart and should lie 1 mm apart" in fault_of(tmp_path)


def test_a_frame_without_a_place_refuses_an_enhanced_object(tmp_path: Path) -> None:
    one = enhanced(image(), box())
    one.NumberOfFrames = SHAPE[2] - 1
    save(tmp_path, [one])
    assert "does not say where each of its images lies" in fault_of(tmp_path)


def test_a_truncated_file_is_refused_by_its_header_alone(tmp_path: Path) -> None:
    file = save(tmp_path, slices(image(), box(), 7, "AX T1"))[4]
    file.write_bytes(file.read_bytes()[:-20])
    assert fault_of(tmp_path) == (
        f"Series 7 (AX T1): {file} ends before its last voxel; copy the series again, the file is truncated."
    )


def test_a_file_that_ends_in_its_header_is_refused(tmp_path: Path) -> None:
    files = save(tmp_path, slices(image(), box()))
    content = files[0].read_bytes()
    files[0].write_bytes(content[:300])
    with pytest.raises(InputError, match=r"is a damaged DICOM file .it has no SeriesInstanceUID.: copy it again"):
        find_series(tmp_path)
    files[0].write_bytes(content[: content.index(b"\x28\0\x10\0")])  # before Rows
    assert "holds no voxels" in fault_of(tmp_path)


def test_damaged_run_lengths_are_refused(tmp_path: Path) -> None:
    objects = slices(image(), box())
    save(tmp_path / "a", objects)
    for one in objects:
        one.compress(RLELossless, generate_instance_uid=False)
    files = save(tmp_path / "b", objects)
    content = bytearray(files[2].read_bytes())
    content[-60:-10] = b"\x80" * 50  # a code that stands for nothing
    files[2].write_bytes(content)
    with pytest.raises(InputError, match="can't be decoded") as refusal:
        volume_of(tmp_path / "b")
    assert refusal.value.message.code == "dicom.damaged-voxels"


def test_a_compression_that_nothing_decodes_is_refused_with_what_to_install(tmp_path: Path) -> None:
    objects = slices(image(), box())
    save(tmp_path / "a", objects)
    for one in objects:
        one.compress(RLELossless, generate_instance_uid=False)
        one.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.201"  # High-Throughput JPEG 2000
    save(tmp_path / "b", objects)
    with pytest.raises(
        InputError, match=r"is compressed \(High-Throughput JPEG 2000.*pip install pylibjpeg"
    ) as refusal:
        volume_of(tmp_path / "b")
    assert refusal.value.message.code == "dicom.compressed"


def test_two_patients_in_a_folder_are_refused_without_their_names(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1))
    for attributes in (
        {"PatientID": "8"},
        {"PatientName": "Doe^John"},
        {"PatientBirthDate": "19700102"},
    ):
        save(tmp_path / "other", slices(image(1), box(), 2, **attributes))
        with pytest.raises(InputError, match="holds files of two patients") as refusal:
            find_series(tmp_path)
        assert refusal.value.message.code == "dicom.two-patients"
        assert not {"Doe", "Jane", "1970"} & set(str(refusal.value).replace("^", " ").split())
        shutil.rmtree(tmp_path / "other")


def test_one_patient_written_in_two_ways_is_one(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1))
    save(tmp_path, slices(image(1), box(), 2, PatientName="DOE^JANE^^", PatientBirthDate=""))
    assert len(find_series(tmp_path)) == 2


def test_two_files_of_one_uid_that_differ_are_refused(tmp_path: Path) -> None:
    objects = slices(image(), box())
    save(tmp_path / "a", objects)
    objects[0].PatientComments = "anonymised"
    save(tmp_path / "b", objects[:1])
    with pytest.raises(InputError, match="have the same SOPInstanceUID and differ"):
        find_series(tmp_path)


@pytest.mark.parametrize("what", ["nothing", "file", "empty", "text"])
def test_a_folder_without_dicom_is_refused(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "folder"
    if what == "file":
        folder.touch()
    elif what != "nothing":
        folder.mkdir()
        if what == "text":
            (folder / "readme.txt").write_text("no image", encoding="utf-8")
    codes = {"nothing": "dicom.no-folder", "file": "dicom.a-file", "empty": "dicom.none", "text": "dicom.none"}
    with pytest.raises(InputError) as refusal:
        find_series(folder)
    assert refusal.value.message.code == codes[what]


def test_images_that_a_series_declares_and_lacks_are_told(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 7, "AX T1", ImagesInAcquisition=30))
    volume = volume_of(tmp_path)
    assert "Series 7 (AX T1) declares 30 images and 24 are there" in str(volume.warning)


def test_reading_is_cancelled(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), times=T1_TIMES))
    with pytest.raises(Cancelled):
        find_series(tmp_path, lambda: True)
    with pytest.raises(Cancelled):
        read_volume_of(only(tmp_path), lambda: True)


@pytest.mark.parametrize("seed", range(2))
def test_damaged_files_are_refused_or_read_and_never_crash(tmp_path: Path, seed: int) -> None:
    """Bytes of a classic and an enhanced series are changed or cut at random places."""
    random = np.random.default_rng(seed)
    files = save(tmp_path, slices(image(shape=(6, 5, 4)), box((1.0, 1.0, 30.0)), SliceThickness=30))
    files += save(tmp_path, [enhanced(image(shape=(6, 5, 4)), box((1.0, 1.0, 30.0)), 2)])
    whole = {file: file.read_bytes() for file in files}
    for _ in range(12):
        file = files[random.integers(len(files))]
        content = bytearray(whole[file])
        if random.random() < 0.3:
            del content[random.integers(len(content)) :]
        else:
            for place in random.integers(128, len(content), 3):
                content[place] = random.integers(256)
        file.write_bytes(content)
        with contextlib.suppress(GSSError):
            for series in find_series(tmp_path):
                with contextlib.suppress(GSSError):
                    assert read_volume_of(series).array.ndim == 3
        file.write_bytes(whole[file])


def test_without_pydicom_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(EnvironmentRefused, match=r"pip install 'gsssegmentation\[dicom\]'"):
        find_series(tmp_path)
