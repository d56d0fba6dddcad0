"""What raw scans show in planes of the reference: sampled where pixels are, so that no whole volume is interpolated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from GSSCore.imaging.arrays import Affine, Doubles, Floats, Mask
from GSSCore.imaging.volume import Volume
from GSSCore.results.planes import Span, View
from GSSCore.study.alignment import Alignment
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality

ROUND_BRAIN_MM = ((16.0, 16.0), (18.0, 18.0), (16.0, 16.0))
"""What is shown around the brain along R, A, S, low and high end: skull and scalp."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """Three planes through the middle of the brain, along the axes of the reference, and how far they reach.

    Attributes:
        axes: (3, 3), its columns the directions in RAS mm of the reference's axes, nearest to R, A and S.
        low, high: (3,) ends of what is shown, in mm along these axes.
        middle: (3,) where the planes meet.
    """

    axes: Doubles
    low: Doubles
    high: Doubles
    middle: Doubles

    def extent_mm(self, axis: int) -> float:
        """Return how many mm are shown along an axis."""
        return float(self.high[axis] - self.low[axis])

    def size(self, view: View, scale: float) -> tuple[int, int]:
        """Return the pixels (x, y) of a view at a scale in pixels per mm."""
        x, y = (max(1, round(scale * self.extent_mm(axis))) for axis in (view.across, view.down))
        return x, y

    def places(self, view: View, scale: float) -> Doubles:
        """Return where the pixels of a view are, (rows, columns, 3), in RAS mm of the reference."""
        columns, rows = self.size(view, scale)
        along = np.empty((rows, columns, 3))
        along[..., view.across] = self.high[view.across] - (np.arange(columns) + 0.5) / scale
        along[..., view.down] = (self.high[view.down] - (np.arange(rows) + 0.5) / scale)[:, None]
        along[..., view.normal] = self.middle[view.normal]
        return np.asarray(along @ self.axes.T)


def canvas_of(study: Study, alignment: Alignment) -> Canvas:
    """Return the planes that show the whole brain of a study of raw scans, each through voxels of the reference."""
    grid = study.orientation.grid_in_ras(study.grid)
    axes = grid.affine[:3, :3] / grid.spacing
    distance = alignment.distance
    index = np.argwhere(distance.array > 0)
    if not len(index):
        index = np.argwhere(np.ones_like(distance.array))
    along = (index @ distance.affine[:3, :3].T + distance.affine[:3, 3]) @ np.linalg.inv(axes).T
    low, high = along.min(axis=0), along.max(axis=0)
    start = np.linalg.inv(axes) @ grid.affine[:3, 3]
    middle = start + np.rint(((low + high) / 2.0 - start) / grid.spacing) * grid.spacing
    before, after = np.array(ROUND_BRAIN_MM).T
    return Canvas(axes, low - before, high + after, middle)


def shown_at(alignment: Alignment, modality: Modality, places: Doubles) -> Floats:
    """Return what a scan shows at places (..., 3) in RAS mm of the reference; 0 where it does not reach."""
    return sampled(alignment.scans[modality], alignment.to_scan[modality], places)


def brain_at(alignment: Alignment, places: Doubles) -> Mask:
    """Return where the brain is that was used, bool (...)."""
    # Lifted, as 0 stands for what the distance does not reach.
    depth = alignment.distance
    lifted = Volume(depth.array - depth.array.min() + np.float32(1.0), depth.affine)
    return np.asarray(sampled(lifted, np.eye(4), places) > np.float32(1.0) - depth.array.min())


def voxels_of(study: Study, view: View, index: int, spans: tuple[Span, Span, Span]) -> Doubles:
    """Return where the voxels of a plane are, (rows, columns, 3) as `View.cut` has them, in RAS mm of the reference."""
    grid = study.orientation.grid_in_ras(study.grid)
    steps = [np.arange(low, high) for low, high in spans]
    steps[view.normal] = np.array([index])
    voxels = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).squeeze(view.normal)
    plane = np.swapaxes(voxels, 0, 1)[::-1, ::-1]
    return np.asarray(plane @ grid.affine[:3, :3].T + grid.affine[:3, 3])


def sampled(volume: Volume, to_volume: Affine, places: Doubles) -> Floats:
    """Return a volume's values at places (..., 3), interpolated linearly; 0 where it does not reach.

    Args:
        volume: (I, J, K).
        to_volume: (4, 4), from the places' mm to RAS mm of the volume.
        places: (..., 3) in mm.
    """
    from scipy.ndimage import map_coordinates

    to_index = np.linalg.inv(volume.affine) @ to_volume
    index = np.moveaxis(places @ to_index[:3, :3].T + to_index[:3, 3], -1, 0)
    last = np.array(volume.array.shape).reshape(3, *[1] * (index.ndim - 1)) - 1
    # Half a voxel beyond its centre it still is the volume; rounding may not lose its rim.
    inside = ((index >= -0.5 - 1e-6) & (index <= last + 0.5 + 1e-6)).all(axis=0)
    values = map_coordinates(volume.array, np.clip(index, 0, last), output=np.float32, order=1, mode="nearest")
    return np.where(inside, values, np.float32(0.0))
