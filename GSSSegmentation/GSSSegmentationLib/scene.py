"""Adds a result to the scene: completely, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Affine
from GSSCore.messages import Message, as_message
from GSSCore.results.report import SCHEMA
from GSSSegmentationLib.brain_node import BRAIN_ROLE, fill_brain, is_untouched
from GSSSegmentationLib.node_snapshot import NodeSnapshot
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.registered import REGISTERED_ROLE, Moved, fill_copy, fill_transform
from GSSSegmentationLib.result_nodes import (
    CONFIDENCE_ROLE,
    TABLE_ROLE,
    add_to_subject_hierarchy,
    fill_confidence_volume,
    fill_volumes_table,
)
from GSSSegmentationLib.segments import set_segments

_PREFIX = "GSSSegmentation."
"""Begins the names of the attributes that say where the segments come from, in the scene and in a saved .seg.nrrd."""


@dataclass(frozen=True, eq=False)
class ResultData:
    """A result that is to be added to the scene.

    Attributes:
        labels: uint8 (I, J, K) on the reference's voxels.
        confidence: uint8 (I, J, K), or None.
        affine: (4, 4) of the reference, voxel index to RAS in mm before its parent transform.
        report: everything that is known of the result, as JSON values.
        nested: whether the segments are WT, TC and ET instead of NCR, ED and ET.
        brain: uint8 (I, J, K), 1 in the brain; None where the user gave it, or of prepared volumes.
        mask: the node in which the user gave it: no run changes it.
        registered: raw volumes whose copies are asked for.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8] | None
    affine: Affine
    report: dict[str, Any]
    nested: bool
    brain: NDArray[np.uint8] | None = None
    mask: Node | None = None
    registered: tuple[Moved, ...] = ()


@dataclass(frozen=True, eq=False)
class SceneResult:
    """The nodes of a segmentation in the scene, and its report.

    Attributes:
        segmentation: vtkMRMLSegmentationNode.
        table: vtkMRMLTableNode with the volumes.
        confidence: vtkMRMLLabelMapVolumeNode; None when it was switched off.
        report: everything that is known of the result, as JSON values.
        folder: where report, label map and pictures are as files; None when they were not asked for.
        brain: vtkMRMLSegmentationNode with the brain; None where the user gave it, or of prepared volumes.
        registered: copies of raw volumes that lie on the reference; none when they were not asked for.
    """

    segmentation: Node
    table: Node
    confidence: Node | None
    report: dict[str, Any]
    folder: Path | None
    brain: Node | None = None
    registered: tuple[Node, ...] = ()

    @property
    def volumes_ml(self) -> dict[str, float]:
        """Volumes in ml by name: WT, TC, ET, NCR, ED."""
        return dict(self.report["volumes_ml"])

    @property
    def warnings(self) -> tuple[Message, ...]:
        """Sentences for the reader, with code and values for a translation where the report has them."""
        told = [Message.from_json(one) for one in self.report.get("messages", [])]
        known = {str(message): message for message in told}
        return tuple(known.get(text, as_message(text)) for text in self.report["warnings"])


def add_result_to_scene(
    scene: Any, data: ResultData, reference: Node, output: Node | None, folder: Path | None
) -> SceneResult:
    """Add a result to the scene: to `output` and its companion nodes, or to new nodes beside the reference."""
    added = _Added(scene)
    snapshot = None if output is None else NodeSnapshot(output)
    try:
        segmentation = output
        if segmentation is None:
            segmentation = added.node("vtkMRMLSegmentationNode", f"{reference.GetName()} tumour")
        if segmentation.GetDisplayNode() is None:
            segmentation.CreateDefaultDisplayNodes()
        _fill(segmentation, data, reference)
        confidence = _confidence(added, segmentation, data, reference)
        table = added.companion(segmentation, "vtkMRMLTableNode", TABLE_ROLE, f"{segmentation.GetName()} volumes")
        fill_volumes_table(table, data.report)
        brain = _brain(added, segmentation, data, reference)
        copies = [_registered(added, moved, reference) for moved in data.registered]
        # Nodes that existed before stay in the folder that the user has chosen.
        for node in added.nodes:
            add_to_subject_hierarchy(node, reference)
    except BaseException:
        # The snapshot comes first: it removes the references to the new nodes.
        if snapshot is not None:
            snapshot.restore()
        added.remove()
        raise
    _remove_stale(scene, segmentation, confidence, brain, data.mask)
    _replace_copies(scene, segmentation, copies)
    registered = tuple(copy for copy, _ in copies)
    return SceneResult(segmentation, table, confidence, data.report, folder, brain, registered)


class _Added:
    """The nodes that were added to a scene, so that they can be removed again."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.nodes: list[Node] = []

    def node(self, kind: str, name: str) -> Node:
        """Return a new node with a name that no other node has."""
        self.nodes.append(self.scene.AddNewNodeByClass(kind, self.scene.GenerateUniqueName(name)))
        return self.nodes[-1]

    def companion(self, segmentation: Node, kind: str, role: str, name: str) -> Node:
        """Return the node that a segmentation refers to in a role, or a new one of that name."""
        node = segmentation.GetNodeReference(role)
        if node is None:
            node = self.node(kind, name)
            segmentation.SetNodeReferenceID(role, node.GetID())
        return node

    def remove(self) -> None:
        """Remove the nodes and their display nodes."""
        for node in self.nodes:
            for index in reversed(range(getattr(node, "GetNumberOfDisplayNodes", int)())):
                self.scene.RemoveNode(node.GetNthDisplayNode(index))
            self.scene.RemoveNode(node)


def _fill(segmentation: Node, data: ResultData, reference: Node) -> None:
    modified = segmentation.StartModify()
    segmentation.SetAndObserveTransformNodeID(reference.GetTransformNodeID())
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(reference)
    set_segments(segmentation, data.labels, data.affine, data.nested)
    for name, value in _provenance(data.report).items():
        segmentation.SetAttribute(_PREFIX + name, value)
    segmentation.EndModify(modified)


def _confidence(added: _Added, segmentation: Node, data: ResultData, reference: Node) -> Node | None:
    if data.confidence is None:
        return None
    name = f"{segmentation.GetName()} confidence"
    node = added.companion(segmentation, "vtkMRMLLabelMapVolumeNode", CONFIDENCE_ROLE, name)
    node.SetAndObserveTransformNodeID(reference.GetTransformNodeID())
    fill_confidence_volume(node, data.confidence, data.affine)
    return node


def _brain(added: _Added, segmentation: Node, data: ResultData, reference: Node) -> Node | None:
    """Return the brain's segmentation. One that the user has corrected is not changed: a new one is made beside it."""
    if data.brain is None:
        return None
    old = segmentation.GetNodeReference(BRAIN_ROLE)
    if old is not None and not is_untouched(old):
        segmentation.SetNodeReferenceID(BRAIN_ROLE, None)
    node = added.companion(segmentation, "vtkMRMLSegmentationNode", BRAIN_ROLE, f"{reference.GetName()} brain")
    fill_brain(node, data.brain, data.affine, reference)
    return node


def _registered(added: _Added, moved: Moved, reference: Node) -> tuple[Node, Node]:
    """Return the copy of a volume that lies on the reference, and the transform that it is under."""
    name = moved.node.GetName()
    transform = added.node("vtkMRMLLinearTransformNode", f"{name} to {reference.GetName()}")
    fill_transform(transform, moved)
    copy = added.node("vtkMRMLScalarVolumeNode", f"{name} registered")
    fill_copy(copy, moved, transform)
    return copy, transform


def _remove_stale(
    scene: Any, segmentation: Node, confidence: Node | None, brain: Node | None, mask: Node | None
) -> None:
    """Remove confidence and brain of an earlier run, which do not belong to the new segments."""
    stale = segmentation.GetNodeReference(CONFIDENCE_ROLE)
    if confidence is None and stale is not None:
        scene.RemoveNode(stale)
    stale = segmentation.GetNodeReference(BRAIN_ROLE)
    if brain is None and stale is not None and stale is not mask and is_untouched(stale):
        scene.RemoveNode(stale)


def _replace_copies(scene: Any, segmentation: Node, copies: Sequence[tuple[Node, Node]]) -> None:
    """Let new copies take the place of those of an earlier run; without new ones, these stay."""
    if not copies:
        return
    count = segmentation.GetNumberOfNodeReferences(REGISTERED_ROLE)
    old = [segmentation.GetNthNodeReference(REGISTERED_ROLE, index) for index in range(count)]
    segmentation.RemoveNodeReferenceIDs(REGISTERED_ROLE)
    for node in filter(None, old):
        scene.RemoveNode(node)
    for pair in copies:
        for node in pair:
            segmentation.AddNodeReferenceID(REGISTERED_ROLE, node.GetID())


def _provenance(report: dict[str, Any]) -> dict[str, str]:
    network = report["network"]
    return {
        "Schema": SCHEMA,
        "ResearchUse": report["research_use"],
        "Modalities": "+".join(report["used_modalities"]),
        "Reference": report["reference"],
        "Network": f"{network['name']} {network['version']} {network['sha256']}",
        "Version": report["versions"]["GSSCore"],
        "Created": report["created"],
        "Warnings": "\n".join(report["warnings"]),
    }
