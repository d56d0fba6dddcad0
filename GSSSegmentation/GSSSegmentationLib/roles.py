"""Which volume is which sequence: a proposal from names and DICOM data. A guess, to be checked by the user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from GSSCore.vocabulary import MODALITIES, Modality
from GSSSegmentationLib.nodes import Node

_FLAIR = {"flair", "t2f", "tirm", "darkfluid"}
_T1 = {"t1", "t1w", "t1n", "mprage", "mpr", "bravo", "spgr", "fspgr", "tfl", "tfe", "vibe", "thrive"}
_T1CE = {"t1ce", "t1c", "t1gd", "t1gad", "t1km", "t1post", "ce", "gd", "gad", "gado", "post", "contrast", "km", "mdc"}
_NATIVE = {"pre", "without", "native", "nativ", "unenhanced", "noncontrast", "ohne", "sans"}
"""Words that say of a T1 that there was no contrast agent, whatever else it says."""
_T2 = {"t2", "t2w"}
_OTHER = {
    "adc", "dwi", "dti", "swi", "swan", "trace", "fa", "perf", "perfusion", "dsc", "asl", "cbf", "cbv", "bold", "pet",
    "ct", "mra", "tof", "pd", "t2star", "seg", "segmentation", "mask", "label", "labels", "confidence",
}  # fmt: skip
"""Words of series that are none of the four."""
_WORD = re.compile(r"t[12]star|t[12]\*|[a-z]+[0-9]*[a-z]*|\+c|[0-9]+")

FLAIR_MIN_TI_MS, LONG_TE_MS, SHORT_TE_MS = 1400.0, 60.0, 30.0
"""An inversion time above, and echo times: what tells a FLAIR from a T2, and these from a T1, at any usual field."""


@dataclass(frozen=True)
class Hints:
    """What DICOM says of a series; None or empty where it says nothing.

    Attributes:
        description: series description.
        contrast_agent: its name.
        tr_ms, te_ms, ti_ms: repetition, echo and inversion time.
    """

    description: str = ""
    contrast_agent: str = ""
    tr_ms: float | None = None
    te_ms: float | None = None
    ti_ms: float | None = None


class Source(Enum):
    """What speaks for a sequence."""

    NAME = "name"
    DESCRIPTION = "series description"
    TIMES = "timing"


@dataclass(frozen=True)
class Reason:
    """Why a volume is taken for a sequence.

    Attributes:
        source: what speaks for it.
        words: what that says.
        contrast_agent: its name, where that made a T1 a T1ce.
    """

    source: Source
    words: str
    contrast_agent: str = ""


@dataclass(frozen=True)
class Proposal:
    """Volumes for sequences.

    Attributes:
        nodes: what was found.
        reasons: why, for each of them.
        unsure: sequences for which more than one volume would do, with their names.
    """

    nodes: dict[Modality, Node] = field(default_factory=dict)
    reasons: dict[Modality, Reason] = field(default_factory=dict)
    unsure: dict[Modality, tuple[str, ...]] = field(default_factory=dict)


def propose(nodes: Iterable[Node], hints: Callable[[Node], Hints]) -> Proposal:
    """Return which of the volumes may be which sequence.

    A sequence for which several volumes would do gets none: that is for the user to say.

    Args:
        nodes: scalar volume nodes.
        hints: what DICOM says of a node.
    """
    found: dict[Modality, list[tuple[Node, Reason]]] = {modality: [] for modality in MODALITIES}
    for node in nodes:
        guess = guessed(node.GetName() or "", hints(node))
        if guess is not None:
            found[guess[0]].append((node, guess[1]))
    single = {modality: candidates[0] for modality, candidates in found.items() if len(candidates) == 1}
    return Proposal(
        {modality: node for modality, (node, _) in single.items()},
        {modality: reason for modality, (_, reason) in single.items()},
        {m: tuple(node.GetName() for node, _ in candidates) for m, candidates in found.items() if len(candidates) > 1},
    )


def guessed(name: str, hints: Hints) -> tuple[Modality, Reason] | None:
    """Return the sequence that a volume may be, and why; None where nothing, or something else, speaks from it."""
    for text, source in ((name, Source.NAME), (hints.description, Source.DESCRIPTION)):
        modality, other = _from_words(text)
        if other:
            return None
        if modality is Modality.T1 and hints.contrast_agent:
            return Modality.T1CE, Reason(source, text, hints.contrast_agent)
        if modality is not None:
            return modality, Reason(source, text)
    return _from_times(hints)


def dicom_hints(node: Node, database: Any) -> Hints:
    """Return what Slicer's DICOM database knows of the series that a volume was loaded from.

    Args:
        node: volume node.
        database: ctkDICOMDatabase, or None where there is none.
    """
    instances = (node.GetAttribute("DICOM.instanceUIDs") or "").split()
    if database is None or not instances:
        return Hints()
    file = database.fileForInstance(instances[0])
    if not file:
        return Hints()

    def value(tag: str) -> str:
        return str(database.fileValue(file, tag) or "").strip()

    def number(tag: str) -> float | None:
        try:
            return float(value(tag))
        except ValueError:
            return None

    return Hints(value("0008,103E"), value("0018,0010"), number("0018,0080"), number("0018,0081"), number("0018,0082"))


def _from_words(text: str) -> tuple[Modality | None, bool]:
    """Return the sequence that words name, and whether they name something that is none of the four."""
    words = set(_WORD.findall(text.lower().replace("-", " ").replace("dark fluid", "darkfluid")))
    if words & _OTHER or any(word in ("t2*", "t1*") for word in words):
        return None, True
    if words & _FLAIR:
        return Modality.FLAIR, False
    named = {"t1ce", "t1c", "t1gd", "t1gad", "t1km", "t1post"} & words
    if named or (words & _T1 and (words & _T1CE or "+c" in words) and not words & _NATIVE):
        return Modality.T1CE, False
    if words & _T1:
        return Modality.T1, False
    if words & _T2:
        return Modality.T2, False
    return None, False


def _from_times(hints: Hints) -> tuple[Modality, Reason] | None:
    """Return the sequence that the timing of the pulses speaks for."""
    if hints.te_ms is None:
        return None
    times = f"TE {hints.te_ms:g} ms" + (f", TI {hints.ti_ms:g} ms" if hints.ti_ms else "")
    if hints.te_ms >= LONG_TE_MS:
        inverted = hints.ti_ms is not None and hints.ti_ms >= FLAIR_MIN_TI_MS
        return (Modality.FLAIR if inverted else Modality.T2), Reason(Source.TIMES, times)
    if hints.te_ms <= SHORT_TE_MS and (hints.tr_ms is None or hints.tr_ms < 3500.0):
        if hints.contrast_agent:
            return Modality.T1CE, Reason(Source.TIMES, times, hints.contrast_agent)
        return Modality.T1, Reason(Source.TIMES, times)
    return None
