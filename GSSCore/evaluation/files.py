"""The files of an evaluation: every score as CSV, tables as Markdown and JSON, pictures. Needs no torch."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from GSSCore.errors import InputError
from GSSCore.evaluation.intervals import LEVEL, RESAMPLES, SEED
from GSSCore.evaluation.reliability import ReliabilityRow, reliability_csv, reliability_markdown
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.evaluation.tables import RULES, cases_of, markdown, measured, rule_counts, score_table, subset_table
from GSSCore.files import encoded, remove_older, write_files
from GSSCore.messages import Message
from GSSCore.metrics.overlap import EmptyRule
from GSSCore.outputs import hashes_of, json_kind, require_free, require_writable
from GSSCore.vocabulary import RESEARCH_USE, SUBSETS, Region, subset_name

CSV_FILE, MARKDOWN_FILE, JSON_FILE = "scores.csv", "scores.md", "scores.json"
RELIABILITY_CSV_FILE, RELIABILITY_MARKDOWN_FILE = "confidence.csv", "confidence.md"
HEAT_MAP_FILE, BOXES_FILE, VOLUMES_FILE = "heat_map.png", "box_plots.png", "bland_altman.png"
PICTURES = (HEAT_MAP_FILE, BOXES_FILE, VOLUMES_FILE)
NAMES = (CSV_FILE, MARKDOWN_FILE, JSON_FILE, *PICTURES, RELIABILITY_CSV_FILE, RELIABILITY_MARKDOWN_FILE)
EVALUATION = json_kind(JSON_FILE, "format", "gss-evaluation", NAMES)
"""How an earlier evaluation is recognised: its JSON file has the names and hashes of the others."""

_SHARES = ("dice", "sensitivity", "lesion_dice")
_COUNTS = ("lesions", "missed", "false_lesions")
_REQUIRED = ("dice", "truth_ml", "predicted_ml")
COLUMNS = (
    "case", "subset", "region", "dice", "sensitivity", "hd95_mm", "lesion_dice", "lesion_hd95_mm", "truth_ml",
    "predicted_ml", "lesions", "missed", "false_lesions", "empty_rule",
)  # fmt: skip


def rows_csv(rows: Iterable[Row]) -> str:
    """Return one line per score: shares with 6 decimals, mm and ml with 3; cells without a value are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        numbers = [_number(name, getattr(row, name)) for name in COLUMNS[3:-1]]
        writer.writerow((row.case, subset_name(row.subset), row.region.value, *numbers, row.rule.value))
    return text.getvalue()


def _number(column: str, value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if column in _COUNTS else f"{value:.{6 if column in _SHARES else 3}f}"


def scores_file(source: Path | str) -> Path:
    """Return the CSV file of an evaluation that is named by its folder or by that file."""
    path = Path(source)
    return path / CSV_FILE if path.is_dir() else path


def read_rows(source: Path | str) -> list[Row]:
    """Return the scores in an evaluation's folder, or in its CSV file.

    Raises:
        InputError: when there is no such file, or it is no evaluation; the line that is wrong is named.
    """
    path = scores_file(source)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(
            Message(
                "evaluation.unreadable",
                "{file} can't be read ({reason}): name the folder that `gss evaluate --output` wrote, or its {csv}.",
                file=path,
                reason=getattr(fault, "strerror", None) or fault,
                csv=CSV_FILE,
            )
        ) from fault
    rows: dict[tuple[object, ...], Row] = {}
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if tuple(next(lines, ())) != COLUMNS:
            raise ValueError(f"the columns are not {','.join(COLUMNS)}")
        for cells in lines:
            row = _row(cells)
            key = (row.case, row.subset, row.region)
            if key in rows:
                raise ValueError(f"{row.case}, {subset_name(row.subset)}, {row.region.value} comes twice")
            rows[key] = row
        if not rows:
            raise ValueError("it holds no score")
    except (ValueError, csv.Error) as fault:
        raise InputError(
            Message(
                "evaluation.malformed",
                "{file} is no evaluation (line {line}: {reason}): write it anew with `gss evaluate --output`.",
                file=path,
                line=lines.line_num,
                reason=fault,
            )
        ) from fault
    return list(rows.values())


_SUBSETS = {subset_name(s): s for s in SUBSETS}


def _row(cells: Sequence[str]) -> Row:
    """Return the score in a line. Raises ValueError that says what is wrong with it."""
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells instead of {len(COLUMNS)}")
    given = dict(zip(COLUMNS, cells, strict=True))
    if not given["case"]:
        raise ValueError("the case has no name")
    if given["subset"] not in _SUBSETS:
        raise ValueError(f"{given['subset']!r} is no subset of the modalities")
    values: dict[str, Any] = {name: _parsed(name, given[name]) for name in COLUMNS[3:-1]}
    try:
        region, rule = Region(given["region"]), EmptyRule(given["empty_rule"])
    except ValueError as fault:
        raise ValueError(f"{fault} (region, empty_rule)") from fault
    return Row(case=given["case"], subset=_SUBSETS[given["subset"]], region=region, rule=rule, **values)


def _parsed(column: str, text: str) -> float | int | None:
    if not text and column not in _REQUIRED:
        return None
    try:
        value = int(text) if column in _COUNTS else float(text)
    except ValueError as fault:
        raise ValueError(f"{column} is {text!r}, no number") from fault
    if not math.isfinite(value) or value < 0 or (column in _SHARES and value > 1):
        raise ValueError(f"{column} is {text}, out of its range")
    return value


def summary_json(rows: Sequence[Row], title: str, facts: Mapping[str, Any]) -> str:
    """Return the tables as JSON: what a network's card needs, and how it was computed.

    Args:
        rows: the scores.
        title: of the tables.
        facts: further JSON values, such as the network.
    """
    there = measured(rows)
    content = {
        "format": "gss-evaluation",
        "version": 1,
        "title": title,
        "research_use": RESEARCH_USE,
        **facts,
        "cases": cases_of(rows),
        "rules": {metric.value: RULES[metric] for metric in there},
        "interval": {"level": LEVEL, "method": "percentile bootstrap over cases", "resamples": RESAMPLES, "seed": SEED},
        "subset_table": subset_table(rows),
        "scores": score_table(rows, Metric),
        "counts": rule_counts(rows),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def scores_markdown(rows: Sequence[Row], title: str, warnings: Sequence[str] = ()) -> str:
    """Return the tables as Markdown, with the warnings before them."""
    head, _, rest = markdown(rows, title).partition("\n")
    return "\n".join([head, *(part for warning in warnings for part in ("", f"**{warning}**")), rest])


def require_evaluation_folder(folder: Path | str, read: Iterable[Path] = ()) -> None:
    """Refuse a folder that can't take an evaluation made from the files `read`; see `GSSCore.outputs`.

    Raises:
        EnvironmentRefused: with what is in the way.
    """
    require_writable(folder)
    require_free(folder, NAMES, EVALUATION, read)


def write_report(
    folder: Path | str,
    rows: Sequence[Row],
    title: str,
    facts: Mapping[str, Any],
    pictures: Mapping[str, bytes],
    reliability: Mapping[str, bytes] = MappingProxyType({}),
) -> list[Path]:
    """Write the files of an evaluation to `folder`, which is made where needed, and return their paths.

    Args:
        folder: where to.
        rows: the scores.
        title: of the tables.
        facts: see `summary_json`; the Markdown repeats the sentences under `warnings`.
        pictures: PNG files by name; older ones of `PICTURES` that are not among them are removed.
        reliability: the files of `reliability_files`; without them, older ones are removed.

    Raises:
        EnvironmentRefused: when the folder can't be written, or holds under these names what this program did not
            write; older files in it stay as they were.
    """
    place = Path(folder)
    require_free(place, NAMES, EVALUATION)
    text = scores_markdown(rows, title, facts.get("warnings", ()))
    files = {CSV_FILE: encoded(rows_csv(rows)), MARKDOWN_FILE: encoded(text), **pictures, **reliability}
    files[JSON_FILE] = encoded(summary_json(rows, title, {**facts, "files": hashes_of(files)}))
    write_files(place, files)
    for name in set(NAMES) - files.keys():
        remove_older(place / name, "evaluation")
    return [place / name for name in files]


def reliability_files(rows: Sequence[ReliabilityRow], title: str) -> dict[str, bytes]:
    """Return the files that tell how often each confidence level is right, by name."""
    return {
        RELIABILITY_CSV_FILE: encoded(reliability_csv(rows)),
        RELIABILITY_MARKDOWN_FILE: encoded(reliability_markdown(rows, title)),
    }
