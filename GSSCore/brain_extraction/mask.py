"""A brain mask of the user's own, checked before it takes the place of one that the brain network finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.reading import read_volume, require_file
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message

BRAIN_ML = (600.0, 2200.0)
"""What a brain may measure: 1084 to 1910 ml in 100 real studies, a child's or a shrunken one's less."""
_WHAT = "Brain mask"


def read_brain_mask(path: Path) -> Volume:
    """Return a brain mask from a file, on the file's own grid; what is not 0 is brain.

    Raises:
        InputError: when it is no image, no mask, or no brain by its volume.
    """
    require_file(path, what=_WHAT)
    return require_brain_mask(read_volume(path, what=_WHAT))


def require_brain_mask(mask: Volume) -> Volume:
    """Return a mask as bool, as `read_brain_mask` does."""
    inside = mask.array != 0
    if not np.isfinite(mask.array).all() or len(np.unique(mask.array[inside][::7])) > 1:
        raise InputError(
            Message(
                "brain.no-mask",
                "The brain mask {file} holds more values than 0 and one other: give a mask that is 0 outside the brain "
                "and 1 inside.",
                file=mask.name,
            )
        )
    ml = float(np.count_nonzero(inside)) * mask.grid.voxel_ml
    if not BRAIN_ML[0] <= ml <= BRAIN_ML[1]:
        raise InputError(
            Message(
                "brain.mask-size",
                "The brain mask {file} holds {ml:.0f} ml, and a brain {least:.0f} to {most:.0f}: give a mask of the "
                "whole brain and nothing else.",
                file=mask.name,
                ml=ml,
                least=BRAIN_ML[0],
                most=BRAIN_ML[1],
            )
        )
    return Volume(inside, mask.affine, mask.path)
