"""Going through a cohort: what is there is skipped, what fails stops nothing else, the table is always up to date."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from GSSCore.cohort.summary import StudyOutcome, summary_kind, write_summary
from GSSCore.cohort.table import CohortRow
from GSSCore.cohort.up_to_date import Conditions, differences
from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError
from GSSCore.messages import Message
from GSSCore.outputs import changed, require_free
from GSSCore.results.files import HTML_REPORT_FILE, LABELS_FILE, NAMES, OVERVIEW_FILE, REPORT_FILE, RESULT

logger = logging.getLogger(__name__)

Report = Mapping[str, Any]
RESULT_FILES = (LABELS_FILE, REPORT_FILE, OVERVIEW_FILE, HTML_REPORT_FILE)
"""What every result has; a confidence map may have been switched off."""
AGAIN = Message("cohort.again", "Done again.")
"""Begins what is said of a study that had a result; why follows."""

Item = TypeVar("Item")
Read = TypeVar("Read")
Made = TypeVar("Made")
Written = TypeVar("Written")


@dataclass(frozen=True)
class Job:
    """A study and the folder that its result goes to."""

    row: CohortRow
    folder: Path


Segmenter = Callable[[Iterable[Job]], Iterator[tuple[Job, Report | Exception]]]
"""Takes jobs and yields each, in order, with the manifest of its result or with what it failed with."""


def one_by_one(segment_one: Callable[[Job], Report]) -> Segmenter:
    """Return a segmenter that does one job after the other."""

    def segment_all(jobs: Iterable[Job]) -> Iterator[tuple[Job, Report | Exception]]:
        for job in jobs:
            try:
                yield job, segment_one(job)
            except Cancelled:
                raise
            except Exception as fault:
                yield job, fault

    return segment_all


def overlapped(
    items: Iterable[Item],
    read: Callable[[Item], Read],
    work: Callable[[Item, Read], Made],
    write: Callable[[Item, Made], Written],
) -> Iterator[tuple[Item, Written | Exception]]:
    """Work on one item while the next is read and the one before is written, each in a thread of its own.

    No more than one item is ahead and one behind, which bounds the memory. An exception of any step is what the item is
    yielded with. When `work` is interrupted, what is being written is written to its end and yielded first.

    Args:
        items: in the order in which they are yielded.
        read: what to do first.
        work: what to do next, in this thread.
        write: what to do last.
    """
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as writer:
        todo = iter(items)
        behind: deque[tuple[Item, Future[Written]]] = deque()

        def submit() -> tuple[Item, Future[Read]] | None:
            item = next(todo, None)
            return None if item is None else (item, reader.submit(read, item))

        def settle() -> tuple[Item, Written | Exception]:
            wait([behind[0][1]])  # an interruption here leaves it where it is
            item, future = behind.popleft()
            try:
                return item, future.result()
            except Exception as fault:
                return item, fault

        ahead = submit()
        try:
            while ahead is not None:
                item, future = ahead
                ahead = submit()
                behind.append((item, _worked(item, future, work, write, writer)))
                if len(behind) > 1:
                    yield settle()
            while behind:
                yield settle()
        except (KeyboardInterrupt, Cancelled):
            # What comes ahead is not wanted any more; what is written will lie on the disk, and has to be told.
            reader.shutdown(wait=False, cancel_futures=True)
            while behind:
                yield settle()
            raise


def _worked(
    item: Item,
    future: Future[Read],
    work: Callable[[Item, Read], Made],
    write: Callable[[Item, Made], Written],
    writer: ThreadPoolExecutor,
) -> Future[Written]:
    """Return the future of what is written of an item, which holds the exception of an earlier step."""
    try:
        made = work(item, future.result())
    except Cancelled:
        raise
    except Exception as fault:
        failed: Future[Written] = Future()
        failed.set_exception(fault)
        return failed
    return writer.submit(write, item, made)


def run_cohort(
    rows: Sequence[CohortRow],
    output: Path,
    segment_all: Segmenter,
    *,
    summary: str = "summary.csv",
    skip_existing: Conditions | None = None,
    result_files: Sequence[str] = RESULT_FILES,
    on_outcome: Callable[[StudyOutcome], None] | None = None,
    read: Sequence[Path] = (),
) -> list[StudyOutcome]:
    """Segment the studies of a cohort, each into a folder of its own.

    Whatever a study fails with, the next one is tried: a full disk or too little memory may be a matter of one study.
    The summary is written anew after each, so that it stays true when the run is interrupted.

    Args:
        rows: the studies.
        output: gets a folder per study, named by its id, and the summary.
        segment_all: how jobs become results.
        summary: name of the summary's file.
        skip_existing: leave out studies whose result is there, all of it, and stands on this and on the images that
            there are; None does them all again.
        result_files: what a complete result has.
        on_outcome: told each outcome as it comes.
        read: files that are read besides those of the studies.

    Returns:
        The outcomes, those of skipped and unsound entries first.

    Raises:
        Cancelled, KeyboardInterrupt: when it is stopped.
        EnvironmentRefused: when the summary can't be written, or a file of its name is not this program's.
    """
    outcomes: list[StudyOutcome] = []

    def settle(outcome: StudyOutcome) -> None:
        outcomes.append(outcome)
        write_summary(output / summary, outcomes)
        if on_outcome is not None:
            on_outcome(outcome)

    require_free(output, [summary], summary_kind(summary), read)
    unusable = _unusable_folders(rows, output, result_files, read)
    known: list[StudyOutcome] = []
    jobs: list[Job] = []
    reasons: dict[str, list[Message]] = {}
    for row in rows:
        there = None
        if skip_existing is not None and row.fault is None:
            there, reasons[row.id] = _existing(row, output / row.id, result_files, skip_existing)
        if there is not None:
            known.append(there)
        elif row.fault is not None:
            known.append(StudyOutcome.of(row.id, row.fault))
        elif row.id in unusable:
            known.append(StudyOutcome.of(row.id, unusable[row.id]))
        else:
            jobs.append(Job(row, output / row.id))
    # A segmenter that can't even start leaves the summary of an earlier run as it is; without jobs there is no need.
    results = segment_all(jobs) if jobs else iter(())
    if not rows:
        write_summary(output / summary, [])
    for outcome in known:
        settle(outcome)
    for job, result in results:
        if isinstance(result, Exception) and not isinstance(result, GSSError):
            logger.error("%s: unexpected fault", job.row.id, exc_info=result)
        outcome = StudyOutcome.of(job.row.id, result)
        if outcome.status == "done" and reasons.get(job.row.id):
            outcome = replace(outcome, message=" ".join([AGAIN, *reasons[job.row.id]]))
        settle(outcome)
    return outcomes


def _unusable_folders(
    rows: Sequence[CohortRow], output: Path, result_files: Sequence[str], read: Sequence[Path]
) -> dict[str, GSSError]:
    """Return by id why a study's result can't go into its folder: it would take the place of what is not its own.

    No result may replace an image of any study of the cohort, be it another one's; nor may two go into one folder, as
    links would have them.
    """
    inputs = [*read, *(file for row in rows for file in row.files.values())]
    unusable: dict[str, GSSError] = {}
    folders: dict[Path, str] = {}
    for row in rows:
        folder = output / row.id
        other = folders.setdefault(folder.resolve(), row.id)
        try:
            if other != row.id:
                raise EnvironmentRefused(
                    Message(
                        "cohort.same-folder",
                        "{folder} leads to the folder of the results of {other}: remove the link.",
                        folder=folder,
                        other=other,
                    )
                )
            require_free(folder, (*NAMES, *result_files), RESULT, inputs)
        except GSSError as fault:
            unusable[row.id] = fault
    return unusable


def _existing(
    row: CohortRow, folder: Path, result_files: Sequence[str], now: Conditions
) -> tuple[StudyOutcome | None, list[Message]]:
    """Return the outcome that a complete result tells of, where it still holds; else why it does not, if there is one.

    A result that was edited, as by an expert who corrected its labels, holds, and its outcome says so.
    """
    try:
        if not (folder / REPORT_FILE).is_file():
            return None, []
        report = json.loads((folder / REPORT_FILE).read_text(encoding="utf-8"))
        lacking = [file for file in result_files if not (folder / file).is_file()]
        if lacking:
            return None, [Message("cohort.lacks", "The earlier result lacks {files}.", files=lacking)]
        found = differences(report, row.files, now)
        if found:
            return None, found
        outcome = StudyOutcome.of(row.id, report, "skipped")
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        # Whatever the report holds instead of what it should, the study is segmented again.
        return None, [Message("cohort.unreadable-report", "The report of the earlier result can't be used.")]
    edited = changed(folder, RESULT)
    if edited:
        warning = Message(
            "cohort.edited",
            "{files} changed after this program had written them; the volumes are those from before.",
            files=edited,
        )
        outcome = replace(outcome, warnings=(warning, *outcome.warnings))
    return outcome, []
