"""A modality at every second millimetre only, so that all checks together take a few tens of milliseconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from GSSCore.imaging.arrays import Array, Mask, Size, Spacing
from GSSCore.imaging.boxes import bounding_box, size_of
from GSSCore.imaging.volume import Grid

MAX_BRAIN_ML = 2200.0
"""More than this is no brain: in 100 real skull-stripped studies the largest mask holds 1910 ml (mean 1480, SD 160)."""
MAX_BOX_FILL = 0.75
"""A brain fills about half its own bounding box: pi / 6 of it if an ellipsoid, .38 to .53 in 100 real studies. A slab
of it, or a crop of its inside, fills more."""
MAX_BRAIN_MM = (165.0, 170.0, 205.0)
"""No brain is longer, its sides in order of length: in 100 real studies they are 144, 153 and 187 mm at most."""
THUMBNAIL_MM = 2.0
MIN_THINNED = 64


def thinned(array: Array) -> tuple[Array, Size]:
    """Return every second voxel of an array (I, J, K), along axes of `MIN_THINNED` voxels or more, and the steps."""
    i, j, k = (2 if n >= MIN_THINNED else 1 for n in array.shape)
    return np.ascontiguousarray(array[::i, ::j, ::k]), (i, j, k)


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A modality at about `THUMBNAIL_MM`, by leaving voxels out.

    Attributes:
        array: every n-th voxel of the image (I, J, K).
        spacing: distance between the voxels that are left, along I, J, K in mm.
        density: share of the image's voxels that are not 0, in terms of that of the thumbnail: 1, or half where every
            second layer of the image is empty and left out.
    """

    array: Array
    spacing: Spacing
    density: float = 1.0

    @classmethod
    def of(cls, image: Array, grid: Grid) -> Thumbnail:
        """Thin out an image (I, J, K) on `grid`."""
        steps = [max(1, round(THUMBNAIL_MM / mm)) for mm in grid.spacing]
        i, j, k = (step * mm for step, mm in zip(steps, grid.spacing, strict=True))
        array = np.ascontiguousarray(image[tuple(slice(None, None, step) for step in steps)])
        own = int(np.count_nonzero(array)) / array.size
        return cls(array, (i, j, k), int(np.count_nonzero(image)) / image.size / own if own else 1.0)

    @cached_property
    def nonzero(self) -> Mask:
        """Where the image is not 0."""
        return np.asarray(self.array != 0)

    @cached_property
    def millilitres(self) -> float:
        """Volume that is not 0."""
        return float(np.count_nonzero(self.nonzero) * np.prod(self.spacing) / 1000.0)

    @cached_property
    def box_fill(self) -> float:
        """Share of the bounding box of all that is not 0 which is not 0; 0 for nothing."""
        return float(np.count_nonzero(self.nonzero) / max(1, math.prod(self.lengths)))

    @cached_property
    def lengths(self) -> Size:
        """Sides, in voxels, of the bounding box of all that is not 0; 0 for nothing."""
        return size_of(bounding_box(self.nonzero))

    @cached_property
    def faces_cm2(self) -> float:
        """Area at the six faces of the bounding box of all that is not 0; 0 for nothing."""
        bounds = bounding_box(self.nonzero)
        if bounds is None:
            return 0.0
        shown = self.nonzero[bounds]
        voxel_mm2 = [math.prod(self.spacing) / mm for mm in self.spacing]
        counts = [np.count_nonzero(shown.take((0, -1), axis=axis)) for axis in range(3)]
        return float(np.dot(counts, voxel_mm2) / 100.0)

    @cached_property
    def filled(self) -> bool:
        """Whether there is something nearly everywhere, in more than a brain has room for: the background is not 0."""
        if self.box_fill <= MAX_BOX_FILL:
            return False
        sides = sorted(n * mm for n, mm in zip(self.lengths, self.spacing, strict=True))
        return self.millilitres > MAX_BRAIN_ML or any(s > most for s, most in zip(sides, MAX_BRAIN_MM, strict=True))

    @property
    def stripped(self) -> bool:
        """Whether this may be a brain alone, or a part of one."""
        return self.millilitres <= MAX_BRAIN_ML and not self.filled

    @cached_property
    def foreground(self) -> Mask:
        """The brain, or roughly the head where the background is noise."""
        return np.asarray(self.array > self.array.mean()) if self.filled else self.nonzero
