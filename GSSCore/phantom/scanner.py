"""From ideal signals to an image: thick slices, noise of two channels, uneven coils, integers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats, Mask
from GSSCore.phantom.fields import Axes, smooth_noise

IN_PLANE_MM = 1.3
"""Full width at half maximum of a point in the plane of the slices."""
NOISE = 0.03
"""Standard deviation per channel as a share of white matter's signal, before the images are interpolated to 1 mm."""
UNEVENNESS = 0.06
UNEVENNESS_MM = 80.0
BRIGHTNESS = (350.0, 1100.0)
"""Range of the stored value of white matter: MRI has no absolute scale, and scanners use very different ones."""
_FWHM_PER_SD = 2.3548


def acquire(
    ideal: Floats, brain: Mask, axes: Axes, white: float, slice_mm: float, rng: np.random.Generator
) -> NDArray[np.int16]:
    """Return the image that a scanner makes of ideal signals, brain-extracted.

    Args:
        ideal: (X, Y, Z), also outside the brain, where fluid surrounds it.
        brain: bool (X, Y, Z).
        axes: of the box.
        white: signal of white matter.
        slice_mm: thickness of the slices, along S.
        rng: generator.

    Returns:
        int16 (X, Y, Z), at least 1 inside the brain, exactly 0 outside.
    """
    gain = rng.uniform(*BRIGHTNESS) / white
    uneven = np.exp(UNEVENNESS * smooth_noise(rng, axes, UNEVENNESS_MM))
    blurred = ideal
    for axis, width in enumerate((IN_PLANE_MM, IN_PLANE_MM, slice_mm)):
        blurred = blur(blurred, axis, width, spacing(axes.each[axis]))
    image = blurred * uneven
    noise = np.float32(NOISE * white) * rng.standard_normal((2, int(brain.sum())), dtype=np.float32)
    image[brain] = np.hypot(image[brain] + noise[0], noise[1])
    # Registration to a common space interpolates, which smooths noise slightly.
    for axis in range(3):
        image = blur(image, axis, 0.8 * spacing(axes.each[axis]), spacing(axes.each[axis]))
    whole = np.clip(np.rint(image * np.float32(gain)), 1, np.iinfo(np.int16).max)
    stored: NDArray[np.int16] = whole.astype(np.int16)
    stored[~brain] = 0
    return stored


def spacing(positions: NDArray[np.float64]) -> float:
    """Return the distance of voxel centres along an axis in mm; 1 for a single voxel."""
    return float(abs(positions[1] - positions[0])) if len(positions) > 1 else 1.0


def blur(image: Floats, axis: int, width_mm: float, step_mm: float) -> Floats:
    """Return the image smoothed by a Gaussian along one axis, its ends continued.

    Args:
        image: (X, Y, Z).
        axis: 0, 1 or 2.
        width_mm: full width at half maximum.
        step_mm: distance of voxels along the axis.
    """
    sd = width_mm / _FWHM_PER_SD / step_mm
    radius = int(np.ceil(2.5 * sd))
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sd) ** 2)
    weights /= weights.sum()
    if weights[radius] > 0.995:
        return image
    padding = [(radius, radius) if a == axis else (0, 0) for a in range(3)]
    padded = np.pad(image, padding, mode="edge")

    def shifted(by: int) -> Floats:
        first = radius + by
        return padded[(slice(None),) * axis + (slice(first, first + image.shape[axis]),)]

    out = image * np.float32(weights[radius])
    pair = np.empty_like(out)
    for distance in range(1, radius + 1):
        np.add(shifted(distance), shifted(-distance), out=pair)
        pair *= np.float32(weights[radius + distance])
        out += pair
    return out
