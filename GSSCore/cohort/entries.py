"""Which studies a cohort has: a folder of study folders, or a CSV file that names the files."""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from GSSCore.errors import InputError, UsageError
from GSSCore.study_folder import find_files, holds_study
from GSSCore.vocabulary import MODALITIES, Modality

logger = logging.getLogger(__name__)

ID = "id"
COLUMNS = (ID, *(modality.value for modality in MODALITIES))
_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')
"""What the name of a folder may not have on one system or another."""
_SUMMARY = re.compile(r"summary(-\d+-of-\d+)?\.csv", re.IGNORECASE)
"""The names of the tables that lie beside the folders of the results."""
_LONGEST = 200
"""Bytes of an id. File systems allow 255 for a name."""
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in "123456789¹²³")}
"""Names that Windows keeps for devices."""


@dataclass(frozen=True)
class Entry:
    """A study of a cohort.

    Attributes:
        id: names the folder of its results.
        files: the modalities there are.
        fault: what is wrong with the entry itself, so that it fails, and the others go on.
    """

    id: str
    files: Mapping[Modality, Path] = field(default_factory=dict)
    fault: InputError | None = None


def read_cohort(source: Path | str) -> list[Entry]:
    """Return the studies of a cohort.

    Args:
        source: a folder with one folder per study, under BraTS file names (see `GSSCore.study_folder`; others are left
            out, and the log says so); the folder of a single study; or a CSV file with the columns id, flair, t1ce, t1
            and t2, separated by commas or semicolons, in UTF-8. There, an empty cell, or no column, is a missing
            modality, and paths are relative to the file.

    Raises:
        InputError: when there is no such source, or no study in it, or the CSV file can't be understood: unknown or
            missing columns, ids that occur twice or can't name a folder.
    """
    source = Path(source)
    if source.is_dir():
        return _from_folder(source)
    if source.is_file():
        return _from_csv(source)
    raise InputError(f"{source} does not exist: name a folder of studies, or a CSV file.")


def part_of(entries: Sequence[Entry], part: str) -> list[Entry]:
    """Return every n-th entry, beginning with the i-th, for a part `i/n`; all parts together have each entry once.

    Raises:
        UsageError: when the part is not of that form, or i is not 1 to n.
    """
    index, count = part_numbers(part)
    return list(entries[index - 1 :: count])


def part_numbers(part: str) -> tuple[int, int]:
    """Return i and n of a part `i/n`. Raises UsageError when there is no such part."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", part)
    index, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= count:
        raise UsageError(f"{part!r} is no part: write 2/4 for the second of four.")
    return index, count


def _from_folder(source: Path) -> list[Entry]:
    try:
        if holds_study(source):
            return [_from_study(source)]
        folders = sorted(f for f in source.iterdir() if f.is_dir() and not f.name.startswith("."))
    except OSError as fault:
        raise _unreadable(source, fault) from fault
    entries = []
    for folder in folders:
        try:
            if holds_study(folder):
                entries.append(_from_study(folder))
            else:
                logger.warning("%s holds no FLAIR, T1ce, T1 or T2 under a known name and is left out", folder)
        except OSError as fault:
            entries.append(Entry(folder.name, fault=_unreadable(folder, fault)))
    if not entries:
        raise InputError(
            f"{source} holds no study, a folder with images such as case_flair.nii.gz: name the folder that holds the "
            "studies, or a CSV file."
        )
    return entries


def _from_study(folder: Path) -> Entry:
    name = folder.resolve().name
    try:
        return Entry(name, find_files(folder))
    except InputError as fault:
        return Entry(name, fault=fault)


def _unreadable(folder: Path, fault: OSError) -> InputError:
    return InputError(f"{folder} can't be read ({fault.strerror}): check its permissions.")


def _from_csv(source: Path) -> list[Entry]:
    rows = _rows(source)
    entries: dict[str, Entry] = {}
    for number, row in rows:
        entry = _from_row(row, source, number)
        # Folders that differ in case alone are one folder on Windows and macOS.
        if entry.id.casefold() in entries:
            raise InputError(f"{source}, line {number}: the id {entry.id!r} occurs twice; give each study its own.")
        entries[entry.id.casefold()] = entry
    if not entries:
        raise InputError(f"{source} lists no study: add a line for each below the header {','.join(COLUMNS)}.")
    return list(entries.values())


def _rows(source: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows that are not empty, each with its line number, by column."""
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as fault:
        raise InputError(f"{source} can't be read as text ({fault}): save it as CSV in UTF-8.") from fault
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as fault:
        raise InputError(f"{source}, line {reader.line_num}: no CSV ({fault}); save it as CSV in UTF-8.") from fault
    if not lines:
        raise InputError(f"{source} is empty: its first line is the header {','.join(COLUMNS)}.")
    header = [name.lower() for name in lines[0][1]]
    while header and not header[-1]:  # spreadsheets fill up lines with empty cells
        header.pop()
    columns = _checked_columns(header, source)
    for number, cells in lines[1:]:
        if any(cells[len(columns) :]):
            raise InputError(f"{source}, line {number}: more cells than columns; put quotes round names with commas.")
    return [(number, dict(zip(columns, cells, strict=False))) for number, cells in lines[1:] if any(cells)]


def _checked_columns(columns: list[str], source: Path) -> list[str]:
    for name in columns:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean {near[0]}? There" if near else "there"
            raise InputError(f"{source} has an unknown column {name!r}: {hint} are {', '.join(COLUMNS)}.")
        if columns.count(name) > 1:
            raise InputError(f"{source} has the column {name!r} twice: leave one of them out.")
    if ID not in columns or len(columns) < 2:
        raise InputError(f"{source} needs a column {ID!r} and one of {', '.join(COLUMNS[1:])}: add it to the header.")
    return columns


def _from_row(row: Mapping[str, str], source: Path, number: int) -> Entry:
    name = row.get(ID, "")
    if not _names_folder(name):
        raise InputError(
            f"{source}, line {number}: the id {name[:_LONGEST]!r} can't name a folder of results; use letters, digits, "
            "- and _."
        )
    files = {m: source.parent / row[m.value] for m in MODALITIES if row.get(m.value)}
    if not files:
        return Entry(name, fault=InputError(f"{source}, line {number}: {name} has no file; name at least one."))
    for modality, path in files.items():
        wrong = _wrong_with(path)
        if wrong:
            fault = InputError(f"{modality.display}: {path} {wrong}; correct line {number} of {source}.")
            return Entry(name, files, fault)
    return Entry(name, files)


def _names_folder(name: str) -> bool:
    """Tell whether an id can name a folder beside the summary, on any system."""
    if not name or len(name.encode()) > _LONGEST or _NO_FILE_NAME.search(name) or _SUMMARY.fullmatch(name):
        return False
    return name.split(".")[0].rstrip().upper() not in _RESERVED


def _wrong_with(path: Path) -> str:
    """Return what keeps a file from being one that can be read, or nothing."""
    try:
        return "" if path.is_file() else "does not exist"
    except OSError as fault:  # its folder is closed to us, or its name is too long for any file
        return f"can't be reached ({fault.strerror})"
