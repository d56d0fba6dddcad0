"""Phantoms that lie elsewhere, on grids of their own, with the distance to their brain's surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.ndimage import affine_transform, distance_transform_edt

from GSSCore.imaging.arrays import Affine, Array, Doubles, Mask
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.phantom import make_phantom
from GSSCore.registration.rigid import apply, inverse
from GSSCore.vocabulary import Modality

VIEW_MM = 220.0


@dataclass(frozen=True, eq=False)
class Head:
    """A brain in several contrasts on one grid, skull-stripped."""

    images: dict[Modality, Array]
    brain: Mask
    affine: Affine

    @property
    def points(self) -> Doubles:
        """Positions (N, 3) in RAS mm within the brain."""
        return apply(self.affine, np.argwhere(self.brain)[::50].astype(np.float64))

    @property
    def centre(self) -> Doubles:
        return self.points.mean(axis=0)


@cache
def phantom_head(spacing_mm: float) -> Head:
    shape = tuple(int(mm / spacing_mm) for mm in (190.0, 230.0, 200.0))
    study = make_phantom(0, shape=shape, spacing_mm=spacing_mm).study
    brain = np.any([image != 0 for image in study.images.values()], axis=0)
    return Head({m: image.astype(np.float32) for m, image in study.images.items()}, brain, study.grid.affine)


def moved(
    head: Head, modality: Modality, to_scanner: Affine, *, slice_mm: float = 3.0, axis: int = 2, plane_mm: float = 3.0
) -> tuple[Volume, Volume]:
    """Return a scan of a head that was moved, and the distance to its brain's surface; slices are averages."""
    spacing = np.full(3, plane_mm)
    spacing[axis] = slice_mm
    shape = np.ceil(VIEW_MM / spacing).astype(int)
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = head.centre - spacing * (shape - 1) / 2.0 + 1.3
    scan = np.zeros(shape, np.float32)
    thin = max(1, round(slice_mm / plane_mm))
    for part in range(thin):
        place = affine.copy()
        place[:3, 3] += affine[:3, axis] * ((part + 0.5) / thin - 0.5)
        scan += _sampled(head.images[modality], head.affine, to_scanner, Grid(tuple(shape), place)) / thin
    even = np.diag([2.0, 2.0, 2.0, 1.0])
    even[:3, 3] = affine[:3, 3]
    size = tuple(int(n) for n in np.ceil(shape * spacing / 2.0))
    brain = _sampled(head.brain.astype(np.float32), head.affine, to_scanner, Grid(size, even)) > 0.5
    depth = 2.0 * (distance_transform_edt(brain) - distance_transform_edt(~brain))
    depth -= np.sign(depth)
    return Volume(scan, affine), Volume(np.clip(depth, -8.0, 8.0).astype(np.float32), even)


def _sampled(array: Array, affine: Affine, to_scanner: Affine, grid: Grid) -> Array:
    index = np.linalg.inv(affine) @ inverse(to_scanner) @ grid.affine
    return affine_transform(array, index[:3, :3], index[:3, 3], grid.shape, order=1)
