"""Scores as tables: every row as CSV, the mean per subset and region as Markdown. Needs no torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from GSSCore.dice import EmptyRule
from GSSCore.evaluation.rows import Row
from GSSCore.imaging.atomic import write_files
from GSSCore.vocabulary import MODALITIES, REGIONS, SUBSETS, Region, Subset, subset_name

COLUMNS = ("case", "subset", "region", "dice", "truth_ml", "predicted_ml", "empty_rule")
CSV_FILE, MARKDOWN_FILE = "dice.csv", "dice.md"

SubsetTable = dict[str, dict[str, float]]
"""Mean Dice by subset name and region name; the form in which a network's card holds it."""

RULES = (
    "Dice of a region is 1 where both truth and prediction are empty, and 0 where only one of them is; these scores "
    "are part of the means."
)


def rows_csv(rows: Iterable[Row]) -> str:
    """Return one line per score: Dice with 6 decimals, volumes in ml with 3."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        numbers = (f"{row.dice:.6f}", f"{row.truth_ml:.3f}", f"{row.predicted_ml:.3f}")
        writer.writerow((row.case, subset_name(row.subset), row.region.value, *numbers, row.rule.value))
    return text.getvalue()


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
    """Return the mean per region over the subsets of a table, each counting the same however many cases it has."""
    return {
        region.value: fmean(values)
        for region in REGIONS
        if (values := [row[region.value] for row in table.values() if region.value in row])
    }


def markdown(rows: Sequence[Row], title: str = "Dice by available modalities") -> str:
    """Return the table of subsets, their mean, and how often a rule for empty sides made the score."""
    table = subset_table(rows)
    cases = len({row.case for row in rows})
    lines = [f"# {title}", "", f"{cases} case{'' if cases == 1 else 's'}. {RULES}", ""]
    lines += _table(
        [*(m.display for m in MODALITIES), "cases", *(r.value for r in REGIONS)], _subset_lines(rows, table)
    )
    lines += ["", "Scores that a rule for empty regions made, over all cases and subsets:", ""]
    rules = [rule for rule in EmptyRule if rule is not EmptyRule.NONE]
    lines += _table(["region", "scores", *(_headline(rule) for rule in rules)], _rule_lines(rows, rules))
    return "\n".join(lines) + "\n"


def write_tables(folder: Path | str, rows: Sequence[Row], title: str = "Dice by available modalities") -> list[Path]:
    """Write `dice.csv` and `dice.md` to `folder`, which is made where needed, and return their paths.

    Raises:
        EnvironmentRefused: when the folder can't be written; older tables in it stay as they were.
    """
    place = Path(folder)
    write_files(place, {CSV_FILE: rows_csv(rows).encode(), MARKDOWN_FILE: markdown(rows, title).encode()})
    return [place / CSV_FILE, place / MARKDOWN_FILE]


def _subset_lines(rows: Sequence[Row], table: SubsetTable) -> list[list[str]]:
    """Return a line per subset, modalities as dots, and one for the mean of the subsets."""
    lines = []
    for s in SUBSETS:
        means = table.get(subset_name(s))
        if means is not None:
            cases = len({row.case for row in rows if row.subset == s})
            lines.append(["●" if m in s else "○" for m in MODALITIES] + [str(cases)] + _numbers(means))
    mean = f"mean of the {len(table)} subset{'' if len(table) == 1 else 's'}"
    return [*lines, [mean, "", "", "", "", *_numbers(mean_of_subsets(table))]]


def _rule_lines(rows: Sequence[Row], rules: Sequence[EmptyRule]) -> list[list[str]]:
    """Return a line per region: how many scores there are, and how many each rule made."""
    lines = []
    for region in REGIONS:
        found = [row.rule for row in rows if row.region is region]
        lines.append([region.value, str(len(found)), *(str(found.count(rule)) for rule in rules)])
    return lines


def _headline(rule: EmptyRule) -> str:
    return f"{rule.value} (Dice {1 if rule is EmptyRule.BOTH_EMPTY else 0})"


def _numbers(means: Mapping[str, float]) -> list[str]:
    return [f"{means[r.value]:.3f}" if r.value in means else "" for r in REGIONS]


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    rows = [head, ["---"] * len(head), *lines]
    return ["| " + " | ".join(row) + " |" for row in rows]
