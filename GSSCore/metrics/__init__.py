"""Single measures of one label map against another: overlap of regions, distances of surfaces, lesions one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.metrics.lesions import Lesions, LesionScores, lesion_scores
    from GSSCore.metrics.overlap import Overlap, confusion, region_overlaps
    from GSSCore.metrics.surface import Surface, hausdorff

__all__ = [
    "LesionScores",
    "Lesions",
    "Overlap",
    "Surface",
    "confusion",
    "hausdorff",
    "lesion_scores",
    "region_overlaps",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "lesions": ("Lesions", "LesionScores", "lesion_scores"),
        "overlap": ("Overlap", "confusion", "region_overlaps"),
        "surface": ("Surface", "hausdorff"),
    },
)
