"""Array axes and patient axes: bringing any volume into the order R, A, S and back, without touching a voxel.

R, A and S are the directions to the patient's right, front and head, in which the first, second and third coordinate
of RAS millimetres grow. Everything here returns views.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from GSSCore.imaging.volume import Affine, Array

_CODES = ("LR", "PA", "IS")

Axes = tuple[tuple[int, bool], tuple[int, bool], tuple[int, bool]]
"""For each of R, A, S: the array axis that lies closest to it, and whether it runs the other way."""


def closest_axes(affine: Affine) -> Axes:
    """Return which array axis belongs to which patient axis.

    Of the six possible assignments it is the one with the largest sum of |cosines|, so that an oblique volume, too,
    gets each axis exactly once.

    Args:
        affine: (4, 4), voxel index to RAS in mm, invertible.
    """
    cosines = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    patient = np.arange(3)
    order = max(permutations(range(3)), key=lambda p: float(np.abs(cosines[patient, p]).sum().round(9)))
    r, a, s = ((axis, bool(cosines[world, axis] < 0)) for world, axis in enumerate(order))
    return r, a, s


def axis_codes(affine: Affine) -> str:
    """Return where the array axes point, such as `RAS` or `LPS`: one letter each, the direction of growing index."""
    codes = {axis: _CODES[world][not flipped] for world, (axis, flipped) in enumerate(closest_axes(affine))}
    return "".join(codes[axis] for axis in range(3))


def is_axis_aligned(affine: Affine, tolerance_degrees: float = 0.01) -> bool:
    """Tell whether each array axis lies within `tolerance_degrees` of some patient axis, whatever its direction."""
    cosines = np.abs(affine[:3, :3]) / np.linalg.norm(affine[:3, :3], axis=0)
    axes = closest_axes(affine)
    along = np.array([cosines[world, axis] for world, (axis, _) in enumerate(axes)])
    for world, (axis, _) in enumerate(axes):
        cosines[world, axis] = 0.0
    across = np.array([np.linalg.norm(cosines[:, axis]) for axis, _ in axes])
    return bool(np.degrees(np.arctan2(across, along)).max() <= tolerance_degrees)


def to_ras(array: Array, affine: Affine) -> tuple[Array, Affine]:
    """Bring array axes into the order and direction closest to R, A, S.

    Args:
        array: (I, J, K).
        affine: (4, 4), voxel index to RAS in mm.

    Returns:
        A view of the array, and its affine: every value stays at its place in the patient.
    """
    axes = closest_axes(affine)
    to_old = np.zeros((4, 4))
    to_old[3, 3] = 1.0
    for new, (old, flipped) in enumerate(axes):
        to_old[old, new] = -1.0 if flipped else 1.0
        to_old[old, 3] = array.shape[old] - 1 if flipped else 0.0
    view = array.transpose([axis for axis, _ in axes])[tuple(_direction(flipped) for _, flipped in axes)]
    return view, np.asarray(affine @ to_old, dtype=np.float64)


def from_ras(array: Array, affine: Affine) -> Array:
    """Bring an array in the order R, A, S back into the axes of the volume that it came from; the inverse of `to_ras`.

    Args:
        array: (R, A, S).
        affine: (4, 4), of the original volume.

    Returns:
        A view of the array in the original's order.
    """
    axes = closest_axes(affine)
    unflipped = array[tuple(_direction(flipped) for _, flipped in axes)]
    return unflipped.transpose(np.argsort([axis for axis, _ in axes]))


def _direction(flipped: bool) -> slice:
    return slice(None, None, -1) if flipped else slice(None)
