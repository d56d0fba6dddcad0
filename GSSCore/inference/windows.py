"""The windows that cover a crop. Pure geometry; `aggregator` adds up their outputs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from GSSCore.imaging.arrays import Box, Floats, Index, Mask, Size
from GSSCore.imaging.boxes import box_at

WHOLE_CROP_VOXELS = 8_000_000
"""Up to here a crop goes through the network in one window: the largest head at 1 mm has some 5 million."""
DEFAULT_WINDOW: Size = (128, 128, 128)
"""The window of larger crops."""
SIGMA = 0.125
"""Standard deviation of the importance, as a share of the window (nnU-Net, Isensee et al. 2021)."""
LEAST_IMPORTANCE = 1e-3
"""Importance of a window's corners: no voxel's sum is ever divided by next to nothing."""


@dataclass(frozen=True)
class WindowPlan:
    """Where the windows are.

    Attributes:
        shape: of the padded crop, multiples of the network's stride.
        size: of every window, multiples of the stride and nowhere larger than `shape`.
        corners: each window's first voxel.
    """

    shape: Size
    size: Size
    corners: tuple[Index, ...]

    @property
    def whole(self) -> bool:
        """Whether one window covers everything."""
        return self.size == self.shape

    def box(self, corner: Index) -> Box:
        """Return the slices (D, H, W) of the window at `corner`."""
        return box_at(corner, self.size)


def plan_windows(crop: Size, stride: int, window: Size | None = None, overlap: float = 0.25) -> WindowPlan:
    """Return windows that cover a crop of shape (D, H, W), evenly spread.

    Args:
        crop: the crop's shape; it is thought to be padded at its far ends.
        stride: what the network wants every side to be a multiple of.
        window: the size to aim at, rounded up to the stride; None is the whole crop within the voxel budget.
        overlap: least share of a window, in each axis, that the next one covers again.
    """
    shape = padded_shape(crop, stride)
    if window is None:
        window = shape if math.prod(shape) <= WHOLE_CROP_VOXELS else DEFAULT_WINDOW
    d, h, w = (min(n, _up(side, stride)) for n, side in zip(shape, window, strict=True))
    axes = [_starts(n, side, overlap) for n, side in zip(shape, (d, h, w), strict=True)]
    corners = tuple((i, j, k) for i in axes[0] for j in axes[1] for k in axes[2])
    return WindowPlan(shape, (d, h, w), corners)


def padded_shape(crop: Size, stride: int) -> Size:
    """Return the next shape of multiples of `stride`, at least two in each axis, as normalisation needs some voxels."""
    d, h, w = (max(_up(n, stride), 2 * stride) for n in crop)
    return d, h, w


def holding(plan: WindowPlan, brain: Mask) -> WindowPlan:
    """Return the plan without the windows in which `brain`, bool (D, H, W) of the unpadded crop, is nowhere True."""
    return replace(plan, corners=tuple(corner for corner in plan.corners if brain[plan.box(corner)].any()))


def importance(size: Size) -> Floats:
    """Return the weight (D, H, W) of each voxel of a window: a Gaussian with peak 1, for its rim sees least context."""
    profiles = [np.exp(-0.5 * ((np.arange(n) - (n - 1) / 2.0) / (SIGMA * n)) ** 2) for n in size]
    product = profiles[0][:, None, None] * profiles[1][:, None] * profiles[2]
    return np.asarray(np.maximum(product / product.max(), LEAST_IMPORTANCE), np.float32)


def _starts(length: int, side: int, overlap: float) -> list[int]:
    """Return where windows of `side` voxels start, evenly spread from 0 to `length - side`."""
    if side >= length:
        return [0]
    step = max(1, math.floor(side * (1.0 - overlap)))
    gaps = math.ceil((length - side) / step)
    return [round(i * (length - side) / gaps) for i in range(gaps + 1)]


def _up(n: int, multiple: int) -> int:
    return math.ceil(n / multiple) * multiple
