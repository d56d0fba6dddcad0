"""Reading NIfTI, NRRD and MetaImage files: one checked header, one way to the voxels, positions in RAS millimetres.

The format is told by the content, not by the name. All of them are read here, without a library of their own, so that
the header that was checked is the one that is believed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.headers import MAX_HEADER_BYTES, FormatError, Header, require_room
from GSSCore.imaging.metaimage import is_metaimage, parse_metaimage
from GSSCore.imaging.nifti import NIFTI2, is_nifti, parse_nifti
from GSSCore.imaging.nrrd import is_nrrd, parse_nrrd
from GSSCore.imaging.streams import GZIP_MAGIC, read_data, read_start
from GSSCore.imaging.volume import Array, Volume

_CONVERT = "convert it to NIfTI, for example in 3D Slicer"


def read_volume(path: Path | str, *, what: str = "image") -> Volume:
    """Read one scalar three-dimensional volume.

    Args:
        path: a .nii, .nii.gz, .nrrd, .mha or .mhd file.
        what: which image this is, such as "FLAIR", for messages.

    Returns:
        Its array (I, J, K), I fastest in memory, in native byte order and the file's own type, or float32 where the
        header declares a slope or an intercept; its affine, voxel index to RAS in mm.

    Raises:
        InputError: when there is no such file, or it is not one sound volume; nothing is allocated for a header that
            declares more than its file can hold, or than `headers.MAX_VOXELS`.
    """
    (volume,) = _read(Path(path), what, stack=False)
    return volume


def read_stack(path: Path | str, *, what: str = "images") -> list[Volume]:
    """Read all volumes of a four-dimensional NIfTI file, or the one of a three-dimensional file.

    Otherwise as `read_volume`.
    """
    return _read(Path(path), what, stack=True)


def _read(path: Path, what: str, *, stack: bool) -> list[Volume]:
    try:
        _require_file(path)
        header = read_header(path, stack=stack)
        return [Volume(array, header.affine, path) for array in _arrays(header)]
    except FormatError as refusal:
        raise InputError(f"{what[:1].upper()}{what[1:]}: {path} {refusal.fault}; {refusal.remedy}.") from refusal
    except OSError as error:
        raise InputError(
            f"{what[:1].upper()}{what[1:]}: {path} cannot be read ({error.strerror or error}); check its permissions."
        ) from error


def read_header(path: Path, *, stack: bool = False) -> Header:
    """Return what an image file declares, checked against what it holds; as a `stack`, it may have a fourth axis.

    Raises:
        FormatError: see `read_volume`.
        OSError: when the file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(MAX_HEADER_BYTES)
        compressed = start.startswith(GZIP_MAGIC)
        if compressed:
            file.seek(0)
            start = read_start(file, NIFTI2.itemsize)
    if is_nifti(start):
        header = parse_nifti(start, path, compressed=compressed, stack=stack)
    elif is_nrrd(start) and not compressed:
        header = parse_nrrd(start, path)
    elif is_metaimage(start) and not compressed:
        header = parse_metaimage(start, path)
    else:
        raise _not_an_image(start)
    require_room(header)
    return header


def voxel_file(path: Path) -> Path:
    """Return the file that holds an image's voxels: for a detached header (.mhd) another one, else the file itself."""
    if path.suffix.lower() != ".mhd":
        return path
    try:
        return read_header(path).path
    except FormatError:
        return path  # it is refused, with its fault, when it is read


def _require_file(path: Path) -> None:
    """Refuse what is no file with something in it, devices and pipes included."""
    if not path.exists():
        raise FormatError("does not exist", "check its name and folder")
    if path.is_dir():
        raise FormatError("is a folder", "name the image file in it")
    if not path.is_file():
        raise FormatError("is not a regular file", "give an image file")
    if not path.stat().st_size:
        raise FormatError("is empty", "copy or download it again")


def _not_an_image(start: bytes) -> FormatError:
    if start[128:132] == b"DICM":
        return FormatError("is a DICOM file", "convert its series to NIfTI, for example with dcm2niix or in 3D Slicer")
    return FormatError("is not a NIfTI, NRRD or MetaImage file", _CONVERT)


def _arrays(header: Header) -> list[Array]:
    """Return the intensities (I, J, K) of each volume of a checked header."""
    stored: Array = read_data(header).view(header.dtype).reshape((*header.shape, header.volumes), order="F")
    stored = stored.astype(header.dtype.newbyteorder("="), copy=False)
    return [_scaled(stored[..., number], header) for number in range(header.volumes)]


def _scaled(stored: Array, header: Header) -> Array:
    """Return intensities from stored numbers."""
    if not header.scaled:
        return stored
    # float32 holds 16-bit numbers exactly; wider ones are scaled in float64, so that each is rounded once only.
    exact = np.float32 if header.dtype.itemsize <= 2 else np.float64
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.multiply(stored, header.slope, dtype=exact)
        scaled += header.intercept
        return np.asarray(scaled.astype(np.float32, copy=False))
