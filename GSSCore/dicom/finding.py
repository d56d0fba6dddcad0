"""The series of a folder: all files in it and below are looked at, by their headers alone."""

from __future__ import annotations

import logging
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from GSSCore.cancellation import IsCancelled, check, never
from GSSCore.dicom.faults import closed_file
from GSSCore.dicom.frames import Header
from GSSCore.dicom.headers import Unreadable, read_header
from GSSCore.dicom.pydicom_needed import pydicom
from GSSCore.dicom.series import Series
from GSSCore.dicom.volumes import volumes_in
from GSSCore.errors import InputError
from GSSCore.messages import Message

logger = logging.getLogger(__name__)

_READERS = 4
"""Threads that read headers: parsing is Python's, and takes turns; waiting for a disk or a network does not."""
_AT_ONCE = 256
"""Files between two looks at whether to stop."""


def find_series(folder: Path | str, cancelled: IsCancelled = never) -> tuple[Series, ...]:
    """Return the series of a folder and the folders below it, in the order of their acquisition.

    Files that are no DICOM, and DICOMDIRs, are left out. A series that can't be read is among them and says why.

    Args:
        folder: holds DICOM files, under any names.
        cancelled: asked about whether to stop.

    Raises:
        InputError: when there is no such folder, no DICOM file in it, a file that is damaged or can't be read, or files
            of two patients.
        EnvironmentRefused: when pydicom is not installed.
        Cancelled: when `cancelled` says so.
    """
    folder = _existing(Path(folder))
    pydicom()
    headers = _one_of_each(_headers(_files(folder), cancelled))
    if not headers:
        raise InputError(
            Message(
                "dicom.none",
                "{folder} holds no DICOM image: name the folder that holds the patient's series, or name the files of "
                "the sequences one by one.",
                folder=folder,
            )
        )
    _require_one_patient(folder, headers)
    groups: dict[tuple[str, str], list[Header]] = {}
    for header in headers:
        groups.setdefault((header.series, header.kind), []).append(header)
    found = [volume for group in groups.values() for volume in volumes_in(group)]
    found.sort(key=lambda series: (series.hints.acquired or "9", series.number or 0, series.uid, series.part))
    return tuple(_with_keys(found, folder))


def first_header(folder: Path) -> Header | None:
    """Return the header of one DICOM file in a folder or below; None where there is none.

    Raises as `find_series`.
    """
    pydicom()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next((header for file in _files(folder) if (header := _header(file)) is not None), None)


def _existing(folder: Path) -> Path:
    if folder.is_dir():
        return folder
    if folder.is_file():
        raise InputError(
            Message(
                "dicom.a-file",
                "{file} is a file: name the folder that holds the patient's DICOM files, not one of them.",
                file=folder,
            )
        )
    raise InputError(
        Message(
            "dicom.no-folder",
            "{folder} is not there: name the folder that holds the patient's DICOM files.",
            folder=folder,
        )
    )


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below, those whose name begins with a point left out."""
    for place, folders, names in os.walk(folder, onerror=_closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith(".") and name != "DICOMDIR")


def _closed(error: OSError) -> None:
    raise InputError(closed_file(Path(error.filename), error)) from error


def _headers(files: Iterator[Path], cancelled: IsCancelled) -> list[Header]:
    """Read all headers, some at once."""
    found: list[Header] = []
    count = 0
    with ThreadPoolExecutor(_READERS) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of every value that breaks a rule
        while batch := [file for _, file in zip(range(_AT_ONCE), files, strict=False)]:
            check(cancelled)
            count += len(batch)
            found += [header for header in pool.map(_header, batch) if header is not None]
    if count > len(found):
        logger.info("%d of %d files are no DICOM images and are left out", count - len(found), count)
    return found


def _header(file: Path) -> Header | None:
    try:
        return read_header(file) if file.is_file() else None
    except Unreadable as error:
        raise InputError(
            Message(
                "dicom.damaged",
                "{file} is a damaged DICOM file ({reason}): copy it again, or take it out of the folder.",
                file=file,
                reason=str(error),
            )
        ) from error
    except OSError as error:
        raise InputError(closed_file(file, error)) from error


def _one_of_each(headers: Sequence[Header]) -> list[Header]:
    """Return the headers without copies of a file. Raises InputError where two files of one UID differ."""
    kept: dict[str, Header] = {}
    for header in headers:
        uid = header.instance
        if not uid or uid not in kept:
            kept[uid or str(header.file)] = header
        elif header.file.read_bytes() != kept[uid].file.read_bytes():
            raise InputError(
                Message(
                    "dicom.same-uid",
                    "{file} and {other} have the same SOPInstanceUID and differ: keep the right one of them in the "
                    "folder.",
                    file=kept[uid].file,
                    other=header.file,
                )
            )
    if len(kept) < len(headers):
        logger.info("%d files are copies of others and are left out", len(headers) - len(kept))
    return list(kept.values())


def _require_one_patient(folder: Path, headers: Sequence[Header]) -> None:
    first: dict[str, Header] = {}
    for header in headers:  # a header that tells less is no contradiction, so each is compared with one of each kind
        for other in first.values():
            if header.patient.differs(other.patient):
                raise InputError(
                    Message(
                        "dicom.two-patients",
                        "{folder} holds files of two patients, such as {file} and {other}: give a folder of one "
                        "patient.",
                        folder=folder,
                        file=other.file.relative_to(folder),
                        other=header.file.relative_to(folder),
                    )
                )
        first.setdefault(repr(header.patient), header)


def _with_keys(found: Iterable[Series], folder: Path) -> Iterator[Series]:
    """Yield the series with what names each of them."""
    series = list(found)
    numbers = Counter(one.number for one in series)
    seen: Counter[int | None] = Counter()
    for one in series:
        seen[one.number] += 1
        stem = "none" if one.number is None else str(one.number)
        alone = numbers[one.number] == 1 and one.number is not None
        yield replace(one, key=stem if alone else f"{stem}.{seen[one.number]}", folder=folder)
