"""Running through a cohort: results that are up to date are skipped, a failure stops nothing, the summary is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from GSSCore.cohort.row import CohortRow
from GSSCore.cohort.segmenters import Job, Report, Segmenter
from GSSCore.cohort.summary import StudyOutcome, summary_kind, write_summary
from GSSCore.cohort.up_to_date import Conditions, existing_outcome
from GSSCore.errors import EnvironmentRefused, GSSError
from GSSCore.messages import Message
from GSSCore.outputs import require_free
from GSSCore.results.files import NAMES, PREPARED_FILES, RESULT

logger = logging.getLogger(__name__)

AGAIN = Message("cohort.again", "Done again.")
"""Begins the message of a study that was segmented again; the reasons follow."""


def run_cohort(
    rows: Sequence[CohortRow],
    output: Path,
    segment_all: Segmenter,
    *,
    summary: str = "summary.csv",
    skip_existing: Conditions | None = None,
    result_files: Sequence[str] = PREPARED_FILES,
    on_outcome: Callable[[StudyOutcome], None] | None = None,
    read: Sequence[Path] = (),
) -> list[StudyOutcome]:
    """Segment the studies of a cohort, each into a folder of its own.

    A failure does not stop the run. The summary is written after each study, so that an interruption leaves it true.

    Args:
        rows: the studies.
        output: gets a folder per study, named by its id, and the summary.
        segment_all: how jobs become results.
        summary: name of the summary's file.
        skip_existing: skip studies whose result is complete and up to date with this; None segments all again.
        result_files: what a complete result has; one from raw scans has `RAW_FILES` besides.
        on_outcome: called with each outcome.
        read: files that are read besides those of the studies.

    Returns:
        The outcomes, those of skipped and unusable rows first.

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
    work = _work(rows, output, skip_existing, result_files, read)
    # The summary of an earlier run stays as it is when the segmenter can't start.
    results = segment_all(work.jobs) if work.jobs else iter(())
    if not rows:
        write_summary(output / summary, [])
    for outcome in work.known:
        settle(outcome)
    for job, result in results:
        settle(_outcome(job, result, work.reasons.get(job.row.id, ())))
    return outcomes


@dataclass(frozen=True)
class _Work:
    """What there is to do.

    Attributes:
        known: outcomes of the studies that are not segmented.
        jobs: the studies that are.
        reasons: why a study that has a result is segmented again, by its id.
    """

    known: list[StudyOutcome] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    reasons: dict[str, list[Message]] = field(default_factory=dict)


def _work(
    rows: Sequence[CohortRow],
    output: Path,
    skip_existing: Conditions | None,
    result_files: Sequence[str],
    read: Sequence[Path],
) -> _Work:
    """Return which studies are to be segmented; arguments are those of `run_cohort`."""
    unusable = _unusable_folders(rows, output, result_files, read)
    work = _Work()
    for row in rows:
        earlier = None
        if skip_existing is not None and row.fault is None:
            earlier, reasons = existing_outcome(row, output / row.id, result_files, skip_existing)
            work.reasons[row.id] = reasons
        if earlier is not None:
            work.known.append(earlier)
        elif row.fault is not None:
            work.known.append(StudyOutcome.of(row.id, row.fault))
        elif row.id in unusable:
            work.known.append(StudyOutcome.of(row.id, unusable[row.id]))
        else:
            work.jobs.append(Job(row, output / row.id))
    return work


def _outcome(job: Job, result: Report | Exception, reasons: Sequence[Message]) -> StudyOutcome:
    """Return the outcome of a job; `reasons` tell why it was done although there was a result."""
    if isinstance(result, Exception) and not isinstance(result, GSSError):
        logger.error("%s: unexpected fault", job.row.id, exc_info=result)
    outcome = StudyOutcome.of(job.row.id, result)
    if outcome.status == "done" and reasons:
        return replace(outcome, message=" ".join([AGAIN, *reasons]))
    return outcome


def _unusable_folders(
    rows: Sequence[CohortRow], output: Path, result_files: Sequence[str], read: Sequence[Path]
) -> dict[str, GSSError]:
    """Return by id why a study's result can't be written to its folder.

    No result may replace an image of any study of the cohort, or a file that is not this program's. Nor may two results
    share a folder, to which a link may lead.
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
