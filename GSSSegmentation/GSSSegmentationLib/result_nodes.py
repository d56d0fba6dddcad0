"""The nodes beside a segmentation: confidence volume, table of volumes, and their items in the subject hierarchy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import slicer
import slicer.util
import vtk
from numpy.typing import NDArray
from vtk.util.numpy_support import numpy_to_vtk

from GSSCore.imaging.arrays import Affine
from GSSCore.results.doubts import MARK, unreliable_names
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS, Confidence
from GSSSegmentationLib.nodes import Node, vtk_matrix

CONFIDENCE_ROLE = "GSSSegmentation.confidence"
"""Reference from the segmentation node to its confidence volume."""
TABLE_ROLE = "GSSSegmentation.volumes"
"""Reference from the segmentation node to its table of volumes."""
COLOURS_NAME = "GSS confidence"


def fill_confidence_volume(node: Node, levels: NDArray[np.uint8], affine: Affine) -> None:
    """Fill a vtkMRMLLabelMapVolumeNode with a confidence map, and give it the colours and names of the levels.

    Args:
        node: the volume; its parent transform is the reference's already.
        levels: uint8 (I, J, K), see `vocabulary.Confidence`.
        affine: (4, 4), voxel index to RAS in mm before the parent transform.
    """
    # A new image: `NodeSnapshot` may have to restore the old one.
    image = vtk.vtkImageData()
    image.SetDimensions(levels.shape)
    image.GetPointData().SetScalars(numpy_to_vtk(levels.ravel(order="F"), deep=True, array_type=vtk.VTK_UNSIGNED_CHAR))
    node.SetAndObserveImageData(image)
    node.SetIJKToRASMatrix(vtk_matrix(affine))
    if node.GetDisplayNode() is None:
        node.CreateDefaultDisplayNodes()
    node.GetDisplayNode().SetAndObserveColorNodeID(_colours(node.GetScene()).GetID())


def fill_volumes_table(node: Node, report: Mapping[str, Any]) -> None:
    """Fill a vtkMRMLTableNode with volumes, expected Dice and reliability of regions and sub-regions.

    Args:
        node: the table.
        report: of the result, see `GSSCore.results.report`.
    """
    volumes, expected = report["volumes_ml"], report["network"]["expected_dice"] or {}
    doubtful = unreliable_names(report["unreliable"])
    structures = {region.value: region.display for region in REGIONS}
    structures |= {label.name: label.display for label in TUMOUR_LABELS}
    columns = {
        "Region": _strings(structures),
        "Meaning": _strings(structures.values()),
        "Volume (ml)": _numbers(round(volumes[name], 3) for name in structures),
        "Expected Dice": _strings(f"{expected[name]:.2f}" if name in expected else "" for name in structures),
        # In a column of its own: scripts look for a region by its name in the first column.
        "Reliability": _strings(f"{MARK} not to be relied on" if name in doubtful else "" for name in structures),
    }
    modified = node.StartModify()
    node.SetAndObserveTable(vtk.vtkTable())
    for title, values in columns.items():
        values.SetName(title)
        node.AddColumn(values)
    node.SetUseColumnTitleAsColumnHeader(True)
    node.SetUseFirstColumnAsRowHeader(False)
    node.SetLocked(True)
    node.EndModify(modified)


def add_to_subject_hierarchy(node: Node, reference: Node) -> None:
    """Put a new node into the folder, study or patient of the subject hierarchy that the reference is in."""
    tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(node.GetScene())
    if tree is None:
        return
    reference_item = tree.GetItemByDataNode(reference)
    parent = tree.GetItemParent(reference_item) if reference_item else tree.GetSceneItemID()
    item = tree.GetItemByDataNode(node)
    # Slicer makes the item when a node is added. Other programs on its libraries do not.
    if item:
        tree.SetItemParent(item, parent)
    else:
        tree.CreateItem(parent, node)


def _colours(scene: Any) -> Node:
    """Return the scene's colour table of the confidence levels, or make it."""
    for node in slicer.util.getNodesByClass("vtkMRMLColorTableNode", scene):
        if node.GetName() == COLOURS_NAME and node.GetNumberOfColors() == len(Confidence):
            return node
    node = scene.CreateNodeByClass("vtkMRMLColorTableNode")
    node.UnRegister(None)
    node.SetTypeToUser()
    node.SetName(COLOURS_NAME)
    node.SetHideFromEditors(False)
    node.SetNumberOfColors(len(Confidence))
    for level in Confidence:
        red, green, blue = (channel / 255 for channel in level.colour)
        name = f"{level.name.lower()}: {level.display}"
        node.SetColor(int(level), name, red, green, blue, 0.0 if level is Confidence.OUTSIDE else 1.0)
    return scene.AddNode(node)


def _strings(values: Any) -> Any:
    array = vtk.vtkStringArray()
    for value in values:
        array.InsertNextValue(value)
    return array


def _numbers(values: Any) -> Any:
    array = vtk.vtkDoubleArray()
    for value in values:
        array.InsertNextValue(value)
    return array
