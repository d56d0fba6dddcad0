"""Raw volumes as they lie on the reference: copies under linear transforms.

A transform rather than new voxels: nothing is interpolated, the originals stay untouched, the copy can be shown over
the reference, and who wants voxels on the reference's grid hardens the transform or resamples in Slicer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import vtk

from GSSCore.imaging.arrays import Affine
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import Node, affine_of, vtk_matrix
from GSSSegmentationLib.placement import Placed

REGISTERED_ROLE = "GSSSegmentation.registered"
"""References from the segmentation node of the tumour to the copies and their transforms."""


@dataclass(frozen=True, eq=False)
class Moved:
    """Where a volume lies on the reference.

    Attributes:
        node: the volume.
        matrix: (4, 4) from the volume's coordinates, before its parent transform, to those of the frame.
        frame: id of the transform node that the frame lies under; None for the world.
    """

    node: Node
    matrix: Affine
    frame: str | None


def moved_volumes(
    to_scan: Mapping[str, Any],
    placed: Mapping[Modality, Placed],
    nodes: Mapping[Modality, Node],
    reference: Modality,
    frame: Node | None,
    motion: Affine | None,
) -> tuple[Moved, ...]:
    """Return where the volumes lie that were registered to the reference.

    Args:
        to_scan: of the report: by modality, (4, 4) from RAS mm of the reference to RAS mm of the scan.
        placed: the volumes as they lie now.
        nodes: their nodes.
        reference: is not moved.
        frame: that `placed` is in.
        motion: of all volumes together since they were handed over.
    """
    moved = []
    for modality, one in placed.items():
        if modality is reference or modality.value not in to_scan:
            continue
        onto = np.linalg.inv(np.asarray(to_scan[modality.value], np.float64))
        if motion is not None:
            onto = motion @ onto @ np.linalg.inv(motion)
        matrix = onto @ one.volume.affine @ np.linalg.inv(affine_of(nodes[modality]))
        moved.append(Moved(nodes[modality], matrix, None if frame is None else frame.GetID()))
    return tuple(moved)


def fill_transform(node: Node, moved: Moved) -> None:
    """Fill a vtkMRMLLinearTransformNode."""
    node.SetMatrixTransformToParent(vtk_matrix(moved.matrix))
    node.SetAndObserveTransformNodeID(moved.frame)


def fill_copy(node: Node, moved: Moved, transform: Node) -> None:
    """Fill a vtkMRMLScalarVolumeNode with a volume as it is, and put it under a transform."""
    image = vtk.vtkImageData()
    image.DeepCopy(moved.node.GetImageData())
    node.SetAndObserveImageData(image)
    node.SetIJKToRASMatrix(vtk_matrix(affine_of(moved.node)))
    node.SetAndObserveTransformNodeID(transform.GetID())
    node.CreateDefaultDisplayNodes()
    own, shown = node.GetDisplayNode(), moved.node.GetDisplayNode()
    if shown is not None:
        own.CopyContent(shown)
