"""Random parameters of augmentation: how a training sample is varied.

Parameters are drawn here, from a given generator, and applied elsewhere: `GSSCore.training.crop` applies the geometry,
`GSSCore.training.intensities` the intensities, `GSSCore.training.imperfect_masks` the mask. So the same parameters
always give the same sample, and each step can be tested by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from GSSCore.imaging.arrays import Reals
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.imperfect_masks import MaskParameters, draw_mask
from GSSCore.vocabulary import MODALITIES

BIAS_NODES = 3
"""Nodes of the bias field along each axis."""
CURVE_KNOTS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.5, 6.5)
"""Z-scores at which an intensity curve bends: the range of the brain, with tumours. Beyond, its slope is 1."""
LEAST_SLOPE = 0.1
"""Least slope of an intensity curve: it must stay invertible."""
AXIAL = 0.7
"""Share of the thick-sliced studies whose slices are axial for sure; the axis of the others is drawn."""
THICK = 0.8
"""Share of the modalities of a thick-sliced study that have its slices; the others are as they would be without."""
_UPWARDS = 2
"""The axis of a case from the feet to the head."""


@dataclass(frozen=True, eq=False)
class IntensityParameters:
    """How one modality is varied; see `AugmentationSettings`. None stands for a step that is left out.

    Attributes:
        gamma: exponent of the intensities.
        scale, shift: z-scores are multiplied by one, and the other is added.
        bias: (3, 3, 3) nodes of the smooth field's logarithm.
        noise: standard deviation of the noise.
        noise_seed: seed of the noise.
        blur: (axis, number of voxels averaged).
        curve: values of the curve at `CURVE_KNOTS`, strictly increasing.
        misaligned: (2, 3), shift in voxels along each axis and angle in degrees about each axis.
    """

    gamma: float
    scale: float
    shift: float
    bias: Reals | None
    noise: float
    noise_seed: int | None
    blur: tuple[int, int] | None
    curve: Reals | None = None
    misaligned: Reals | None = None


@dataclass(frozen=True, eq=False)
class Parameters:
    """How one sample is varied. None stands for a step that is left out.

    Attributes:
        flip: whether left and right are exchanged.
        matrix: (3, 3) rotation and scaling.
        intensities: by modality.
        enhancement: share that is left of the contrast agent's effect.
        mask: how the brain mask is wrong.
    """

    flip: bool
    matrix: Reals | None
    intensities: tuple[IntensityParameters, ...]
    enhancement: float | None = None
    mask: MaskParameters | None = None


def draw(rng: np.random.Generator, settings: AugmentationSettings) -> Parameters:
    """Return random parameters. Equal states of `rng` give equal parameters."""
    flip = bool(rng.random() < settings.flip)
    matrix = _draw_matrix(rng, settings) if rng.random() < settings.affine else None
    intensities = [_draw_intensity(rng, settings) for _ in MODALITIES]
    # Options that were added later are drawn last, so that recipes without them keep giving the same samples.
    share, weakened = float(rng.uniform(settings.enhancement, 1.0)), rng.random() < settings.enhancement_probability
    curved = [replace(one, curve=_draw_curve(rng, settings)) for one in intensities]
    shifted = tuple(replace(one, misaligned=_draw_misaligned(rng, settings)) for one in curved)
    mask = draw_mask(rng, settings)
    return Parameters(flip, matrix, _thick_slices(rng, settings, shifted), share if weakened else None, mask)


def _draw_matrix(rng: np.random.Generator, settings: AugmentationSettings) -> Reals:
    angles = rng.uniform(-settings.rotation, settings.rotation, 3)
    return rotation(angles) @ np.diag(1.0 + rng.uniform(-settings.scaling, settings.scaling, 3))


def rotation(degrees: Reals) -> Reals:
    """Return the matrix (3, 3) of rotations about the first axis, then the second, then the third.

    By hand: scipy's `Rotation` gives other last bits, and a recipe has to keep giving the same samples.
    """
    matrix = np.eye(3)
    for axis, angle in enumerate(np.deg2rad(degrees)):
        turn = np.eye(3)
        a, b = [i for i in range(3) if i != axis]
        turn[a, a] = turn[b, b] = np.cos(angle)
        turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return matrix


def _draw_misaligned(rng: np.random.Generator, settings: AugmentationSettings) -> Reals | None:
    moved = rng.uniform(-settings.misaligned, settings.misaligned, (2, 3))
    return moved if rng.random() < settings.misaligned_probability else None


def _draw_intensity(rng: np.random.Generator, settings: AugmentationSettings) -> IntensityParameters:
    bias = rng.uniform(-settings.bias, settings.bias, (BIAS_NODES,) * 3)
    blur = (int(rng.integers(3)), int(rng.integers(2, max(settings.blur, 2) + 1)))
    noise, seed = float(rng.uniform(0.0, settings.noise)), int(rng.integers(2**62))
    chosen = rng.random(3) < (settings.bias_probability, settings.noise_probability, settings.blur_probability)
    return IntensityParameters(
        gamma=float(np.exp(rng.uniform(-settings.gamma, settings.gamma))),
        scale=float(1.0 + rng.uniform(-settings.scale, settings.scale)),
        shift=float(rng.uniform(-settings.shift, settings.shift)),
        bias=bias if chosen[0] else None,
        noise=noise,
        noise_seed=seed if chosen[1] else None,
        blur=blur if chosen[2] else None,
    )


def _thick_slices(
    rng: np.random.Generator, settings: AugmentationSettings, given: tuple[IntensityParameters, ...]
) -> tuple[IntensityParameters, ...]:
    """Return the modalities' parameters, in some samples with the thick slices that a whole study shares."""
    axis = _UPWARDS if rng.random() < AXIAL else int(rng.integers(3))
    slices = (axis, int(rng.integers(2, max(settings.slices, 2) + 1)))
    thick, drawn = rng.random(len(given)) < THICK, rng.random() < settings.slices_probability
    if not drawn:
        return given
    return tuple(replace(one, blur=slices) if t else one for one, t in zip(given, thick, strict=True))


def _draw_curve(rng: np.random.Generator, settings: AugmentationSettings) -> Reals | None:
    knots = np.array(CURVE_KNOTS)
    moved = knots + rng.uniform(-settings.curve, settings.curve, len(knots))
    if rng.random() >= settings.curve_probability:
        return None
    # Knots that fell below an earlier one are raised, so that the curve rises everywhere by `LEAST_SLOPE` or more.
    return np.maximum.accumulate(moved - LEAST_SLOPE * knots) + LEAST_SLOPE * knots
