"""What the header of a DICOM file says of the images in it: one of a classic object, many of an enhanced one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from GSSCore.dicom.attributes import Attributes

Vector = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Frame:
    """One image, a slice of a volume, as its header describes it; lengths in mm, positions in the patient's LPS.

    Attributes:
        file: the file that holds it.
        index: which frame of the file it is, from 0.
        instance: its SOPInstanceUID.
        rows, columns: its size.
        position: of the centre of the first voxel; None where the header does not tell.
        along_row, along_column: directions in which the column and the row index grow.
        row_spacing, column_spacing: from one row, and one column, to the next.
        thickness, between: of the slice, and from one slice to the next as declared; None where not told.
        echo_ms, inversion_ms: echo and inversion time.
        b_value: of diffusion weighting, s/mm2.
        image_type: as DICOM has it, with PHASE, REAL or IMAGINARY where another attribute tells that.
        time_point: index of a time point of a series of images in time.
        stack: identifier of the stack that the slice belongs to, in enhanced objects.
        space: UID of its frame of reference.
        acquired: date and time of its acquisition, `YYYYMMDDHHMMSS.ffffff`; empty where not told.
        slope, intercept: the intensity is slope * stored + intercept.
    """

    file: Path
    index: int
    instance: str
    rows: int
    columns: int
    position: Vector | None = None
    along_row: Vector | None = None
    along_column: Vector | None = None
    row_spacing: float | None = None
    column_spacing: float | None = None
    thickness: float | None = None
    between: float | None = None
    echo_ms: float | None = None
    inversion_ms: float | None = None
    b_value: float | None = None
    image_type: tuple[str, ...] = ()
    time_point: int | None = None
    stack: str = ""
    space: str = ""
    acquired: str = ""
    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True)
class Patient:
    """Who is shown, to tell patients apart; never shown or written.

    Attributes:
        id: PatientID, empty where there is none.
        name: letters and digits of the name, in lower case.
        born: date of birth.
    """

    id: str
    name: str
    born: str

    def differs(self, other: Patient) -> bool:
        """Tell whether anything that both have differs."""
        pairs = ((self.id, other.id), (self.name, other.name), (self.born, other.born))
        return any(one and another and one != another for one, another in pairs)


@dataclass(frozen=True, eq=False)
class Header:
    """What the header of a file says.

    Attributes:
        file: the file.
        instance: its SOPInstanceUID.
        kind: name of its SOP class, such as `MR Image Storage`.
        holds_mr: whether it is an image of magnetic resonance tomography that can be read.
        modality: as DICOM has it, such as MR or CT.
        patient: who is shown.
        study: StudyInstanceUID.
        study_date: `YYYYMMDD`, empty where not told.
        series: SeriesInstanceUID.
        number: SeriesNumber.
        description: SeriesDescription, else ProtocolName.
        attributes: those of its first image.
        frames: the images in it.
        three_dimensional: whether it was acquired as one volume, not slice by slice.
        declared: how many images the series has by this header; None where not told.
        fault: code word of what makes it unreadable: `pixels`, `truncated`, `frames`, `colour` or
            `mosaic`; empty for none.
    """

    file: Path
    instance: str
    kind: str
    holds_mr: bool
    modality: str
    patient: Patient
    study: str
    study_date: str
    series: str
    number: int | None
    description: str
    attributes: Attributes
    frames: tuple[Frame, ...]
    three_dimensional: bool = False
    declared: int | None = None
    fault: str = ""
