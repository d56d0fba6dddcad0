"""The headers of NIfTI-1 and NIfTI-2: where the voxels are in the file, what they mean, where they are in the patient.

nibabel reads the fields and turns them into types, scaling and affines. What it would correct, guess or leave out is
decided here: a header is never corrected, an affine is in millimetres whatever unit the file has, and a header that no
sound volume can have is refused. Source of the rules: nifti1.h and nifti2.h of the NIfTI Data Format Working Group.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

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

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Header

HEADER_BYTES = 540
"""The size of the larger header, NIfTI-2's."""
REAL_TYPES = frozenset(("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"))
"""The types of voxels that are read and written, without their byte order."""
_OTHER_DATATYPES = {
    1: "single bits", 32: "complex numbers", 128: "RGB colours", 1536: "128-bit numbers", 1792: "complex numbers",
    2048: "complex numbers", 2304: "RGBA colours",
}  # fmt: skip
_UNITS = {0: "mm", 1: "m", 2: "mm", 3: "um"}
_SPACES = range(1, 6)
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
    dtype = _dtype(fields)
    sizes = _sizes(fields)
    volumes = require_volumes(sizes) if stack else 1
    shape = require_three_axes(sizes[:3] if stack else sizes)
    slope, intercept = _scaling(fields)
    affine = require_affine(_affine(fields))
    offset = _offset(fields)
    return Header(
        shape,
        dtype,
        affine,
        path,
        start=0 if compressed else offset,
        skip=offset if compressed else 0,
        compressed=compressed,
        slope=slope,
        intercept=intercept,
        volumes=volumes,
        space=_space(fields),
        disagreement_mm=_disagreement(fields, Grid(shape, affine)),
    )


def _fields(start: bytes) -> Nifti1Header:
    """Return the fields as they are. Raises FormatError for a short header or a pair of files."""
    from nibabel import Nifti1Header, Nifti2Header  # here, as nibabel takes a while to load

    version = Nifti1Header if b"\x5c" in start[:4] else Nifti2Header
    if len(start) < version.sizeof_hdr:
        raise FormatError(
            Message(
                "image.short-header",
                "{sequence}: {file} ends within its header; copy or download it again, it is truncated.",
                **PLACE,
            )
        )
    fields = version(start[: version.sizeof_hdr], endianness="<" if start[0] else ">", check=False)
    magic = fields["magic"].item()
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


def _dtype(fields: Nifti1Header) -> np.dtype[Any]:
    """Return the type of the voxels, with its byte order. Raises FormatError for all but real numbers."""
    code = int(fields["datatype"])
    try:
        dtype: np.dtype[Any] = fields.get_data_dtype()
    except KeyError:
        dtype = np.dtype(np.void)
    if dtype.str[1:] not in REAL_TYPES:
        raise unsupported(_OTHER_DATATYPES.get(code, f"values of the unknown type {code}"))
    return dtype


def _sizes(fields: Nifti1Header) -> list[int]:
    """Return the length of each axis, one to seven of them. Raises FormatError for another number of axes."""
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
    return [int(size) for size in fields["dim"][1 : rank + 1]]


def _offset(fields: Nifti1Header) -> int:
    """Return the byte at which the voxels start. Raises FormatError when that is nowhere."""
    declared = float(fields["vox_offset"])
    if not fields.sizeof_hdr <= declared <= MAX_SKIPPED_BYTES:
        raise FormatError(
            Message(
                "image.offset",
                "{sequence}: {file} places its voxels at byte {byte:g}; export it again, its header is damaged.",
                **PLACE,
                byte=declared,
            )
        )
    return int(declared)


def _scaling(fields: Nifti1Header) -> tuple[float, float]:
    """Return slope and intercept. A slope of 0 means, by the standard, that nothing is scaled; so does one of NaN."""
    from nibabel.spatialimages import HeaderDataError

    try:
        slope, intercept = fields.get_slope_inter()
    except HeaderDataError as error:
        raise FormatError(
            Message(
                "image.intercept",
                "{sequence}: {file} declares the intercept {intercept} for its intensities; export it again.",
                **PLACE,
                intercept=float(fields["scl_inter"]),
            )
        ) from error
    return (1.0, 0.0) if slope is None else (slope, intercept)


def _affine(fields: Nifti1Header) -> Affine:
    """Return the affine, voxel index to RAS in mm: the sform where it is set, else the qform, else FormatError."""
    scale = _mm(fields)
    if fields["sform_code"] > 0:
        affine: Affine = fields.get_sform()
    elif fields["qform_code"] > 0:
        affine = _qform(fields)
    else:
        raise unoriented("NIfTI")
    affine[:3] *= scale
    return affine


def _mm(fields: Nifti1Header) -> float:
    """Return how many mm the header's unit of space is; nibabel's affines are in that unit."""
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
    return TO_MM[_UNITS[unit]]


def _space(fields: Nifti1Header) -> int:
    """Return the code of the affine that was taken; one that the standard does not know counts as the scanner's."""
    code = int(fields["sform_code"]) if fields["sform_code"] > 0 else int(fields["qform_code"])
    return code if code in _SPACES else SCANNER_SPACE


def _disagreement(fields: Nifti1Header, grid: Grid) -> float:
    """Return how far in mm the sform's and the qform's corners lie apart; 0 where either is not set, or unsound."""
    if fields["sform_code"] <= 0 or fields["qform_code"] <= 0:
        return 0.0
    try:
        other = _qform(fields)
    except FormatError:
        return 0.0
    other[:3] *= _mm(fields)
    apart = np.linalg.norm(Grid(grid.shape, other).corners() - grid.corners(), axis=1).max()
    return float(apart) if np.isfinite(apart) else 0.0


def _qform(fields: Nifti1Header) -> Affine:
    """Return the affine (4, 4) of quaternion, pixdim and offset ("method 2"), in the header's unit.

    nibabel's `get_qform` refuses what the standard allows or rounding makes: a pixdim[0] of 0, which means 1, and in
    NIfTI-2 a quaternion that was rounded to float32. So only the rotation comes from nibabel.
    """
    from nibabel.quaternions import quat2mat

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
    # As in nifti1_io.c: so close to half a turn, the rest is but the rounding of b, c and d.
    a = math.sqrt(1.0 - norm) if norm <= 1.0 - 1e-7 else 0.0
    affine = np.eye(4)
    affine[:3, :3] = quat2mat((a, b, c, d)) * np.asarray(fields["pixdim"][1:4], np.float64)
    if fields["pixdim"][0] < 0:
        affine[:3, 2] *= -1.0
    affine[:3, 3] = [fields[name] for name in ("qoffset_x", "qoffset_y", "qoffset_z")]
    return affine
