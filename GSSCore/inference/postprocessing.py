"""Clean-up of a label map by the size of its connected components: an option by name, never part of the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from GSSCore.vocabulary import TUMOUR_LABELS, Label

Labels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CleanUp:
    """What a clean-up did: how many components it changed, and how large they were together in ml."""

    components: int
    ml: float


def remove_small_tumours(labels: Labels, voxel_ml: float, minimum_ml: float) -> CleanUp:
    """Make tumour components (NCR, ED and ET together) of less than `minimum_ml` background, in place.

    Args:
        labels: uint8 (I, J, K).
        voxel_ml: volume of a voxel in ml.
        minimum_ml: the least volume that stays.
    """
    return _relabel_small(labels, TUMOUR_LABELS, Label.BACKGROUND, voxel_ml, minimum_ml)


def relabel_small_enhancement(labels: Labels, voxel_ml: float, minimum_ml: float) -> CleanUp:
    """Make components of enhancing tumour of less than `minimum_ml` NCR, in place; arguments as above."""
    return _relabel_small(labels, (Label.ET,), Label.NCR, voxel_ml, minimum_ml)


def _relabel_small(
    labels: Labels, members: tuple[Label, ...], replacement: Label, voxel_ml: float, minimum_ml: float
) -> CleanUp:
    from scipy.ndimage import generate_binary_structure, label

    box = _bounding_box(np.isin(labels, members))
    if box is None:
        return CleanUp(0, 0.0)
    part = labels[box]
    # Voxels that touch by a corner belong together (26-connected), as in the field's lesion-wise scores.
    components, count = label(np.isin(part, members), generate_binary_structure(3, 3))
    voxels = np.bincount(components.ravel(), minlength=count + 1)
    # Voxel volumes out of a header are not exact: a component of just the least volume stays.
    small = voxels * voxel_ml < minimum_ml * (1.0 - 1e-6)
    small[0] = False
    part[small[components]] = replacement
    return CleanUp(int(small.sum()), float(voxels[small].sum() * voxel_ml))


def _bounding_box(mask: Mask) -> tuple[slice, ...] | None:
    """Return the box of the True voxels, or None when there is none."""
    box = []
    for axis in range(mask.ndim):
        found = np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))
        if not len(found):
            return None
        box.append(slice(int(found[0]), int(found[-1]) + 1))
    return tuple(box)
