"""Whether an earlier result is up to date: whether a new one would depend on the same images and settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from GSSCore.cohort.row import CohortRow
from GSSCore.cohort.summary import StudyOutcome
from GSSCore.errors import GSSError
from GSSCore.inference.asked import asked_in, clean_up_in
from GSSCore.messages import Message
from GSSCore.outputs import changed
from GSSCore.results.files import RAW_FILES, REPORT_FILE, RESULT
from GSSCore.vocabulary import MODALITIES, REFERENCE_ORDER, Modality

NOT_PREPARED = frozenset({"study.not-stripped", "study.background-noise", "study.misaligned"})
"""Codes of the messages of a result that raw scans, taken as prepared ones, have."""


@dataclass(frozen=True)
class Conditions:
    """What all results of a run depend on, besides the images. Device and version of the program do not count.

    Attributes:
        network: SHA-256 of the weights.
        reference: the modality whose grid the results get; None for the first of FLAIR, T1ce, T2, T1.
        clean_up: the least volumes in ml of components that are kept, by name.
        running: other options that change the labels, as the user asked for them: precision, window, overlap.
        treatment: how scans become a study, as the user asked for it; None for any.
        brain_from: what tells where the brain is in raw scans, see `GSSCore.study.alignment.Alignment`.
    """

    network: str
    reference: Modality | None
    clean_up: Mapping[str, float]
    running: Mapping[str, Any]
    treatment: Mapping[str, Any] | None = None
    brain_from: Mapping[str, str] | None = None


def existing_outcome(
    row: CohortRow, folder: Path, result_files: Sequence[str], now: Conditions
) -> tuple[StudyOutcome | None, list[Message]]:
    """Return the outcome of an earlier result that is complete and up to date.

    A result that was edited after it was written, as by an expert who corrected the labels, is up to date; its outcome
    warns of that.

    Args:
        row: the study.
        folder: of the result.
        result_files: what a complete result has; one from raw scans has `RAW_FILES` besides.
        now: what a new result would depend on.

    Returns:
        The outcome and no reason; or None and the reasons why the study has to be segmented again, none where there
        is no earlier result.
    """
    try:
        if not (folder / REPORT_FILE).is_file():
            return None, []
        report = json.loads((folder / REPORT_FILE).read_text(encoding="utf-8"))
        raw = report.get("input", {}).get("treated_as") == "raw"
        wanted = (*result_files, *(RAW_FILES if raw else ()))
        lacking = [file for file in wanted if not (folder / file).is_file()]
        if lacking:
            return None, [Message("cohort.lacks", "The earlier result lacks {files}.", files=lacking)]
        found = differences(report, row.digests(), now)
        if found:
            return None, found
        outcome = StudyOutcome.of(row.id, report, "skipped")
    except GSSError:
        return None, []  # its DICOM folder is refused, with its sentence, when it is read
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        # The report is damaged, in whatever way: the study is segmented again.
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


def differences(
    report: Mapping[str, Any], images: Mapping[Modality, Callable[[], str]], now: Conditions
) -> list[Message]:
    """Return in sentences what has changed since a result was written; nothing when it is up to date.

    Args:
        report: of the result.
        images: what hashes the images of the study now.
        now: what else a new result would depend on.

    Raises:
        LookupError, TypeError, AttributeError: when the report does not have the form of one.
        OSError: when an image can't be read.
    """
    found = _of_images(report, images)
    reference = now.reference or next((m for m in REFERENCE_ORDER if m in images), None)
    # The default of raw scans is the finest of them; the images have not changed, so it is the same.
    raw = now.reference is None and report.get("input", {}).get("treated_as") == "raw"
    if reference is not None and not raw and report["reference"] != reference.display:
        found.append(
            Message(
                "cohort.other-reference",
                "The reference was {before} and is {now}.",
                before=report["reference"],
                now=reference.display,
            )
        )
    if report["network"]["sha256"] != now.network:
        found.append(Message("cohort.other-network", "The network is another one."))
    if clean_up_in(report) != dict(now.clean_up):
        found.append(Message("cohort.other-clean-up", "The settings of the clean-up are others."))
    asked = asked_in(report)
    others = [name for name, value in now.running.items() if asked.get(name) != value]
    if others:
        found.append(Message("cohort.other-windows", "Other settings than before: {names}.", names=others))
    return found + _of_treatment(report, now)


def _of_treatment(report: Mapping[str, Any], now: Conditions) -> list[Message]:
    """Return what has changed of how the images are treated."""
    if now.treatment is None:
        return []
    if "input" not in report:
        # An older version took all images as prepared, which was right where they are.
        doubts = NOT_PREPARED & {message["code"] for message in report["messages"]}
        return [Message("cohort.not-prepared", "The images are not prepared, as it looks.")] if doubts else []
    asked = report["input"]["asked"]
    others = [name for name, value in now.treatment.items() if asked.get(name) != value]
    found = [Message("cohort.other-input", "Other settings of raw scans: {names}.", names=others)] if others else []
    if report["input"]["treated_as"] == "raw" and report["input"]["brain_from"] != now.brain_from:
        found.append(Message("cohort.other-brain", "The brain network, or the brain mask, is another one."))
    return found


def _of_images(report: Mapping[str, Any], images: Mapping[Modality, Callable[[], str]]) -> list[Message]:
    # A result that was read through another program's data model has the hashes of the files under `sources`.
    before = report.get("sources", {**report["inputs"], **report.get("left_out", {})})
    there = {m.display: images[m] for m in MODALITIES if m in images}
    found: list[Message] = []
    for name in (m.display for m in MODALITIES):
        if name in there and name not in before:
            found.append(Message("cohort.added", "{sequence} was added.", sequence=name))
        elif name in before and name not in there:
            found.append(Message("cohort.removed", "{sequence} was removed.", sequence=name))
        elif name in there and before[name]["sha256"] != there[name]():
            found.append(Message("cohort.replaced", "{sequence} was replaced.", sequence=name))
    return found
