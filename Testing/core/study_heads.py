"""A small analytic head with a tumour in four contrasts, for the tests of study and preprocessing."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from GSSCore.vocabulary import Modality

Array = NDArray[np.float64]

# Brightness of: white matter, ventricles, oedema, necrotic core, enhancing rim, grey matter, fluid around the brain.
CONTRASTS = {
    Modality.FLAIR: (300.0, 100.0, 520.0, 330.0, 420.0, 360.0, 160.0),
    Modality.T1CE: (400.0, 150.0, 330.0, 250.0, 900.0, 320.0, 240.0),
    Modality.T1: (400.0, 150.0, 330.0, 270.0, 310.0, 300.0, 190.0),
    Modality.T2: (250.0, 700.0, 500.0, 560.0, 380.0, 340.0, 620.0),
}
TUMOUR_CENTRE = (22.0, 12.0, 8.0)
RADII = (24.0, 15.0, 9.0)


def grid_positions(shape: tuple[int, int, int], affine: Array) -> Array:
    """RAS positions in mm (3, I, J, K) of all voxel centres."""
    index = np.indices(shape).reshape(3, -1)
    return np.asarray(affine[:3, :3] @ index + affine[:3, 3:]).reshape(3, *shape)


def centred_affine(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> Array:
    """RAS axes with (0, 0, 0) mm in the middle of the volume."""
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2.0)
    return affine


def tissue(shape: tuple[int, int, int], affine: Array, cortex: bool = True) -> NDArray[np.int64]:
    """0 outside, 1 white matter, 2 ventricle, 3 oedema, 4 necrosis, 5 enhancing rim, 6 grey matter, 7 fluid around."""
    r, a, s = grid_positions(shape, affine)
    classes = np.where((r / 66) ** 2 + (a / 82) ** 2 + (s / 62) ** 2 <= 1, 7 if cortex else 1, 0)
    if cortex:
        classes[(r / 63) ** 2 + (a / 79) ** 2 + (s / 59) ** 2 <= 1] = 6
        classes[(r / 54) ** 2 + (a / 70) ** 2 + (s / 50) ** 2 <= 1] = 1
    classes[(classes == 1) & ((r / 14) ** 2 + ((a + 8) / 26) ** 2 + (s / 12) ** 2 <= 1)] = 2
    distance = np.sqrt(sum((x - c) ** 2 for x, c in zip((r, a, s), TUMOUR_CENTRE, strict=True)))
    for radius, value in zip(RADII, (3, 5, 4), strict=True):
        classes[distance <= radius] = value
    return np.asarray(classes)


def head(
    shape: tuple[int, int, int], affine: Array, noise: float = 8.0, seed: int = 0, cortex: bool = True
) -> dict[Modality, NDArray[np.int16]]:
    """The four contrasts as int16, 0 outside the brain; without cortex and fluid, all that is bright is tumour."""
    classes = tissue(shape, affine, cortex)
    images = {}
    for modality, contrast in CONTRASTS.items():
        rng = np.random.default_rng((seed, modality.channel))
        values = np.array([0.0, *contrast])[classes] + noise * rng.standard_normal(shape)
        images[modality] = np.where(classes > 0, np.maximum(values, 1), 0).astype(np.int16)
    return images


def truth(shape: tuple[int, int, int], affine: Array) -> NDArray[np.uint8]:
    """The label map of the same head: NCR 1, ED 2, ET 3."""
    return np.array([0, 0, 0, 2, 1, 3, 0, 0], np.uint8)[tissue(shape, affine)]


def orientations() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The 48 ways to order three axes and to choose their directions."""
    return [(order, flips) for order in permutations(range(3)) for flips in product((1, -1), repeat=3)]


def oriented(
    array: NDArray[np.generic], affine: Array, order: tuple[int, ...], flips: tuple[int, ...]
) -> tuple[NDArray[np.generic], Array]:
    """The same voxels at the same places, with axes reordered and reversed: built here from first principles."""
    turned = array.transpose(order)[tuple(slice(None, None, flip) for flip in flips)]
    step = np.zeros((4, 4))
    step[3, 3] = 1.0
    for new, (old, flip) in enumerate(zip(order, flips, strict=True)):
        step[old, new] = flip
        step[old, 3] = 0 if flip > 0 else array.shape[old] - 1
    return np.ascontiguousarray(turned), affine @ step
