"""The studies of a cohort, from a folder of study folders or from a CSV file that names the images."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from GSSCore.cohort.csv_file import rows_of_csv
from GSSCore.cohort.folders import rows_of_dicom, rows_of_folder
from GSSCore.cohort.row import CohortRow
from GSSCore.errors import InputError, UsageError
from GSSCore.messages import Message


def read_cohort(source: Path | str, *, dicom: bool = False) -> list[CohortRow]:
    """Return the studies of a cohort.

    Args:
        source: one of three. A folder with one folder per study, whose file names tell the modalities (see
            `GSSCore.study.folder`); a folder without images is left out, and the log says so. Or the folder of a
            single study. Or a CSV file in UTF-8 with the columns id, flair, t1ce, t1 and t2, separated by commas or
            semicolons; an empty cell or a column that is not there stands for a missing modality, and paths are
            relative to the file.
        dicom: whether `source` is a folder with a folder of DICOM series per study.

    Raises:
        InputError: when there is no such source, or no study in it, or the CSV file can't be understood: unknown or
            missing columns, ids that occur twice or can't name a folder.
    """
    source = Path(source)
    if source.is_dir():
        return rows_of_dicom(source) if dicom else rows_of_folder(source)
    if source.is_file() and dicom:
        raise InputError(
            Message(
                "cohort.dicom-table",
                "{source} is a file: of DICOM series, name the folder that holds a folder for each study.",
                source=source,
            )
        )
    if source.is_file():
        return rows_of_csv(source)
    raise InputError(
        Message("cohort.no-source", "{source} does not exist: name a folder of studies, or a CSV file.", source=source)
    )


def part_of(rows: Sequence[CohortRow], part: str) -> list[CohortRow]:
    """Return every n-th row, beginning with the i-th, for a part `i/n`. All parts together have each row once.

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
