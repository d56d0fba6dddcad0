"""Refuses files and arrays that cannot be an image of a brain."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.reading import require_file
from GSSCore.imaging.volume import Volume, affine_fault
from GSSCore.messages import Message
from GSSCore.study.checks.likeness import same_volume
from GSSCore.vocabulary import Modality

MAX_NOT_FINITE = 0.01
"""Fraction of NaN and infinite voxels up to which they are set to zero; above it, the file is refused."""


def require_files(paths: Mapping[Modality, Path]) -> None:
    """Refuse missing and empty files, and one file given for two modalities."""
    for modality, path in paths.items():
        require_file(path, what=modality.display)
    for (one, path), (other, other_path) in combinations(paths.items(), 2):
        if path.samefile(other_path):
            raise InputError(same_volume(one, path, other, other_path))


def require_array(array: Any, affine: Any, modality: Modality) -> Volume:
    """Return an array and its affine as a read-only volume; refuse anything but a three-dimensional image on a grid."""
    values = np.asarray(array)
    if values.ndim != 3 or min(values.shape) < 2:
        raise InputError(
            Message(
                "study.array-shape",
                "{sequence}: the array given has the shape {shape}; hand over a three-dimensional volume (I, J, K).",
                sequence=modality.display,
                shape=str(values.shape),
            )
        )
    if values.dtype.kind not in "biuf":
        raise InputError(
            Message(
                "study.array-type",
                "{sequence}: the array given holds {type} values; hand over real numbers.",
                sequence=modality.display,
                type=str(values.dtype),
            )
        )
    try:
        matrix = np.array(affine, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            Message(
                "study.array-affine-type",
                "{sequence}: the array given has an affine that is no matrix of numbers; hand over 4 x 4, voxel to RAS "
                "mm.",
                sequence=modality.display,
            )
        ) from error
    fault = affine_fault(matrix)
    if fault:
        raise InputError(
            Message(
                "study.array-affine",
                "{sequence}: the array given has an affine {fault}; hand over 4 x 4, voxel to RAS mm, resampled to "
                "right angles.",
                sequence=modality.display,
                fault=fault,
            )
        )
    view = values.view()
    view.flags.writeable = False
    return Volume(view, matrix)


def finite(array: Array, volume: Volume, modality: Modality) -> tuple[Array, Message | None]:
    """Return an array with NaN and infinities set to zero, and a warning if there were any; floats become float32.

    `volume` names it.

    Raises:
        InputError: when more than `MAX_NOT_FINITE` of the voxels are no numbers.
    """
    if array.dtype.kind != "f":
        return array, None
    with np.errstate(over="ignore"):
        array = array.astype(np.float32, copy=False)
    good = np.isfinite(array)
    count = array.size - int(np.count_nonzero(good))
    if not count:
        return array, None
    share = count / array.size
    if share > MAX_NOT_FINITE:
        raise InputError(
            Message(
                "study.not-finite",
                "{sequence}: {share:.1%} of the voxels of {file} are NaN or infinite; set them to 0 if they are "
                "background, or export the volume again.",
                sequence=modality.display,
                share=share,
                file=volume.name,
            )
        )
    return np.where(good, array, np.float32(0)), Message(
        "study.few-not-finite",
        "{sequence}: {count} voxels of {file} are NaN or infinite and were set to 0.",
        sequence=modality.display,
        count=count,
        file=volume.name,
    )


def require_contrast(array: Array, volume: Volume, modality: Modality) -> None:
    """Refuse an array that is zero everywhere, or the same wherever it is not zero; `volume` names it."""
    sample = array[::4, ::4, ::4]
    if _varies(sample) or _varies(array):
        return
    if not array.any():
        raise InputError(
            Message(
                "study.empty",
                "{sequence}: {file} is empty, all its voxels are 0; give the MRI volume itself, or leave this sequence "
                "out.",
                sequence=modality.display,
                file=volume.name,
            )
        )
    raise InputError(
        Message(
            "study.one-value",
            "{sequence}: {file} shows the same value everywhere; give the MRI volume itself, or leave this sequence "
            "out.",
            sequence=modality.display,
            file=volume.name,
        )
    )


def _varies(array: Array) -> bool:
    """Tell whether the voxels that are not zero have more than one value."""
    inside = array[array != 0]
    return bool(inside.size and inside.min() != inside.max())
