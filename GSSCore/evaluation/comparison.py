"""Comparing two evaluations of the same cases, case by case. Needs no torch.

A pair is a case that has a value in both evaluations. Its difference is the second value minus the first. For the mean
of the subsets, it is the mean of the case's differences over the subsets that it has in both.

The p-value is that of Wilcoxon's signed-rank test, two-sided. Differences of zero are dropped (Wilcoxon's own method).
The distribution is exact for up to 50 differences without ties, else a normal approximation with correction for ties
and continuity. Fewer than 6 differences other than zero can't reach p < 0.05 and get no p. Holm's correction (1979)
over all p-values of a comparison keeps the chance of any false finding at the chosen level.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from GSSCore.errors import InputError
from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS, RESAMPLES, SEED, Summary, defined_mean, summarise
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.evaluation.tables import cases_of, dots, markdown_table, measured, subsets_of, values_of
from GSSCore.files import encoded, write_files
from GSSCore.imaging.arrays import Doubles
from GSSCore.messages import Message
from GSSCore.outputs import require_free, require_writable, table_kind
from GSSCore.vocabulary import MODALITIES, REGIONS, RESEARCH_USE, Region, Subset

CSV_FILE, MARKDOWN_FILE = "comparison.csv", "comparison.md"
LEAST_PAIRS = 6
"""Least number of differences other than zero for a p: with 5, all of one sign, the least p is 0.0625."""
EXACT_UP_TO = 50
DIGITS = 9
"""Decimals of a difference. Files hold fewer, and rounding errors beyond them would hide zeros and ties."""
TRUTH_DIFFERS = 0.01
"""Relative difference between the volumes of a truth above which the report warns."""

COLUMNS = (
    "metric", "subset", "region", "pairs", "mean_a", "mean_b", "difference", "low", "high", "zeros", "p", "p_holm",
)  # fmt: skip


COMPARISON = table_kind(CSV_FILE, COLUMNS, MARKDOWN_FILE)
"""How an earlier comparison is recognised: by the columns of its table."""


@dataclass(frozen=True)
class Line:
    """The result for one subset and region.

    Attributes:
        subset: its name, or `MEAN_OF_SUBSETS`.
        region: what was scored.
        mean_a, mean_b: over the pairs.
        difference: summary of the differences.
        zeros: number of pairs with a difference of zero.
        p: of the signed-rank test; None where there are too few differences.
        p_holm: p after Holm's correction over all lines.
    """

    subset: str
    region: Region
    mean_a: float
    mean_b: float
    difference: Summary
    zeros: int
    p: float | None
    p_holm: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Two evaluations, compared.

    Attributes:
        metric: what was compared.
        cases: those in both evaluations.
        only_a, only_b: cases in one of them, which are left out.
        other_truth: cases whose truth has another volume in the second.
        lines: by subset and region; the mean of the subsets comes last.
    """

    metric: Metric
    cases: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    other_truth: tuple[str, ...]
    lines: tuple[Line, ...]


def compare(a: Sequence[Row], b: Sequence[Row], metric: Metric) -> Comparison:
    """Compare two evaluations.

    Raises:
        InputError: when they share no case, or no value of the metric for any subset.
    """
    cases_a, cases_b = cases_of(a), cases_of(b)
    cases = tuple(sorted(set(cases_a) & set(cases_b)))
    if not cases:
        raise InputError(
            Message(
                "comparison.no-case",
                "The two evaluations have no case in common (the first has {first}, the second {second}, for example): "
                "compare evaluations of the same cases.",
                first=cases_a[0],
                second=cases_b[0],
            )
        )
    for number, rows in enumerate((a, b), start=1):
        if metric not in measured(rows):
            raise InputError(
                Message(
                    "comparison.no-metric",
                    "Evaluation {number} of the two holds no {metric}: make it without --quick, or choose another "
                    "--metric.",
                    number=number,
                    metric=metric.display,
                )
            )
    subsets = tuple(s for s in subsets_of(a) if s in subsets_of(b))
    values_a, values_b = (values_of(rows, metric, cases, subsets) for rows in (a, b))
    lines = _lines(values_a, values_b, subsets)
    if not lines:
        raise InputError(
            Message(
                "comparison.no-value",
                "No case has {metric} for a subset in both evaluations: compare evaluations with more in common.",
                metric=metric.display,
            )
        )
    return Comparison(
        metric,
        cases,
        tuple(case for case in cases_a if case not in cases_b),
        tuple(case for case in cases_b if case not in cases_a),
        _other_truth(a, b),
        tuple(replace(line, p_holm=p) for line, p in zip(lines, holm([line.p for line in lines]), strict=True)),
    )


def _lines(a: Doubles, b: Doubles, subsets: tuple[Subset, ...]) -> list[Line]:
    """Return the lines for values (cases, subsets, regions), each without its corrected p."""
    difference = np.round(b - a, DIGITS)
    paired = ~np.isnan(difference)
    of_a, of_b = (summarise(np.where(paired, values, np.nan), subsets) for values in (a, b))
    mean = np.round(defined_mean(difference, 1), DIGITS)
    differences = np.concatenate([difference, mean[:, None]], axis=1)
    lines = []
    for s, (name, of_regions) in enumerate(summarise(difference, subsets).items()):
        if name == MEAN_OF_SUBSETS and len(subsets) == 1:
            continue  # it would repeat the only subset
        for region, summary in of_regions.items():
            pairs = differences[:, s, REGIONS.index(Region(region))]
            pairs = pairs[~np.isnan(pairs)]
            means = of_a[name][region].mean, of_b[name][region].mean
            lines.append(Line(name, Region(region), *means, summary, int((pairs == 0).sum()), signed_rank(pairs)))
    return lines


def signed_rank(differences: Doubles) -> float | None:
    """Return Wilcoxon's two-sided p for paired differences, or None where fewer than 6 of them are not zero."""
    from scipy.stats import wilcoxon

    other = differences[differences != 0]
    if len(other) < LEAST_PAIRS:
        return None
    tied = len(np.unique(np.abs(other))) < len(other)
    if tied or len(other) > EXACT_UP_TO:
        # The older name of the asymptotic method, which every release of scipy takes.
        return float(wilcoxon(other, correction=True, method="approx").pvalue)
    return float(wilcoxon(other, method="exact").pvalue)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values after Holm's step-down correction; None stays None.

    By hand: scipy has no Holm correction, and statsmodels is too large a dependency for it.
    """
    order = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    least = 0.0
    for rank, (p, index) in enumerate(order):
        least = max(least, min(1.0, (len(order) - rank) * p))
        corrected[index] = least
    return corrected


def _other_truth(a: Sequence[Row], b: Sequence[Row]) -> tuple[str, ...]:
    """Return the cases whose truth has another volume in the second: scored on another grid, or another truth."""
    volumes = {(row.case, row.region): row.truth_ml for row in a}
    found = [
        row.case
        for row in b
        if (ml := volumes.get((row.case, row.region))) is not None
        and abs(row.truth_ml - ml) > TRUTH_DIFFERS * max(row.truth_ml, ml)
    ]
    return tuple(dict.fromkeys(found))


def comparison_markdown(comparison: Comparison, a: str, b: str) -> str:
    """Return the comparison as Markdown: what was left out, and a table per region.

    Args:
        comparison: what to show.
        a, b: the names of the two evaluations.
    """
    metric = comparison.metric
    better = "negative where B is better" if metric.in_mm else "positive where B is better"
    tests = sum(line.p is not None for line in comparison.lines)
    count = len(comparison.cases)
    lines = [f"# {metric.heading}: B minus A", "", f"- A: {_plain(a)}", f"- B: {_plain(b)}", ""]
    lines += [f"{count} case{'' if count == 1 else 's'} in both. Difference: mean of B minus A, {better}, with its 95 "
              f"% interval (percentile bootstrap over cases, {RESAMPLES:,} resamples, seed {SEED}). p: Wilcoxon's "
              "signed-rank test, two-sided, differences of zero dropped; none (–) with fewer than "
              f"{LEAST_PAIRS} others. Holm: corrected over the {tests} tests on this page."]  # fmt: skip
    lines += _left_out(comparison)
    for region in REGIONS:
        of_region = [line for line in comparison.lines if line.region is region]
        if of_region:
            lines += ["", f"## {region.value}", ""]
            head = [*(m.display for m in MODALITIES), "pairs", "A", "B", "difference", "95 % interval", "p", "Holm"]
            lines += markdown_table(head, [_cells(line, metric) for line in of_region])
    return "\n".join([*lines, "", RESEARCH_USE]) + "\n"


def _left_out(comparison: Comparison) -> list[str]:
    """Return a paragraph for each group of cases that the reader has to know of."""
    sentences = {
        "Only in A, and left out": comparison.only_a,
        "Only in B, and left out": comparison.only_b,
        f"The truth's volume differs by more than {TRUTH_DIFFERS:.0%} between A and B (another grid, or another "
        "truth), so that the scores are not strictly comparable": comparison.other_truth,
    }
    return [
        part for words, cases in sentences.items() if cases for part in ("", f"{words}: {_plain(', '.join(cases))}.")
    ]


def _cells(line: Line, metric: Metric) -> list[str]:
    digits, difference = metric.decimals, line.difference
    finer = digits + 1  # a small difference may still be a consistent one
    interval = "" if difference.low is None else f"{difference.low:+.{finer}f} to {difference.high:+.{finer}f}"
    means = [f"{line.mean_a:.{digits}f}", f"{line.mean_b:.{digits}f}", f"{difference.mean:+.{finer}f}"]
    return [*dots(line.subset), str(difference.cases), *means, interval, _p(line.p), _p(line.p_holm)]


def _p(value: float | None) -> str:
    if value is None:
        return "–"
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _plain(text: str) -> str:
    """Return a name with the characters escaped that Markdown would interpret."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in text.replace("\n", " "))


def comparison_csv(comparison: Comparison) -> str:
    """Return one line per subset and region, with 6 decimals; cells without a value are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in comparison.lines:
        numbers = [line.mean_a, line.mean_b, line.difference.mean, line.difference.low, line.difference.high]
        cells = ["" if number is None else f"{number:.6f}" for number in numbers]
        tests = ["" if p is None else f"{p:.6g}" for p in (line.p, line.p_holm)]
        names = [comparison.metric.value, line.subset, line.region.value, line.difference.cases]
        writer.writerow([*names, *cells, line.zeros, *tests])
    return text.getvalue()


def require_comparison_folder(folder: Path | str, read: Sequence[Path] = ()) -> None:
    """Refuse a folder that can't take a comparison of the files `read`; see `GSSCore.outputs`.

    Raises:
        EnvironmentRefused: with what is in the way.
    """
    require_writable(folder)
    require_free(folder, (CSV_FILE, MARKDOWN_FILE), COMPARISON, read)


def write_comparison(folder: Path | str, comparison: Comparison, a: str, b: str) -> None:
    """Write `comparison.csv` and `comparison.md` to `folder`, which is made where needed.

    Raises:
        EnvironmentRefused: when the folder can't be written, or holds under these names what this program did not
            write; older files in it stay as they were.
    """
    require_free(folder, (CSV_FILE, MARKDOWN_FILE), COMPARISON)
    texts = {CSV_FILE: comparison_csv(comparison), MARKDOWN_FILE: comparison_markdown(comparison, a, b)}
    write_files(folder, {name: encoded(text) for name, text in texts.items()})
