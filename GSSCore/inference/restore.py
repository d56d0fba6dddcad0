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
from numpy.typing import NDArray
from torch import Tensor

from GSSCore.imaging.orientation import to_ras
from GSSCore.imaging.volume import Affine, Array, Grid, shared_corner
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.windows import Box, Size
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.study.study import Study
from GSSCore.vocabulary import Confidence

Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

_SLAB_VOXELS = 500_000
_FAR = 10_000
"""Voxels: further than any image reaches."""


def crop_corner(preprocessed: Preprocessed) -> Size | None:
    """Return the index, in the reference's grid in R, A, S order, of the crop's first voxel, or None.

    None means that the crop was resampled: its voxels are not the reference's.
    """
    return shared_corner(_ras_affine(preprocessed.study_grid), preprocessed.grid)


def place(crop: Bytes, corner: Size, grid: Grid) -> Bytes:
    """Return values of the crop, uint8 (D, H, W), in the reference's own voxels (I, J, K); 0 around it."""
    out, view = _blank(grid)
    view[tuple(slice(low, low + n) for low, n in zip(corner, crop.shape, strict=True))] = crop
    return out


@torch.inference_mode()
def interpolate_labels(logits: Tensor, preprocessed: Preprocessed, study: Study) -> Bytes:
    """Return the winning class on the reference's grid, uint8 (I, J, K), 0 outside the brain.

    Args:
        logits: (C, D, H, W) of the crop; interpolated trilinearly.
        preprocessed: tells where the crop is.
        study: tells where the reference's voxels are, and which of them are brain.
    """
    out, view = _blank(study.grid)
    tumour = winning_class(logits).cpu().numpy() > 0
    if not tumour.any():
        return out
    brain = _brain(study)
    index = _reference_to_crop(preprocessed)
    # Between voxels in which background wins it wins as well: only round the tumour there is anything to find.
    near = _within(_bounds(brain), _box_around(tumour, np.asarray(np.linalg.inv(index), np.float64)))
    for box, values in _sampled(_where_sampled(logits)[None].float(), index, near, "bilinear"):
        view[box] = np.where(brain[box], winning_class(values).cpu().numpy(), 0)
    return out


@torch.inference_mode()
def interpolate_confidence(levels: Bytes, preprocessed: Preprocessed, study: Study) -> Bytes:
    """Return the confidence on the reference's grid, uint8 (I, J, K): the nearest level, never `OUTSIDE` in the brain.

    Args:
        levels: uint8 (D, H, W) of the crop.
        preprocessed: tells where the crop is.
        study: tells where the reference's voxels are, and which of them are brain.
    """
    out, view = _blank(study.grid)
    brain = _brain(study)
    field = torch.from_numpy(levels)[None, None].float()
    for box, values in _sampled(field, _reference_to_crop(preprocessed), _bounds(brain), "nearest"):
        nearest = np.maximum(values[0].byte().numpy(), np.uint8(Confidence.LOW))
        view[box] = np.where(brain[box], nearest, np.uint8(Confidence.OUTSIDE))
    return out


def _blank(grid: Grid) -> tuple[Bytes, Array]:
    """Return zeros uint8 on a grid, and a view of them in R, A, S order to write through."""
    out = np.zeros(grid.shape, np.uint8)
    view, _ = to_ras(out, grid.affine)
    assert np.shares_memory(view, out), "reordering axes must not copy"
    return out, view


def _brain(study: Study) -> Mask:
    """Return where any modality is non-zero, in R, A, S order."""
    brain = np.zeros(study.grid.shape, np.bool_)
    for image in study.images.values():
        brain |= image != 0
    view, _ = to_ras(brain, study.grid.affine)
    return np.asarray(view)


def _bounds(mask: Mask) -> Box:
    """Return the box of the True voxels, of which there is at least one."""
    found = [np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis))) for axis in range(3)]
    i, j, k = (slice(int(index[0]), int(index[-1]) + 1) for index in found)
    return i, j, k


def _box_around(mask: Mask, to_reference: Affine) -> Box:
    """Return the box, in the reference, of all points next to a True voxel of the crop; it may reach out of the image.

    At the crop's rim, whose values are continued outwards, there is no end to it.
    """
    spans = [
        (s.start - 1 if s.start else -_FAR, s.stop if s.stop < n else n + _FAR)
        for s, n in zip(_bounds(mask), mask.shape, strict=True)
    ]
    corners = np.array(np.meshgrid(*spans, indexing="ij")).reshape(3, 8)
    positions = to_reference[:3, :3] @ corners + to_reference[:3, 3:]
    low, high = np.floor(positions.min(axis=1)).astype(int), np.ceil(positions.max(axis=1)).astype(int)
    i, j, k = (slice(int(a), int(b) + 1) for a, b in zip(low, high, strict=True))
    return i, j, k


def _within(outer: Box, box: Box) -> Box:
    """Return what two boxes have in common, which may be nothing."""
    starts = [max(a.start, b.start) for a, b in zip(outer, box, strict=True)]
    i, j, k = (slice(low, max(low, min(a.stop, b.stop))) for low, a, b in zip(starts, outer, box, strict=True))
    return i, j, k


def _ras_affine(grid: Grid) -> Affine:
    """Return the affine of a grid in R, A, S order, rounded to a nanometre: reordering shifts the last digits."""
    _, affine = to_ras(np.broadcast_to(np.uint8(0), grid.shape), grid.affine)
    return np.asarray(np.round(affine, 6))


def _reference_to_crop(preprocessed: Preprocessed) -> Affine:
    """Return the 4 x 4 that takes a voxel index of the reference in R, A, S order to one of the crop."""
    return np.asarray(np.linalg.inv(preprocessed.grid.affine) @ _ras_affine(preprocessed.study_grid), np.float64)


def _where_sampled(logits: Tensor) -> Tensor:
    """Return the logits where `grid_sample` of three dimensions is to be had: not on MPS, before torch 2.9 at least."""
    return logits.cpu() if logits.device.type == "mps" else logits


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
