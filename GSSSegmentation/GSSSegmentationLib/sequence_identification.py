"""Sequence identification: proposes which volume node is FLAIR, T1ce, T1 or T2, for the user to check.

The rules are those of `GSSCore.sequences`. This file gives them what they need of a node: its name, and what Slicer's
DICOM database knows of its series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from GSSCore.sequences import Hints, Reading, Reason, hints_from, originals, read_series
from GSSCore.vocabulary import MODALITIES, Modality
from GSSSegmentationLib.nodes import Node


@dataclass(frozen=True)
class Proposal:
    """The volumes that are proposed for the sequences.

    Attributes:
        nodes: the proposed volume of each sequence that was identified.
        reasons: why that volume, for each of them.
        unsure: sequences for which several volumes would do, with the names of the volumes.
    """

    nodes: dict[Modality, Node] = field(default_factory=dict)
    reasons: dict[Modality, Reason] = field(default_factory=dict)
    unsure: dict[Modality, tuple[str, ...]] = field(default_factory=dict)


def identify_sequences(nodes: Iterable[Node], hints: Callable[[Node], Hints]) -> Proposal:
    """Propose a volume for each sequence.

    Where several volumes would do for a sequence, none is proposed, and the user chooses. A volume that may be several
    sequences is proposed for none. A reformat gives way to the volume that it may have been cut from.

    Args:
        nodes: scalar volume nodes.
        hints: returns what DICOM says of a node.
    """
    found = [(node, read_series(node.GetName() or "", hints(node))) for node in nodes]
    readings: dict[int, Reading] = {place: finding.reading for place, (_, finding) in enumerate(found)}
    proposal = Proposal()
    for modality in MODALITIES:
        places = originals([place for place, reading in readings.items() if reading.modality is modality], readings)
        if len(places) > 1:
            proposal.unsure[modality] = tuple(found[place][0].GetName() for place in places)
        for node, finding in (found[place] for place in places if len(places) == 1):
            if finding.reason is not None:
                proposal.nodes[modality], proposal.reasons[modality] = node, finding.reason
    return proposal


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
    return hints_from(lambda tag: str(database.fileValue(file, tag) or "")) if file else Hints()
