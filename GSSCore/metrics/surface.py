"""How far two surfaces are apart: the Hausdorff distance at its 95th percentile, in mm.

The surface of a mask are its voxels with a face towards the outside, beyond the volume included. Nearest neighbours
come from k-d trees over the surfaces' voxels: exact, as a distance transform is, but at the cost of the surfaces rather
than of the volume, and the tree of a truth serves all predictions. Whole tumours have some ten thousand surface voxels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from GSSCore.imaging.arrays import Box, Doubles, Mask, Spacing
from GSSCore.imaging.boxes import bounding_box, corner_of

ONE_EMPTY_MM = 373.13
"""What the BraTS challenges count where only one of the two is empty: about the diagonal of their volumes."""
PERCENTILE = 95.0

Points = Doubles
"""(N, 3), in mm."""
Nearest = tuple[Doubles, NDArray[np.intp]]
"""For each point, the distance in mm to the nearest one of others, and that one's index."""


def hausdorff(prediction: Mask, truth: Mask, spacing: Spacing, percentile: float = PERCENTILE) -> float:
    """Return the robust Hausdorff distance of two masks in mm.

    For each voxel on the surface of one mask, the distance to the nearest voxel on the surface of the other; of these
    the percentile, in both directions, and of the two the larger.

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
    boxes = bounding_box(prediction), bounding_box(truth)
    one, other = (
        None if box is None else Surface.of(mask, box, spacing)
        for mask, box in zip((prediction, truth), boxes, strict=True)
    )
    if one is None or other is None:
        return 0.0 if one is other else ONE_EMPTY_MM
    return Between(one, other).robust(percentile)


@dataclass(frozen=True, eq=False)
class Surface:
    """The voxels on the surface of a mask.

    Attributes:
        voxels: int (N, 3), their indices in the whole volume, at least one.
        spacing: of the voxels in mm.
    """

    voxels: NDArray[np.intp]
    spacing: Spacing

    @classmethod
    def of(cls, mask: Mask, box: Box, spacing: Spacing) -> Surface:
        """Return the surface of a mask that lies inside a box and is not empty."""
        part = mask[box]
        inner = part.copy()
        for axis in range(part.ndim):
            inside, whole = np.moveaxis(inner, axis, 0), np.moveaxis(part, axis, 0)
            inside[1:] &= whole[:-1]
            inside[:-1] &= whole[1:]
            inside[0] = inside[-1] = False
        return cls(np.argwhere(part & ~inner) + corner_of(box), spacing)

    @cached_property
    def points(self) -> Points:
        """Where the voxels are, (N, 3) in mm."""
        return np.asarray(self.voxels * np.array(self.spacing), np.float64)

    @cached_property
    def tree(self) -> cKDTree:
        """The points, to be searched."""
        return cKDTree(self.points)


class Between:
    """The distances between two surfaces, and between parts of them.

    Args:
        one, other: the surfaces.
    """

    def __init__(self, one: Surface, other: Surface) -> None:
        self._one, self._other = one, other
        self._forth = _nearest(one.points, other.tree)
        self._back = _nearest(other.points, one.tree)

    def robust(self, percentile: float = PERCENTILE, of_one: Mask | None = None, of_other: Mask | None = None) -> float:
        """Return the percentile of the distances in mm, of both directions the larger.

        Args:
            percentile: 95, or 100 for the classical distance.
            of_one, of_other: bool per point, the parts to compare, at least one point each; None for all.
        """
        first = np.ones(len(self._one.points), np.bool_) if of_one is None else of_one
        second = np.ones(len(self._other.points), np.bool_) if of_other is None else of_other
        forth = _to_part(self._one.points, first, self._other.points, second, self._forth)
        back = _to_part(self._other.points, second, self._one.points, first, self._back)
        return max(float(np.percentile(forth, percentile)), float(np.percentile(back, percentile)))


def _nearest(start: Points, tree: cKDTree) -> Nearest:
    """Return how far each point is from the nearest in the tree, and that one's index."""
    distances, index = tree.query(start)
    return np.asarray(distances, np.float64), np.asarray(index, np.intp)


def _to_part(start: Points, of_start: Mask, target: Points, of_target: Mask, nearest: Nearest) -> Doubles:
    """Return how far each point of a part is from a part of the target, given what is nearest in all of the target."""
    distances, index = nearest[0][of_start], nearest[1][of_start]
    # A nearest point of all that is in the part is the nearest of the part: few are left to be searched for.
    rest = ~of_target[index]
    if rest.any():
        distances[rest], _ = _nearest(start[of_start][rest], cKDTree(target[of_target]))
    return distances
