"""Whatever is no sound volume is refused in one sentence, before anything large is allocated."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from GSSCore.errors import InputError
from GSSCore.imaging.headers import MAX_SURPLUS_BYTES, MAX_VOXELS
from GSSCore.imaging.reading import read_volume
from images import AFFINES, OBLIQUE, affine_of, nifti, save_itk, save_nifti, values

MIB = 2**20
SHEARED = OBLIQUE @ np.array([[1, 0.2, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])


def refusal(path: Path, what: str = "FLAIR") -> str:
    """The sentence with which a file is refused; it always names modality and file, and gives a remedy."""
    with pytest.raises(InputError) as caught:
        read_volume(path, what=what)
    sentence = str(caught.value)
    assert sentence.startswith(f"{what}: {path} ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert re.search(r"; \w.* \w", sentence), sentence
    assert caught.value.exit_code == 3
    return sentence


def peak_bytes(action: Callable[[], Any]) -> int:
    """The most memory that was taken at once, NumPy's included."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def header_declaring(*sizes: int, datatype: int = 4) -> bytes:
    """A NIfTI-1 file with a sound header of 352 bytes and 100 bytes of voxels."""
    image = nifti(values(), AFFINES[0])
    image.header["dim"] = [len(sizes), *sizes, *[1] * (7 - len(sizes))]
    image.header["datatype"] = datatype
    image.header["vox_offset"] = 352
    return bytes(image.header.binaryblock) + bytes(4) + bytes(100)


# --- no image at all -------------------------------------------------------------------------------------------------


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "does not exist; check its name" in refusal(tmp_path / "flair.nii.gz")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder; name the image file in it" in refusal(tmp_path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.nii.gz").touch()
    assert "is empty" in refusal(tmp_path / "a.nii.gz")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nii")
    assert "is not a regular file" in refusal(tmp_path / "pipe.nii")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = save_nifti(tmp_path / "a.nii", values(), OBLIQUE)
    path.chmod(0)
    assert "cannot be read (Permission denied); check its permissions" in refusal(path)


UNKNOWN = bytes(range(128, 256)) * 5


def tar_of(content: bytes) -> bytes:
    """An archive with one file."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        member = tarfile.TarInfo("a.nii")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return held.getvalue()


def zip_of(content: bytes) -> bytes:
    """An archive with one file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.nii", content)
    return held.getvalue()


STRANGERS: dict[str, tuple[bytes, str]] = {
    "unknown": (UNKNOWN, r"is not a NIfTI, NRRD or MetaImage file; convert it"),
    "zeros": (bytes(2000), "begins with nothing but zeros.*; copy or download it again"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "is a PNG picture, not a NIfTI"),
    "freesurfer": (b"\0\0\0\x01" + struct.pack(">3i", 256, 256, 256) + UNKNOWN, "is a FreeSurfer image"),
    "zip": (zip_of(b"x" * 400), r"is an archive \(ZIP\); unpack it"),
    "tar": (tar_of(b"x" * 400), r"is an archive \(tar\); unpack it"),
    "xz": (lzma.compress(b"x" * 400), r"is an archive \(xz\); unpack it"),
    "bzip2": (bz2.compress(b"x" * 400), r"is an archive \(bzip2\); unpack it"),
    "page": (b"<!DOCTYPE html><html>", "is a web page .*signed in"),
    "page in capitals": (b"\xef\xbb\xbf\r\n <HTML lang='en'><head>", "is a web page .*signed in"),
    "page as xml": (
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">',
        "is a web page .*signed in",
    ),
    "page after a comment": (b"<!-- proxy -->\n<!doctype HTML>", "is a web page .*signed in"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git-lfs .*run 'git lfs pull'"),
    "annex": (b"/annex/objects/MD5E-s1--0.nii.gz\n", "git-annex pointer.*'git annex get' or 'datalad get'"),
    "annex in a clone": (b"../../.git/annex/objects/Gk/9z/SHA256E-s1--0", "git-annex pointer"),
    "json": (b'{"EchoTime": 0.01, "Manufacturer": "M\xc3\xbcller"}', "is a JSON file.*, no image; name the image"),
    "xml": (b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "is an XML file"),
    "text": (b"not an image at all" * 50, "is a text file, no image; name the image file"),
    "pdf": (b"%PDF-1.7\n" + UNKNOWN, "is a PDF document, no image; name the image file"),
    "one letter": (b"x", "is a text file"),
    "dicom": (
        bytes(128) + b"DICM" + UNKNOWN,
        "is a DICOM file; convert its series to NIfTI, for example with dcm2niix",
    ),
    "dicom of old": (b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100" + UNKNOWN, "is a DICOM file"),
}


@pytest.mark.parametrize("kind", STRANGERS)
@pytest.mark.parametrize("name", ["a.nii.gz", "a.nii", "a.nrrd", "a"])
def test_another_kind_of_file_is_named_for_what_it_is(tmp_path: Path, kind: str, name: str) -> None:
    content, fault = STRANGERS[kind]
    (tmp_path / name).write_bytes(content)
    assert re.search(fault, refusal(tmp_path / name))


@pytest.mark.parametrize("kind", STRANGERS)
def test_another_kind_of_file_is_known_inside_of_gzip_too(tmp_path: Path, kind: str) -> None:
    content, fault = STRANGERS[kind]
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(content))
    assert re.search(fault, refusal(tmp_path / "a.nii.gz"))


def test_a_file_compressed_twice_is_refused_with_the_way_to_unpack_it(tmp_path: Path) -> None:
    path = save_nifti(tmp_path / "a.nii.gz", values(), OBLIQUE)
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert "is compressed twice with gzip; unpack it once, for example with gunzip" in refusal(path)


def test_gzip_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(b""))
    assert "with nothing in it; copy or download it again" in refusal(tmp_path / "a.nii.gz")


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_another_format_compressed_as_a_whole_is_refused(tmp_path: Path, ending: str) -> None:
    path = save_itk(tmp_path / f"a{ending}", values(), OBLIQUE)
    (tmp_path / "b.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert "compressed as a whole; unpack it" in refusal(tmp_path / "b.gz")


def test_a_folder_of_dicom_files_is_refused_with_the_way_to_convert_them(tmp_path: Path) -> None:
    series = tmp_path / "study" / "series"
    series.mkdir(parents=True)
    (series / "0001").write_bytes(bytes(128) + b"DICM")
    for folder in (tmp_path / "study", series):
        assert "is a folder of DICOM files; convert the series to NIfTI" in refusal(folder)


def test_the_voxels_of_a_pair_are_refused(tmp_path: Path) -> None:
    for name in ("a.img", "a.IMG", "a.img.gz"):
        content = bytes(range(1, 201)) * 4
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
        assert "holds the voxels of a pair of .hdr and .img; convert the pair to one .nii.gz" in refusal(
            tmp_path / name
        )


@pytest.mark.parametrize(
    ("kind", "said"), [(nib.Nifti1Pair, "convert the pair"), (nib.AnalyzeImage, "left from right")]
)
def test_both_files_of_a_pair_are_refused(tmp_path: Path, kind: Any, said: str) -> None:
    nib.save(kind(values(), np.eye(4)), tmp_path / "a.img")
    assert said in refusal(tmp_path / "a.img")
    assert ("left from right" in refusal(tmp_path / "a.hdr")) == (kind is nib.AnalyzeImage)


def test_the_voxels_of_a_detached_header_are_refused_with_its_name(tmp_path: Path) -> None:
    save_itk(tmp_path / "a.mhd", values(dtype=np.float32), OBLIQUE)
    assert "nothing else; name its header, a.mhd" in refusal(tmp_path / "a.raw")


def test_a_link_to_nowhere_is_refused_with_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "a.nii.gz").symlink_to("elsewhere/b.nii.gz")
    assert re.search(r"is a link to elsewhere.b.nii.gz, which is not there", refusal(tmp_path / "a.nii.gz"))
    (tmp_path / "c.nii.gz").symlink_to("../.git/annex/objects/xx/yy/MD5E-s1--0.nii.gz")
    assert "git-annex pointer" in refusal(tmp_path / "c.nii.gz")
    (tmp_path / "loop.nii.gz").symlink_to("loop.nii.gz")
    refusal(tmp_path / "loop.nii.gz")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no such device")
def test_a_device_is_refused_instead_of_read_for_ever() -> None:
    assert "is not a regular file" in refusal(Path("/dev/zero"))


@pytest.mark.parametrize(("magic", "fault"), [(b"ni1", "NIfTI pair"), (b"", "Analyze"), (b"n+3", "Analyze")])
def test_a_header_with_its_voxels_elsewhere_is_refused(tmp_path: Path, magic: bytes, fault: str) -> None:
    assert fault in refusal(save_nifti(tmp_path / "a.nii", values(), OBLIQUE, magic=magic))


# --- not one scalar three-dimensional volume -------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 6, 7, 2), (5, 6, 7, 1, 3)])
def test_a_series_of_volumes_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    sentence = refusal(save_nifti(tmp_path / "a.nii.gz", np.zeros(shape, np.int16), OBLIQUE))
    assert f"is {len(shape)}-dimensional ({' x '.join(map(str, shape))}); give a single three-dimensional" in sentence


@pytest.mark.parametrize("shape", [(50, 60), (50, 60, 1), (1, 50, 60), (500,)])
def test_a_flat_image_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    assert "is a flat image" in refusal(save_nifti(tmp_path / "a.nii.gz", np.zeros(shape, np.int16), OBLIQUE))


def test_flat_images_and_series_of_itk_are_refused(tmp_path: Path) -> None:
    import SimpleITK as sitk

    for ending in (".nrrd", ".mha"):
        for name, image, fault in (
            ("flat", sitk.Image([50, 60], sitk.sitkInt16), "flat image|does not say how"),
            ("colour", sitk.Image([5, 6, 7], sitk.sitkVectorUInt8, 3), "dimensional|several values"),
            ("series", sitk.Image([5, 6, 7, 2], sitk.sitkInt16), "dimensional|does not say how|contradict"),
        ):
            sitk.WriteImage(image, str(tmp_path / f"{name}{ending}"))
            assert re.search(fault, refusal(tmp_path / f"{name}{ending}"))


@pytest.mark.parametrize(
    ("dtype", "fault"),
    [
        (np.complex64, "complex numbers"),
        (np.complex128, "complex numbers"),
        ([("R", "u1"), ("G", "u1"), ("B", "u1")], "RGB colours"),
        ([("R", "u1"), ("G", "u1"), ("B", "u1"), ("A", "u1")], "RGBA colours"),
    ],
)
def test_values_that_are_no_real_numbers_are_refused(tmp_path: Path, dtype: Any, fault: str) -> None:
    path = save_nifti(tmp_path / "a.nii.gz", np.zeros((5, 6, 7), dtype), OBLIQUE)
    assert f"holds {fault}; export it as one scalar NIfTI volume" in refusal(path)


@pytest.mark.parametrize(("code", "fault"), [(0, "unknown type 0"), (1, "single bits"), (1536, "128-bit numbers")])
def test_types_that_nobody_needs_are_refused(tmp_path: Path, code: int, fault: str) -> None:
    assert fault in refusal(save_nifti(tmp_path / "a.nii", values(), OBLIQUE, datatype=code))


# --- a place that no patient can be in -------------------------------------------------------------------------------


def with_sform(path: Path, affine: Any) -> Path:
    """A NIfTI file with any sform, and no qform."""
    return save_nifti(path, values(), AFFINES[0], qform_code=0, srow_x=affine[0], srow_y=affine[1], srow_z=affine[2])


@pytest.mark.parametrize(
    ("affine", "fault"),
    [
        (SHEARED, "with shear, its axes are not at right angles; resample it onto a grid with right angles"),
        (np.diag([1.0, 0.0, 1.0, 1.0]), "with a voxel spacing of zero"),
        (np.zeros((4, 4)), "with a voxel spacing of zero"),
        (np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]), "with shear"),
        (np.diag([1.0, np.nan, 1.0, 1.0]), "finite"),
        (np.diag([1.0, np.inf, 1.0, 1.0]), "finite"),
        (np.diag([1.0, 1e30, 1.0, 1.0]), "cannot be millimetres"),
    ],
)
def test_an_unsound_affine_is_refused(tmp_path: Path, affine: Any, fault: str) -> None:
    assert fault in refusal(with_sform(tmp_path / "a.nii", affine))


def test_a_little_shear_as_rounding_makes_it_is_accepted(tmp_path: Path) -> None:
    affine = OBLIQUE @ np.array([[1, 1e-3, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    np.testing.assert_allclose(read_volume(with_sform(tmp_path / "a.nii", affine)).affine, affine, atol=1e-5)


@pytest.mark.parametrize(
    ("field", "value"), [("pixdim", [1, 0, 1, 1, 0, 0, 0, 0]), ("quatern_b", 2.0), ("quatern_c", np.nan)]
)
def test_an_unsound_qform_is_refused(tmp_path: Path, field: str, value: Any) -> None:
    refusal(save_nifti(tmp_path / "a.nii", values(), OBLIQUE, sform_code=0, **{field: value}))


def test_itk_formats_without_orientation_are_refused(tmp_path: Path) -> None:
    nrrd = save_itk(tmp_path / "a.nrrd", values(), OBLIQUE)
    nrrd.write_bytes(nrrd.read_bytes().replace(b"space: left", b"splace: left"))
    mha = save_itk(tmp_path / "a.mha", values(), OBLIQUE)
    mha.write_bytes(mha.read_bytes().replace(b"TransformMatrix", b"TransferMatrix"))
    for path in (nrrd, mha):
        assert "does not say how its voxels lie in the patient" in refusal(path)


@pytest.mark.parametrize(
    ("ending", "old", "new", "fault"),
    [
        (".nrrd", b"encoding: raw", b"encoding: bzip2", "encoding 'bzip2'"),
        (".nrrd", b"encoding: raw", b"encoding: raw\ndata file: /etc/passwd", "in another file"),
        (".nrrd", b"encoding: raw", b"encoding: raw\nbyte skip: -1", "byte skip"),
        (".nrrd", b"endian: little", b"endian: middle", "unknown byte order 'middle'"),
        (".nrrd", b"type: short", b"type: block", "type 'block'"),
        (".nrrd", b"sizes: 5 6 7", b"sizes: 5 6", "contradict each other"),
        (".nrrd", b"sizes: 5 6 7", b"sizes: 5 6 x", "damaged header"),
        (".nrrd", b"sizes: 5 6 7", b"sizes: 5 -6 7", "impossible size 5 x -6 x 7"),
        (".nrrd", b"encoding: raw", b'encoding: raw\nspace units: "inch" "inch" "inch"', "unknown unit 'inch'"),
        (".nrrd", b"\n\n", b"\n", "header without an end|contradict|without"),
        (".mha", b"BinaryData = True", b"BinaryData = False", "voxels as text"),
        (".mha", b"MET_SHORT", b"MET_BANANA", "MET_BANANA"),
        (".mha", b"NDims = 3", b"NDims = 4", "contradict each other"),
        (".mha", b"DimSize = 5 6 7", b"DimSize = 5 6 seven", "damaged field 'DimSize'"),
        (".mha", b"DimSize = 5 6 7", b"DimSize = 5 0 7", "impossible size"),
        (".mha", b"= LOCAL", b"= LIST", "several files"),
        (".mha", b"= LOCAL", b"= ../voxels.raw", "another folder"),
        (".mha", b"= LOCAL", b"= /etc/passwd", "another folder"),
        (".mha", b"= LOCAL", b"= absent.raw", "'absent.raw', which is not there"),
        (".mha", b"ElementDataFile", b"ElementDataFire", "header without an end"),
        (".mha", b"ObjectType = Image", b"ObjectType = Tube", "not of an image"),
        (".mha", b"Offset = -", b"Offset = nan -", "contradict"),
    ],
)
def test_variants_and_damage_of_text_headers_are_refused(
    tmp_path: Path, ending: str, old: bytes, new: bytes, fault: str
) -> None:
    affine = affine_of(np.eye(3), origin=(12.0, 2.0, 3.0))
    path = save_itk(tmp_path / f"a{ending}", values(), affine)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    assert re.search(fault, refusal(path))


# --- more, or less, than it declares ---------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("sizes", "fault"),
    [
        ((32000, 32000, 3000), f"more than the {MAX_VOXELS // 10**6} million that are read"),
        ((32000, 32000, 32000, 1, 1), "million that are read"),
        ((600, 600, 600), "more than the file holds; copy or download it again"),
        ((-5, 6, 7), "impossible size -5 x 6 x 7"),
        ((0, 6, 7), "impossible size"),
    ],
)
def test_a_header_of_452_bytes_that_declares_more_allocates_nothing(
    tmp_path: Path, pack: Callable[[bytes], bytes], sizes: tuple[int, ...], fault: str
) -> None:
    path = tmp_path / "a.nii"
    path.write_bytes(pack(header_declaring(*sizes)))
    assert len(header_declaring(*sizes)) == 452
    assert peak_bytes(lambda: fault in refusal(path) or pytest.fail(refusal(path))) < 3 * MIB


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_text_header_that_declares_more_allocates_nothing(tmp_path: Path, ending: str, compressed: bool) -> None:
    path = save_itk(tmp_path / f"a{ending}", values(), OBLIQUE, compressed=compressed)
    content = path.read_bytes()
    for size, fault in ((b"32000 32000 3000", "million that are read"), (b"600 600 600", "more than the file holds")):
        path.write_bytes(content.replace(b"5 6 7", size, 1))
        assert peak_bytes(lambda fault=fault: fault in refusal(path) or pytest.fail(refusal(path))) < 3 * MIB


def test_a_gzip_bomb_is_stopped_at_what_its_header_declares(tmp_path: Path) -> None:
    path = tmp_path / "bomb.nii.gz"
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    content = deflate.compress(nifti(values(), OBLIQUE).to_bytes())
    content += b"".join(deflate.compress(bytes(16 * MIB)) for _ in range(8)) + deflate.flush()
    path.write_bytes(content)
    assert path.stat().st_size < MIB
    assert (
        peak_bytes(lambda: "holds much more than its header declares" in refusal(path) or pytest.fail("another fault"))
        < 5 * MIB
    )


def test_a_few_bytes_too_many_are_accepted_and_many_are_not(tmp_path: Path) -> None:
    data = nifti(values(), OBLIQUE).to_bytes()
    for pack in (bytes, gzip.compress):
        path = tmp_path / "a.nii"
        path.write_bytes(pack(data + bytes(MAX_SURPLUS_BYTES)))
        np.testing.assert_array_equal(read_volume(path).array, values())
        path.write_bytes(pack(data + bytes(MAX_SURPLUS_BYTES + 1)))
        assert "holds much more than its header declares" in refusal(path)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kept", [0.001, 0.1, 0.5, 0.9, 0.9999])
def test_a_truncated_file_is_refused(tmp_path: Path, ending: str, compressed: bool, kept: float) -> None:
    array = values((40, 30, 20))
    path = tmp_path / f"a{ending}"
    if ending.startswith(".nii"):
        save_nifti(path, array, OBLIQUE)
    else:
        save_itk(path, array, OBLIQUE, compressed=compressed)
    content = path.read_bytes()
    path.write_bytes(content[: max(1, int(len(content) * kept))])
    refusal(path)


def test_a_stream_whose_checksum_is_wrong_is_refused(tmp_path: Path) -> None:
    path = save_nifti(tmp_path / "a.nii.gz", values(), OBLIQUE)
    content = bytearray(path.read_bytes())
    content[-6] ^= 1
    path.write_bytes(content)
    assert "is damaged, its compressed content cannot be unpacked" in refusal(path)


@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_a_damaged_byte_in_a_stream_never_changes_voxels(tmp_path: Path, ending: str) -> None:
    array = values((40, 30, 20))
    path = save_itk(tmp_path / f"a{ending}", array, OBLIQUE, compressed=True)
    content = path.read_bytes()
    for back in np.random.default_rng(0).integers(1, len(content) // 2, 40):
        damaged = bytearray(content)
        damaged[-back] ^= 0x10
        path.write_bytes(damaged)
        refusal(path)


def test_a_declared_offset_outside_the_file_is_refused(tmp_path: Path) -> None:
    for name in ("a.nii", "a.nii.gz"):
        for offset in (0.0, -1.0, 1e6, 1e12, float("nan"), float("inf")):
            path = save_nifti(tmp_path / name, values(), OBLIQUE, vox_offset=offset)
            assert re.search("places its voxels|more than the file holds|ends before", refusal(path))


def test_the_modality_is_named_with_a_capital(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^The segmentation: .*a\.nii does not exist"):
        read_volume(tmp_path / "a.nii", what="the segmentation")


# --- anything at all -------------------------------------------------------------------------------------------------

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sound_or_refused(path: Path, content: bytes) -> None:
    """A file gives a volume that fits its content, or an `InputError`; nothing else, and no memory to speak of."""
    path.write_bytes(content)

    def attempt() -> None:
        try:
            volume = read_volume(path)
        except InputError:
            return
        assert volume.array.ndim == 3
        assert np.isfinite(volume.affine).all()
        assert np.linalg.det(volume.affine) != 0
        assert volume.array.nbytes <= 2 * 1032 * len(content)

    assert peak_bytes(attempt) < 5 * MIB + 4 * 1032 * len(content)


@given(
    edits=st.lists(st.tuples(st.integers(0, 351), st.integers(0, 255)), min_size=1, max_size=6), zipped=st.booleans()
)
@FUZZ
def test_any_bytes_changed_in_a_nifti_header_are_survived(
    tmp_path: Path, edits: list[tuple[int, int]], zipped: bool
) -> None:
    content = bytearray(nifti(values(), OBLIQUE).to_bytes())
    for position, value in edits:
        content[position] = value
    sound_or_refused(tmp_path / "a.nii", gzip.compress(bytes(content)) if zipped else bytes(content))


@given(
    sizes=st.lists(st.integers(-(2**15), 2**15 - 1), min_size=8, max_size=8),
    code=st.integers(-(2**15), 2**15 - 1) | st.sampled_from([2, 4, 8, 16, 64, 1024]),
    floats=st.lists(st.floats(width=32), min_size=12, max_size=12),
    codes=st.tuples(st.integers(-1, 5), st.integers(-1, 5)),
)
@FUZZ
def test_any_declaration_of_a_nifti_header_is_survived(
    tmp_path: Path, sizes: list[int], code: int, floats: list[float], codes: tuple[int, int]
) -> None:
    content = bytearray(nifti(values(), OBLIQUE).to_bytes())
    fields = nib.Nifti1Header.template_dtype.fields
    struct.pack_into("<8h", content, fields["dim"][1], *sizes)
    struct.pack_into("<h", content, fields["datatype"][1], code)
    struct.pack_into("<2h", content, fields["qform_code"][1], *codes)
    struct.pack_into("<12f", content, fields["srow_x"][1], *floats)
    sound_or_refused(tmp_path / "a.nii", bytes(content))


@pytest.fixture(scope="module")
def text_headers(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Sound files with a text header, plain and compressed."""
    folder = tmp_path_factory.mktemp("text")
    return [
        save_itk(folder / f"{compressed}{ending}", values(), OBLIQUE, compressed=compressed).read_bytes()
        for ending in (".nrrd", ".mha")
        for compressed in (False, True)
    ]


@given(
    which=st.integers(0, 3),
    edits=st.lists(st.tuples(st.integers(0, 500), st.binary(max_size=4), st.integers(0, 4)), min_size=1, max_size=5),
)
@FUZZ
def test_any_bytes_changed_in_a_text_header_are_survived(
    tmp_path: Path, text_headers: list[bytes], which: int, edits: list[tuple[int, bytes, int]]
) -> None:
    content = text_headers[which]
    for position, inserted, removed in edits:
        content = content[:position] + inserted + content[position + removed :]
    sound_or_refused(tmp_path / "a.nrrd", content or b" ")


@given(
    which=st.integers(0, 3),
    numbers=st.lists(st.one_of(st.integers(), st.floats(), st.just("9" * 5000), st.text(max_size=5)), max_size=18),
    field=st.sampled_from([b"sizes:", b"space directions:", b"space origin:", b"DimSize =", b"Offset =", b"NDims ="]),
)
@FUZZ
def test_any_numbers_in_a_text_header_are_survived(
    tmp_path: Path, text_headers: list[bytes], which: int, numbers: list[Any], field: bytes
) -> None:
    line = field + " ".join(map(str, numbers)).encode("utf-8", "replace")
    sound_or_refused(tmp_path / "a.mha", re.sub(field + rb"[^\n]*", lambda _: line, text_headers[which], count=1))
