"""A cohort as a CSV file that names the images of each study."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from GSSCore.cohort.row import CohortRow
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.sequences import meant_by
from GSSCore.vocabulary import MODALITIES, Modality

ID = "id"
COLUMNS = (ID, *(modality.value for modality in MODALITIES))
_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')
"""What some operating system forbids in the name of a folder."""
_SUMMARY = re.compile(r"summary(-\d+-of-\d+)?\.csv", re.IGNORECASE)
"""Names of the summaries that lie beside the folders of the results."""
_LONGEST = 200
"""Largest number of bytes of an id. File systems allow 255 for a name."""
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in "123456789¹²³")}
"""Names that Windows reserves for devices."""


def rows_of_csv(source: Path) -> list[CohortRow]:
    """Return the studies that a CSV file names; see `GSSCore.cohort.table.read_cohort`.

    Raises:
        InputError: when the file can't be understood, with the line that is wrong.
    """
    rows: dict[str, CohortRow] = {}
    for number, cells in _rows(source):
        row = _from_cells(cells, source, number)
        # Folders that differ in case alone are one folder on Windows and macOS.
        if row.id.casefold() in rows:
            raise InputError(
                Message(
                    "cohort.id-twice",
                    "{source}, line {line}: the id '{id}' occurs twice; give each study its own.",
                    source=source,
                    line=number,
                    id=row.id,
                )
            )
        rows[row.id.casefold()] = row
    if not rows:
        raise InputError(
            Message(
                "cohort.no-line",
                "{source} lists no study: add a line for each below the header {columns}.",
                source=source,
                columns=",".join(COLUMNS),
            )
        )
    return list(rows.values())


def _rows(source: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the lines that are not empty: each one's number, and its cells by column."""
    text = _text(source)
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as fault:
        raise InputError(
            Message(
                "cohort.no-csv",
                "{source}, line {line}: no CSV ({reason}); save it as CSV in UTF-8.",
                source=source,
                line=reader.line_num,
                reason=fault,
            )
        ) from fault
    if not lines:
        raise InputError(
            Message(
                "cohort.empty",
                "{source} is empty: its first line is the header {columns}.",
                source=source,
                columns=",".join(COLUMNS),
            )
        )
    header = [name.lower() for name in lines[0][1]]
    while header and not header[-1]:  # spreadsheets fill up lines with empty cells
        header.pop()
    columns = _checked_columns(header, source)
    for number, cells in lines[1:]:
        if any(cells[len(columns) :]):
            raise InputError(
                Message(
                    "cohort.more-cells",
                    "{source}, line {line}: more cells than columns; put quotes round names with commas.",
                    source=source,
                    line=number,
                )
            )
    rows = [(number, map(_on_disk, cells)) for number, cells in lines[1:] if any(cells)]
    return [(number, dict(zip(columns, cells, strict=False))) for number, cells in rows]


def _on_disk(text: str) -> str:
    """Return a name as the file system has it. The encoding of file names may lack letters, as with LC_ALL=C."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return os.fsdecode(text.encode())
    return text


def _text(source: Path) -> str:
    try:
        return source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as fault:
        raise InputError(
            Message(
                "cohort.no-text",
                "{source} can't be read as text ({reason}): save it as CSV in UTF-8.",
                source=source,
                reason=fault,
            )
        ) from fault


def _checked_columns(columns: list[str], source: Path) -> list[str]:
    for name in columns:
        if name not in COLUMNS:
            raise InputError(_unknown_column(name, source))
        if columns.count(name) > 1:
            raise InputError(
                Message(
                    "cohort.column-twice",
                    "{source} has the column '{column}' twice: leave one of them out.",
                    source=source,
                    column=name,
                )
            )
    if ID not in columns or len(columns) < 2:
        raise InputError(
            Message(
                "cohort.no-column",
                "{source} needs a column 'id' and one of flair, t1ce, t1, t2: add it to the header.",
                source=source,
            )
        )
    return columns


def _unknown_column(name: str, source: Path) -> Message:
    meant = meant_by(name)
    near = [meant.value] if meant is not None else get_close_matches(name, COLUMNS, n=1)
    if near and name:
        return Message(
            "cohort.column-like",
            "{source} has an unknown column '{column}': did you mean {meant}? There are id, flair, t1ce, t1, t2.",
            source=source,
            column=name,
            meant=near[0],
        )
    return Message(
        "cohort.column",
        "{source} has an unknown column '{column}': there are id, flair, t1ce, t1, t2.",
        source=source,
        column=name,
    )


def _from_cells(cells: Mapping[str, str], source: Path, number: int) -> CohortRow:
    name = cells.get(ID, "")
    if not _names_folder(name):
        raise InputError(
            Message(
                "cohort.id",
                "{source}, line {line}: the id '{id}' can't name a folder of results; use letters, digits, - and _.",
                source=source,
                line=number,
                id=name[:_LONGEST],
            )
        )
    files = {m: source.parent / cells[m.value] for m in MODALITIES if cells.get(m.value)}
    if not files:
        nothing = Message(
            "cohort.no-file",
            "{source}, line {line}: {id} has no file; name at least one.",
            source=source,
            line=number,
            id=name,
        )
        return CohortRow(name, fault=InputError(nothing))
    for modality, path in files.items():
        wrong = _wrong_with(path, modality, source, number)
        if wrong is not None:
            return CohortRow(name, files, InputError(wrong))
    return CohortRow(name, files)


def _names_folder(name: str) -> bool:
    """Tell whether an id can name a folder beside the summary, on any system."""
    if not name or len(os.fsencode(name)) > _LONGEST or _NO_FILE_NAME.search(name) or _SUMMARY.fullmatch(name):
        return False
    return name.split(".")[0].rstrip().upper() not in _RESERVED


def _wrong_with(path: Path, modality: Modality, source: Path, number: int) -> Message | None:
    """Return why a file can't be read, or None when it can."""
    try:
        if path.is_file():
            return None
    except OSError as fault:  # the folder may not be entered, or the name is too long for a file
        return Message(
            "cohort.out-of-reach",
            "{sequence}: {file} can't be reached ({reason}); correct line {line} of {source}.",
            sequence=modality.display,
            file=path,
            reason=fault.strerror,
            line=number,
            source=source,
        )
    return Message(
        "cohort.file-gone",
        "{sequence}: {file} does not exist; correct line {line} of {source}.",
        sequence=modality.display,
        file=path,
        line=number,
        source=source,
    )
