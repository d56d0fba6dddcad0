"""From one grid to another, in physical space: images linearly and without fading edges, labels by nearest neighbour.

Both grids are first brought into the order R, A, S. Where their axes are then parallel, the whole operation, smoothing
included, is one small banded matrix per axis: a brain at 1 mm goes to 1.25 mm in about a fifth of the time that
`scipy.ndimage.affine_transform` takes. Elsewhere scipy interpolates.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine, Array, Floats
from GSSCore.imaging.boxes import bounding_box, corner_of
from GSSCore.imaging.headers import MAX_VOXELS, times, times_mm
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message

_PARALLEL = 1e-4
"""How far, in voxels over the whole of a grid, axes may depart from being parallel and still count as it."""
_SAME = 1e-4
"""In voxels: how far voxels of both grids may lie apart and still be taken as they are."""
_HALF_MAXIMUM = 2.0 * math.sqrt(2.0 * math.log(2.0))
"""Full width at half maximum of a Gaussian of SD 1."""
_TRUNCATE = 3.0
_BLOCK = 32
_MIN_SHARE = 0.5
"""A voxel belongs to the image where at least this share of what it is interpolated from does."""


def resample(volume: Volume, grid: Grid, *, order: Literal[0, 1]) -> Array:
    """Return the values of a volume at the voxels of a grid; 0 where the volume does not reach.

    Images (`order=1`) are interpolated linearly, values and mask of the non-zero voxels alike, and divided by the
    latter: so the background stays exactly zero and a bright edge does not fade into it. Along axes on which the grid
    is coarser the image is smoothed first, by the Gaussian whose half-width makes up the difference between both
    spacings (Cardoso et al. 2015, "Scale factor point spread function matching"), as fine detail would alias otherwise.

    Args:
        volume: (I, J, K), finite.
        grid: where values are wanted, in any orientation.
        order: 1 for images, 0 for labels.

    Returns:
        Array of the shape of `grid`, float32 for order 1, the volume's own type for order 0.

    Raises:
        InputError: when the grid has more voxels than a file may have; nothing has been allocated for it.
    """
    if math.prod(grid.shape) > MAX_VOXELS:
        raise InputError(
            Message(
                "imaging.large-grid",
                "A grid of {shape} voxels of {spacing} mm has more than the {most} million that are made; correct the "
                "spacing of the images.",
                shape=times(grid.shape),
                spacing=times_mm(grid.spacing),
                most=MAX_VOXELS // 10**6,
            )
        )
    own, wanted = Orientation.of(volume.affine), Orientation.of(grid.affine)
    source, target = own.to_ras(volume.array), wanted.grid_in_ras(grid)
    index = np.linalg.inv(own.grid_in_ras(volume.grid).affine) @ target.affine
    values = _nearest(source, index, target.shape) if order == 0 else _linear(source, index, target.shape)
    return np.ascontiguousarray(wanted.from_ras(values))


# --- labels ----------------------------------------------------------------------------------------------------------


def _nearest(source: Array, index: Affine, shape: tuple[int, ...]) -> Array:
    """Return the values (I, J, K) at the nearest voxels; `index` takes a voxel of the target to one of the source."""
    out = np.zeros(shape, source.dtype)
    if _parallel(index, shape):
        positions = [_rounded(index[axis, axis] * np.arange(n) + index[axis, 3]) for axis, n in enumerate(shape)]
        inside = [(p >= 0) & (p < n) for p, n in zip(positions, source.shape, strict=True)]
        taken = [p[i].astype(np.intp) for p, i in zip(positions, inside, strict=True)]
        out[np.ix_(*inside)] = source[np.ix_(*taken)]
        return out
    _, j, k = (np.arange(n, dtype=np.float64) for n in shape)
    plane = index[:3, 1, None, None] * j[:, None] + index[:3, 2, None, None] * k + index[:3, 3, None, None]
    last = np.array(source.shape)[:, None, None]
    for i in range(shape[0]):
        positions_3d = _rounded(plane + index[:3, 0, None, None] * i)
        within = ((positions_3d >= 0) & (positions_3d < last)).all(axis=0)
        a, b, c = positions_3d[:, within].astype(np.intp)
        out[i][within] = source[a, b, c]
    return out


def _rounded(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round halves up, also those that are short of it by the last digits: halving a grid takes every other voxel."""
    return np.floor(positions + (0.5 + 1e-6))


# --- images ----------------------------------------------------------------------------------------------------------


def _linear(source: Array, index: Affine, shape: tuple[int, ...]) -> Floats:
    """Return the normalised linear interpolation (I, J, K); `index` takes a voxel of the target to one of `source`."""
    out = np.zeros(shape, np.float32)
    box = bounding_box(source != 0)
    if box is None:
        return out
    image = np.ascontiguousarray(source[box], dtype=np.float32)
    inside = (image != 0).astype(np.float32)
    index = index.copy()
    index[:3, 3] -= corner_of(box)
    interpolate = _separable if _parallel(index, shape) else _oblique
    weight = interpolate(inside, index, shape)
    np.divide(interpolate(image, index, shape), weight, out=out, where=weight >= _MIN_SHARE)
    return out


def _separable(values: Floats, index: Affine, shape: tuple[int, ...]) -> Floats:
    """Smooth and interpolate along one axis after the other, those first that leave the least to do."""
    for axis in sorted(range(3), key=lambda axis: shape[axis] / values.shape[axis]):
        step, start = index[axis, axis], index[axis, 3]
        smoothing, reach = _smoothing(values.shape[axis], step)
        weights = _interpolation(len(smoothing), shape[axis], step, start + reach) @ smoothing
        values = _along(weights.astype(np.float32), values, axis)
    return values


def _oblique(values: Floats, index: Affine, shape: tuple[int, ...]) -> Floats:
    """Smooth along the source's axes, then interpolate between them."""
    from scipy.ndimage import affine_transform

    start = index[:3, 3].copy()
    for axis, step in enumerate(np.linalg.norm(index[:3, :3], axis=1)):
        smoothing, reach = _smoothing(values.shape[axis], float(step))
        values = _along(smoothing.astype(np.float32), values, axis)
        start[axis] += reach
    # A rim of zeros makes values fade over one voxel outside, as they do in `_interpolation`.
    padded = np.pad(values, 1)
    out = affine_transform(padded, index[:3, :3], start + 1.0, output_shape=shape, output=np.float32, order=1)
    return np.asarray(out, np.float32)


def _interpolation(size: int, wanted: int, step: float, start: float) -> NDArray[np.float64]:
    """Return the matrix (wanted, size) of linear interpolation at `start + step * n` between zeros on either side."""
    positions = start + step * np.arange(wanted)
    nearest = np.rint(positions)
    positions = np.where(np.abs(positions - nearest) < _SAME, nearest, positions)
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(positions[:, None] - np.arange(size))))


def _smoothing(size: int, step: float) -> tuple[NDArray[np.float64], int]:
    """Return the matrix of the Gaussian that widens a voxel to `step` voxels, the identity up to 1, and its reach.

    The matrix is (size + 2 * reach, size), as an image smoothed grows by the reach on either side.
    """
    if abs(step) <= 1.0 + _SAME:
        return np.eye(size), 0
    spread = math.sqrt(step * step - 1.0) / _HALF_MAXIMUM
    reach = max(1, math.ceil(_TRUNCATE * spread))
    distance = np.arange(-reach, size + reach)[:, None] - np.arange(size)
    kernel = np.where(np.abs(distance) <= reach, np.exp(-0.5 * np.square(distance / spread)), 0.0)
    total = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / spread)).sum()
    return np.asarray(kernel / total), reach


def _along(weights: Floats, values: Floats, axis: int) -> Floats:
    """Apply a matrix (M, N) along one axis of length N; the array itself where the matrix is the identity."""
    if weights.shape[0] == weights.shape[1] and np.array_equal(weights, np.eye(len(weights), dtype=np.float32)):
        return values
    out = np.empty([len(weights) if n == axis else size for n, size in enumerate(values.shape)], np.float32)
    # Each row holds a few weights only: in blocks of rows, most of the zeros beside them are left out.
    for low in range(0, len(weights), _BLOCK):
        block = weights[low : low + _BLOCK]
        used = np.flatnonzero(block.any(axis=0))
        first, last = (int(used[0]), int(used[-1]) + 1) if used.size else (0, 1)
        part = values[tuple(slice(first, last) if n == axis else slice(None) for n in range(3))]
        target = out[tuple(slice(low, low + _BLOCK) if n == axis else slice(None) for n in range(3))]
        _multiply(block[:, first:last], part, axis, target)
    return out


def _multiply(weights: Floats, values: Floats, axis: int, out: Floats) -> None:
    """Write the product of a matrix with one axis of an array into `out`."""
    if axis == 0:
        np.matmul(weights, values.reshape(len(values), -1), out=out.reshape(len(out), -1))
    elif axis == 1:
        np.matmul(weights, values, out=out)
    else:
        np.matmul(values, weights.T, out=out)


# --- both ------------------------------------------------------------------------------------------------------------


def _parallel(index: Affine, shape: tuple[int, ...]) -> bool:
    """Tell whether the axes of both grids are parallel, to within `_PARALLEL` voxels over all of the target."""
    across = index[:3, :3] - np.diag(np.diag(index[:3, :3]))
    return bool((np.abs(across) @ np.array(shape, np.float64)).max() <= _PARALLEL)
