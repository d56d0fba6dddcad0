"""The sentences that the panel shows, in the user's language. No Qt."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from slicer.i18n import tr as _

from GSSCore.errors import GSSError, InputError
from GSSCore.raw.look import NOTHING_EXPECTED, Look
from GSSCore.sequences import Evidence, Reason
from GSSCore.vocabulary import REGIONS, Modality, Region, subset_name
from GSSSegmentationLib.expected_accuracy import ExpectedAccuracy, expected_accuracy, network_card
from GSSSegmentationLib.input_look import expected_seconds, in_round_seconds
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.run import RunProgress
from GSSSegmentationLib.sequence_identification import Proposal
from GSSSegmentationLib.translation import translated_message

logger = logging.getLogger(__name__)


def progress_text(progress: RunProgress) -> str:
    """Return what a run does now, and how long it will take where an estimate exists."""
    stage = _stage_text(progress.stage)
    if progress.seconds_left is None or progress.seconds_left < 1.0:
        return stage
    left = _("about {seconds} s left").format(seconds=round(progress.seconds_left))
    return f"{stage}, {left}"


def _stage_text(stage: str) -> str:
    words: dict[str, str] = {
        "start": _("Starting..."),
        "read": _("Reading and checking the volumes"),
        "brain": _("Finding the brain in each scan"),
        "registration": _("Registering the scans to each other"),
        "pose": _("Turning the head upright"),
        "bias_field": _("Correcting uneven brightness"),
        "preprocess": _("Preparing"),
        "network": _("Segmenting"),
        "confidence": _("Making the confidence map"),
        "restore": _("Bringing the result onto the reference"),
        "write": _("Writing the report"),
    }
    return words.get(stage, stage)


def found_text(found: Look, scans: int, pace: float) -> str:
    """Return what was found by looking at the chosen volumes, and, of raw ones, how long they may take.

    Args:
        found: what they look like.
        scans: how many there are.
        pace: see `expected_seconds`.
    """
    text = translated_message(found.message)
    if not found.raw:
        return text
    seconds = in_round_seconds(expected_seconds(scans, pace))
    return str(_("{found} About {seconds} s.").format(found=text, seconds=seconds))


def proposal_text(proposal: Proposal, chosen: Mapping[Modality, Node]) -> str:
    """Return what was proposed and why, as far as the user has not changed it since.

    Args:
        proposal: what `Find volumes` has proposed.
        chosen: the volumes that are chosen now.
    """
    unchanged = {m: node for m, node in proposal.nodes.items() if m in chosen and chosen[m] is node}
    lines = [f"{m.display}: {node.GetName()} ({_why_text(proposal, m)})" for m, node in unchanged.items()]
    for modality, names in proposal.unsure.items():
        if modality not in chosen:
            text = _("{sequence}: more than one would do, {names}. Choose one.")
            lines.append(text.format(sequence=modality.display, names=", ".join(names)))
    if not proposal.nodes and not proposal.unsure and not chosen:
        lines = [_("No loaded volume says by its name or DICOM data which sequence it is.")]
    elif unchanged:
        lines.insert(0, _("Proposed; please check:"))
    return "\n".join(lines)


def _why_text(proposal: Proposal, modality: Modality) -> str:
    reasons = [_reason_text(proposal.reasons[modality])]
    if modality in proposal.by_order and modality is Modality.T1CE:
        reasons.append(_("acquired after contrast agent was given"))
    elif modality in proposal.by_order:
        reasons.append(_("acquired before contrast agent was given"))
    if modality in proposal.beaten:
        text = _("preferred to {names} for its slices or its time")
        reasons.append(text.format(names=", ".join(proposal.beaten[modality])))
    return ", ".join(reasons)


def _reason_text(reason: Reason) -> str:
    texts = {
        Evidence.NAME: _("by its name"),
        Evidence.DESCRIPTION: _("series description {words}").format(words=reason.words),
        Evidence.TIMES: reason.words,
    }
    agent = _("contrast agent {name}").format(name=reason.contrast_agent) if reason.contrast_agent else ""
    return ", ".join(filter(None, (texts[reason.source], agent)))


def expected_accuracy_text(network: Path | None, volumes: Mapping[Modality, Node], *, raw: bool = False) -> str:
    """Return what may be expected of a network with the chosen volumes, as rich text; "" where nothing is known.

    Args:
        network: folder of the network; None is the shipped one.
        volumes: the chosen volumes, at least one.
        raw: whether they are raw scans, of which no Dice is promised, as in the report.
    """
    try:
        known = expected_accuracy(network_card(network), volumes)
    except (InputError, OSError):  # the folder holds no network, which the tool tip of Apply says
        return ""
    emphasised = []
    if Modality.T1CE not in volumes:
        emphasised.append(_("Without T1ce nobody can see enhancement: ET is a guess."))
    doubtful = [region for region in known.doubtful if region is not Region.ET or Modality.T1CE in volumes]
    if doubtful:
        text = _("Not to be relied on with these sequences: {regions}.")
        emphasised.append(text.format(regions=", ".join(region.value for region in doubtful)))
    expected = translated_message(NOTHING_EXPECTED) if raw else _dice_text(known, subset_name(volumes))
    return "<br>".join([expected, *(f"<b>{line}</b>" for line in emphasised)])


def _dice_text(known: ExpectedAccuracy, sequences: str) -> str:
    if known.dice is None:
        text = _("{network}: nothing was measured of its accuracy with {sequences}.")
        return str(text.format(network=known.network, sequences=sequences))
    text = _("Mean Dice of {network} with {sequences} on other cases: {dice}.")
    dice = ", ".join(f"{region.value} {known.dice[region]:.2f}" for region in REGIONS)
    return str(text.format(network=known.network, sequences=sequences, dice=dice))


def fault_text(fault: Exception) -> str:
    """Return a fault as a sentence. What is no refusal of ours is logged with its traceback as well."""
    if isinstance(fault, GSSError):
        return translated_message(fault.message)
    logger.error("unexpected fault", exc_info=fault)
    return str(_("Unexpected fault: {fault}").format(fault=repr(fault)))
