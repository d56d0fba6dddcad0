"""A volume and the grid it lives on: array axes (I, J, K) and a 4 x 4 affine from voxel index to RAS millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from GSSCore.imaging.arrays import Affine, Array, Box, Doubles, Index, Size, Spacing
from GSSCore.imaging.boxes import corner_of, size_of
from GSSCore.messages import Message


@dataclass(frozen=True, eq=False)
class Grid:
    """Where the voxels of a volume are: `shape` (I, J, K) and `affine`, voxel index to RAS in mm."""

    shape: Size
    affine: Affine

    @property
    def spacing(self) -> Spacing:
        """Distance between voxel centres along I, J, K in mm."""
        i, j, k = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(i), float(j), float(k)

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        return abs(float(np.linalg.det(self.affine[:3, :3]))) / 1000.0

    def matches(self, other: Grid, tolerance: float = 1e-3) -> bool:
        """Tell whether both have the same shape and every corner at the same place to within `tolerance` mm."""
        return self.shape == other.shape and bool(np.abs(self.corners() - other.corners()).max() <= tolerance)

    def corners(self) -> Doubles:
        """Return the RAS positions (8, 3) in mm of the centres of the eight corner voxels."""
        last = np.array(self.shape) - 1
        index = np.array(np.meshgrid(*[(0, n) for n in last], indexing="ij")).reshape(3, 8)
        return np.asarray((self.affine[:3, :3] @ index + self.affine[:3, 3:]).T)

    @classmethod
    def around(cls, points: Doubles, spacing: Sequence[float], margin_mm: float = 0.0) -> Grid:
        """Return the grid along R, A, S, in whole steps from 0 mm, that holds points (N, 3) in mm and a margin."""
        low = np.floor((points.min(axis=0) - margin_mm) / spacing)
        high = np.ceil((points.max(axis=0) + margin_mm) / spacing)
        affine = np.diag([*spacing, 1.0])
        affine[:3, 3] = low * spacing
        i, j, k = (int(n) for n in high - low + 1)
        return cls((i, j, k), affine)

    def cropped(self, box: Box) -> Grid:
        """Return the grid of a box that is cut out of this one."""
        affine = self.affine.copy()
        affine[:3, 3] += affine[:3, :3] @ corner_of(box)
        return Grid(size_of(box), affine)


def shared_corner(outer: Affine, inner: Grid, tolerance: float = 0.01) -> Index | None:
    """Return the index, in a grid of affine `outer`, of the first voxel of `inner`, or None when they share no voxels.

    They share them when every voxel of `inner` is at an index of `outer` to within `tolerance` voxels, axes in order.
    """
    relative = np.linalg.inv(outer) @ inner.affine
    corner = np.rint(relative[:3, 3])
    drift = np.abs(relative[:3, :3] - np.eye(3)) @ np.array(inner.shape) + np.abs(relative[:3, 3] - corner)
    if drift.max() > tolerance:
        return None
    i, j, k = (int(n) for n in corner)
    return i, j, k


@dataclass(frozen=True, eq=False)
class Volume:
    """A three-dimensional image.

    Attributes:
        array: (I, J, K), any real dtype.
        affine: (4, 4) float64, voxel index to RAS in mm.
        path: the file it came from; None for one that was handed over in memory.
        space: NIfTI's code of the space that the affine leads to, 1 for the scanner's.
        warning: what a reader has to know of the file's header.
    """

    array: Array
    affine: Affine
    path: Path | None = field(default=None)
    space: int = 1
    warning: Message | None = None

    @property
    def grid(self) -> Grid:
        """Shape and affine together."""
        i, j, k = self.array.shape
        return Grid((i, j, k), self.affine)

    def seen_from(self, to_own: Affine) -> Volume:
        """Return the same voxels in another space, with the transform (4, 4) from RAS mm there to RAS mm here."""
        return replace(self, affine=np.linalg.inv(to_own) @ self.affine)

    @property
    def name(self) -> str:
        """The file's path for messages, or a word for an array."""
        return str(self.path) if self.path is not None else "the array given"


MAX_SHEAR = 1e-3
"""How far the determinant of the three unit axes may fall short of 1, its value at right angles (about 2.5 degrees)."""


def affine_fault(affine: Affine) -> str | None:
    """Return what is wrong with an affine, in words that follow `has an affine`, or None for a sound one.

    Sound is finite, with the last row 0 0 0 1, three axes of some length, and right angles between them.
    """
    if affine.shape != (4, 4) or not np.isfinite(affine).all():
        return "that is not 4 x 4 finite numbers"
    if not np.array_equal(affine[3], (0.0, 0.0, 0.0, 1.0)):
        return "whose last row is not 0 0 0 1"
    if np.abs(affine).max() > 1e9:
        return "with numbers that cannot be millimetres"
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if lengths.min() < 1e-6:
        return "with a voxel spacing of zero"
    if abs(float(np.linalg.det(affine[:3, :3] / lengths))) < 1.0 - MAX_SHEAR:
        return "with shear, its axes are not at right angles"
    return None
