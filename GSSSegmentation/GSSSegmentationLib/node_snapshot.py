"""A snapshot of a segmentation and its companion nodes: taken before an update, restored when the update fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slicer
import vtk

from GSSSegmentationLib.brain_node import BRAIN_ROLE
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.result_nodes import CONFIDENCE_ROLE, TABLE_ROLE


class NodeSnapshot:
    """What an update can change of a segmentation node, its confidence volume, its table of volumes and its brain.

    Args:
        node: vtkMRMLSegmentationNode.
    """

    def __init__(self, node: Node) -> None:
        self._steps: list[Callable[[], object]] = []
        self._keep_segmentation(node)
        brain = node.GetNodeReference(BRAIN_ROLE)
        if brain is not None:
            self._keep_segmentation(brain)
        confidence, table = node.GetNodeReference(CONFIDENCE_ROLE), node.GetNodeReference(TABLE_ROLE)
        if confidence is not None:
            self._keep_confidence(confidence)
        if table is not None:
            content = table.GetTable()
            self._steps.append(lambda: table.SetAndObserveTable(content))

    def restore(self) -> None:
        """Restore everything to what it was."""
        for step in self._steps:
            step()

    def _keep_segmentation(self, node: Node) -> None:
        content = slicer.vtkSegmentation()
        content.DeepCopy(node.GetSegmentation())
        self._steps.append(lambda: node.GetSegmentation().DeepCopy(content))
        self._keep_transform(node)
        geometry = slicer.vtkMRMLSegmentationNode.GetReferenceImageGeometryReferenceRole()
        for role in (geometry, CONFIDENCE_ROLE, TABLE_ROLE, BRAIN_ROLE):
            self._keep_reference(node, role)
        attributes = {name: node.GetAttribute(name) for name in node.GetAttributeNames()}

        def restore_attributes() -> None:
            for name in (*node.GetAttributeNames(), *attributes):
                node.SetAttribute(name, attributes.get(name))

        self._steps.append(restore_attributes)

    def _keep_confidence(self, node: Node) -> None:
        image, matrix = node.GetImageData(), vtk.vtkMatrix4x4()
        node.GetIJKToRASMatrix(matrix)
        self._steps += [lambda: node.SetAndObserveImageData(image), lambda: node.SetIJKToRASMatrix(matrix)]
        self._keep_transform(node)
        display = node.GetDisplayNode()
        if display is not None:
            colours = display.GetColorNodeID()
            self._steps.append(lambda: display.SetAndObserveColorNodeID(colours))

    def _keep_transform(self, node: Any) -> None:
        transform = node.GetTransformNodeID()
        self._steps.append(lambda: node.SetAndObserveTransformNodeID(transform))

    def _keep_reference(self, node: Any, role: str) -> None:
        other = node.GetNodeReferenceID(role)
        self._steps.append(lambda: node.SetNodeReferenceID(role, other))
