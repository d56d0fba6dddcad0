"""A scan as registration needs it: its array in the order R, A, S, its brain, and smaller copies of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.ndimage import affine_transform, gaussian_filter, map_coordinates

from GSSCore.imaging.arrays import Affine, Box, Doubles, Floats, Mask
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.registration.rigid import apply

AROUND_MM = 5.0
"""How far beyond the brain the metric looks: fluid and skull show its border, neck and jaw move on their own."""
WINDOW = (0.5, 99.5)
"""Percentiles of the values around the brain to which a scan is clipped, so that the histogram's bins are well used."""
_FAR_MM = -8.0
"""Distance outside the grid on which distances are given: as far from the brain as distances go."""
_POINTS = 50_000
_HALF_MAXIMUM = 2.3548
"""Full width at half maximum of a Gaussian of SD 1."""


@dataclass(frozen=True, eq=False)
class Copy:
    """A smoothed and thinned copy of a scan.

    Attributes:
        image: float32 (R, A, S), clipped to the scan's window.
        around: voxels in and around the brain, bool (R, A, S).
        affine: (4, 4), from voxel to RAS mm.
    """

    image: Floats
    around: Mask
    affine: Affine

    @property
    def mirrored(self) -> Copy:
        """The same with its first axis turned round: what lay right lies left."""
        return Copy(np.ascontiguousarray(self.image[::-1]), np.ascontiguousarray(self.around[::-1]), self.affine)

    @property
    def mirroring(self) -> Affine:
        """Where the points of the copy, in RAS mm, lie when it is mirrored: (4, 4), a reflection."""
        index = np.diag((-1.0, 1.0, 1.0, 1.0))
        index[0, 3] = len(self.image) - 1
        return np.asarray(self.affine @ index @ _inverse(self.affine))


@dataclass(frozen=True, eq=False)
class Scan:
    """A scan and its brain.

    Attributes:
        volume: the scan, axes in the order R, A, S.
        distance: how far voxels lie inside the brain in mm, axes in the order R, A, S, on a grid of its own.
    """

    volume: Volume
    distance: Volume

    @classmethod
    def of(cls, volume: Volume, distance: Volume) -> Scan:
        """Return a scan whose arrays have the order R, A, S: the order in which they came makes no difference."""
        own = Volume(distance.array.astype(np.float32), distance.affine)
        return cls(_in_ras(volume), _in_ras(own))

    @cached_property
    def box(self) -> Box | None:
        """The box of the brain in the grid of distances; None where there is no brain."""
        return bounding_box(self.distance.array > 0.0)

    @cached_property
    def corners(self) -> Doubles:
        """The corners (8, 3) of the brain's box in RAS mm."""
        assert self.box is not None
        return self.distance.grid.cropped(self.box).corners()

    @cached_property
    def brain_points(self) -> Doubles:
        """Positions (N, 3) in RAS mm of voxels of `distance` inside the brain that the scan shows, about `_POINTS`."""
        inside = np.argwhere(self.distance.array > 0.0)
        points = apply(self.distance.affine, inside[:: 1 + len(inside) // _POINTS].astype(np.float64))
        return points[self.shows(points)]

    @property
    def thickest_mm(self) -> float:
        """The largest of the distances between its voxels in mm."""
        return max(self.volume.grid.spacing)

    @cached_property
    def centre(self) -> Doubles:
        """The brain's centre of mass (3,) in RAS mm."""
        return np.asarray(self.brain_points.mean(axis=0))

    @property
    def middle(self) -> Doubles:
        """The middle (3,) of the field of view in RAS mm."""
        return np.asarray(self.volume.grid.corners().mean(axis=0))

    def shows(self, points: Doubles) -> Mask:
        """Tell which points (N, 3) in RAS mm lie in the field of view, bool (N,); outer voxels count to their faces."""
        index = apply(_inverse(self.volume.affine), points)
        return np.asarray(((index >= -0.5) & (index <= np.array(self.volume.array.shape) - 0.5)).all(axis=1))

    def distance_at(self, points: Doubles) -> Floats:
        """Return how far points (N, 3) in RAS mm lie inside the brain, float32 (N,) in mm."""
        index = apply(_inverse(self.distance.affine), points).T
        return np.asarray(map_coordinates(self.distance.array, index, order=1, cval=_FAR_MM))

    def copy(self, spacing_mm: float, smoothing_mm: float, margin_mm: float) -> Copy:
        """Return a copy of the part around the brain.

        Args:
            spacing_mm: least distance of its voxels along each axis, nearly: every n-th voxel is kept.
            smoothing_mm: standard deviation of the Gaussian by which it is blurred, its voxels' own size included.
            margin_mm: how far it reaches beyond the brain's box.
        """
        box = self._around(margin_mm)
        spacing = np.array(self.volume.grid.spacing)
        blur = np.sqrt(np.maximum(0.0, smoothing_mm**2 - (spacing / _HALF_MAXIMUM) ** 2)) / spacing
        image = gaussian_filter(self.volume.array[box].astype(np.float32), blur, mode="nearest", truncate=3.0)
        steps = np.maximum(1, np.rint(spacing_mm / spacing).astype(int))
        image = np.ascontiguousarray(image[tuple(slice(int(n - 1) // 2, None, int(n)) for n in steps)])
        affine = self.volume.grid.cropped(box).affine.copy()
        affine[:3, 3] += affine[:3, :3] @ ((steps - 1) // 2)
        affine[:3, :3] *= steps
        around = self._distance_on(Grid(image.shape, affine)) > -AROUND_MM
        low, high = np.percentile(image[around], WINDOW) if around.any() else (0.0, 0.0)
        return Copy(np.clip(image, low, high), around, affine)

    def _around(self, margin_mm: float) -> Box:
        """Return the box of the scan's voxels within `margin_mm` of the brain's box."""
        index = apply(_inverse(self.volume.affine), self.corners)
        margin = margin_mm / np.array(self.volume.grid.spacing)
        low = np.floor(index.min(axis=0) - margin).astype(int)
        high = np.ceil(index.max(axis=0) + margin).astype(int) + 1
        shape = self.volume.array.shape
        i, j, k = (slice(max(0, int(a)), max(1, min(n, int(b)))) for a, b, n in zip(low, high, shape, strict=True))
        return i, j, k

    def _distance_on(self, grid: Grid) -> Floats:
        """Return how far the voxels of a grid lie inside the brain, float32 in mm."""
        index = _inverse(self.distance.affine) @ grid.affine
        found = affine_transform(self.distance.array, index[:3, :3], index[:3, 3], grid.shape, order=1, cval=_FAR_MM)
        return np.asarray(found)


def _in_ras(volume: Volume) -> Volume:
    orientation = Orientation.of(volume.affine)
    return Volume(orientation.to_ras(volume.array), orientation.grid_in_ras(volume.grid).affine)


def _inverse(affine: Affine) -> Affine:
    return np.asarray(np.linalg.inv(affine), np.float64)
