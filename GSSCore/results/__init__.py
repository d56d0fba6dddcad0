"""What comes out: the segmentation in memory, its report, its pictures, its HTML page, and all of them as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.results.overview import overview_png
    from GSSCore.results.report import build_report
    from GSSCore.results.result import SegmentationResult

__all__ = ["SegmentationResult", "build_report", "overview_png"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "overview": ("overview_png",),
        "report": ("build_report",),
        "result": ("SegmentationResult",),
    },
)
