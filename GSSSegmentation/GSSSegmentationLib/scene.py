"""How a result enters the scene: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from GSSCore.errors import InputError
from GSSCore.imaging.volume import Affine
from GSSCore.results.manifest import SCHEMA
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.outputs import (
    CONFIDENCE_ROLE,
    TABLE_ROLE,
    put_beside,
    set_confidence,
    set_volumes,
)
from GSSSegmentationLib.segments import own_segments, set_segments

_PREFIX = "GSSSegmentation."
"""Of the attributes that say in the scene, and in a saved .seg.nrrd, where the segments come from."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What is to enter the scene.

    Attributes:
        labels: uint8 (I, J, K) on the reference's voxels.
        confidence: uint8 (I, J, K), or None.
        affine: (4, 4) of the reference, voxel index to RAS in mm before its parent transform.
        manifest: of the result.
        nested: whether the segments are WT, TC and ET instead of NCR, ED and ET.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8] | None
    affine: Affine
    manifest: dict[str, Any]
    nested: bool


@dataclass(frozen=True, eq=False)
class Segmented:
    """What a segmentation left in the scene.

    Attributes:
        segmentation: vtkMRMLSegmentationNode.
        table: vtkMRMLTableNode with the volumes.
        confidence: vtkMRMLLabelMapVolumeNode; None when it was switched off.
        manifest: everything that is known of the result, as JSON values.
        folder: where report, label map and pictures are as files; None when they were not asked for.
    """

    segmentation: Node
    table: Node
    confidence: Node | None
    manifest: dict[str, Any]
    folder: Path | None

    @property
    def volumes_ml(self) -> dict[str, float]:
        """Volumes in ml by name: WT, TC, ET, NCR, ED."""
        return dict(self.manifest["volumes_ml"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for the reader."""
        return tuple(self.manifest["warnings"])


def checked_output(output: Node | None, reference: Node) -> Node | None:
    """Return the segmentation node to update, or None for a new one.

    Raises:
        InputError: when it is no segmentation in the reference's scene, or holds segments of somebody else under
            another transform, which would be moved.
    """
    if output is None:
        return None
    if not hasattr(output, "IsA") or not output.IsA("vtkMRMLSegmentationNode"):
        what = f"'{output.GetName()}' ({output.GetClassName()})" if hasattr(output, "GetClassName") else repr(output)
        raise InputError(f"The output {what} is no segmentation: choose a segmentation node, or none for a new one.")
    name = f"The output '{output.GetName()}'"
    if output.GetScene() is None or output.GetScene() is not reference.GetScene():
        raise InputError(f"{name} is not in the scene of the volumes: choose another one, or none for a new one.")
    foreign = output.GetSegmentation().GetNumberOfSegments() - len(own_segments(output.GetSegmentation()))
    if foreign and output.GetTransformNodeID() != reference.GetTransformNodeID():
        raise InputError(
            f"{name} holds other segments under another transform than the reference '{reference.GetName()}': choose "
            "another output, or put both under the same transform."
        )
    return output


def into_scene(scene: Any, outcome: Outcome, reference: Node, output: Node | None, folder: Path | None) -> Segmented:
    """Put a result into the scene: into `output` and what belongs to it, or into new nodes beside the reference."""
    added = _Added(scene)
    try:
        segmentation = output
        if segmentation is None:
            segmentation = added.node("vtkMRMLSegmentationNode", f"{reference.GetName()} tumour")
        if segmentation.GetDisplayNode() is None:
            segmentation.CreateDefaultDisplayNodes()
        _fill(segmentation, outcome, reference)
        confidence = _confidence(added, segmentation, outcome, reference)
        table = added.companion(segmentation, "vtkMRMLTableNode", TABLE_ROLE, "volumes")
        set_volumes(table, outcome.manifest)
        for node in (segmentation, table, confidence):
            if node is not None:
                put_beside(node, reference)
    except BaseException:
        added.remove()
        raise
    return Segmented(segmentation, table, confidence, outcome.manifest, folder)


class _Added:
    """The nodes that were added to a scene, so that they can be taken back."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self._nodes: list[Node] = []

    def node(self, kind: str, name: str) -> Node:
        """Return a new node with a name that no other one has."""
        self._nodes.append(self.scene.AddNewNodeByClass(kind, self.scene.GenerateUniqueName(name)))
        return self._nodes[-1]

    def companion(self, segmentation: Node, kind: str, role: str, title: str) -> Node:
        """Return the node that a segmentation refers to in a role, a new one where there is none."""
        node = segmentation.GetNodeReference(role)
        if node is None:
            node = self.node(kind, f"{segmentation.GetName()} {title}")
            segmentation.SetNodeReferenceID(role, node.GetID())
        return node

    def remove(self) -> None:
        """Take them back."""
        for node in self._nodes:
            self.scene.RemoveNode(node)


def _fill(segmentation: Node, outcome: Outcome, reference: Node) -> None:
    modified = segmentation.StartModify()
    segmentation.SetAndObserveTransformNodeID(reference.GetTransformNodeID())
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(reference)
    set_segments(segmentation, outcome.labels, outcome.affine, outcome.nested)
    for name, value in _provenance(outcome.manifest).items():
        segmentation.SetAttribute(_PREFIX + name, value)
    segmentation.EndModify(modified)


def _confidence(added: _Added, segmentation: Node, outcome: Outcome, reference: Node) -> Node | None:
    """Return the confidence volume; one of an earlier run that does not belong to the new segments is removed."""
    if outcome.confidence is None:
        stale = segmentation.GetNodeReference(CONFIDENCE_ROLE)
        if stale is not None:
            added.scene.RemoveNode(stale)
        return None
    node = added.companion(segmentation, "vtkMRMLLabelMapVolumeNode", CONFIDENCE_ROLE, "confidence")
    node.SetAndObserveTransformNodeID(reference.GetTransformNodeID())
    set_confidence(node, outcome.confidence, outcome.affine)
    return node


def _provenance(manifest: dict[str, Any]) -> dict[str, str]:
    network = manifest["network"]
    return {
        "Schema": SCHEMA,
        "ResearchUse": manifest["research_use"],
        "Modalities": "+".join(manifest["used_modalities"]),
        "Reference": manifest["reference"],
        "Network": f"{network['name']} {network['version']} {network['sha256']}",
        "Version": manifest["versions"]["GSSCore"],
        "Created": manifest["created"],
        "Warnings": "\n".join(manifest["warnings"]),
    }
