"""Which studies a cohort has: a folder of study folders, or a CSV file that names the files."""

from __future__ import annotations

import csv
import io
import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from GSSCore.errors import InputError, UsageError
from GSSCore.messages import Message
from GSSCore.sequences import meant_by
from GSSCore.study.folder import find_files, holds_images, holds_study
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
class CohortRow:
    """A study of a cohort.

    Attributes:
        id: names the folder of its results.
        files: the modalities there are.
        fault: what is wrong with the entry itself, so that it fails, and the others go on.
        warnings: what the reader has to know of its files, such as images that were passed over.
    """

    id: str
    files: Mapping[Modality, Path] = field(default_factory=dict)
    fault: InputError | None = None
    warnings: tuple[Message, ...] = ()


def read_cohort(source: Path | str) -> list[CohortRow]:
    """Return the studies of a cohort.

    Args:
        source: a folder with one folder per study, whose file names say what they are (see `GSSCore.study.folder`; a
            folder without images is left out, and the log says so); the folder of a single study; or a CSV file with
            the columns id, flair, t1ce, t1 and t2, separated by commas or semicolons, in UTF-8. There, an empty cell,
            or no column, is a missing modality, and paths are relative to the file.

    Raises:
        InputError: when there is no such source, or no study in it, or the CSV file can't be understood: unknown or
            missing columns, ids that occur twice or can't name a folder.
    """
    source = Path(source)
    if source.is_dir():
        return _from_folder(source)
    if source.is_file():
        return _from_csv(source)
    raise InputError(
        Message("cohort.no-source", "{source} does not exist: name a folder of studies, or a CSV file.", source=source)
    )


def part_of(rows: Sequence[CohortRow], part: str) -> list[CohortRow]:
    """Return every n-th entry, beginning with the i-th, for a part `i/n`; all parts together have each entry once.

    Raises:
        UsageError: when the part is not of that form, or i is not 1 to n.
    """
    index, count = part_numbers(part)
    return list(rows[index - 1 :: count])


def part_numbers(part: str) -> tuple[int, int]:
    """Return i and n of a part `i/n`. Raises UsageError when there is no such part."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", part)
    index, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= count:
        raise UsageError(Message("cohort.part", "'{part}' is no part: write 2/4 for the second of four.", part=part))
    return index, count


def _from_folder(source: Path) -> list[CohortRow]:
    try:
        folders = sorted(f for f in source.iterdir() if f.is_dir() and not f.name.startswith("."))
        if holds_study(source):
            _require_one_level(source, folders)
            return [_from_study(source)]
    except OSError as fault:
        raise _unreadable(source, fault) from fault
    rows = []
    for folder in folders:
        try:
            if holds_images(folder):
                rows.append(_from_study(folder))
            else:
                logger.warning("%s holds no image and is left out", folder)
        except OSError as fault:
            rows.append(CohortRow(folder.name, fault=_unreadable(folder, fault)))
    if not rows:
        raise InputError(
            Message(
                "cohort.no-study",
                "{source} holds no study, a folder with images such as case_flair.nii.gz: name the folder that holds "
                "the studies, or a CSV file.",
                source=source,
            )
        )
    return rows


def _require_one_level(source: Path, folders: Sequence[Path]) -> None:
    """Refuse a folder that holds a study, or one image too many, and folders of studies as well."""
    inner = [folder for folder in folders if not folder.name.startswith("VSD.") and holds_study(folder)]
    if inner:
        raise InputError(
            Message(
                "cohort.two-levels",
                "{source} holds images of a study, and so does its folder {folder}: move the images, or name a folder "
                "that holds either.",
                source=source,
                folder=inner[0].name,
            )
        )


def _from_study(folder: Path) -> CohortRow:
    name = folder.resolve().name
    try:
        found = find_files(folder)
    except InputError as fault:
        return CohortRow(name, fault=fault)
    return CohortRow(name, dict(found), warnings=found.warnings)


def _unreadable(folder: Path, fault: OSError) -> InputError:
    return InputError(
        Message(
            "cohort.closed-folder",
            "{folder} can't be read ({reason}): check its permissions.",
            folder=folder,
            reason=fault.strerror,
        )
    )


def _from_csv(source: Path) -> list[CohortRow]:
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
    """Return the rows that are not empty, each with its line number, by column."""
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
    """Return a name as the file system has it, whose encoding need not know all letters (as with LC_ALL=C)."""
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
    """Return what keeps a file from being one that can be read, or nothing."""
    try:
        if path.is_file():
            return None
    except OSError as fault:  # its folder is closed to us, or its name is too long for any file
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
