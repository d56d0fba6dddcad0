"""The header of an attached NRRD file.

It is parsed here because SimpleITK reads some compressed files with a damaged byte as wrong voxels, without an error.
Source: "Definition of NRRD File Format", teem.sourceforge.net/nrrd/format.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.headers import (
    LPS_SIGNS,
    PLACE,
    TO_MM,
    FormatError,
    Header,
    affine_of_vectors,
    contradicting,
    damaged,
    headless,
    require_three_axes,
    unoriented,
    unsupported,
)
from GSSCore.messages import Message

_INTEGERS = {
    "i1": ("signed char",),
    "u1": ("uchar", "unsigned char"),
    "i2": ("short", "short int", "signed short", "signed short int"),
    "u2": ("ushort", "unsigned short", "unsigned short int"),
    "i4": ("int", "signed int"),
    "u4": ("uint", "unsigned int"),
    "i8": ("longlong", "long long", "long long int", "signed long long", "signed long long int"),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int"),
}
_TYPES = {name: code for code, names in _INTEGERS.items() for name in names} | {"float": "f4", "double": "f8"}
_TYPES |= {f"{'u' * (code[0] == 'u')}int{8 * int(code[1])}{end}": code for code in _INTEGERS for end in ("", "_t")}
_SPACES = {
    "right-anterior-superior": (1.0, 1.0, 1.0), "ras": (1.0, 1.0, 1.0),
    "left-anterior-superior": (-1.0, 1.0, 1.0), "las": (-1.0, 1.0, 1.0),
    "left-posterior-superior": LPS_SIGNS, "lps": LPS_SIGNS,
}  # fmt: skip
_NO_VECTOR = "none"


def is_nrrd(start: bytes) -> bool:
    """Tell whether a file starts like NRRD."""
    return start.startswith(b"NRRD000")


def parse_nrrd(start: bytes, path: Path) -> Header:
    """Return what an attached NRRD header declares.

    Args:
        start: the first `MAX_HEADER_BYTES` of the file, or all of it.
        path: the file.

    Raises:
        FormatError: for anything that is not one scalar three-dimensional volume with a sound position in the patient,
            a detached header, or an encoding other than raw and gzip.
    """
    end = re.search(rb"\r?\n\r?\n", start)
    if not end:
        raise headless()
    fields = _fields(start[: end.start()].decode("latin-1"))
    if "data file" in fields or "datafile" in fields:
        raise FormatError(
            Message(
                "image.nhdr",
                "{sequence}: {file} is an NRRD header whose voxels are in another file; export the volume as one "
                ".nrrd or .nii.gz file.",
                **PLACE,
            )
        )
    for name in ("byte skip", "byteskip", "line skip", "lineskip"):
        if fields.get(name, "0") != "0":
            raise unsupported(f"a '{name}', as only files of foreign formats do")
    sizes, vectors = _axes(fields)
    encoding = _required(fields, "encoding").lower()
    if encoding not in ("raw", "gzip", "gz"):
        raise unsupported(f"voxels in the encoding {encoding!r}")
    return Header(
        require_three_axes(sizes),
        _dtype(fields),
        _affine(fields, vectors),
        path,
        end.end(),
        compressed=encoding != "raw",
    )


def _fields(text: str) -> dict[str, str]:
    """Return the fields of a header by their names in lower case, without comments and key/value pairs."""
    lines = (line for line in text.splitlines()[1:] if not line.startswith("#") and ":=" not in line)
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _required(fields: Mapping[str, str], name: str) -> str:
    if not fields.get(name):
        raise FormatError(
            Message(
                "image.no-field",
                "{sequence}: {file} has a header without '{field}'; export it again, its header is damaged.",
                **PLACE,
                field=name,
            )
        )
    return fields[name]


def _axes(fields: Mapping[str, str]) -> tuple[list[int], list[list[float]]]:
    """Return the sizes and vectors of all axes, those without a vector last, as they cannot be in space."""
    if "space directions" not in fields or fields.get("space", "").lower() not in _SPACES:
        raise unoriented("NRRD")
    words = re.findall(r"\([^)]*\)|\S+", fields["space directions"])
    try:
        sizes = [int(size) for size in _required(fields, "sizes").split()]
        vectors = [None if word.lower() == _NO_VECTOR else _vector(word) for word in words]
    except ValueError as error:
        raise damaged() from error
    if not 1 <= len(sizes) <= 16 or len(vectors) != len(sizes) or str(len(sizes)) != _required(fields, "dimension"):
        raise contradicting()
    spatial = [n for n, vector in enumerate(vectors) if vector is not None]
    others = [n for n, vector in enumerate(vectors) if vector is None]
    return [sizes[n] for n in spatial + others], [vector for vector in vectors if vector is not None]


def _vector(text: str) -> list[float]:
    if not (text.startswith("(") and text.endswith(")")):
        raise ValueError(text)
    return [float(number) for number in text[1:-1].split(",")]


def _affine(fields: Mapping[str, str], vectors: list[list[float]]) -> Affine:
    """Return the affine, voxel index to RAS in mm."""
    units = set(re.findall(r'"([^"]*)"', fields.get("space units", ""))) or {"mm"}
    if len(units) > 1 or not units <= set(TO_MM):
        raise FormatError(
            Message(
                "image.unit",
                "{sequence}: {file} measures space in the unknown unit {unit}; export it again, in mm.",
                **PLACE,
                unit=" and ".join(map(repr, sorted(units))),
            )
        )
    try:
        origin = _vector(_required(fields, "space origin"))
    except ValueError as error:
        raise damaged() from error
    if len(vectors) != 3 or {len(vector) for vector in (*vectors, origin)} != {3}:
        raise contradicting()
    scale = TO_MM[units.pop()]
    signs = [scale * sign for sign in _SPACES[fields["space"].lower()]]
    return affine_of_vectors(vectors, origin, signs)


def _dtype(fields: Mapping[str, str]) -> np.dtype[np.generic]:
    """Return the type of the voxels, with its byte order."""
    name = _required(fields, "type").lower()
    if name not in _TYPES:
        raise unsupported(f"values of the type {name!r}")
    dtype: np.dtype[np.generic] = np.dtype(_TYPES[name])
    if dtype.itemsize == 1:
        return dtype
    endian = _required(fields, "endian").lower()
    if endian not in ("little", "big"):
        raise FormatError(
            Message(
                "image.byte-order",
                "{sequence}: {file} has the unknown byte order '{order}'; export it again, its header is damaged.",
                **PLACE,
                order=endian,
            )
        )
    return dtype.newbyteorder("<" if endian == "little" else ">")
