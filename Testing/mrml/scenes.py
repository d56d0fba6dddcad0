"""Nodes for the tests on real MRML, and what is in them, as arrays with affines in RAS millimetres."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer
import slicer.util
import vtk
from numpy.typing import NDArray

from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Volume
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS
from GSSSegmentationLib.nodes import affine_of, array_of
from GSSSegmentationLib.scene import ResultData

SPACING = 3.0
SHAPE = (66, 78, 60)

Array = NDArray[Any]


def add_volume(array: Any, affine: Any, name: str) -> Any:
    """Add an array (I, J, K) as a scalar volume node."""
    node = slicer.util.addVolumeFromArray(np.ascontiguousarray(array.transpose(2, 1, 0)), ijkToRAS=affine, name=name)
    tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    if not tree.GetItemByDataNode(node):
        tree.CreateItem(tree.GetSceneItemID(), node)
    return node


def result_data(labels: Any, affine: Any, nested: bool = False) -> ResultData:
    """Return what may enter a scene, with a confidence map that is the label map, as if a network had found it."""
    structures = ("WT", "TC", "ET", "NCR", "ED")
    report = {
        "volumes_ml": dict.fromkeys(structures, round(float(np.count_nonzero(labels)) / 1000, 3)),
        "network": {"name": "made", "version": "0", "sha256": "0", "expected_dice": None},
        "used_modalities": ["FLAIR"],
        "reference": "FLAIR",
        "versions": {"GSSCore": "0"},
        "created": "",
        "warnings": [f"nested {nested}"],
        "unreliable": [],
        "research_use": "",
    }
    return ResultData(labels, labels, affine, report, nested)


def add_transform(matrix: Array, name: str = "moved") -> Any:
    """Add a linear transform node, to parent."""
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", name)
    node.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(matrix))
    return node


def rotation(degrees: float, axis: int, shift: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Array:
    """Return a rigid motion (4, 4): a turn round an axis through the origin, then a shift in mm."""
    angle = np.deg2rad(degrees)
    first, second = [a for a in range(3) if a != axis]
    matrix = np.eye(4)
    matrix[first, first] = matrix[second, second] = np.cos(angle)
    matrix[first, second], matrix[second, first] = -np.sin(angle), np.sin(angle)
    matrix[:3, 3] = shift
    return matrix


def world_affine(node: Any) -> Array:
    """Return the affine of a volume node with its linear parent transforms applied."""
    matrix = vtk.vtkMatrix4x4()
    if node.GetParentTransformNode() is not None:
        assert node.GetParentTransformNode().GetMatrixTransformToWorld(matrix)
    return np.asarray(slicer.util.arrayFromVTKMatrix(matrix)) @ affine_of(node)


def segment_array(segmentation: Any, name: str, reference: Any) -> Array:
    """Return a segment (I, J, K) as 0 and 1 on the reference's voxels, as Slicer's own code puts it there."""
    array = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, name, reference)
    return np.asarray(array).transpose(2, 1, 0)


def label_map(segmentation: Any, reference: Any) -> Array:
    """Return the sub-regions as one label map (I, J, K) on the reference's voxels."""
    labels = np.zeros(array_of(reference).shape, np.uint8)
    for label in TUMOUR_LABELS:
        labels[segment_array(segmentation, label.name, reference) > 0] = label
    return labels


def region_map(segmentation: Any, reference: Any) -> dict[str, Array]:
    """Return the nested regions, each as 0 and 1 (I, J, K) on the reference's voxels."""
    return {region.value: segment_array(segmentation, region.value, reference) for region in REGIONS}


def in_ras(array: Array, affine: Array) -> tuple[Array, Array]:
    """Return a label map with its axes towards right, anterior, superior, and its affine: two ways meet here."""
    orientation = Orientation.of(affine)
    turned = orientation.to_ras(array)
    return np.ascontiguousarray(turned), orientation.grid_in_ras(Volume(array, affine).grid).affine


def scene_state(scene: Any) -> dict[str, int]:
    """Return what tells whether a scene has changed: each node's id with the time of its last change."""
    nodes = [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
    return {node.GetID(): node.GetMTime() for node in nodes}
