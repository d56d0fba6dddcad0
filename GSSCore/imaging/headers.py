"""What an image file declares, and whether that can be true: checked before anything is allocated.

A header of a few hundred bytes may declare terabytes. So the number of voxels is capped, and the bytes that they take
are compared with what the file can hold: its own size, or, for a compressed one, as much as deflate can make of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.imaging.arrays import Affine, Size
from GSSCore.imaging.volume import affine_fault
from GSSCore.messages import Message

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

MAX_DISAGREEMENT_MM = 1.0
"""How far, in mm, two statements of a header about the image's place may lie apart without a word."""
SCANNER_SPACE = 1
"""NIfTI's code of positions in the scanner's own millimetres; 2 to 5 are of aligned images, 4 of those in MNI's."""

LPS_SIGNS = (-1.0, -1.0, 1.0)
TO_MM = {"m": 1000.0, "mm": 1.0, "um": 0.001}
PLACE = {"sequence": "Image", "file": "the file"}
"""What `FormatError.about` fills in: of which sequence, and of which file."""


class FormatError(Exception):
    """Why a file is refused and what to do about it, in a sentence that has yet to learn which file it is about."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def about(self, sequence: str, file: Path) -> Message:
        """Return the sentence about a file."""
        values = {**self.message.values, "sequence": sequence, "file": str(file)}
        return Message.from_json({"code": self.message.code, "template": self.message.template, "values": values})


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
        space: NIfTI's code of the space that the affine leads to.
        disagreement_mm: how far a voxel lies, at most, from where another statement of the header places it.
    """

    shape: Size
    dtype: np.dtype[Any]
    affine: Affine
    path: Path
    start: int
    skip: int = 0
    compressed: bool = False
    slope: float = 1.0
    intercept: float = 0.0
    volumes: int = 1
    space: int = SCANNER_SPACE
    disagreement_mm: float = 0.0

    @property
    def data_bytes(self) -> int:
        """Bytes that the voxels take, uncompressed."""
        return math.prod(self.shape) * self.volumes * self.dtype.itemsize

    @property
    def scaled(self) -> bool:
        """Whether intensities differ from the stored numbers."""
        return (self.slope, self.intercept) != (1.0, 0.0)


def require_three_axes(sizes: Sequence[int]) -> Size:
    """Return (I, J, K) of declared sizes, of which any after the third have to be 1. Raises FormatError for others."""
    if any(size < 1 for size in sizes):
        raise FormatError(
            Message(
                "image.size",
                "{sequence}: {file} declares the impossible size {size}; export it again, its header is damaged.",
                **PLACE,
                size=times(sizes),
            )
        )
    extra = [size for size in sizes[3:] if size != 1]
    if extra:
        raise FormatError(
            Message(
                "image.dimensions",
                "{sequence}: {file} is {count}-dimensional ({size}); give a single three-dimensional volume, for "
                "example one frame of the series.",
                **PLACE,
                count=len(sizes),
                size=times(sizes),
            )
        )
    if len(sizes) < 3 or min(sizes[:3]) < 2:
        raise FormatError(
            Message(
                "image.flat",
                "{sequence}: {file} is a flat image ({size}); give a three-dimensional volume.",
                **PLACE,
                size=times(sizes),
            )
        )
    i, j, k = sizes[:3]
    if i * j * k > MAX_VOXELS:
        raise FormatError(
            Message(
                "image.voxels",
                "{sequence}: {file} declares {size} voxels, more than the {most} million that are read; resample it "
                "to a coarser grid, or export it again if its header is damaged.",
                **PLACE,
                size=times((i, j, k)),
                most=MAX_VOXELS // 10**6,
            )
        )
    return i, j, k


def require_volumes(sizes: Sequence[int]) -> int:
    """Return how many volumes a fourth axis holds. Raises FormatError for more than `MAX_VOLUMES`, or a fifth axis."""
    volumes = sizes[3] if len(sizes) > 3 else 1
    if not 1 <= volumes <= MAX_VOLUMES or any(size != 1 for size in sizes[4:]):
        raise FormatError(
            Message(
                "image.volumes",
                "{sequence}: {file} holds {count} volumes; give a file of at most {most} along a fourth axis.",
                **PLACE,
                count=times(sizes[3:]),
                most=MAX_VOLUMES,
            )
        )
    return volumes


def require_affine(affine: Affine) -> Affine:
    """Return the affine as float64. Raises FormatError for one that is not finite, singular or sheared."""
    affine = np.array(affine, np.float64)
    fault = affine_fault(affine)
    if fault:
        raise FormatError(
            Message(
                "image.affine",
                "{sequence}: {file} has an affine {fault}; resample it onto a grid with right angles, or export it "
                "again.",
                **PLACE,
                fault=fault,
            )
        )
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
            Message(
                "image.voxels-unreadable",
                "{sequence}: {file} keeps its voxels in {voxels}, which cannot be read ({reason}); put both files "
                "into one folder.",
                **PLACE,
                voxels=header.path.name,
                reason=str(error.strerror),
            )
        ) from error
    if header.skip > MAX_SKIPPED_BYTES:
        raise FormatError(
            Message(
                "image.far-voxels",
                "{sequence}: {file} places its voxels far behind its header; export it again, its header is damaged.",
                **PLACE,
            )
        )
    wanted = header.skip + header.data_bytes
    if wanted > (max(held, 0) * DEFLATE_RATIO if header.compressed else held):
        raise FormatError(
            Message(
                "image.too-short",
                "{sequence}: {file} declares {size} voxels of {bytes} bytes, more than the file holds; copy or "
                "download it again, it is truncated or damaged.",
                **PLACE,
                size=times(header.shape),
                bytes=header.dtype.itemsize,
            )
        )
    if not header.compressed and held - wanted > MAX_SURPLUS_BYTES:
        raise surplus()


def surplus() -> FormatError:
    """Return the refusal of a file that goes on long after its last voxel."""
    return FormatError(
        Message(
            "image.surplus",
            "{sequence}: {file} holds much more than its header declares; export it again, its header is damaged.",
            **PLACE,
        )
    )


def truncated() -> FormatError:
    """Return the refusal of a file that ends before its last voxel."""
    return FormatError(
        Message(
            "image.truncated",
            "{sequence}: {file} ends before its last voxel; copy or download it again, it is truncated.",
            **PLACE,
        )
    )


def unoriented(format_name: str) -> FormatError:
    """Return the refusal of a file that does not tell left from right."""
    return FormatError(
        Message(
            "image.unoriented",
            "{sequence}: {file} is a {format} file that does not say how its voxels lie in the patient; export it "
            "again as NIfTI with its orientation.",
            **PLACE,
            format=format_name,
        )
    )


def unsupported(what: str) -> FormatError:
    """Return the refusal of a variant of a format; `what` follows `holds`."""
    return FormatError(
        Message(
            "image.unsupported",
            "{sequence}: {file} holds {what}; export it as one scalar NIfTI volume.",
            **PLACE,
            what=what,
        )
    )


def damaged() -> FormatError:
    """Return the refusal of a header that contradicts itself or has what is no number in a number's place."""
    return FormatError(Message("image.damaged", "{sequence}: {file} has a damaged header; export it again.", **PLACE))


def contradicting() -> FormatError:
    """Return the refusal of a header whose sizes, vectors and dimensions do not belong together."""
    return FormatError(
        Message(
            "image.axes",
            "{sequence}: {file} has a header whose axes contradict each other; export it again, its header is damaged.",
            **PLACE,
        )
    )


def headless() -> FormatError:
    """Return the refusal of a text header that does not end."""
    return FormatError(
        Message("image.endless", "{sequence}: {file} has a header without an end; export it again.", **PLACE)
    )


def times(sizes: Iterable[object]) -> str:
    """Return a size as a reader has it: `240 x 240 x 155`."""
    return " x ".join(str(size) for size in sizes)


def times_mm(spacing: Iterable[float]) -> str:
    """Return a spacing in mm as a reader has it: `0.9 x 0.9 x 5`."""
    return times(f"{mm:.3g}" for mm in spacing)
