"""Segmenting many studies in one run: the cohort table, the run, and the summary of all studies. Needs no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.cohort.row import CohortRow
    from GSSCore.cohort.running import run_cohort
    from GSSCore.cohort.summary import StudyOutcome, write_summary
    from GSSCore.cohort.table import read_cohort

__all__ = ["CohortRow", "StudyOutcome", "read_cohort", "run_cohort", "write_summary"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "row": ("CohortRow",),
        "running": ("run_cohort",),
        "summary": ("StudyOutcome", "write_summary"),
        "table": ("read_cohort",),
    },
)
