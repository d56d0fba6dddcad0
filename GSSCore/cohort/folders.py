"""A cohort as a folder of study folders."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from GSSCore.cohort.row import CohortRow
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.study.folder import find_files, holds_images, holds_study

logger = logging.getLogger(__name__)


def rows_of_folder(source: Path) -> list[CohortRow]:
    """Return the studies of a folder that holds study folders, or that is a study's folder itself.

    Raises:
        InputError: when it holds no study, holds studies on two levels, or can't be read.
    """
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


def rows_of_dicom(source: Path) -> list[CohortRow]:
    """Return the studies of a folder that holds a folder of DICOM files for each study.

    Raises:
        InputError: when it holds none, can't be read, or holds the series of a single study in a folder each.
    """
    from GSSCore.dicom.finding import first_header

    rows: list[CohortRow] = []
    studies: dict[str, Path] = {}
    try:
        for folder in sorted(f for f in source.iterdir() if f.is_dir() and not f.name.startswith(".")):
            header = first_header(folder)
            if header is None:
                logger.warning("%s holds no DICOM file and is left out", folder)
                continue
            if header.study in studies:
                raise InputError(
                    Message(
                        "cohort.series-of-a-study",
                        "{folder} and {other} hold series of one study: name the folder that holds a folder for each "
                        "study, or give {source} to `gss segment --dicom`.",
                        source=source,
                        folder=studies[header.study],
                        other=folder,
                    )
                )
            studies[header.study] = folder
            rows.append(CohortRow(folder.name, dicom=folder))
    except OSError as fault:
        raise _unreadable(source, fault) from fault
    if not rows:
        raise InputError(
            Message(
                "cohort.no-dicom",
                "{source} holds no folder with DICOM files: name the folder that holds a folder for each study.",
                source=source,
            )
        )
    return rows


def _require_one_level(source: Path, folders: Sequence[Path]) -> None:
    """Refuse a folder that holds images of a study beside folders that hold studies."""
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
