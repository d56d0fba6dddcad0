"""DICOM in: the series of a folder, which sequence each of them is, and their voxels.

Needs pydicom, the extra `[dicom]`; 3D Slicer has it.

    series = find_series(folder)                              # headers alone
    choice = choose(series, {Modality.T1CE: "12"})            # which is taken for which sequence, and why
    volumes = volumes_of(choice)                              # their voxels

Modules:
    headers: what the header of a file says, of classic and enhanced objects; `frames` names it.
    finding: the series of a folder; `volumes` and `stacks` make volumes of their images.
    choice: which series is taken; `naming` and `reasons` serve it.
    voxels: decoded images as a volume; `decoding` serves it.
    faults: why a series can't be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.dicom.choice import Choice, Told, choose
    from GSSCore.dicom.finding import find_series
    from GSSCore.dicom.series import DicomStudy, Series
    from GSSCore.dicom.voxels import read_volume_of, volumes_of

__all__ = ["Choice", "DicomStudy", "Series", "Told", "choose", "find_series", "read_volume_of", "volumes_of"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "choice": ("Choice", "Told", "choose"),
        "finding": ("find_series",),
        "series": ("DicomStudy", "Series"),
        "voxels": ("read_volume_of", "volumes_of"),
    },
)
