"""Refuses files of no format that is read: the refusal says what such a file is, and what to do.

The first bytes tell what it is where they are known, otherwise the name does; nothing more is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from GSSCore.imaging.headers import PLACE, FormatError
from GSSCore.messages import Message

_ARCHIVES = {
    b"PK\x03\x04": "ZIP", b"PK\x05\x06": "ZIP", b"7z\xbc\xaf\x27\x1c": "7-Zip", b"Rar!\x1a\x07": "RAR",
    b"\xfd7zXZ\0": "xz", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "Zstandard",
}  # fmt: skip
_IMAGES = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture", b"GIF8": "a GIF picture", b"\x93NUMPY": "a NumPy array",
    b"\x89HDF": "an HDF5 file, such as MINC 2", b"CDF\x01": "a NetCDF file, such as MINC 1", b"<VTKFile": "a VTK file",
    b"# vtk DataFile": "a VTK file", b"\0\0\0\x01\0\0": "a FreeSurfer image (.mgh, .mgz)", b"MATLAB": "a MATLAB file",
}  # fmt: skip
_DOCUMENTS = {b"%PDF": "a PDF document", b"\xd0\xcf\x11\xe0": "an Office document", b"{\\rtf": "a text document"}
_PAGE = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_DICOM_TAG = re.compile(rb"[\x02\x08]\x00.\x00(UL|CS|UI|DA|OB|LO)", re.DOTALL)
_ANNEX_LINK = re.compile(r"annex[/\\]objects")
_TEXT = bytes({*range(0x20, 0x7F), *b"\t\r\n\f\b\x1b"})
_LOOKED_AT = 50
"""Files of a folder that are looked at: a DICOM series is told by one of them."""


def not_an_image(start: bytes, path: Path, *, compressed: bool = False) -> FormatError:
    """Return the refusal of a file that is of no format that is read.

    Args:
        start: how its content begins, unpacked where it is `compressed`.
        path: the file.
        compressed: whether the file is a gzip stream.
    """
    text = start.removeprefix(b"\xef\xbb\xbf")
    return (
        _unfetched(text)
        or (_in_gzip(start) if compressed else None)
        or _known(start, text)
        or _by_name(path)
        or _by_look(start, text)
    )


def not_a_file(path: Path) -> FormatError | None:
    """Return the refusal of what is no file with something in it, devices and pipes included; None for a file."""
    if not path.exists():
        return _missing(path)
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        return FormatError(
            Message("image.no-regular-file", "{sequence}: {file} is not a regular file; give an image file.", **PLACE)
        )
    if not path.stat().st_size:
        return FormatError(
            Message("image.empty-file", "{sequence}: {file} is empty; copy or download it again.", **PLACE)
        )
    return None


def _missing(path: Path) -> FormatError:
    if not path.is_symlink():
        return FormatError(
            Message("image.no-file", "{sequence}: {file} does not exist; check its name and folder.", **PLACE)
        )
    target = str(path.readlink())
    if _ANNEX_LINK.search(target):
        return _annex()
    return FormatError(
        Message(
            "image.broken-link",
            "{sequence}: {file} is a link to {target}, which is not there; copy the image itself.",
            **PLACE,
            target=target,
        )
    )


def _folder(path: Path) -> FormatError:
    if any(_is_dicom(_start(file)) for file in islice(_files(path), _LOOKED_AT)):
        return FormatError(
            Message(
                "image.dicom-folder",
                "{sequence}: {file} is a folder of DICOM files; convert the series to NIfTI, for example with dcm2niix "
                "or in 3D Slicer, and name the file that this makes.",
                **PLACE,
            )
        )
    return FormatError(Message("image.folder", "{sequence}: {file} is a folder; name the image file in it.", **PLACE))


def _files(folder: Path) -> Iterator[Path]:
    """Yield the regular files in a folder and below."""
    for place, _, names in os.walk(folder):
        yield from (path for name in sorted(names) if (path := Path(place, name)).is_file())


def _start(path: Path, count: int = 256) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""  # it is only looked at for a better sentence


def _is_dicom(start: bytes) -> bool:
    """Tell whether a file starts like DICOM, with its preamble or, as old ones, without."""
    return start[128:132] == b"DICM" or _DICOM_TAG.match(start) is not None


def _annex() -> FormatError:
    return FormatError(
        Message(
            "image.annex",
            "{sequence}: {file} is a git-annex pointer, its content has not been fetched; run 'git annex get' or "
            "'datalad get' on it.",
            **PLACE,
        )
    )


def _unfetched(text: bytes) -> FormatError | None:
    """Return the refusal of what stands for a file that is kept elsewhere."""
    if re.match(rb"\S*/annex/objects/", text):
        return _annex()
    if text.startswith(b"version https://git-lfs"):
        return FormatError(
            Message(
                "image.lfs",
                "{sequence}: {file} is a git-lfs pointer, its content has not been fetched; run 'git lfs pull'.",
                **PLACE,
            )
        )
    return None


def _in_gzip(start: bytes) -> FormatError | None:
    """Return the refusal of what is read, but not inside of gzip."""
    if not start:
        return FormatError(
            Message(
                "image.empty-gzip",
                "{sequence}: {file} is a gzip file with nothing in it; copy or download it again.",
                **PLACE,
            )
        )
    if start.startswith(b"\x1f\x8b"):
        return FormatError(
            Message(
                "image.gzip-twice",
                "{sequence}: {file} is compressed twice with gzip; unpack it once, for example with gunzip, and name "
                "the result.",
                **PLACE,
            )
        )
    if start.startswith(b"NRRD000") or re.match(rb"\s*(ObjectType|NDims)\s*=", start):
        return FormatError(
            Message(
                "image.gzip-whole",
                "{sequence}: {file} is an NRRD or MetaImage file compressed as a whole; unpack it, for example with "
                "gunzip, and name the result.",
                **PLACE,
            )
        )
    return None


def _known(start: bytes, text: bytes) -> FormatError | None:
    """Return the refusal of another kind of file that its first bytes tell."""
    if _is_dicom(start):
        return FormatError(
            Message(
                "image.dicom",
                "{sequence}: {file} is a DICOM file; convert its series to NIfTI, for example with dcm2niix or in 3D "
                "Slicer.",
                **PLACE,
            )
        )
    archive = next((name for magic, name in _ARCHIVES.items() if start.startswith(magic)), None)
    if archive or start[257:262] == b"ustar":
        return FormatError(
            Message(
                "image.archive",
                "{sequence}: {file} is an archive ({format}); unpack it and name the image in it.",
                **PLACE,
                format=archive or "tar",
            )
        )
    if _PAGE.match(text):
        return FormatError(
            Message(
                "image.page",
                "{sequence}: {file} is a web page (HTML), as is saved where a download wants a login; download the "
                "image again, signed in.",
                **PLACE,
            )
        )
    document = next((name for magic, name in _DOCUMENTS.items() if start.startswith(magic)), None)
    if document:
        return _no_image(document)
    image = next((name for magic, name in _IMAGES.items() if start.startswith(magic)), None)
    return None if image is None else _unread(image)


def _unread(kind: str) -> FormatError:
    return FormatError(
        Message(
            "image.other",
            "{sequence}: {file} is {kind}, not a NIfTI, NRRD or MetaImage file; convert it to NIfTI, for example in 3D "
            "Slicer.",
            **PLACE,
            kind=kind,
        )
    )


def _no_image(kind: str) -> FormatError:
    return FormatError(
        Message(
            "image.no-image-file", "{sequence}: {file} is {kind}, no image; name the image file.", **PLACE, kind=kind
        )
    )


def _by_name(path: Path) -> FormatError | None:
    """Return the refusal of the half of an image that holds its voxels and nothing else."""
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    ending = plain.suffix.lower()
    if ending == ".img" and _is_analyze(plain.with_suffix(".hdr" if plain.suffix == ".img" else ".HDR")):
        return FormatError(
            Message(
                "image.analyze-img",
                "{sequence}: {file} holds the voxels of an Analyze pair (.hdr and .img), which does not tell left from "
                "right; export the volume as one .nii.gz file from what it was made of.",
                **PLACE,
            )
        )
    if ending == ".img":
        return FormatError(
            Message(
                "image.img",
                "{sequence}: {file} holds the voxels of a pair of .hdr and .img; convert the pair to one .nii.gz file, "
                "for example in 3D Slicer, and name that.",
                **PLACE,
            )
        )
    headers = (plain.with_suffix(kind) for kind in (".mhd", ".nhdr")) if ending in (".raw", ".zraw") else ()
    header = next((h for h in headers if h.is_file()), None)
    if header is None:
        return None
    return FormatError(
        Message(
            "image.raw",
            "{sequence}: {file} holds the voxels of an image and nothing else; name its header, {header}.",
            **PLACE,
            header=header.name,
        )
    )


def _is_analyze(header: Path) -> bool:
    """Tell whether there is such a header, and it is Analyze's, without NIfTI's mark."""
    start = _start(header, 348) if header.is_file() else b""
    return len(start) == 348 and not start[344:].startswith(b"ni")


def _by_look(start: bytes, text: bytes) -> FormatError:
    """Return the refusal of what only its look tells."""
    if start and not start.strip(b"\0"):
        return FormatError(
            Message(
                "image.zeros",
                "{sequence}: {file} begins with nothing but zeros, as after a broken download; copy or download it "
                "again.",
                **PLACE,
            )
        )
    if text.lstrip()[:1] in (b"{", b"[") and _is_text(text):
        return _no_image("a JSON file, such as lies beside an image")
    if text.lstrip()[:5] == b"<?xml":
        return _no_image("an XML file")
    if _is_text(text):
        return _no_image("a text file")
    return FormatError(
        Message(
            "image.unknown",
            "{sequence}: {file} is not a NIfTI, NRRD or MetaImage file; convert it to NIfTI, for example in 3D Slicer.",
            **PLACE,
        )
    )


def _is_text(text: bytes) -> bool:
    """Tell whether these bytes are text: printable ASCII, or UTF-8 but for what is cut off at the end."""
    if not text.translate(None, _TEXT):
        return True
    if b"\0" in text:
        return False
    try:
        text[: max(0, len(text) - 3)].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(byte < 0x20 and byte not in _TEXT for byte in text)
