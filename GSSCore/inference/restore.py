"""From the crop that a network saw back to the reference's own grid, exactly as it was given.

Everything happens in the reference's voxels brought into R, A, S order, written through a view; so every orientation
of the same image gives the same bits. Where the crop consists of the reference's own voxels nothing is interpolated.
Elsewhere logits, not labels, are interpolated, and the winner is taken afterwards, slab by slab.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.imaging.arrays import Affine, Array, Box, Index, Labels, Levels
from GSSCore.imaging.boxes import bounding_box, common
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.postprocessing import labels_of
from GSSCore.preprocessing.preprocessed import ReferenceFrame
from GSSCore.vocabulary import Confidence

_SLAB_VOXELS = 500_000
_FAR = 10_000
"""Voxels: further than any image reaches."""


@torch.inference_mode()
def restore_labels(logits: Tensor, winner: Tensor, frame: ReferenceFrame) -> Labels:
    """Return the winning class on the reference's grid, uint8 (I, J, K), 0 outside the brain.

    Args:
        logits: (C, D, H, W) of the crop; interpolated trilinearly where its voxels are not the reference's.
        winner: uint8 (D, H, W), the class that wins in the logits.
        frame: where the crop lies.
    """
    out, view = _blank(frame)
    if frame.to_crop is None:
        view[frame.box] = labels_of(winner, frame.brain)
        return out
    # Between voxels in which background wins it wins as well: only round the tumour there is anything to find.
    tumour = bounding_box(winner.cpu().numpy() > 0)
    if tumour is None:
        return out
    to_reference = np.asarray(np.linalg.inv(frame.to_crop), np.float64)
    near = common(frame.box, _box_around(tumour, winner.shape, to_reference))
    field = _where_sampled(logits)[None].float()
    if max(frame.points) > 1:
        field = torch.softmax(field, 1)
    for box, values in _summed(field, frame.to_crop, near, frame.points):
        view[box] = labels_of(winning_class(values), frame.brain_in(box))
    return out


@torch.inference_mode()
def restore_levels(levels: Levels, frame: ReferenceFrame) -> Levels:
    """Return the confidence on the reference's grid, uint8 (I, J, K): the nearest level, never `OUTSIDE` in the brain.

    Args:
        levels: uint8 (D, H, W) of the crop.
        frame: where the crop lies.
    """
    out, view = _blank(frame)
    if frame.to_crop is None:
        view[frame.box] = levels
        return out
    field = torch.from_numpy(levels)[None, None].float()
    for box, values in _sampled(field, frame.to_crop, frame.box, "nearest"):
        nearest = np.maximum(values[0].byte().numpy(), np.uint8(Confidence.LOW))
        view[box] = np.where(frame.brain_in(box), nearest, np.uint8(Confidence.OUTSIDE))
    return out


def _blank(frame: ReferenceFrame) -> tuple[Labels, Array]:
    """Return zeros uint8 on the reference's grid, and a view of them in R, A, S order to write through."""
    out = np.zeros(frame.grid.shape, np.uint8)
    view = frame.orientation.to_ras(out)
    assert np.shares_memory(view, out), "reordering axes must not copy"
    return out, view


def _box_around(box: Box, crop: tuple[int, ...], to_reference: Affine) -> Box:
    """Return the box, in the reference, of all points next to a box of the crop; it may reach out of the image.

    At the crop's rim, whose values are continued outwards, there is no end to it.
    """
    spans = [
        (s.start - 1 if s.start else -_FAR, s.stop if s.stop < n else n + _FAR) for s, n in zip(box, crop, strict=True)
    ]
    corners = np.array(np.meshgrid(*spans, indexing="ij")).reshape(3, 8)
    positions = to_reference[:3, :3] @ corners + to_reference[:3, 3:]
    low, high = np.floor(positions.min(axis=1)).astype(int), np.ceil(positions.max(axis=1)).astype(int)
    i, j, k = (slice(int(a), int(b) + 1) for a, b in zip(low, high, strict=True))
    return i, j, k


def _where_sampled(logits: Tensor) -> Tensor:
    """Return the logits where `grid_sample` of three dimensions is to be had: not on MPS, before torch 2.9 at least."""
    return logits.cpu() if logits.device.type == "mps" else logits


def _summed(field: Tensor, index: Affine, box: Box, points: Index) -> Iterator[tuple[Box, Tensor]]:
    """Yield slabs of `box` and the sum of `field` over some points in each voxel, evenly spread; as `_sampled`."""
    offsets = [np.array(offset) for offset in np.ndindex(*points)]
    shifted = []
    for offset in offsets:
        moved = index.copy()
        moved[:3, 3] += index[:3, :3] @ ((offset + 0.5) / points - 0.5)
        shifted.append(_sampled(field, moved, box, "bilinear"))
    for slabs in zip(*shifted, strict=True):
        yield slabs[0][0], sum(values for _, values in slabs) if len(slabs) > 1 else slabs[0][1]


def _sampled(
    field: Tensor, index: Affine, box: Box, mode: Literal["bilinear", "nearest"]
) -> Iterator[tuple[Box, Tensor]]:
    """Yield slabs of `box` and the values (C, d, h, w) of `field` (1, C, D, H, W) there, its rim continued outwards.

    Args:
        field: float32, on the crop.
        index: 4 x 4, from the voxels of the target to those of the field.
        box: the voxels of the target that are wanted.
        mode: "bilinear", which in three dimensions is trilinear, or "nearest".
    """
    # grid_sample wants W, H, D, each from -1 at the first voxel's centre to 1 at the last's.
    size = np.maximum(np.array(field.shape[2:]) - 1, 1)
    scale, shift = 2.0 / size[:, None] * index[:3, :3], 2.0 / size * index[:3, 3] - 1.0
    steps = [
        torch.from_numpy((np.arange(s.start, s.stop)[:, None] * scale[::-1, axis]).astype(np.float32)).to(field.device)
        for axis, s in enumerate(box)
    ]
    start = torch.from_numpy(shift[::-1].astype(np.float32)).to(field.device)
    plane = steps[1][:, None] + steps[2] + start
    depth = max(1, _SLAB_VOXELS // max(1, len(steps[1]) * len(steps[2])))
    for low in range(0, len(steps[0]), depth):
        positions = steps[0][low : low + depth, None, None] + plane
        values = F.grid_sample(field, positions[None], mode=mode, padding_mode="border", align_corners=True)
        first = box[0].start + low
        yield (slice(first, first + len(positions)), box[1], box[2]), values[0]
