"""The brain of a raw study as a segmentation of its own, to be corrected and used as the mask of the next run."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.boxes import bounding_box, corner_of
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.segments import BRAIN, set_brain, stored_voxels

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
    stored = stored_voxels(node, BRAIN.id)
    if stored is None:
        return ""
    inside, image = stored
    box = bounding_box(inside)
    if box is None:
        return hashlib.sha256().hexdigest()
    # What surrounds the brain may be cut off or added without a change to it.
    first = [start + index for start, index in zip(image.GetExtent()[::2], corner_of(box), strict=True)]
    return hashlib.sha256(f"{first} {inside[box].shape}".encode() + np.packbits(inside[box]).tobytes()).hexdigest()
