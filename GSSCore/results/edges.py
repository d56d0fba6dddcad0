"""Edges of an image as thin smooth lines: where its brightness changes fastest. They lie alike in any contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Doubles, Floats, Mask

STEEPEST = 70.0
"""Percentile of the steepness within the brain from which on a line counts as an edge."""
LEAST_SHARE = 0.05
"""Of the greatest steepness: in an image that is mostly even, the percentile alone would pass rounding errors."""


def edges(image: Floats, brain: Mask, smooth: tuple[float, float], width: float, shortest: float) -> NDArray[np.uint8]:
    """Return how much of each pixel the edges of an image cover, uint8 (rows, columns), 255 for all of it.

    An edge is where the Laplacian of the smoothed image changes its sign (Marr and Hildreth 1980), as far as the image
    is steep there.

    Args:
        image: (rows, columns).
        brain: whose steepness says what is steep.
        smooth: SD of the Gaussian along rows' and columns' index, in pixels.
        width: of the lines in pixels.
        shortest: least number of pixels that hang together.
    """
    from scipy.ndimage import gaussian_filter, label

    values = image.astype(np.float64)

    def derived(order: tuple[int, int]) -> Doubles:
        return np.asarray(gaussian_filter(values, smooth, order))

    down, across = derived((1, 0)) * smooth[0], derived((0, 1)) * smooth[1]
    steep = np.hypot(down, across)
    curved = derived((2, 0)) * smooth[0] ** 2 + derived((0, 2)) * smooth[1] ** 2
    slope = np.hypot(*np.gradient(curved))
    away = np.abs(curved) / np.maximum(slope, 1e-9)
    inside = steep[brain] if brain.any() else steep
    least = max(float(np.percentile(inside, STEEPEST)), LEAST_SHARE * float(inside.max()), 1e-6)
    strong = (away < width) & (steep > least)
    parts, _ = label(strong, np.ones((3, 3)))
    large = np.bincount(parts.ravel()) >= shortest
    large[0] = False
    cover = np.clip(width / 2.0 + 0.5 - away, 0.0, 1.0) * large[parts]
    return np.asarray(cover * 255.0, np.uint8)
