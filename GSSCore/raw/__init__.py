"""From scans as they come, heads on grids of their own, to a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.raw.from_dicom import read_dicom_study
    from GSSCore.raw.pipeline import read_study, study_of
    from GSSCore.raw.settings import InputSettings

__all__ = ["InputSettings", "read_dicom_study", "read_study", "study_of"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "from_dicom": ("read_dicom_study",),
        "pipeline": ("read_study", "study_of"),
        "settings": ("InputSettings",),
    },
)
