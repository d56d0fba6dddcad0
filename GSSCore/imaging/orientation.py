"""Array axes and patient axes: bringing any volume into the order R, A, S and back, without touching a voxel.

R, A and S are the directions to the patient's right, front and head, in which the first, second and third coordinate
of RAS millimetres grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from GSSCore.imaging.arrays import Affine, Array
from GSSCore.imaging.volume import Grid

_CODES = ("LR", "PA", "IS")


@dataclass(frozen=True)
class Orientation:
    """How the axes of an array lie in the patient.

    Attributes:
        axes: for each of R, A, S, the array axis that lies closest to it.
        flipped: for each of R, A, S, whether that array axis runs the other way.
    """

    axes: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]

    @classmethod
    def of(cls, affine: Affine) -> Orientation:
        """Return the orientation of an array with an affine (4, 4), from voxel index to RAS in mm, invertible.

        Of the six possible assignments it is the one with the largest sum of |cosines|, so that an oblique volume, too,
        gets each axis exactly once.
        """
        cosines = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
        patient = np.arange(3)
        order = max(permutations(range(3)), key=lambda p: float(np.abs(cosines[patient, p]).sum().round(9)))
        r, a, s = order
        return cls((r, a, s), (bool(cosines[0, r] < 0), bool(cosines[1, a] < 0), bool(cosines[2, s] < 0)))

    def to_ras(self, array: Array) -> Array:
        """Return a view of an array (I, J, K), its axes in the order and direction closest to R, A, S."""
        return array.transpose(self.axes)[self._directions]

    def from_ras(self, array: Array) -> Array:
        """Return a view of an array (R, A, S), its axes as they were before `to_ras`."""
        return array[self._directions].transpose(np.argsort(self.axes))

    def grid_in_ras(self, grid: Grid) -> Grid:
        """Return the grid of what `to_ras` makes of an array on `grid`: every voxel keeps its place in the patient."""
        to_old = np.zeros((4, 4))
        to_old[3, 3] = 1.0
        for new, (old, flipped) in enumerate(zip(self.axes, self.flipped, strict=True)):
            to_old[old, new] = -1.0 if flipped else 1.0
            to_old[old, 3] = grid.shape[old] - 1 if flipped else 0.0
        r, a, s = (grid.shape[axis] for axis in self.axes)
        return Grid((r, a, s), np.asarray(grid.affine @ to_old, dtype=np.float64))

    @property
    def _directions(self) -> tuple[slice, ...]:
        return tuple(slice(None, None, -1) if flipped else slice(None) for flipped in self.flipped)


def axis_codes(affine: Affine) -> str:
    """Return where the array axes point, such as `RAS` or `LPS`: one letter each, the direction of growing index."""
    orientation = Orientation.of(affine)
    pairs = zip(orientation.axes, orientation.flipped, strict=True)
    codes = {axis: _CODES[world][not flipped] for world, (axis, flipped) in enumerate(pairs)}
    return "".join(codes[axis] for axis in range(3))


def is_axis_aligned(affine: Affine, tolerance_degrees: float = 0.01) -> bool:
    """Tell whether each array axis lies within `tolerance_degrees` of some patient axis, whatever its direction."""
    cosines = np.abs(affine[:3, :3]) / np.linalg.norm(affine[:3, :3], axis=0)
    axes = Orientation.of(affine).axes
    along = np.array([cosines[world, axis] for world, axis in enumerate(axes)])
    for world, axis in enumerate(axes):
        cosines[world, axis] = 0.0
    across = np.array([np.linalg.norm(cosines[:, axis]) for axis in axes])
    return bool(np.degrees(np.arctan2(across, along)).max() <= tolerance_degrees)
