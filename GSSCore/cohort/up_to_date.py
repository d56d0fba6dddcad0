"""What a result stands on, so that one that is there can be told from what would be made now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from GSSCore.imaging.reading import content_sha256
from GSSCore.messages import Message
from GSSCore.results.report import asked_in, clean_up_in
from GSSCore.vocabulary import MODALITIES, REFERENCE_ORDER, Modality


@dataclass(frozen=True)
class Conditions:
    """What all results of a run stand on, besides the images. The device is none of it, nor the program's version.

    Attributes:
        network: SHA-256 of the weights.
        reference: whose grid the results get; None for the first of FLAIR, T1ce, T2, T1.
        clean_up: the volumes in ml from which on components are kept, by name.
        running: other options that change the labels, as they were asked for: precision, window, overlap.
    """

    network: str
    reference: Modality | None
    clean_up: Mapping[str, float]
    running: Mapping[str, Any]


def differences(report: Mapping[str, Any], files: Mapping[Modality, Path], now: Conditions) -> list[Message]:
    """Return what a result stands on that is not as it would be now, in sentences; nothing when it still holds.

    Args:
        report: of the result.
        files: the images that there are now.
        now: what else a result would stand on.

    Raises:
        LookupError, TypeError, AttributeError: when the manifest has not the form of one.
        OSError: when an image can't be read.
    """
    found = _of_images(report, files)
    reference = now.reference or next((m for m in REFERENCE_ORDER if m in files), None)
    if reference is not None and report["reference"] != reference.display:
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
    return found


def _of_images(report: Mapping[str, Any], files: Mapping[Modality, Path]) -> list[Message]:
    # What was read through another program's data model has the hashes of the files beside those of the voxels.
    before = report.get("sources", {**report["inputs"], **report.get("left_out", {})})
    there = {m.display: files[m] for m in MODALITIES if m in files}
    found: list[Message] = []
    for name in (m.display for m in MODALITIES):
        if name in there and name not in before:
            found.append(Message("cohort.added", "{sequence} was added.", sequence=name))
        elif name in before and name not in there:
            found.append(Message("cohort.removed", "{sequence} was removed.", sequence=name))
        elif name in there and before[name]["sha256"] != content_sha256(there[name]):
            found.append(Message("cohort.replaced", "{sequence} was replaced.", sequence=name))
    return found
