"""Which volume is which sequence: a proposal from names and DICOM data. A guess, to be checked by the user.

The rules are those of `GSSCore.sequences`; here nodes and Slicer's DICOM database are asked for what these need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from GSSCore.sequences import Evidence, Hints, Reading, Reason, hints_from, originals, read_series
from GSSCore.vocabulary import MODALITIES, Modality
from GSSSegmentationLib.nodes import Node

__all__ = ["Hints", "Proposal", "Evidence", "Reason", "dicom_hints", "guessed", "propose"]


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

    A sequence for which several volumes would do gets none: that is for the user to say. A volume that may be several
    sequences is proposed for none. A reformat gives way to the volume that it may have been cut from.

    Args:
        nodes: scalar volume nodes.
        hints: what DICOM says of a node.
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


def guessed(name: str, hints: Hints) -> tuple[Modality, Reason] | None:
    """Return the sequence that a volume may be, and why; None where nothing speaks from it, or more than one thing."""
    finding = read_series(name, hints)
    modality = finding.reading.modality
    return None if modality is None or finding.reason is None else (modality, finding.reason)


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
