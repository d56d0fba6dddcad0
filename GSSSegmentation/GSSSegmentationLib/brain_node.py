"""The brain of a raw study as a segmentation of its own, to be corrected and used as the mask of the next run."""

from __future__ import annotations

import hashlib

import numpy as np
import slicer
from numpy.typing import NDArray
from vtk.util.numpy_support import vtk_to_numpy

from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.boxes import bounding_box
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.segments import BRAIN, set_brain

BRAIN_ROLE = "GSSSegmentation.brain"
"""Reference from the segmentation node of the tumour to that of the brain."""
_DIGEST = "GSSSegmentation.Digest"
"""Attribute with the hash of the brain as it was found: who corrects it changes the hash."""


def fill_brain(node: Node, brain: NDArray[np.uint8], affine: Affine, reference: Node) -> None:
    """Fill a segmentation node with the brain, shown as an outline in slices and not in 3-D.

    The outline is shown, as a wrong mask makes a wrong result; a surface would hide the tumour.

    Args:
        node: vtkMRMLSegmentationNode.
        brain: uint8 (I, J, K), 1 in the brain, on the reference's voxels.
        affine: (4, 4), voxel index to RAS in mm before the parent transform.
        reference: the volume.
    """
    modified = node.StartModify()
    node.SetAndObserveTransformNodeID(reference.GetTransformNodeID())
    node.SetReferenceImageGeometryParameterFromVolumeNode(reference)
    set_brain(node, brain, affine)
    node.SetAttribute(_DIGEST, _digest(node))
    node.EndModify(modified)
    if node.GetDisplayNode() is None:
        node.CreateDefaultDisplayNodes()
        display = node.GetDisplayNode()
        display.SetVisibility3D(False)
        display.SetVisibility2DFill(False)
        display.SetVisibility2DOutline(True)


def is_untouched(node: Node) -> bool:
    """Tell whether a brain is as it was found: one that was corrected belongs to the user."""
    return bool(node.GetAttribute(_DIGEST)) and node.GetAttribute(_DIGEST) == _digest(node)


def _digest(node: Node) -> str:
    """Return a hash of where the brain is; "" where the node holds anything else."""
    segmentation = node.GetSegmentation()
    if segmentation.GetNumberOfSegments() != 1 or segmentation.GetSegment(BRAIN.id) is None:
        return ""
    image = slicer.vtkOrientedImageData()
    node.GetBinaryLabelmapRepresentation(BRAIN.id, image)
    scalars = image.GetPointData().GetScalars()
    if scalars is None or min(image.GetDimensions()) < 1:
        return ""
    inside = vtk_to_numpy(scalars).reshape(image.GetDimensions()) != 0
    box = bounding_box(inside)
    # What surrounds the brain may be cut off or added without a change to it.
    where = "" if box is None else str([part.start for part in box])
    content = b"" if box is None else np.packbits(inside[box]).tobytes()
    return hashlib.sha256(f"{where} {image.GetExtent()[::2]}".encode() + content).hexdigest()
