"""The comparison of training methods as a table and a figure: each against the baseline, paired by case."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from methods import BASELINE, METHODS

from GSSCore.evaluation.comparison import Line, compare, holm
from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.evaluation.tables import markdown_table
from GSSCore.vocabulary import REGIONS, RESEARCH_USE

Compared = Mapping[str, Mapping[str, Sequence[Row]]]
"""Rows by budget and method."""


@dataclass(frozen=True)
class Difference:
    """A method against the baseline: mean Dice of the subsets in one region, and Holm's p over the whole comparison."""

    budget: str
    method: str
    line: Line
    p_holm: float | None


def differences(compared: Compared) -> list[Difference]:
    """Return all differences to the baseline, their p corrected together."""
    found = [
        (budget, method, line)
        for budget, rows in compared.items()
        for method in rows
        if method != BASELINE
        for line in _means(compare(rows[BASELINE], rows[method], Metric.DICE).lines)
    ]
    corrected = holm([line.p for _, _, line in found])
    return [Difference(*one, p) for one, p in zip(found, corrected, strict=True)]


def _means(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of the mean of the subsets, or of the only subset there is."""
    return [line for line in lines if line.subset == MEAN_OF_SUBSETS] or list(lines)


def markdown(compared: Compared, head: str) -> str:
    """Return the table."""
    lines = []
    for one in differences(compared):
        d = one.line.difference
        interval = "" if d.low is None else f"[{d.low:+.3f}, {d.high:+.3f}]"
        p = "" if one.p_holm is None else f"{one.p_holm:.3f}"
        means = f"{one.line.mean_a:.3f}", f"{one.line.mean_b:.3f}", f"{d.mean:+.3f}"
        lines.append([one.budget, one.method, one.line.region.value, *means, interval, p])
    columns = ["equal", "method", "region", BASELINE, "method's", "difference", "95 % interval", "p (Holm)"]
    words = [f"- {name}: {what}." for name, (what, _) in METHODS.items()]
    text = [
        "# Training methods compared", "", head, "", *words, "",
        "Mean Dice over the subsets; paired by case, bootstrap intervals over cases, Wilcoxon's signed-rank test with "
        "Holm's correction over the table.", "",
        *markdown_table(columns, lines), "", RESEARCH_USE, "",
    ]  # fmt: skip
    return "\n".join(text)


def picture(compared: Compared) -> bytes:
    """Return a figure of the differences with their intervals, a PNG file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = differences(compared)
    figure = Figure(figsize=(8.0, 1.1 + 0.24 * len(found) / len(REGIONS)), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, region in zip(figure.subplots(1, len(REGIONS), sharey=True), REGIONS, strict=True):
        rows = [one for one in found if one.line.region is region]
        for place, one in enumerate(rows):
            d = one.line.difference
            axes.plot(d.mean, place, "o", color="black", markersize=4)
            if d.low is not None and d.high is not None:
                axes.plot([d.low, d.high], [place, place], color="black", linewidth=1)
        axes.axvline(0.0, color="grey", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [f"{one.method}, equal {one.budget}" for one in rows], fontsize=8)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.tick_params(axis="x", labelsize=8)
        axes.set_title(f"Dice {region.value}, less {BASELINE}", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=120, metadata={"Software": None})
    return data.getvalue()
