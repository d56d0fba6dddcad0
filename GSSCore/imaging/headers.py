"""What an image file declares, and whether that can be true: checked before anything is allocated.

A header of a few hundred bytes may declare terabytes. So the number of voxels is capped, and the bytes that they take
are compared with what the file can hold: its own size, or, for a compressed one, as much as deflate can make of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.imaging.volume import Affine, affine_fault

MAX_VOLUMES = 16
"""More volumes than this along a fourth axis are a time series, not the modalities of a study."""
MAX_VOXELS = 2**28
"""More voxels than this are refused: 268 million, a whole head at 0.35 mm."""
MAX_HEADER_BYTES = 2**20
"""A text header has to end within this many bytes."""
MAX_SKIPPED_BYTES = 2**26
"""NIfTI extensions before the voxels may take this many bytes."""
MAX_SURPLUS_BYTES = 2**16
"""A file may hold this many bytes after its last voxel; more means that the header describes something else."""
DEFLATE_RATIO = 1032
"""No deflate stream expands more: 258 bytes from two bits (zlib, "Technical details", maximum compression factor)."""

LPS_SIGNS = (-1.0, -1.0, 1.0)
TO_MM = {"m": 1000.0, "mm": 1.0, "um": 0.001}
_EXPORT_AGAIN = "export it again as NIfTI with its orientation"


class FormatError(Exception):
    """Why a file is refused, in words that follow the file's name, and what to do about it."""

    def __init__(self, fault: str, remedy: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.remedy = remedy


@dataclass(frozen=True, eq=False)
class Header:
    """What it takes to read the voxels of a file, whatever its format.

    Attributes:
        shape: (I, J, K); I changes fastest in the file.
        dtype: as stored, with its byte order.
        affine: (4, 4), voxel index to RAS in mm.
        path: the file that holds the voxels.
        start: byte of that file at which the voxels, or the compressed stream that holds them, start.
        skip: bytes to leave out from there on; of a compressed stream, after decompression.
        compressed: whether it is a gzip or zlib stream.
        slope, intercept: the intensity is slope * stored + intercept; 1 and 0 where nothing is declared.
        volumes: how many volumes of that shape follow each other.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    affine: Affine
    path: Path
    start: int
    skip: int = 0
    compressed: bool = False
    slope: float = 1.0
    intercept: float = 0.0
    volumes: int = 1

    @property
    def data_bytes(self) -> int:
        """Bytes that the voxels take, uncompressed."""
        return math.prod(self.shape) * self.volumes * self.dtype.itemsize

    @property
    def scaled(self) -> bool:
        """Whether intensities differ from the stored numbers."""
        return (self.slope, self.intercept) != (1.0, 0.0)


def require_three_axes(sizes: Sequence[int]) -> tuple[int, int, int]:
    """Return (I, J, K) of declared sizes, of which any after the third have to be 1. Raises FormatError for others."""
    if any(size < 1 for size in sizes):
        raise FormatError(f"declares the impossible size {_times(sizes)}", "export it again, its header is damaged")
    extra = [size for size in sizes[3:] if size != 1]
    if extra:
        kind = f"{len(sizes)}-dimensional ({_times(sizes)})"
        raise FormatError(f"is {kind}", "give a single three-dimensional volume, for example one frame of the series")
    if len(sizes) < 3 or min(sizes[:3]) < 2:
        raise FormatError(f"is a flat image ({_times(sizes)})", "give a three-dimensional volume")
    i, j, k = sizes[:3]
    if i * j * k > MAX_VOXELS:
        raise FormatError(
            f"declares {_times((i, j, k))} voxels, more than the {MAX_VOXELS // 10**6} million that are read",
            "resample it to a coarser grid, or export it again if its header is damaged",
        )
    return i, j, k


def require_volumes(sizes: Sequence[int]) -> int:
    """Return how many volumes a fourth axis holds. Raises FormatError for more than `MAX_VOLUMES`, or a fifth axis."""
    volumes = sizes[3] if len(sizes) > 3 else 1
    if not 1 <= volumes <= MAX_VOLUMES or any(size != 1 for size in sizes[4:]):
        raise FormatError(
            f"holds {_times(sizes[3:])} volumes", f"give a file of at most {MAX_VOLUMES} along a fourth axis"
        )
    return volumes


def require_affine(affine: Affine) -> Affine:
    """Return the affine as float64. Raises FormatError for one that is not finite, singular or sheared."""
    affine = np.array(affine, np.float64)
    fault = affine_fault(affine)
    if fault:
        raise FormatError(f"has an affine {fault}", "resample it onto a grid with right angles, or export it again")
    return affine


def affine_of_vectors(
    axes: Sequence[Sequence[float]], origin: Sequence[float], signs: Sequence[float] = LPS_SIGNS
) -> Affine:
    """Return the checked affine of a file that stores one vector per array axis.

    Args:
        axes: three vectors in mm, from one voxel to the next along I, J and K.
        origin: position of the first voxel in mm.
        signs: what takes each of the file's patient coordinates to RAS; from left, posterior, superior by default.
    """
    affine = np.eye(4)
    affine[:3, :3] = np.array(axes, np.float64).T
    affine[:3, 3] = origin
    affine[:3] *= np.array(signs, np.float64)[:, None]
    return require_affine(affine + 0.0)


def require_room(header: Header) -> None:
    """Refuse a header that declares more, or much less, than its file holds."""
    try:
        held = header.path.stat().st_size - header.start
    except OSError as error:
        raise FormatError(
            f"keeps its voxels in {header.path.name}, which cannot be read ({error.strerror})",
            "put both files into one folder",
        ) from error
    if header.skip > MAX_SKIPPED_BYTES:
        raise FormatError("places its voxels far behind its header", "export it again, its header is damaged")
    wanted = header.skip + header.data_bytes
    if wanted > (max(held, 0) * DEFLATE_RATIO if header.compressed else held):
        raise FormatError(
            f"declares {_times(header.shape)} voxels of {header.dtype.itemsize} bytes, more than the file holds",
            "copy or download it again, it is truncated or damaged",
        )
    if not header.compressed and held - wanted > MAX_SURPLUS_BYTES:
        raise surplus()


def surplus() -> FormatError:
    """Return the refusal of a file that goes on long after its last voxel."""
    return FormatError("holds much more than its header declares", "export it again, its header is damaged")


def truncated() -> FormatError:
    """Return the refusal of a file that ends before its last voxel."""
    return FormatError("ends before its last voxel", "copy or download it again, it is truncated")


def unoriented(format_name: str) -> FormatError:
    """Return the refusal of a file that does not tell left from right."""
    return FormatError(f"is a {format_name} file that does not say how its voxels lie in the patient", _EXPORT_AGAIN)


def unsupported(what: str) -> FormatError:
    """Return the refusal of a variant of a format; `what` follows `holds`."""
    return FormatError(f"holds {what}", "export it as one scalar NIfTI volume")


def _times(sizes: Sequence[int]) -> str:
    return " x ".join(str(size) for size in sizes)
