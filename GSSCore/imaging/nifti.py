"""The headers of NIfTI-1 and NIfTI-2: where the voxels are in the file, what they mean, where they are in the patient.

Source of layout and formulae: nifti1.h and nifti2.h of the NIfTI Data Format Working Group.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.headers import (
    MAX_SKIPPED_BYTES,
    PLACE,
    SCANNER_SPACE,
    TO_MM,
    FormatError,
    Header,
    require_affine,
    require_three_axes,
    require_volumes,
    unoriented,
    unsupported,
)
from GSSCore.imaging.volume import Grid
from GSSCore.messages import Message

_Fields = list[tuple[Any, ...]]


def _geometry(floats: str) -> _Fields:
    """Return the fields that both versions share, in their order."""
    return [
        *((name, floats) for name in ("quatern_b", "quatern_c", "quatern_d")),
        *((name, floats) for name in ("qoffset_x", "qoffset_y", "qoffset_z")),
        ("srow", floats, (3, 4)),
    ]


NIFTI1 = np.dtype(
    [
        ("sizeof_hdr", "i4"), ("unused", "V35"), ("dim_info", "u1"), ("dim", "i2", 8), ("intent", "f4", 3),
        ("intent_code", "i2"), ("datatype", "i2"), ("bitpix", "i2"), ("slice_start", "i2"), ("pixdim", "f4", 8),
        ("vox_offset", "f4"), ("scl_slope", "f4"), ("scl_inter", "f4"), ("slice_end", "i2"), ("slice_code", "u1"),
        ("xyzt_units", "u1"), ("cal_max", "f4"), ("cal_min", "f4"), ("slice_duration", "f4"), ("toffset", "f4"),
        ("glmax", "i4"), ("glmin", "i4"), ("descrip", "S80"), ("aux_file", "S24"), ("qform_code", "i2"),
        ("sform_code", "i2"), *_geometry("f4"), ("intent_name", "S16"), ("magic", "S4"),
    ]
)  # fmt: skip
NIFTI2 = np.dtype(
    [
        ("sizeof_hdr", "i4"), ("magic", "S8"), ("datatype", "i2"), ("bitpix", "i2"), ("dim", "i8", 8),
        ("intent", "f8", 3), ("pixdim", "f8", 8), ("vox_offset", "i8"), ("scl_slope", "f8"), ("scl_inter", "f8"),
        ("cal_max", "f8"), ("cal_min", "f8"), ("slice_duration", "f8"), ("toffset", "f8"), ("slice_start", "i8"),
        ("slice_end", "i8"), ("descrip", "S80"), ("aux_file", "S24"), ("qform_code", "i4"), ("sform_code", "i4"),
        *_geometry("f8"), ("slice_code", "i4"), ("xyzt_units", "i4"), ("intent_code", "i4"), ("intent_name", "S16"),
        ("dim_info", "u1"), ("unused", "V15"),
    ]
)  # fmt: skip

DATATYPES = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8",
}  # fmt: skip
"""NIfTI's code -> numpy's name of the real types that are read."""
_OTHER_DATATYPES = {
    1: "single bits", 32: "complex numbers", 128: "RGB colours", 1536: "128-bit numbers", 1792: "complex numbers",
    2048: "complex numbers", 2304: "RGBA colours",
}  # fmt: skip
_UNITS = {0: "mm", 1: "m", 2: "mm", 3: "um"}
UNIT_MM = 2
SPACES = range(1, 6)
"""NIfTI's codes of the space that an affine leads to."""
_SPACE_UNITS = 7


def is_nifti(start: bytes) -> bool:
    """Tell whether a file starts like NIfTI-1 or NIfTI-2, or like the header of their forerunner Analyze."""
    return any(start[:4] == size.to_bytes(4, order) for size in (348, 540) for order in ("little", "big"))


def parse_nifti(start: bytes, path: Path, *, compressed: bool, stack: bool = False) -> Header:
    """Return what a NIfTI header declares.

    Args:
        start: the first 540 bytes, decompressed.
        path: the file.
        compressed: whether all of the file is one gzip stream.
        stack: whether there may be several volumes, along a fourth axis.

    Raises:
        FormatError: for anything that is not one scalar three-dimensional volume, or such a stack, with a sound
            position in the patient.
    """
    fields = _fields(start)
    code = int(fields["datatype"])
    if code not in DATATYPES:
        raise unsupported(_OTHER_DATATYPES.get(code, f"values of the unknown type {code}"))
    rank = int(fields["dim"][0])
    if not 1 <= rank <= 7:
        raise FormatError(
            Message(
                "image.rank",
                "{sequence}: {file} declares {count} dimensions; export it again, its header is damaged.",
                **PLACE,
                count=rank,
            )
        )
    sizes = [int(size) for size in fields["dim"][1 : rank + 1]]
    volumes = require_volumes(sizes) if stack else 1
    shape = require_three_axes(sizes[:3] if stack else sizes)
    slope, intercept = _scaling(fields)
    affine = require_affine(_affine(fields))
    return Header(
        shape,
        np.dtype(DATATYPES[code]).newbyteorder(fields.dtype["datatype"].byteorder),
        affine,
        path,
        start=0 if compressed else _offset(fields),
        skip=_offset(fields) if compressed else 0,
        compressed=compressed,
        slope=slope,
        intercept=intercept,
        volumes=volumes,
        space=_space(fields),
        disagreement_mm=_disagreement(fields, Grid(shape, affine)),
    )


def _fields(start: bytes) -> np.void:
    """Return the fields in the byte order of the file. Raises FormatError for a short header or a pair of files."""
    order: Literal["<", ">"] = "<" if start[0] else ">"
    version = NIFTI1 if b"\x5c" in start[:4] else NIFTI2
    if len(start) < version.itemsize:
        raise FormatError(
            Message(
                "image.short-header",
                "{sequence}: {file} ends within its header; copy or download it again, it is truncated.",
                **PLACE,
            )
        )
    fields: np.void = np.frombuffer(start, version.newbyteorder(order), 1)[0]
    magic = bytes(fields["magic"])
    if magic[:3] not in (b"n+1", b"n+2"):
        if magic[:2] == b"ni":
            raise FormatError(
                Message(
                    "image.pair",
                    "{sequence}: {file} is the header of a NIfTI pair (.hdr and .img); export the volume as one "
                    ".nii.gz file.",
                    **PLACE,
                )
            )
        raise FormatError(
            Message(
                "image.analyze",
                "{sequence}: {file} is an Analyze header (.hdr and .img), which does not tell left from right; "
                "export the volume as one .nii.gz file from what it was made of.",
                **PLACE,
            )
        )
    return fields


def _offset(fields: np.void) -> int:
    """Return the byte at which the voxels start. Raises FormatError when that is nowhere."""
    declared = float(fields["vox_offset"])
    if not fields.dtype.itemsize <= declared <= MAX_SKIPPED_BYTES:
        raise FormatError(
            Message(
                "image.offset",
                "{sequence}: {file} places its voxels at byte {byte:g}; export it again, its header is damaged.",
                **PLACE,
                byte=declared,
            )
        )
    return int(declared)


def _scaling(fields: np.void) -> tuple[float, float]:
    """Return slope and intercept. A slope of 0 means, by the standard, that nothing is scaled; so does one of NaN."""
    slope, intercept = float(fields["scl_slope"]), float(fields["scl_inter"])
    if slope == 0.0 or not math.isfinite(slope):
        return 1.0, 0.0
    if not math.isfinite(intercept):
        raise FormatError(
            Message(
                "image.intercept",
                "{sequence}: {file} declares the intercept {intercept} for its intensities; export it again.",
                **PLACE,
                intercept=intercept,
            )
        )
    return slope, intercept


def _affine(fields: np.void) -> Affine:
    """Return the affine, voxel index to RAS in mm: the sform where it is set, else the qform, else FormatError."""
    unit = int(fields["xyzt_units"]) & _SPACE_UNITS
    if unit not in _UNITS:
        raise FormatError(
            Message(
                "image.unit",
                "{sequence}: {file} measures space in the unknown unit {unit}; export it again, in mm.",
                **PLACE,
                unit=str(unit),
            )
        )
    affine = np.eye(4)
    if fields["sform_code"] > 0:
        affine[:3] = fields["srow"]
    elif fields["qform_code"] > 0:
        affine[:3] = _qform(fields)
    else:
        raise unoriented("NIfTI")
    affine[:3] *= TO_MM[_UNITS[unit]]
    return affine


def _space(fields: np.void) -> int:
    """Return the code of the affine that was taken; one that the standard does not know counts as the scanner's."""
    code = int(fields["sform_code"]) if fields["sform_code"] > 0 else int(fields["qform_code"])
    return code if code in SPACES else SCANNER_SPACE


def _disagreement(fields: np.void, grid: Grid) -> float:
    """Return how far in mm the sform's and the qform's corners lie apart; 0 where either is not set, or unsound."""
    if fields["sform_code"] <= 0 or fields["qform_code"] <= 0:
        return 0.0
    other = np.eye(4)
    try:
        other[:3] = _qform(fields)
    except FormatError:
        return 0.0
    other[:3] *= TO_MM[_UNITS[int(fields["xyzt_units"]) & _SPACE_UNITS]]
    apart = np.linalg.norm(Grid(grid.shape, other).corners() - grid.corners(), axis=1).max()
    return float(apart) if np.isfinite(apart) else 0.0


def _qform(fields: np.void) -> NDArray[np.float64]:
    """Return the upper three rows (3, 4) of the affine of a unit quaternion, pixdim and offset ("method 2")."""
    b, c, d = (float(fields[name]) for name in ("quatern_b", "quatern_c", "quatern_d"))
    norm = b * b + c * c + d * d
    if not norm <= 1.0 + 1e-3:
        raise FormatError(
            Message(
                "image.rotation",
                "{sequence}: {file} has a rotation in its header that is none; export it again.",
                **PLACE,
            )
        )
    a = math.sqrt(max(0.0, 1.0 - norm))
    # As in nifti1_io.c: so close to half a turn, the rest is but the rounding of b, c and d.
    if norm > 1.0 - 1e-7:
        a, b, c, d = 0.0, *(x / math.sqrt(norm) for x in (b, c, d))
    rows = np.empty((3, 4))
    rows[:, :3] = rotation(a, b, c, d)
    rows[:, :3] *= np.asarray(fields["pixdim"][1:4], np.float64)
    if fields["pixdim"][0] < 0:
        rows[:, 2] *= -1.0
    rows[:, 3] = [fields[name] for name in ("qoffset_x", "qoffset_y", "qoffset_z")]
    return rows


def rotation(a: float, b: float, c: float, d: float) -> NDArray[np.float64]:
    """Return the rotation matrix (3, 3) of the unit quaternion a + bi + cj + dk."""
    return np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
