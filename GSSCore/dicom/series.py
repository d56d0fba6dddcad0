"""A series of a DICOM folder: its files, and what its headers say of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from GSSCore.sequences.hints import Hints


@dataclass(frozen=True, eq=False)
class Series:
    """A series as its headers tell of it; no voxels have been read.

    Attributes:
        uid: its SeriesInstanceUID.
        number: its SeriesNumber; None where it has none.
        description: its SeriesDescription, empty where it has none.
        files: its files, in no order.
        hints: what its headers say of the sequence.
    """

    uid: str
    number: int | None
    description: str
    files: tuple[Path, ...]
    hints: Hints
