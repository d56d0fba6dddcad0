"""The box of the brain, cut out of images that lie on one grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array, Box, Mask
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.volume import Grid
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality

NOTHING_LEFT = Message(
    "preprocessing.nothing-left",
    "At the network's spacing nothing is left of the images: they show less than one of its voxels; check "
    "their spacing.",
)
"""The refusal of images without a voxel of brain."""


@dataclass(frozen=True, eq=False)
class Cut:
    """Arrays cut to the box of their non-zero voxels.

    Attributes:
        arrays: of one shape.
        grid: what they lie on.
        box: where they were cut out.
        brain: where any of them is non-zero.
    """

    arrays: Mapping[Modality, Array]
    grid: Grid
    box: Box
    brain: Mask


def cut_out(arrays: Mapping[Modality, Array], grid: Grid) -> Cut:
    """Cut equally shaped arrays on a grid to the box of all that is non-zero in any of them."""
    mask: Mask | None = None
    for array in arrays.values():
        nonzero = np.asarray(array != 0)
        mask = nonzero if mask is None else np.bitwise_or(mask, nonzero, out=mask)
    assert mask is not None, "a study has at least one modality"
    box = bounding_box(mask)
    if box is None:
        raise InputError(NOTHING_LEFT)
    cut = {modality: array[box] for modality, array in arrays.items()}
    return Cut(cut, grid.cropped(box), box, np.ascontiguousarray(mask[box]))


def rounded(grid: Grid) -> Grid:
    """Return the grid rounded to a nanometre: reordering axes shifts its last digits, which results must not see."""
    return Grid(grid.shape, np.round(grid.affine, 6) + 0.0)
