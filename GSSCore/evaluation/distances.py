"""How far two surfaces are apart: the Hausdorff distance at its 95th percentile, in mm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, distance_transform_edt

ONE_EMPTY_MM = 373.13
"""What the BraTS challenges count where only one of the two is empty: about the diagonal of their volumes."""

Mask = NDArray[np.bool_]


def hausdorff(prediction: Mask, truth: Mask, spacing: tuple[float, float, float], percentile: float = 95.0) -> float:
    """Return the robust Hausdorff distance of two masks in mm.

    For each voxel on the surface of one mask, the distance to the nearest voxel on the surface of the other; of these
    the percentile, in both directions, and of the two the larger. The surface of a mask are its voxels with a face
    towards the outside, beyond the volume included.

    Args:
        prediction, truth: bool, of the same shape.
        spacing: of the voxels in mm.
        percentile: 95, or 100 for the classical distance.

    Returns:
        0 where both are empty, `ONE_EMPTY_MM` where one is.

    Raises:
        ValueError: when the shapes differ.
    """
    if prediction.shape != truth.shape:
        raise ValueError(f"masks must have one shape, not {prediction.shape} and {truth.shape}")
    if not prediction.any() or not truth.any():
        return ONE_EMPTY_MM if prediction.any() or truth.any() else 0.0
    box = _box(prediction | truth)
    one, other = _surface(prediction[box]), _surface(truth[box])
    return max(_directed(one, other, spacing, percentile), _directed(other, one, spacing, percentile))


def _box(mask: Mask) -> tuple[slice, ...]:
    """Return the box round a mask: nothing outside it matters, and most of a volume is outside."""
    spans = []
    for axis in range(mask.ndim):
        inside = np.flatnonzero(mask.any(axis=tuple(other for other in range(mask.ndim) if other != axis)))
        spans.append(slice(int(inside[0]), int(inside[-1]) + 1))
    return tuple(spans)


def _surface(mask: Mask) -> Mask:
    inner: Mask = np.asarray(binary_erosion(mask, border_value=0), bool)
    return mask & ~inner


def _directed(start: Mask, target: Mask, spacing: tuple[float, float, float], percentile: float) -> float:
    distances = distance_transform_edt(~target, sampling=spacing)
    return float(np.percentile(np.asarray(distances)[start], percentile))
