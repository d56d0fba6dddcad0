"""Writing a volume as NIfTI-1, compressed, the same bytes for the same volume every time."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from GSSCore.files import write_file
from GSSCore.imaging.nifti import REAL_TYPES
from GSSCore.imaging.volume import Volume, affine_fault

if TYPE_CHECKING:
    from nibabel import Nifti1Image

_LEVEL = 6
_LONGEST_DESCRIPTION = 79


def write_nifti(volume: Volume, path: Path | str, *, description: str = "") -> None:
    """Write a volume to a .nii.gz file, which is there whole or not at all; see `nifti_bytes`.

    Raises:
        EnvironmentRefused: when the folder cannot be written to; an older file of that name stays.
    """
    write_file(path, nifti_bytes(volume, description=description))


def nifti_bytes(volume: Volume, *, description: str = "", compressed: bool = True) -> bytes:
    """Return the content of a .nii.gz file: the array as it is, on its own grid, in mm, with both sform and qform.

    The content depends on the volume and the description alone: it holds no time, file name or operating system. Other
    versions of zlib and nibabel may compress the same voxels, or fill unused fields of the header, in another way.

    Args:
        volume: any real type of 8 to 64 bits, or bool, which becomes uint8; the code of its space goes with its affine.
        description: up to 79 characters for the header, ASCII.
        compressed: False gives the content of a .nii file.

    Raises:
        ValueError: for a type or an affine that NIfTI cannot hold.
    """
    content: bytes = _image(volume, description).to_bytes()
    return _gzip(content) if compressed else content


def _image(volume: Volume, description: str) -> Nifti1Image:
    from nibabel import Nifti1Header, Nifti1Image  # here, as nibabel takes a while to load

    array = volume.array.astype(np.uint8) if volume.array.dtype == np.bool_ else volume.array
    fault = affine_fault(volume.affine)
    if array.dtype.str[1:] not in REAL_TYPES or array.ndim != 3 or max(array.shape) > np.iinfo(np.int16).max or fault:
        reason = f"an affine {fault}" if fault else f"{array.dtype} values of shape {array.shape}"
        raise ValueError(f"NIfTI cannot hold a volume with {reason}")
    header = Nifti1Header(endianness="<")
    header.set_data_dtype(array.dtype)
    header.set_xyzt_units("mm")
    header["descrip"] = description.encode("ascii", "replace")[:_LONGEST_DESCRIPTION]
    image = Nifti1Image(array, volume.affine, header)
    image.set_sform(volume.affine, volume.space)
    image.set_qform(volume.affine, volume.space)
    return image


def _gzip(data: bytes) -> bytes:
    """Return one gzip member without a name or a time. `gzip.compress` would put the operating system into it."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=packed, mtime=0) as stream:
        stream.write(data)
    return packed.getvalue()
