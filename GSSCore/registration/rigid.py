"""Rigid transforms as (4, 4) matrices in RAS mm: their middle, their distance, their angles."""

from __future__ import annotations

import numpy as np

from GSSCore.imaging.arrays import Affine, Doubles

LPS = np.diag((-1.0, -1.0, 1.0, 1.0))
"""Turns RAS mm to LPS mm, in which ITK counts, and back."""


def apply(transform: Affine, points: Doubles) -> Doubles:
    """Return where a transform takes points (N, 3)."""
    return np.asarray(points @ transform[:3, :3].T + transform[:3, 3])


def rms_distance(one: Affine, other: Affine, points: Doubles) -> float:
    """Return the root mean square of the distances in mm between where two transforms take points (N, 3)."""
    offsets = apply(one, points) - apply(other, points)
    return float(np.sqrt(np.square(offsets).sum(axis=1).mean()))


def inverse(transform: Affine) -> Affine:
    """Return the inverse of a rigid transform, rigid to the last digits."""
    out = np.eye(4)
    out[:3, :3] = transform[:3, :3].T
    out[:3, 3] = -transform[:3, :3].T @ transform[:3, 3]
    return out


def middle(one: Affine, other: Affine) -> Affine:
    """Return the rigid transform half-way between two that are close to each other.

    The middle of the inverses is the inverse of the middle.
    """
    from scipy.linalg import expm, logm

    return np.asarray(one @ expm(0.5 * np.real(logm(inverse(one) @ other))), np.float64)


def turn(degrees: Doubles) -> Doubles:
    """Return the rotation (3, 3) by a vector (3,): its direction is the axis, its length the angle in degrees."""
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(degrees, degrees=True).as_matrix())


def turned_about(centre: Doubles, degrees: Doubles, goal: Doubles) -> Affine:
    """Return the transform that turns by a vector of degrees and takes the point `centre` to the point `goal`."""
    out = np.eye(4)
    out[:3, :3] = turn(degrees)
    out[:3, 3] = goal - out[:3, :3] @ centre
    return out


def degrees_of(transform: Affine) -> Doubles:
    """Return the rotation of a transform as a vector (3,): along the axis, as long as the angle in degrees."""
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_matrix(transform[:3, :3]).as_rotvec(degrees=True))
