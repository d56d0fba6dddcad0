"""Images that show a brain and nothing else already."""

from __future__ import annotations

import numpy as np

from GSSCore.imaging.boxes import bounding_box, size_of
from GSSCore.imaging.volume import Volume

MAX_BRAIN_ML = 2200.0
"""More than this is no brain: in 100 real skull-stripped studies the largest mask holds 1910 ml."""


def stripped_brain(volume: Volume) -> Volume | None:
    """Return the mask of an image that is skull-stripped already, its background exactly 0; None for a head."""
    shown = volume.array != 0
    if float(np.count_nonzero(shown)) * volume.grid.voxel_ml > MAX_BRAIN_ML:
        return None
    bounds = bounding_box(shown)
    if bounds is None or size_of(bounds) == shown.shape:
        return None
    return Volume(shown, volume.affine)
