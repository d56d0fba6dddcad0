"""Many studies in one go: which ones, what became of each, the table of all. Needs no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.cohort.running import run_cohort
    from GSSCore.cohort.summary import StudyOutcome, write_summary
    from GSSCore.cohort.table import CohortRow, read_cohort

__all__ = ["CohortRow", "StudyOutcome", "read_cohort", "run_cohort", "write_summary"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "running": ("run_cohort",),
        "summary": ("StudyOutcome", "write_summary"),
        "table": ("CohortRow", "read_cohort"),
    },
)
