"""Intensities that can be compared: z-scores over a modality's own non-zero voxels, and ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Array


def z_score(array: Array) -> NDArray[np.float32]:
    """Return (x - mean) / SD, mean and population SD over the non-zero voxels; zero stays exactly zero.

    Background is zero, not non-positive: published volumes hold negative values inside the brain. An array whose
    non-zero voxels all have the same value becomes zero everywhere, as one without any does.

    Args:
        array: any shape, any real dtype, finite.

    Returns:
        float32, in the same shape and memory order.
    """
    mask = array != 0
    scores = np.zeros_like(array, dtype=np.float32, subok=False)
    inside = array[mask].astype(np.float64)
    if not inside.size:
        return scores
    inside -= inside.mean()
    spread = float(np.sqrt(np.square(inside).mean()))
    if spread:
        scores[mask] = inside / spread
    return scores


def lifted(array: Array) -> NDArray[np.float32]:
    """Return an array, float32, with a constant added by which its darkest voxel is a thousandth of the range above 0.

    What is 0 is background, here and to `GSSCore.imaging.resampling.resample`; of a whole head no voxel is.
    """
    values = array.astype(np.float32)
    least = max(1e-3 * float(np.ptp(values)), 1e-6)
    return np.asarray(values - values.min() + np.float32(least))


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each value (N,), above 0 and below 1, the same for equal ones."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count + 1) / 2.0 + 0.5
    return np.asarray(middle[place.reshape(-1)] / len(values))
