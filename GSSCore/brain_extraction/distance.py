"""How far a point lies inside the brain, as a volume: from a mask, as a mask, and the mean of several. Needs no torch.

A distance is in mm, positive inside the brain and cut at `REACH_MM` on both sides. Exactly `-REACH_MM` says that
nothing was seen there, such as beyond the field of view; what was seen and lies far outside is a little above it. So a
slab neither ends the brain of another scan, nor fades into nothing at its own end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from GSSCore.imaging.arrays import Doubles, Floats, Mask
from GSSCore.imaging.boxes import bounding_box, widened
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume

SPACING_MM = 2.0
"""Of the images that the network sees."""
REACH_MM = 8.0
"""Distance from the surface at which a distance is cut: nobody need tell far from farther."""
LEAST_MM = -REACH_MM + 1e-3
"""Least distance of what was seen."""
FINEST_MM = 1.0
"""Distances are not kept on finer grids than this: interpolation gives the rest."""


def distance_of(mask: Volume) -> Volume:
    """Return the signed distance to the surface of a mask, on a grid in the mask's own RAS mm.

    Args:
        mask: what is not 0 is brain.

    Returns:
        Of the mask's box and its surroundings; float32, axes R, A, S.
    """
    grid = _thinned(mask.grid)
    shares = shares_on(mask, grid)
    distance = np.maximum(signed_distance(shares > 0.5, grid.spacing), LEAST_MM, dtype=np.float32)
    return Volume(np.where(shares == -1.0, np.float32(-REACH_MM), distance), grid.affine)


def shares_on(mask: Volume, grid: Grid) -> Floats:
    """Return the share of each voxel of a grid that a mask holds, float32 (I, J, K); -1 where the mask does not reach.

    Args:
        mask: what is not 0 belongs to it.
        grid: any.
    """
    # What is 0 is no part of an image to be interpolated, so a mask is lifted to 1 and 2.
    return np.asarray(resample(Volume((mask.array != 0) + np.float32(1.0), mask.affine), grid, order=1) - 1.0)


def signed_distance(brain: Mask, spacing: Sequence[float]) -> Floats:
    """Return how far each voxel's centre lies inside the brain (I, J, K), in mm, cut at `REACH_MM` on both sides.

    Measured to the nearest voxel of the other side, less half a step: the surface runs between them.
    """
    from scipy.ndimage import distance_transform_edt

    out = np.full(brain.shape, -REACH_MM, np.float32)
    bounds = bounding_box(brain)
    if bounds is not None:
        box = widened(bounds, [int(np.ceil(REACH_MM / mm)) + 1 for mm in spacing], brain.shape)
        part = brain[box]
        if part.all():
            out[box] = REACH_MM
            return out
        depth = distance_transform_edt(part, spacing) - distance_transform_edt(~part, spacing)
        depth -= 0.5 * min(spacing) * np.sign(depth)
        out[box] = np.clip(depth, -REACH_MM, REACH_MM)
    return out


def brain_mask(distance: Volume, grid: Grid) -> Mask:
    """Return where the brain is on any grid, bool (I, J, K): the largest part, its holes filled.

    Args:
        distance: as everywhere in this package.
        grid: in the RAS mm of `distance`.
    """
    return largest_filled(interpolated(distance, grid) > 0.0)


def brain_points(distance: Volume) -> Doubles:
    """Return the positions (N, 3) in RAS mm of the voxels inside the brain."""
    index = np.argwhere(distance.array > 0)
    return np.asarray(index @ distance.affine[:3, :3].T + distance.affine[:3, 3])


def averaged(distances: Sequence[Volume], grid: Grid) -> Volume:
    """Return the mean of several distances on a grid, in each voxel of those that see it.

    Args:
        distances: one or more, all in the RAS mm of `grid`.
        grid: any.
    """
    total, seen = np.zeros(grid.shape, np.float32), np.zeros(grid.shape, np.float32)
    for one in distances:
        values = interpolated(one, grid)
        there = values > -REACH_MM
        total[there] += values[there]
        seen += there
    return Volume(np.where(seen > 0, total / np.maximum(seen, 1.0), -REACH_MM).astype(np.float32), grid.affine)


def interpolated(distance: Volume, grid: Grid) -> Floats:
    """Return a distance at the voxels of a grid, float32 (I, J, K); `-REACH_MM` where nothing was seen."""
    # What is 0 is no part of an image to be interpolated, so what was not seen becomes 0.
    lifted: Floats = resample(Volume(distance.array + np.float32(REACH_MM), distance.affine), grid, order=1)
    return lifted - np.float32(REACH_MM)


def largest_filled(mask: Mask) -> Mask:
    """Return the largest part of a mask (I, J, K), face to face, its holes filled."""
    from scipy.ndimage import binary_fill_holes, label

    out = np.zeros(mask.shape, np.bool_)
    bounds = bounding_box(mask)
    if bounds is None:
        return out
    parts, _ = label(mask[bounds])
    out[bounds] = binary_fill_holes(parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:])))
    return out


def _thinned(grid: Grid) -> Grid:
    """Return a grid over the same space, axes as close to R, A, S as they come, at `FINEST_MM` where it is finer."""
    ras = Orientation.of(grid.affine).grid_in_ras(grid)
    step = [max(1.0, FINEST_MM / mm) for mm in ras.spacing]
    i, j, k = (int((n - 1) / by) + 1 for n, by in zip(ras.shape, step, strict=True))
    # The voxels that are left over are shared out at both ends.
    start = [((n - 1) - (m - 1) * by) / 2.0 for n, m, by in zip(ras.shape, (i, j, k), step, strict=True)]
    to_old = np.diag([*step, 1.0])
    to_old[:3, 3] = start
    return Grid((i, j, k), np.asarray(ras.affine @ to_old, np.float64))
