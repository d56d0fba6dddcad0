"""One patient's modalities on one grid: which files they are, whether they are sound, and what an expert drew on them.

Modules:
    folder: which files of a folder are which modality.
    study: `Study`, read and checked.
    checks: what a study must and should be.
    grid: modalities on other grids, brought onto the reference's.
    labels: an expert segmentation, and what its values mean.
    plausibility: whether images, brain and tumour can be what they are taken for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.study.folder import FoundFiles, find_files
    from GSSCore.study.labels import parse_label_map, read_truth
    from GSSCore.study.study import ImageSource, Study

__all__ = ["FoundFiles", "ImageSource", "Study", "find_files", "parse_label_map", "read_truth"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "folder": ("FoundFiles", "find_files"),
        "labels": ("parse_label_map", "read_truth"),
        "study": ("ImageSource", "Study"),
    },
)
