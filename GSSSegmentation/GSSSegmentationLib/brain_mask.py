"""A brain mask of the user's own, as a node: a segment or a label map, checked and made into a volume."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import slicer
import slicer.util
import vtk

from GSSCore.errors import InputError, UsageError
from GSSCore.imaging.volume import Volume, affine_fault
from GSSCore.messages import Message
from GSSSegmentationLib.nodes import Node, affine_of, array_of
from GSSSegmentationLib.placement import affine_between
from GSSSegmentationLib.segments import stored_voxels
from GSSSegmentationLib.settings import Settings

NAMES = ("brain", "brain mask", "gehirn")
"""What the segment is called, in lower case, where a segmentation has several."""
_MARGIN = 2
"""Voxels round a segment, which ends at its own box: what is not brain has to be seen."""


def checked_mask(node: Node | None, scene: Any) -> Node | None:
    """Return the node that holds the brain mask, or None where none was given.

    Raises:
        InputError: when it holds no mask that could be taken, or is not in the scene.
    """
    if node is None:
        return None
    kinds = ("vtkMRMLSegmentationNode", "vtkMRMLLabelMapVolumeNode")
    if not hasattr(node, "IsA") or not any(map(node.IsA, kinds)):
        given = f"'{node.GetName()}' ({node.GetClassName()})" if hasattr(node, "GetClassName") else repr(node)
        raise InputError(
            Message(
                "mask.no-mask-node",
                "The brain mask {given} is neither a segmentation nor a label map: choose one of these.",
                given=given,
            )
        )
    if node.GetScene() is None or node.GetScene() is not scene:
        raise InputError(
            Message(
                "mask.no-scene",
                "The brain mask '{mask}' is not in the scene of the volumes: choose another one.",
                mask=node.GetName(),
            )
        )
    if node.IsA("vtkMRMLSegmentationNode"):
        _segment_of(node)
    elif node.GetImageData() is None:
        raise InputError(Message("mask.empty", "The brain mask '{mask}' is empty: draw it.", mask=node.GetName()))
    return node


def require_use_of_mask(settings: Settings, mask: Node | None) -> None:
    """Refuse a brain mask that would have no effect, or two of them.

    Args:
        settings: may name a file.
        mask: a node, or None.

    Raises:
        UsageError: with what to do.
    """
    if mask is None:
        settings.require_consistent()
        return
    if settings.brain_mask is not None:
        raise UsageError(
            Message("mask.two", "Two brain masks were given, a node and a file: leave one of them out."),
        )
    replace(settings, brain_mask=Path(mask.GetName())).require_consistent()


def mask_volume(node: Node, frame: Node | None) -> Volume:
    """Return a brain mask as uint8, 1 in the brain, with its affine to mm in a frame of `placement`.

    Args:
        node: as `checked_mask` returns it.
        frame: transform node whose coordinates the volumes are in; None is the world.

    Raises:
        InputError: when it is empty, or a transform that is not affine leads to the frame.
    """
    if node.IsA("vtkMRMLSegmentationNode"):
        array, affine = _segment(node)
    else:
        array, affine = array_of(node), affine_of(node)
    way = affine_between(node, frame)
    if way is None or affine_fault(way @ affine) is not None:
        raise InputError(
            Message(
                "mask.transform",
                "The brain mask '{mask}' lies under a transform that is not affine: harden the transform, or draw the "
                "mask anew.",
                mask=node.GetName(),
            )
        )
    return Volume(np.asarray(array != 0, np.uint8), way @ affine)


def _segment_of(node: Node) -> str:
    """Return the id of the segment that is the brain: the only one, or the one of that name."""
    segmentation = node.GetSegmentation()
    ids = [segmentation.GetNthSegmentID(index) for index in range(segmentation.GetNumberOfSegments())]
    named = [name for name in ids if segmentation.GetSegment(name).GetName().strip().lower() in NAMES]
    found = ids if len(ids) == 1 else named
    labelmap = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    if len(found) != 1:
        raise InputError(
            Message(
                "mask.segments",
                "The brain mask '{mask}' holds {count} segments: choose a segmentation with the brain alone, or call "
                "its segment Brain.",
                mask=node.GetName(),
                count=len(ids),
            )
        )
    if segmentation.GetSegment(found[0]).GetRepresentation(labelmap) is None:
        raise InputError(
            Message(
                "mask.surface",
                "The brain mask '{mask}' has no binary label map: make one in the module Segmentations.",
                mask=node.GetName(),
            )
        )
    return str(found[0])


def _segment(node: Node) -> tuple[Any, Any]:
    """Return the brain's segment (I, J, K) with a margin, and its affine before the node's parent transform."""
    stored = stored_voxels(node, _segment_of(node))
    if stored is None:
        raise InputError(Message("mask.empty", "The brain mask '{mask}' is empty: draw it.", mask=node.GetName()))
    array, image = stored
    matrix = vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(matrix)
    affine = np.asarray(slicer.util.arrayFromVTKMatrix(matrix), np.float64)
    first = np.array(image.GetExtent()[::2]) - _MARGIN  # the matrix is that of index 0, not of the extent's start
    affine = affine.copy()
    affine[:3, 3] += affine[:3, :3] @ first
    return np.pad(array, _MARGIN), affine
