"""A series of a DICOM folder: its images, and what their headers say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from GSSCore.dicom.frames import Frame
from GSSCore.messages import Message
from GSSCore.sequences.hints import Hints
from GSSCore.sequences.series import Finding, read_series

if TYPE_CHECKING:
    from GSSCore.dicom.stacks import Geometry


@dataclass(frozen=True)
class DicomStudy:
    """The study that a series belongs to.

    Attributes:
        uid: StudyInstanceUID.
        date: `YYYY-MM-DD`, empty where it is not told.
    """

    uid: str
    date: str


@dataclass(frozen=True, eq=False)
class Series:
    """A volume of a series as its headers tell of it; no voxels have been read.

    A series whose images are of several kinds, such as two echoes, or magnitude and phase, is several of these.

    Attributes:
        key: what names it in a folder: its number, with a point and a count where several have that number.
        uid: its SeriesInstanceUID.
        number: its SeriesNumber; None where it has none.
        description: its SeriesDescription, else its ProtocolName; empty where it has neither.
        part: what tells it from other volumes of its series, such as `TE 92 ms`; empty for a series of one volume.
        study: the study that it belongs to.
        frames: its images; those of a volume in the order of its slices.
        hints: what its headers say of the sequence.
        geometry: where its slices lie; None where they make no volume.
        fault: why it can't be read; None where it can.
        warnings: what the reader has to know of it.
        folder: where it was found.
        several_planes: whether it is of a series with slices of several orientations.
    """

    key: str
    uid: str
    number: int | None
    description: str
    part: str
    study: DicomStudy
    frames: tuple[Frame, ...]
    hints: Hints
    geometry: Geometry | None
    fault: Message | None
    warnings: tuple[Message, ...] = ()
    folder: Path = field(default=Path())
    several_planes: bool = False

    @cached_property
    def finding(self) -> Finding:
        """What its words, times and contrast agent say of its sequence."""
        return read_series("", self.hints)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of its images, each once."""
        return tuple(dict.fromkeys(frame.file for frame in self.frames))

    @property
    def words(self) -> str:
        """Its description, and what tells it from other volumes of its series; empty where it has neither."""
        return ", ".join(word for word in (self.description, self.part) if word)

    @property
    def listed(self) -> str:
        """What lists of series call it: `7 (AX FLAIR)`."""
        return self.key + (f" ({self.words})" if self.words else "")

    @property
    def name(self) -> str:
        """What messages call it: `series 7 (AX FLAIR)`."""
        return f"series {self.listed}"

    @property
    def capitalised(self) -> str:
        """The name at the start of a sentence."""
        return self.name[0].upper() + self.name[1:]

    def to_json(self) -> dict[str, Any]:
        """Return what tells it from others as JSON values, without anything of the patient."""
        geometry = self.geometry
        return {
            "series": self.key,
            "uid": self.uid,
            "description": self.description,
            "part": self.part,
            "study_date": self.study.date,
            "images": len(self.frames),
            "slice_mm": None if geometry is None else round(geometry.spacing_mm, 4),
            "coverage_mm": None if geometry is None else round(geometry.coverage_mm, 2),
        }
