"""Boxes of voxels: which one a mask needs, and what becomes of a box that is cut, moved or widened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from GSSCore.imaging.arrays import Box, Index, Mask, Size


def bounding_box(mask: Mask) -> Box | None:
    """Return the box of the True voxels of a mask (I, J, K), whatever its order in memory; None where there is none."""
    order = np.argsort(np.abs(mask.strides))[::-1]
    slow = mask.transpose(order)
    # The two quick axes are read off one projection along the slowest, which runs through memory as it lies.
    face = np.bitwise_or.reduce(slow, axis=0)
    spans = {int(order[1]): face.any(axis=1), int(order[2]): face.any(axis=0)}
    spans[int(order[0])] = slow.any(axis=(1, 2))
    found = [np.flatnonzero(spans[axis]) for axis in range(3)]
    if not all(index.size for index in found):
        return None
    i, j, k = (slice(int(index[0]), int(index[-1]) + 1) for index in found)
    return i, j, k


def box_at(corner: Sequence[int], size: Sequence[int]) -> Box:
    """Return the box of a size whose first voxel is `corner`."""
    i, j, k = (slice(low, low + n) for low, n in zip(corner, size, strict=True))
    return i, j, k


def corner_of(box: Box) -> Index:
    """Return the first voxel of a box."""
    i, j, k = (side.start for side in box)
    return i, j, k


def size_of(box: Box | None) -> Size:
    """Return how many voxels a box has along each axis; None, for no box, has none."""
    if box is None:
        return 0, 0, 0
    i, j, k = (side.stop - side.start for side in box)
    return i, j, k


def shifted(box: Box, by: Sequence[int]) -> Box:
    """Return a box, moved by a number of voxels along each axis."""
    return box_at([low + step for low, step in zip(corner_of(box), by, strict=True)], size_of(box))


def widened(box: Box, by: int | Sequence[int], shape: Sequence[int]) -> Box:
    """Return a box with a margin on all sides, as far as an array of this shape has room for it."""
    margins = (by, by, by) if isinstance(by, int) else by
    i, j, k = (
        slice(max(0, side.start - margin), min(n, side.stop + margin))
        for side, margin, n in zip(box, margins, shape, strict=True)
    )
    return i, j, k


def common(one: Box, other: Box) -> Box:
    """Return what two boxes have in common, which may be nothing."""
    lows = [max(a.start, b.start) for a, b in zip(one, other, strict=True)]
    i, j, k = (slice(low, max(low, min(a.stop, b.stop))) for low, a, b in zip(lows, one, other, strict=True))
    return i, j, k
