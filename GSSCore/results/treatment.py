"""How raw scans became a study, in words: for the picture and the page of a result, the console and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from GSSCore.brain_extraction.checks import MAX_BRAIN_ML, MIN_BRAIN_ML
from GSSCore.messages import Message, Translate, joined
from GSSCore.registration.checks import MAX_DEGREES, MAX_INCONSISTENCY_MM, MIN_COVERAGE, MIN_DICE
from GSSCore.vocabulary import MODALITIES, Modality

REFERENCE, REGISTERED, AS_SCANNED, KEPT, LEFT_OUT = "reference", "registered", "as scanned", "kept", "left out"
_STAYS = {"raw.as-scanned": AS_SCANNED, "raw.kept": KEPT}
"""By the code of its message, a sequence that stays where the scanner's coordinates put it: as it fits there, or as
nothing better was found."""

Checks = Mapping[str, float | None]


@dataclass(frozen=True)
class Fact:
    """A figure in words.

    Attributes:
        words: what was measured, with its bound.
        doubtful: whether it is beyond the bound.
    """

    words: str
    doubtful: bool = False


@dataclass(frozen=True)
class Treated:
    """What became of one raw scan.

    Attributes:
        modality: which one.
        state: `REFERENCE`, `REGISTERED`, `AS_SCANNED`, `KEPT` or `LEFT_OUT`.
        brain_ml: how much brain was found in it; None where none was looked for.
        checks: of its registration.
        message: why it was left out, or kept where it lies; None where all went well.
    """

    modality: Modality
    state: str
    brain_ml: float | None
    checks: Checks
    message: Message | None

    @property
    def doubtful(self) -> bool:
        """Whether it needs to be looked at."""
        return self.state in (KEPT, LEFT_OUT) or any(f.doubtful for f in (*self.facts(), *self.brain_facts()))

    def facts(self, translate: Translate = str) -> list[Fact]:
        """Return the figures of its registration."""
        return registration_facts(self.checks, translate, moved=self.state == REGISTERED)

    def brain_facts(self, translate: Translate = str) -> list[Fact]:
        """Return how much brain was found."""
        tr, ml = translate, self.brain_ml
        if ml is None:
            return []
        least, most = MIN_BRAIN_ML, MAX_BRAIN_ML
        if ml == 0:
            return [Fact(tr("no brain found"), True)]
        if least <= ml <= most:
            return [Fact(tr("{ml:.0f} ml").format(ml=ml))]
        words = tr("{ml:.0f} ml, where a brain measures {least:.0f} to {most:.0f}")
        return [Fact(words.format(ml=ml, least=least, most=most), True)]


def treated(treatment: Mapping[str, Any], reference: Modality) -> list[Treated]:
    """Return what became of each raw scan, in the order of `MODALITIES`.

    Args:
        treatment: part `input` of a report.
        reference: whose grid the result has.
    """
    found = []
    for modality in MODALITIES:
        steps = {step["step"]: step for step in treatment["steps"] if step["modality"] == modality.value}
        if steps or modality is reference:
            found.append(_treated(modality, steps, modality is reference))
    return found


def _treated(modality: Modality, steps: Mapping[str, Mapping[str, Any]], is_reference: bool) -> Treated:
    brain, moved = steps.get("brain_extraction", {}), steps.get("registration", {})
    failed = next((step for step in (brain, moved) if step and not step["done"]), None)
    if failed is not None:
        state, said = LEFT_OUT, failed
    elif is_reference:
        state, said = REFERENCE, None
    else:
        state = _STAYS.get(moved.get("code", ""), REGISTERED)
        said = moved if state == KEPT else None
    message = None if said is None else Message.from_json(said)
    found = brain.get("checks", {})
    return Treated(modality, state, found.get("brain_ml", found.get("volume_ml")), moved.get("checks", {}), message)


def of_all(treatment: Mapping[str, Any]) -> list[Message]:
    """Return what was decided for all scans together, in order."""
    return [Message.from_json(step) for step in treatment["steps"] if step["modality"] is None]


def registration_facts(checks: Checks, translate: Translate = str, *, moved: bool) -> list[Fact]:
    """Return the figures of a registration in words, each with its bound; what was not measured is missing.

    Args:
        checks: its figures.
        translate: from English.
        moved: whether the scan was put where it fits best.
    """
    tr, facts = translate, []
    away, degrees, dice = checks.get("moved_mm"), checks.get("rotation_degrees"), checks.get("dice")
    if away is not None and degrees is not None:
        if moved:
            words = tr("moved by {mm:.1f} mm, turned by {degrees:.1f}° (at most {most:.0f}°)")
        else:
            words = tr("fits best {mm:.1f} mm away, turned by {degrees:.1f}° (at most {most:.0f}°)")
        facts.append(Fact(words.format(mm=away, degrees=degrees, most=MAX_DEGREES), degrees > MAX_DEGREES))
    likeness, before = checks.get("mutual_information"), checks.get("mutual_information_before")
    if likeness is not None and before is not None and likeness < before:
        facts.append(Fact(tr("no place found where it fits better than as scanned"), True))
    apart = [mm for mm in (checks.get("inverse_consistency_mm"), checks.get("restart_mm")) if mm is not None]
    if apart:
        # The bound grows with the slices; reports of a registration hold it beside the figure.
        most = checks.get("most_apart_mm") or MAX_INCONSISTENCY_MM
        words = tr("done in two ways: {mm:.1f} mm apart (at most {most:.1f})")
        facts.append(Fact(words.format(mm=max(apart), most=most), max(apart) > most))
    if dice is not None:
        words = tr("brains on each other: Dice {dice:.2f} (at least {least:.2f})")
        facts.append(Fact(words.format(dice=dice, least=MIN_DICE), dice < MIN_DICE))
    coverage = checks.get("coverage")
    if coverage is not None:
        words = tr("shows {percent:.0f} % of the brain (at least {least:.0f} %)")
        told = words.format(percent=100.0 * coverage, least=100.0 * MIN_COVERAGE)
        facts.append(Fact(told, coverage < MIN_COVERAGE))
    return facts


def state_words(one: Treated, reference: Modality, translate: Translate = str) -> str:
    """Return in a few words what became of a scan."""
    tr = translate
    if one.state == KEPT:
        return tr("kept where the scanner put it")
    if one.state == AS_SCANNED:
        return tr("lies on {reference} as scanned").format(reference=reference.display)
    if one.state == LEFT_OUT:
        return tr("left out")
    if one.state == REFERENCE:
        return tr("reference")
    return tr("registered to {reference}").format(reference=reference.display)


def in_a_line(report: Mapping[str, Any]) -> str:
    """Return in a line how the images of a report were treated: for the console, in English."""
    treatment = report.get("input", {})
    if treatment.get("treated_as") != "raw":
        return "prepared images, taken as they are"
    reference = next(m for m in MODALITIES if m.display == report["reference"])
    scans = treated(treatment, reference)
    parts = ["brain masked by yours" if "brain_mask" in treatment["brain_from"] else "brain extracted"]
    for state, words in (
        (REGISTERED, "{} registered to " + reference.display),
        (AS_SCANNED, "{} on " + reference.display + " as scanned"),
        (KEPT, "{} kept where scanned"),
    ):
        parts += _named(scans, state, words)
    parts += _named(scans, LEFT_OUT, "{} left out")
    return f"raw scans: {'; '.join(parts)}"


def _named(scans: Sequence[Treated], state: str, words: str) -> list[str]:
    names = [one.modality.display for one in scans if one.state == state]
    return [words.format(joined(names))] if names else []
