"""Sequence identification: proposes which volume node is FLAIR, T1ce, T1 or T2, for the user to check.

The rules are those of `GSSCore.sequences`. This file gives them what they need of a node: its name, its slices, and
what DICOM knows of its series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from GSSCore.dicom.headers import hints_in
from GSSCore.sequences import Candidate, Hints, Judgement, Reason, Verdict, hints_from, judge
from GSSCore.vocabulary import MODALITIES, Modality
from GSSSegmentationLib.nodes import Node

INSTANCES = "DICOM.instanceUIDs"
"""Attribute of a volume node that was loaded from DICOM: the UIDs of its images."""
_BEATEN = {Verdict.THICKER, Verdict.SMALLER, Verdict.EARLIER, Verdict.REFORMAT}


@dataclass(frozen=True)
class Proposal:
    """The volumes that are proposed for the sequences.

    Attributes:
        nodes: the proposed volume of each sequence that was identified.
        reasons: why that volume, for each of them.
        unsure: sequences for which several volumes would do, with the names of the volumes.
        beaten: names of the volumes to which the proposed one was preferred, where there are any.
        by_order: sequences that the order of acquisition told.
    """

    nodes: dict[Modality, Node] = field(default_factory=dict)
    reasons: dict[Modality, Reason] = field(default_factory=dict)
    unsure: dict[Modality, tuple[str, ...]] = field(default_factory=dict)
    beaten: dict[Modality, tuple[str, ...]] = field(default_factory=dict)
    by_order: frozenset[Modality] = frozenset()


def identify_sequences(nodes: Iterable[Node], hints: Callable[[Node], Hints]) -> Proposal:
    """Propose a volume for each sequence.

    Where several volumes would do for a sequence and none is preferred by the rules of `GSSCore.sequences.session`,
    none is proposed, and the user chooses. A volume that may be several sequences is proposed for none.

    Args:
        nodes: scalar volume nodes.
        hints: returns what DICOM says of a node.
    """
    volumes = list(nodes)
    judged = judge([_candidate(node, hints(node)) for node in volumes])
    taken = {j.modality: (node, j) for node, j in zip(volumes, judged, strict=True) if j.verdict is Verdict.TAKEN}
    proposal = Proposal(by_order=frozenset(m for m, (_, j) in taken.items() if m is not None and j.by_order))
    for modality in MODALITIES:
        if modality in taken:
            node, judgement = taken[modality]
            assert judgement.finding.reason is not None  # what is a sequence has a reason
            proposal.nodes[modality], proposal.reasons[modality] = node, judgement.finding.reason
            beaten = [n for n, j in zip(volumes, judged, strict=True) if _is_beaten(j, modality)]
            if beaten:
                proposal.beaten[modality] = tuple(n.GetName() for n in beaten)
        else:
            equals = tuple(n.GetName() for n, j in zip(volumes, judged, strict=True) if _would_do(j, modality))
            if len(equals) > 1:
                proposal.unsure[modality] = equals
    return proposal


def _is_beaten(judgement: Judgement, modality: Modality) -> bool:
    return judgement.modality is modality and judgement.verdict in _BEATEN


def _would_do(judgement: Judgement, modality: Modality) -> bool:
    """Tell whether a volume says without doubt that it is a sequence, and is not proposed because others say so too."""
    alone = judgement.finding.reading.modality is modality
    return alone and judgement.verdict in (Verdict.EQUAL, Verdict.SEVERAL)


def _candidate(node: Node, hints: Hints) -> Candidate:
    """Return what the rules ask of a node. Only of a DICOM series do the slices tell how it was acquired."""
    if not node.GetAttribute(INSTANCES) or node.GetImageData() is None:
        return Candidate(node.GetName() or "", hints)
    spacing, size = node.GetSpacing(), node.GetImageData().GetDimensions()
    thickness, count = max(zip(spacing, size, strict=True))
    return Candidate(node.GetName() or "", hints, thickness, thickness * count)


def dicom_hints(node: Node, database: Any) -> Hints:
    """Return what the series says that a volume was loaded from: its file, or else Slicer's DICOM database.

    Args:
        node: volume node.
        database: ctkDICOMDatabase, or None where there is none.
    """
    instances = (node.GetAttribute(INSTANCES) or "").split()
    if database is None or not instances:
        return Hints()
    file = database.fileForInstance(instances[0])
    if not file:
        return Hints()
    return hints_in(Path(file)) or hints_from(lambda tag: str(database.fileValue(file, tag) or ""))
