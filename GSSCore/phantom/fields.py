"""Smooth random fields in millimetres. They are drawn on a lattice of their own, so that all voxel grids get the same.

The phantom's numerics are written with numpy alone: it needs no scipy, and a seed gives the same bits everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Box, Floats, Size

HEAD_MM = ((-110.0, 110.0), (-145.0, 110.0), (-110.0, 120.0))
"""What a field covers, along R, A, S, in mm of the atlas's space. Beyond it a field fades to 0."""
_VARIANCE = 151.0 / 315.0
"""Mean over all positions of the sum of the squared cubic B-spline weights: the 7th-degree B-spline at 0."""


@dataclass(frozen=True, eq=False)
class Axes:
    """Voxel centres of a box with axes along R, A, S, in mm of the atlas's space; an axis may run backwards."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]

    @property
    def shape(self) -> Size:
        """Voxels along each axis."""
        return len(self.x), len(self.y), len(self.z)

    @property
    def each(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """The three axes in order."""
        return self.x, self.y, self.z

    def offsets(self, centre_mm: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        """Return x, y, z minus a centre (3,), float32, shaped to broadcast against each other."""
        x, y, z = ((axis - centre).astype(np.float32) for axis, centre in zip(self.each, centre_mm, strict=True))
        return x[:, None, None], y[None, :, None], z[None, None, :]

    def within(self, centre_mm: NDArray[np.float64], half_mm: NDArray[np.float64] | float) -> tuple[Box, Axes]:
        """Return the box of voxels within `half_mm`, one or (3,), of a centre (3,) along each axis, and its axes."""
        halves = np.broadcast_to(half_mm, 3)
        found = [np.flatnonzero(np.abs(a - c) <= h) for a, c, h in zip(self.each, centre_mm, halves, strict=True)]
        i, j, k = (slice(int(f[0]), int(f[-1]) + 1) if len(f) else slice(0, 0) for f in found)
        return (i, j, k), self.cut((i, j, k))

    def cut(self, box: Box) -> Axes:
        """Return the axes of a box of these voxels."""
        return Axes(*(axis[part] for axis, part in zip(self.each, box, strict=True)))


def smooth_noise(rng: np.random.Generator, axes: Axes, scale_mm: float) -> Floats:
    """Return a random field, float32 of the box's shape, of mean 0 and standard deviation about 1.

    White noise on a cubic lattice is interpolated with cubic B-splines, one axis after the other. The draw does not
    depend on the box, so one seed gives one field on all grids.

    Args:
        rng: generator.
        axes: voxels at which the field is computed.
        scale_mm: spacing of the lattice; bumps are about twice as wide.
    """
    counts = [int(np.ceil((high - low) / scale_mm)) + 3 for low, high in HEAD_MM]
    field: Floats = rng.standard_normal(counts, dtype=np.float32) / np.float32(_VARIANCE**1.5)
    firsts = [low - scale_mm for low, _ in HEAD_MM]
    return interpolate(field, firsts, scale_mm, axes)


def interpolate(lattice: Floats, firsts_mm: Sequence[float], step_mm: float, axes: Axes) -> Floats:
    """Return the cubic B-spline whose coefficients a lattice holds, on a box; 0 far outside the lattice.

    Args:
        lattice: (A, B, C).
        firsts_mm: position of its first point along R, A, S.
        step_mm: distance of its points.
        axes: of the box.
    """
    values = lattice
    for positions, first, count in zip(axes.each, firsts_mm, lattice.shape, strict=True):
        weights = spline_weights((positions - first) / step_mm, count)
        # The contracted axis comes back as the last one, so that after three rounds the order is right again.
        values = np.tensordot(values, weights, axes=(0, 1))
    return values


def spline_weights(index: NDArray[np.float64], count: int) -> Floats:
    """Return the cubic B-spline weights (N, count) of lattice points for fractional lattice indices (N,)."""
    distance = np.abs(index[:, None] - np.arange(count))
    near = (4.0 - 6.0 * distance**2 + 3.0 * distance**3) / 6.0
    far = (2.0 - distance) ** 3 / 6.0
    return np.where(distance < 1.0, near, np.where(distance < 2.0, far, 0.0)).astype(np.float32)


def smooth_step(x: NDArray[np.floating[Any]]) -> Floats:
    """Return 0 below 0, 1 above 1 and a cubic without kinks in between."""
    inside = np.clip(x, 0.0, 1.0)
    return np.asarray(inside * inside * (3.0 - 2.0 * inside), np.float32)
