"""Tables of scores: summaries over cases per metric, subset and region. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from statistics import fmean

import numpy as np

from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS, RESAMPLES, SEED, Summaries, Summary, summarise
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.imaging.arrays import Doubles
from GSSCore.metrics.lesions import MISSED_MM, SMALL_MM3
from GSSCore.metrics.overlap import EmptyRule
from GSSCore.metrics.surface import ONE_EMPTY_MM
from GSSCore.vocabulary import MODALITIES, REGIONS, RESEARCH_USE, SUBSETS, Region, Subset, subset_name

SubsetTable = dict[str, dict[str, float]]
"""Mean Dice by subset name and region name, as in a network's card."""
ScoreTable = dict[str, dict[str, dict[str, dict[str, float | int | None]]]]
"""By metric, subset name or `MEAN_OF_SUBSETS`, and region name: the fields of a `Summary`."""

CARD_METRICS = (Metric.DICE, Metric.HD95)
"""The metrics that a card gives with intervals."""

RULES = {
    Metric.DICE: "Dice of a region is 1 where both truth and prediction are empty, and 0 where only one of them is; "
    "these scores are part of the means.",
    Metric.SENSITIVITY: "Sensitivity is the share of the true voxels that were found; where the truth is empty it is "
    "not defined and no part of the means.",
    Metric.HD95: f"HD95 is 0 where both are empty, and {ONE_EMPTY_MM} mm where only one of them is; these values are "
    "part of the means.",
    Metric.LESION_DICE: "Every lesion counts the same (BraTS 2023); a missed or false one has Dice 0, true ones of at "
    f"most {SMALL_MM3:g} mm³ are left out. Where there is neither a lesion nor a false one, it is 1.",
    Metric.LESION_HD95: f"Lesions as for lesion-wise Dice; a missed or false one has {MISSED_MM:g} mm. Where there is "
    "neither a lesion nor a false one, it is 0.",
}
"""The value of each metric where truth or prediction is empty."""

INTERVALS = (
    "A table's cell is the mean over the cases ± their standard deviation, and the mean's 95 % interval (percentile "
    f"bootstrap over cases, {RESAMPLES:,} resamples, seed {SEED})."
)
SINGLE = "A single case has neither standard deviation nor interval."


def subset_table(rows: Iterable[Row]) -> SubsetTable:
    """Return the mean Dice over cases per subset and region, subsets in the order of `SUBSETS`."""
    scores: dict[Subset, dict[Region, list[float]]] = {}
    for row in rows:
        scores.setdefault(row.subset, {region: [] for region in REGIONS})[row.region].append(row.dice)
    return {
        subset_name(s): {region.value: fmean(values) for region, values in scores[s].items() if values}
        for s in SUBSETS
        if s in scores
    }


def mean_of_subsets(table: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the mean per region over the subsets of a table; each counts the same, however many cases it has."""
    return {
        region.value: fmean(values)
        for region in REGIONS
        if (values := [row[region.value] for row in table.values() if region.value in row])
    }


def measured(rows: Iterable[Row]) -> tuple[Metric, ...]:
    """Return the metrics that have any value."""
    found = {metric for row in rows for metric in Metric if row.value(metric) is not None}
    return tuple(metric for metric in Metric if metric in found)


def cases_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the cases in the order in which they come."""
    return tuple(dict.fromkeys(row.case for row in rows))


def subsets_of(rows: Iterable[Row]) -> tuple[Subset, ...]:
    """Return the subsets in the order of `SUBSETS`."""
    found = {row.subset for row in rows}
    return tuple(s for s in SUBSETS if s in found)


def values_of(rows: Sequence[Row], metric: Metric, cases: Sequence[str], subsets: Sequence[Subset]) -> Doubles:
    """Return a metric's values (cases, subsets, regions), NaN where there is none; other rows are left out."""
    values = np.full((len(cases), len(subsets), len(REGIONS)), np.nan)
    of_case, of_subset = {case: c for c, case in enumerate(cases)}, {subset: s for s, subset in enumerate(subsets)}
    for row in rows:
        value = row.value(metric)
        if value is not None and row.case in of_case and row.subset in of_subset:
            values[of_case[row.case], of_subset[row.subset], REGIONS.index(row.region)] = value
    return values


def summaries(rows: Sequence[Row], metric: Metric) -> Summaries:
    """Return the summaries over cases per subset and region, and for the mean of the subsets."""
    subsets = subsets_of(rows)
    # Sorted by name, so that the bootstrap draws the same cases whatever their order.
    return summarise(values_of(rows, metric, sorted(cases_of(rows)), subsets), subsets)


def score_table(rows: Sequence[Row], metrics: Iterable[Metric] = CARD_METRICS) -> ScoreTable:
    """Return the summaries of the given metrics that were measured, in the form that files hold."""
    there = measured(rows)
    return {
        metric.value: {
            name: {region: _rounded(summary) for region, summary in of_regions.items()}
            for name, of_regions in summaries(rows, metric).items()
        }
        for metric in metrics
        if metric in there
    }


def rule_counts(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Return per region the numbers of scores, of scores that a rule made, and of lesions found and missed."""
    counts = {}
    for region in REGIONS:
        found = [row for row in rows if row.region is region]
        lesion_wise = [row for row in found if row.lesion_dice is not None]
        counts[region.value] = {
            "scores": len(found),
            **{rule.value: sum(row.rule is rule for row in found) for rule in EmptyRule if rule is not EmptyRule.NONE},
            "sensitivity not defined": sum(row.sensitivity is None for row in found),
            "no lesion, no false one": sum(not row.lesions and not row.false_lesions for row in lesion_wise),
            "lesions": sum(row.lesions or 0 for row in lesion_wise),
            "missed lesions": sum(row.missed or 0 for row in lesion_wise),
            "false lesions": sum(row.false_lesions or 0 for row in lesion_wise),
        }
    return counts


def markdown(rows: Sequence[Row], title: str = "Scores by available modalities") -> str:
    """Return as Markdown a table of subsets for each metric, and how often a rule made a score."""
    cases = len(cases_of(rows))
    lines = [f"# {title}", "", f"{cases} case{'' if cases == 1 else 's'}. {INTERVALS}"]
    lines += [SINGLE] if cases == 1 else []
    for metric in measured(rows):
        lines += ["", f"## {metric.heading}", "", RULES[metric], "", *_metric_lines(rows, metric)]
    counts = rule_counts(rows)
    lines += ["", "## Rules", "", "How often a rule made a score, and lesions, over all cases and subsets:", ""]
    lines += markdown_table(
        ["region", *next(iter(counts.values()))],
        [[region, *map(str, of_region.values())] for region, of_region in counts.items()],
    )
    return "\n".join([*lines, "", RESEARCH_USE]) + "\n"


def dots(name: str) -> list[str]:
    """Return a cell per modality that tells whether the subset has it; `MEAN_OF_SUBSETS` fills the first cell."""
    if name == MEAN_OF_SUBSETS:
        return [name, *[""] * (len(MODALITIES) - 1)]
    there = name.split("+")
    return ["●" if m.display in there else "○" for m in MODALITIES]


def markdown_table(head: Sequence[str], lines: Iterable[Sequence[str]], rule: str = "---") -> list[str]:
    """Return the lines of a Markdown table; `rule` is for all columns but the first: `---:` aligns them right.

    By hand, as these two lines need no further dependency.
    """
    rows = [head, ["---", *[rule] * (len(head) - 1)], *lines]
    return ["| " + " | ".join(row) + " |" for row in rows]


def _metric_lines(rows: Sequence[Row], metric: Metric) -> list[str]:
    """Return the table of a metric: a line per subset, and one for their mean."""
    subset_cases = {subset_name(s): len(cases_of(row for row in rows if row.subset == s)) for s in subsets_of(rows)}
    lines = []
    for name, of_regions in summaries(rows, metric).items():
        cases = subset_cases.get(name, len(cases_of(rows)))
        cells = [_cell(of_regions.get(r.value), metric.decimals, cases) for r in REGIONS]
        lines.append([*dots(name), str(cases), *cells])
    return markdown_table([*(m.display for m in MODALITIES), "cases", *(r.value for r in REGIONS)], lines)


def _cell(summary: Summary | None, decimals: int, cases: int) -> str:
    """Return a summary as text, with its number of cases where that is not the line's."""
    if summary is None:
        return ""
    text = f"{summary.mean:.{decimals}f}"
    if summary.sd is not None:
        text += f" ± {summary.sd:.{decimals}f}"
    if summary.low is not None:
        text += f" [{summary.low:.{decimals}f}, {summary.high:.{decimals}f}]"
    return text if summary.cases == cases else f"{text} (n = {summary.cases})"


def _rounded(summary: Summary) -> dict[str, float | int | None]:
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in asdict(summary).items()}
