"""A brain mask of the user's own, on any grid: checked before it takes the place of the network's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from GSSCore.brain_extraction.checks import MAX_BRAIN_ML, MIN_BRAIN_ML, MIN_PART_ML
from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine, Array
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.reading import read_volume, require_file
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume, affine_fault
from GSSCore.messages import Message

_WHAT = "Brain mask"
MIN_OVERLAP = 0.9
"""Least share of a mask that lies within the scan it is given for."""


def read_brain_mask(path: Path | str) -> Volume:
    """Return the mask in a file, bool (I, J, K) on its own grid.

    Raises:
        InputError: when it can't be read, or is no mask of a brain.
    """
    require_file(Path(path), what=_WHAT)
    return _checked(read_volume(path, what=_WHAT))


def brain_mask_of(array: Array, affine: Affine) -> Volume:
    """Return the mask in an array (I, J, K) with its affine, voxel index to RAS in mm; checked as that of a file."""
    affine = np.asarray(affine, np.float64)
    fault = affine_fault(affine)
    if array.ndim != 3 or fault is not None:
        raise InputError(
            Message(
                "brain.mask-array",
                "Brain mask: an array of shape {shape} with an affine {fault} was given; give a three-dimensional one "
                "with its affine.",
                shape=str(array.shape),
                fault=fault or "that is sound",
            )
        )
    return _checked(Volume(array, affine))


def require_overlap(mask: Volume, scan: Grid, sequence: str) -> None:
    """Refuse a mask that lies elsewhere than the scan that it is for.

    Args:
        mask: as read.
        scan: its grid, in the same RAS mm.
        sequence: which scan that is, for messages.

    Raises:
        InputError: when less than `MIN_OVERLAP` of the mask lies in the scan's field of view.
    """
    everywhere = Volume(np.ones(scan.shape, np.uint8), scan.affine)
    within = resample(everywhere, mask.grid, order=0) != 0
    share = float(np.count_nonzero(within & mask.array)) / max(1, int(np.count_nonzero(mask.array)))
    if share < MIN_OVERLAP:
        raise InputError(
            Message(
                "brain.mask-elsewhere",
                "Brain mask: {share:.0%} of {file} lie within {sequence}, at least {least:.0%} are wanted; give a mask "
                "in the space of that scan.",
                share=share,
                file=mask.name,
                sequence=sequence,
                least=MIN_OVERLAP,
            )
        )


def _checked(volume: Volume) -> Volume:
    """Return a mask as bool, or raise InputError."""
    values = np.unique(volume.array)
    if len(values) != 2 or not np.isfinite(values).all() or not (values == 0).any():
        raise InputError(
            Message(
                "brain.mask-values",
                "Brain mask: {file} holds {count} different values; give a mask with 0 outside the brain and one other "
                "value, such as 1, inside.",
                file=volume.name,
                count=len(values),
            )
        )
    brain = np.asarray(volume.array != 0)
    bounds = bounding_box(brain)
    assert bounds is not None, "two values, one of them 0"
    cut = any(side.start == 0 or side.stop == n for side, n in zip(bounds, brain.shape, strict=True))
    millilitres = float(np.count_nonzero(brain)) * volume.grid.voxel_ml
    least = MIN_PART_ML if cut else MIN_BRAIN_ML
    if not least <= millilitres <= MAX_BRAIN_ML:
        raise InputError(
            Message(
                "brain.mask-volume",
                "Brain mask: {file} holds {ml:.0f} ml, a brain {least:.0f} to {most:.0f} ml; give the mask of a brain.",
                file=volume.name,
                ml=millilitres,
                least=least,
                most=MAX_BRAIN_ML,
            )
        )
    return Volume(brain, volume.affine, volume.path, volume.space, volume.warning)
