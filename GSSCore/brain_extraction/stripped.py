"""Scans that show a brain and nothing else already."""

from __future__ import annotations

import numpy as np

from GSSCore.brain_extraction.checks import MAX_BRAIN_ML
from GSSCore.brain_extraction.distance import brain_mask, shares_on
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.volume import Volume

NEAR_MM = 8.0
MAX_FAR_SHARE = 0.06
"""Of what is not 0, at most this share lies farther than `NEAR_MM` outside the brain that the network sees: up to .044
in bare brains, whole and slabs of them; .08 or more in slabs of heads whose air is 0."""


def is_stripped(volume: Volume, distance: Volume) -> bool:
    """Tell whether a scan is skull-stripped already: a background of exactly 0, and hardly anything round the brain.

    Args:
        volume: the scan.
        distance: what the network says of it, on a grid of 2 mm.
    """
    from scipy.ndimage import distance_transform_edt

    shown = volume.array != 0
    if float(np.count_nonzero(shown)) * volume.grid.voxel_ml > MAX_BRAIN_ML:
        return False
    bounds = bounding_box(shown)
    if bounds is None or bool(shown[bounds].all()):
        return False
    brain = brain_mask(distance, distance.grid)
    if not brain.any():
        return False
    there = shares_on(volume, distance.grid) > 0.5
    outside = distance_transform_edt(~brain, distance.grid.spacing)
    return float(np.mean(outside[there] > NEAR_MM)) <= MAX_FAR_SHARE
