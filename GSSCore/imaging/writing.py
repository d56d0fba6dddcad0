"""Writing a volume as NIfTI-1, compressed, the same bytes for the same volume every time."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from GSSCore.files import write_file
from GSSCore.imaging.arrays import Affine, Array
from GSSCore.imaging.nifti import DATATYPES, NIFTI1, UNIT_MM
from GSSCore.imaging.volume import Volume, affine_fault

_DATA_OFFSET = 352
_LEVEL = 6
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Deflate, no name, no time, no operating system: what differs between runs and machines is left out."""


def write_nifti(volume: Volume, path: Path | str, *, description: str = "") -> None:
    """Write a volume to a .nii.gz file, which is there whole or not at all; see `nifti_bytes`.

    Raises:
        EnvironmentRefused: when the folder cannot be written to; an older file of that name stays.
    """
    write_file(path, nifti_bytes(volume, description=description))


def nifti_bytes(volume: Volume, *, description: str = "", compressed: bool = True) -> bytes:
    """Return the content of a .nii.gz file: the array as it is, on its own grid, in mm, with both sform and qform.

    Args:
        volume: any real type of 8 to 64 bits, or bool, which becomes uint8; the code of its space goes with its affine.
        description: up to 79 characters for the header, ASCII.
        compressed: False gives the content of a .nii file.

    Raises:
        ValueError: for a type or an affine that NIfTI cannot hold.
    """
    array = volume.array.astype(np.uint8) if volume.array.dtype == np.bool_ else volume.array
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    header = _header(array, volume.affine, volume.space, description)
    content = header.tobytes().ljust(_DATA_OFFSET, b"\0") + array.tobytes(order="F")
    return _gzip(content) if compressed else content


def _header(array: Array, affine: Affine, space: int, description: str) -> NDArray[np.void]:
    """Return a NIfTI-1 header as an array of no dimensions."""
    codes = {name: code for code, name in DATATYPES.items()}
    kind = array.dtype.str[1:]
    fault = affine_fault(affine)
    if kind not in codes or array.ndim != 3 or max(array.shape) > np.iinfo(np.int16).max or fault:
        reason = f"an affine {fault}" if fault else f"{array.dtype} values of shape {array.shape}"
        raise ValueError(f"NIfTI cannot hold a volume with {reason}")
    header = np.zeros((), NIFTI1.newbyteorder("<"))
    header["sizeof_hdr"] = NIFTI1.itemsize
    header["dim"] = [3, *array.shape, 1, 1, 1, 1]
    header["datatype"] = codes[kind]
    header["bitpix"] = 8 * array.dtype.itemsize
    header["vox_offset"] = _DATA_OFFSET
    header["scl_slope"] = 1.0
    header["xyzt_units"] = UNIT_MM
    header["descrip"] = description.encode("ascii", "replace")[:79]
    header["qform_code"] = header["sform_code"] = space
    header["srow"] = affine[:3]
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    handedness, quaternion = _quaternion(affine[:3, :3] / spacing)
    header["pixdim"] = [handedness, *spacing, 0, 0, 0, 0]
    for name, value in zip(("quatern_b", "quatern_c", "quatern_d"), quaternion[1:], strict=True):
        header[name] = value
    for name, value in zip(("qoffset_x", "qoffset_y", "qoffset_z"), affine[:3, 3], strict=True):
        header[name] = value
    header["magic"] = b"n+1"
    return header


def _quaternion(axes: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return qfac, -1 for left-handed axes, and the unit quaternion (a, b, c, d), a >= 0, of the nearest rotation.

    The quaternion is the eigenvector of the largest eigenvalue of a symmetric matrix (Bar-Itzhack 2000, "New method
    for extracting the quaternion from a rotation matrix"), which has no special cases.

    Args:
        axes: (3, 3), unit vectors of the array axes as columns.
    """
    handedness = 1.0 if np.linalg.det(axes) > 0 else -1.0
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = axes * np.array([1.0, 1.0, handedness])
    symmetric = np.array(
        [
            [xx + yy + zz, zy - yz, xz - zx, yx - xy],
            [zy - yz, xx - yy - zz, xy + yx, xz + zx],
            [xz - zx, xy + yx, yy - xx - zz, yz + zy],
            [yx - xy, xz + zx, yz + zy, zz - xx - yy],
        ]
    )
    quaternion = np.linalg.eigh(symmetric)[1][:, -1]
    return handedness, quaternion * (-1.0 if quaternion[0] < 0 else 1.0)


def _gzip(data: bytes) -> bytes:
    """Return one gzip member without a time."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    return _GZIP_HEADER + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
