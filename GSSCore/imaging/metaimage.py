"""The header of a MetaImage file, .mha or .mhd. Source: "MetaIO Documentation", itk.org/Wiki/MetaIO/Documentation.

It is parsed here because SimpleITK reads compressed files with a damaged byte as wrong voxels, without an error.
As ITK does, positions are taken for left, posterior, superior, whatever AnatomicalOrientation says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.headers import (
    PLACE,
    FormatError,
    Header,
    affine_of_vectors,
    contradicting,
    headless,
    require_three_axes,
    unoriented,
    unsupported,
)
from GSSCore.messages import Message

_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4", "MET_UINT": "u4",
    "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}  # fmt: skip
_LAST_KEY = "ElementDataFile"
_LOCAL = "LOCAL"


def is_metaimage(start: bytes) -> bool:
    """Tell whether a file starts like MetaImage."""
    return re.match(rb"\s*(ObjectType|NDims)\s*=", start) is not None


def parse_metaimage(start: bytes, path: Path) -> Header:
    """Return what a MetaImage header declares.

    Args:
        start: the first `MAX_HEADER_BYTES` of the file, or all of it.
        path: the file.

    Raises:
        FormatError: for anything that is not one scalar three-dimensional volume with a sound position in the patient,
            or whose voxels are text, or in more than one file.
    """
    end = re.search(rb"(?m)^\s*ElementDataFile\s*=[^\r\n]*\r?(\n|\Z)", start)
    if not end:
        raise headless()
    fields = _fields(start[: end.end()].decode("utf-8", "replace"))
    _require_plain(fields)
    sizes = _integers(fields, "DimSize")
    if _integers(fields, "NDims") != [len(sizes)]:
        raise contradicting()
    shape = require_three_axes(sizes)
    data = _data_file(fields, path)
    return Header(
        shape,
        _dtype(fields),
        _affine(fields, len(sizes)),
        data,
        end.end() if data == path else 0,
        compressed=_true(fields, "CompressedData"),
        slope=_number(fields, "ElementToIntensityFunctionSlope", 1.0),
        intercept=_number(fields, "ElementToIntensityFunctionOffset", 0.0),
    )


def _fields(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines())
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _require_plain(fields: Mapping[str, str]) -> None:
    """Refuse variants of the format that no medical image needs."""
    if fields.get("ObjectType", "Image") != "Image":
        raise FormatError(
            Message(
                "image.no-image",
                "{sequence}: {file} is a MetaIO file, but not of an image; give the MRI volume.",
                **PLACE,
            )
        )
    if fields.get("ElementNumberOfChannels", "1") != "1":
        raise unsupported("several values for each voxel")
    if not _true(fields, "BinaryData", "True"):
        raise unsupported("its voxels as text")
    if fields.get("HeaderSize", "0") != "0":
        raise unsupported("a 'HeaderSize', as only files of foreign formats do")


def _data_file(fields: Mapping[str, str], path: Path) -> Path:
    """Return the file with the voxels, which has to be this one or lie beside it."""
    name = fields[_LAST_KEY]
    if name.upper() == _LOCAL:
        return path
    if not name or name.split()[0].upper() == "LIST" or "%" in name:
        raise FormatError(
            Message(
                "image.spread",
                "{sequence}: {file} spreads its voxels over several files; export the volume as one .mha or .nii.gz "
                "file.",
                **PLACE,
            )
        )
    if Path(name).name != name or "\\" in name or "\0" in name or name in (".", ".."):
        raise FormatError(
            Message(
                "image.other-folder",
                "{sequence}: {file} keeps its voxels in another folder; put both files into one folder, or export it "
                "as .mha.",
                **PLACE,
            )
        )
    data = path.parent / name
    if not data.is_file():
        raise FormatError(
            Message(
                "image.no-voxels",
                "{sequence}: {file} keeps its voxels in '{voxels}', which is not there; put both files into one "
                "folder.",
                **PLACE,
                voxels=name,
            )
        )
    return data


def _affine(fields: Mapping[str, str], dimensions: int) -> Affine:
    """Return the affine, voxel index to RAS in mm: each row of TransformMatrix is the direction of an array axis."""
    matrix = _numbers(fields, ("TransformMatrix", "Rotation", "Orientation"))
    origin = _numbers(fields, ("Offset", "Origin", "Position"))
    spacing = _numbers(fields, ("ElementSpacing", "ElementSize"))
    if matrix is None or origin is None or spacing is None:
        raise unoriented("MetaImage")
    if len(matrix) != dimensions**2 or len(origin) != dimensions or len(spacing) != dimensions:
        raise contradicting()
    rows = [matrix[dimensions * axis : dimensions * axis + 3] for axis in range(3)]
    return affine_of_vectors([[spacing[n] * x for x in row] for n, row in enumerate(rows)], origin[:3])


def _dtype(fields: Mapping[str, str]) -> np.dtype[np.generic]:
    """Return the type of the voxels, with its byte order."""
    name = fields.get("ElementType", "")
    if name not in _TYPES:
        raise unsupported(f"values of the type {name!r}")
    big = _true(fields, "BinaryDataByteOrderMSB") or _true(fields, "ElementByteOrderMSB")
    dtype: np.dtype[np.generic] = np.dtype(_TYPES[name]).newbyteorder(">" if big else "<")
    return dtype


def _damaged(field: str) -> FormatError:
    return FormatError(
        Message(
            "image.damaged-field",
            "{sequence}: {file} has a header with the damaged field '{field}'; export it again, its header is damaged.",
            **PLACE,
            field=field,
        )
    )


def _true(fields: Mapping[str, str], name: str, default: str = "False") -> bool:
    return fields.get(name, default)[:1].upper() in ("T", "1")


def _integers(fields: Mapping[str, str], name: str) -> list[int]:
    try:
        return [int(word) for word in fields.get(name, "").split()[:16]]
    except ValueError as error:
        raise _damaged(name) from error


def _numbers(fields: Mapping[str, str], names: tuple[str, ...]) -> list[float] | None:
    """Return the numbers of the first of these fields that is there; None where none of them is."""
    found = next((fields[name] for name in names if name in fields), None)
    if found is None:
        return None
    try:
        return [float(word) for word in found.split()]
    except ValueError as error:
        raise _damaged(names[0]) from error


def _number(fields: Mapping[str, str], name: str, default: float) -> float:
    found = _numbers(fields, (name,))
    if found is None:
        return default
    if len(found) != 1 or not np.isfinite(found[0]):
        raise _damaged(name)
    return found[0]
