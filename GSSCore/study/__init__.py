"""One patient's modalities on one grid: which files they are, whether they are sound, and what an expert drew on them.

Modules:
    folder: which files of a folder are which modality.
    study: `Study`, read and checked.
    checks: what a study must and should be.
    grid: modalities on other grids, brought onto the reference's.
    labels: an expert segmentation, and what its values mean.

`Study` is loaded when it is first asked for, so that looking at file names needs no numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from GSSCore.study.study import Study

__all__ = ["Study"]


def __getattr__(name: str) -> Any:
    if name != "Study":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from GSSCore.study.study import Study

    return Study
