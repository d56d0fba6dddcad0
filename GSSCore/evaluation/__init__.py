"""Evaluating networks: scores per case, subset and region, tables, plots, comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.evaluation.comparison import Comparison, compare
    from GSSCore.evaluation.files import read_rows, write_report
    from GSSCore.evaluation.protocol import evaluate, evaluate_confidence
    from GSSCore.evaluation.rows import Metric, Row
    from GSSCore.evaluation.scoring import Scorer

__all__ = [
    "Comparison",
    "Metric",
    "Row",
    "Scorer",
    "compare",
    "evaluate",
    "evaluate_confidence",
    "read_rows",
    "write_report",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "comparison": ("Comparison", "compare"),
        "files": ("read_rows", "write_report"),
        "protocol": ("evaluate", "evaluate_confidence"),
        "rows": ("Metric", "Row"),
        "scoring": ("Scorer",),
    },
)
