"""DICOM in: the series of a folder, which sequence each of them is, and their voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.dicom.series import Series

__all__ = ["Series"]

__getattr__, __dir__ = lazy_names(__name__, {"series": ("Series",)})
