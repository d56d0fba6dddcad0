"""Reading NIfTI, NRRD and MetaImage files: one checked header, one way to the voxels, positions in RAS millimetres.

The format is told by the content, not by the name. A header is parsed (NIfTI's by nibabel) and checked before anything
is allocated, and the header that was checked is the one that is believed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.headers import MAX_DISAGREEMENT_MM, MAX_HEADER_BYTES, FormatError, Header, require_room
from GSSCore.imaging.metaimage import is_metaimage, parse_metaimage
from GSSCore.imaging.nifti import HEADER_BYTES, is_nifti, parse_nifti
from GSSCore.imaging.not_images import not_a_file, not_an_image
from GSSCore.imaging.nrrd import is_nrrd, parse_nrrd
from GSSCore.imaging.streams import GZIP_MAGIC, read_data, read_start
from GSSCore.imaging.volume import Volume
from GSSCore.memory import memory_refused
from GSSCore.messages import Message

_FIRST_BYTES = 256
"""Enough to tell a MetaImage header."""


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
        header = _checked(path, stack=stack)
        with memory_refused(_no_memory(what, path)):
            arrays = _arrays(header)
    except FormatError as refusal:
        raise InputError(refusal.about(_capital(what), path)) from refusal
    except OSError as error:
        raise InputError(_unreadable(what, path, error)) from error
    return [Volume(array, header.affine, path, header.space, _two_places(header, what, path)) for array in arrays]


def require_file(path: Path, *, what: str = "image") -> None:
    """Refuse what is no file with something in it: a name that is not there, a folder, a device, a pipe.

    Raises:
        InputError: with what it is, and what to do.
    """
    try:
        refusal = not_a_file(path)
    except OSError as error:
        raise InputError(_unreadable(what, path, error)) from error
    if refusal is not None:
        raise InputError(refusal.about(_capital(what), path))


def _checked(path: Path, *, stack: bool) -> Header:
    refusal = not_a_file(path)
    if refusal is not None:
        raise refusal
    return read_header(path, stack=stack)


def _unreadable(what: str, path: Path, error: OSError) -> Message:
    return Message(
        "image.unreadable",
        "{sequence}: {file} cannot be read ({reason}); check its permissions.",
        sequence=_capital(what),
        file=path,
        reason=str(error.strerror or error),
    )


def _no_memory(what: str, path: Path) -> Message:
    return Message(
        "image.no-memory",
        "{sequence}: {file} does not fit into memory; close other programs, or resample it to a coarser grid.",
        sequence=_capital(what),
        file=path,
    )


def _two_places(header: Header, what: str, path: Path) -> Message | None:
    """Return what the reader of a result has to know of a file that says two things of its place."""
    if header.disagreement_mm <= MAX_DISAGREEMENT_MM:
        return None
    return Message(
        "image.two-places",
        "{sequence}: {file} says two things of its place that lie up to {mm:.0f} mm apart, sform and qform: the sform "
        "was taken; programs that take the qform show it elsewhere.",
        sequence=_capital(what),
        file=path,
        mm=header.disagreement_mm,
    )


def _capital(what: str) -> str:
    return what[:1].upper() + what[1:]


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
            start = read_start(file, HEADER_BYTES)
    if is_nifti(start):
        header = parse_nifti(start, path, compressed=compressed, stack=stack)
    elif is_nrrd(start) and not compressed:
        header = parse_nrrd(start, path)
    elif is_metaimage(start) and not compressed:
        header = parse_metaimage(start, path)
    else:
        raise not_an_image(start, path, compressed=compressed)
    require_room(header)
    return header


def voxel_file(path: Path) -> Path:
    """Return the file that holds an image's voxels: for a detached header another one, else the file itself.

    Raises:
        OSError: when the file cannot be read.
    """
    if not path.is_file():
        return path
    with path.open("rb") as file:
        # Only MetaImage has detached headers that are read, whatever they are called: .mhd most often, but also .mha.
        if not is_metaimage(file.read(_FIRST_BYTES)):
            return path
    try:
        return read_header(path).path
    except FormatError:
        return path  # it is refused, with its fault, when it is read


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of an image's bytes, hexadecimal: of its file, or of a detached header and its voxel file.

    Raises:
        OSError: when one cannot be read.
    """
    digest = hashlib.sha256()
    for part in dict.fromkeys((path, voxel_file(path))):
        with part.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


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
