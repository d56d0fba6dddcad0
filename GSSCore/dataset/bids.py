"""Data sets in the Brain Imaging Data Structure: `sub-*/[ses-*/]anat/`, raw and in `derivatives/<pipeline>/`.

The images of a session come from the one pipeline that has any (skull-stripped and registered, as this project needs
them), else from the raw data. Its truth is the only `_dseg` file, wherever it lies. A table beside that file, or at the
top of its data set, says what the values mean. (BIDS 1.10, "Derivatives: imaging data types, segmentations".)
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable
from pathlib import Path

from GSSCore.dataset.case import Case, ImageFile, ordered
from GSSCore.dataset.names import label_map
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.sequences import originals, read_file_name
from GSSCore.study.labels import LabelMap
from GSSCore.vocabulary import MODALITIES, Modality

logger = logging.getLogger(__name__)

ENDINGS = (".nii.gz", ".nii")
_TRUTH = "dseg"


def is_bids(dataset: Path) -> bool:
    """Tell whether a folder is a BIDS data set."""
    return (dataset / "dataset_description.json").is_file()


def find_bids(dataset: Path) -> list[Case]:
    """Return the sessions that have a segmentation, sorted; the others are left out, and the log says so.

    Raises:
        InputError: when the files of a session allow more than one reading, or it has a truth but no image. A table
            of labels that can't be used is a `fault` of the case, as the user may declare the labels.
    """
    derivatives = dataset / "derivatives"
    pipelines = sorted(p for p in derivatives.iterdir() if p.is_dir()) if derivatives.is_dir() else []
    sessions = sorted({place for root in (dataset, *pipelines) for place in _sessions(root)})
    cases = []
    for session in sessions:
        case = _case(session, dataset, pipelines)
        if case is None:
            logger.warning("%s has no segmentation and is left out", session)
        else:
            cases.append(case)
    return cases


def _sessions(root: Path) -> Iterable[Path]:
    """Yield `sub-x` or `sub-x/ses-y` for each session with an `anat` folder."""
    for anat in (*root.glob("sub-*/anat"), *root.glob("sub-*/ses-*/anat")):
        yield anat.parent.relative_to(root)


def _case(session: Path, dataset: Path, pipelines: list[Path]) -> Case | None:
    truths = [path for root in (dataset, *pipelines) for path in _files(root / session) if _suffix(path) == _TRUTH]
    if not truths:
        return None
    if len(truths) > 1:
        raise InputError(
            Message(
                "dataset.two-truths",
                "{session} has the segmentations {files}: keep one of them.",
                session=session,
                files=[str(path.relative_to(dataset)) for path in truths],
            )
        )
    images = [found for root in pipelines if (found := _images(root / session))]
    if len(images) > 1:
        raise InputError(
            Message(
                "dataset.pipelines",
                "{session} has images from {count} pipelines in {folder}: name one pipeline's folder as the data set, "
                "with the segmentation in it.",
                session=session,
                count=len(images),
                folder=dataset / "derivatives",
            )
        )
    chosen = images[0] if images else _images(dataset / session)
    if not chosen:
        raise InputError(
            Message(
                "dataset.session-without-image",
                "{session} in {folder} has a segmentation but no FLAIR, T1w or T2w image: add one.",
                session=session,
                folder=dataset,
            )
        )
    if images:
        _log_raw_only(dataset / session, chosen)
    table = _table(truths[0], (dataset, *pipelines))
    labels, fault = (None, None) if table is None else _labels_or_fault(table)
    return Case("_".join(session.parts), ordered(chosen), truths[0], labels, table, fault)


def _log_raw_only(session: Path, chosen: dict[Modality, ImageFile]) -> None:
    """Log which modalities the session has as raw images only: raw and processed images are not mixed."""
    raw = {m for path in _files(session) if (m := read_file_name(path.name).modality)}
    for modality in sorted(raw - set(chosen)):
        logger.warning("%s: the raw %s is left out, for a pipeline made others only", session, modality.display)


def _files(session: Path) -> list[Path]:
    anat = session / "anat"
    if not anat.is_dir():
        return []
    return sorted(p for p in anat.iterdir() if p.name.endswith(ENDINGS) and not p.name.startswith("."))


def _images(session: Path) -> dict[Modality, ImageFile]:
    readings = {path: read_file_name(path.name) for path in _files(session)}
    found: dict[Modality, ImageFile] = {}
    for path, reading in readings.items():
        if len(reading.candidates) > 1:
            raise InputError(
                Message(
                    "dataset.ambiguous-name",
                    "The name of {file} may mean {sequences}: rename it so that it says one of them.",
                    file=path,
                    sequences=[m.display for m in reading.candidates],
                )
            )
        if not reading.candidates and not reading.label:
            logger.warning("%s is no FLAIR, T1ce, T1 or T2 by its name and is left out", path)
    for modality in MODALITIES:
        paths = originals([path for path, reading in readings.items() if reading.modality is modality], readings)
        if len(paths) > 1:
            raise InputError(
                Message(
                    "dataset.two-images",
                    "{session} has more than one {sequence}, {files}: keep one of them.",
                    session=session,
                    sequence=modality.display,
                    files=[path.name for path in paths],
                )
            )
        if paths:
            found[modality] = ImageFile(paths[0])
    return found


def _table(truth: Path, roots: Iterable[Path]) -> Path | None:
    """Return the table that says what a segmentation's values mean: beside it, else at the top of its data set."""
    beside = truth.with_name(_stem(truth) + ".tsv")
    tops = [
        path
        for root in roots
        if truth.is_relative_to(root)
        for path in sorted(root.glob("*dseg.tsv"))
        if set(path.name.removesuffix(".tsv").split("_")) <= set(_words(truth))
    ]
    return beside if beside.is_file() else (tops[-1] if tops else None)


def _labels_or_fault(table: Path) -> tuple[LabelMap | None, Message | None]:
    """Return what a table declares; or None and why it can't be used, as the user may declare the labels."""
    try:
        return _labels(table), None
    except InputError as fault:
        logger.warning("%s", fault)
        return None, fault.message


def _labels(table: Path) -> LabelMap:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        names = [(int(row["index"]), str(row["name"])) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, TypeError, ValueError) as fault:
        raise InputError(
            Message(
                "dataset.table",
                "{file} is no table with the columns index and name ({reason}): correct it, or declare all labels with "
                "--truth-labels.",
                file=table,
                reason=repr(fault),
            )
        ) from fault
    return label_map(names, table)


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".nii")


def _words(path: Path) -> list[str]:
    return _stem(path).split("_")


def _suffix(path: Path) -> str:
    return _words(path)[-1]
