"""Files of labelled lesions of further patients, which are pasted into training samples.

A file is an .npz archive of N lesions. Each lesion is a box of S x S x S voxels along R, A, S. All lesions lie in one
frame, in which all brains lie alike, such as an atlas to which they were registered. The frame's lengths are in mm:

    z        (N, 4, S, S, S) float: FLAIR, T1ce, T1, T2 as z-scores over the patient's whole brain; 0 outside the brain
    label    (N, S, S, S) integer: 0 background, 1 NCR, 2 ED, 3 ET
    valid    (N, S, S, S) bool: False where the lesion shows nothing
    corner   (N, 3): the middle of a lesion's first voxel, in the frame
    spacing  (3,): from one voxel to the next
    box      (2, 3): lowest and highest corner of the box that a typical brain fills in the frame
    patient  (N,): number or name of the patient; tells only how many there are
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from GSSCore.errors import InputError, UsageError
from GSSCore.messages import Message
from GSSCore.training.archives import UNREADABLE, read_arrays
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings
from GSSCore.vocabulary import CLASSES, MODALITIES

REACH_MM = 5.0
"""Width of the surroundings of a tumour that belong to a lesion: enough for a seam, too little to show the box."""
ROUNDING = 3.0
"""Exponent of the rounded box to which lesions are trimmed, so that a tumour larger than its box has no flat face."""


@dataclass(frozen=True, eq=False)
class LesionLibrary:
    """Lesions, ready for pasting.

    Attributes:
        images: float16 (N, 4, S, S, S), z-scores, 0 outside the brain.
        labels: uint8 (N, S, S, S).
        depth: float16 (N, S, S, S), mm from a voxel to the nearest one that is not pasted; 0 at those. Not pasted are
            voxels that are not valid, outside the brain, over `REACH_MM` from tumour, or outside the rounded box.
        places: (N, 3), middle of a lesion within the box of the brain: 0 is left, posterior, inferior, 1 is right,
            anterior, superior.
        spacing: mm between voxels along R, A, S.
        patients: number of patients that the lesions are of.
    """

    images: NDArray[np.float16]
    labels: NDArray[np.uint8]
    depth: NDArray[np.float16]
    places: NDArray[np.float64]
    spacing: NDArray[np.float64]
    patients: int

    def __len__(self) -> int:
        return len(self.labels)


def library_for(settings: LesionPastingSettings, path: Path | None) -> LesionLibrary | None:
    """Return the lesions for a recipe, None where it pastes none.

    Raises:
        UsageError: when it pastes lesions and there is no file, or the other way round.
        InputError: when the file is refused.
    """
    if settings.probability > 0.0 and path is None:
        raise UsageError(
            Message(
                "lesions.none",
                "The recipe pastes lesions ([lesion_pasting] probability) but there are none: add --lesions FILE.",
            )
        )
    if settings.probability == 0.0 and path is not None:
        raise UsageError(
            Message(
                "lesions.unused",
                "The recipe pastes no lesions, so {file} would go unused: leave --lesions out, or set probability "
                "in the recipe's table [lesion_pasting].",
                file=path,
            )
        )
    return None if path is None else read_library(path)


def read_library(path: Path) -> LesionLibrary:
    """Return the lesions of a file.

    Raises:
        InputError: when it can't be read, lacks an array, or one has the wrong shape or impossible values.
    """
    try:
        lesions = make_library(read_arrays(path))
    except KeyError as fault:
        raise InputError(
            Message(
                "lesions.lacks",
                "{file} is no file of lesions, it lacks the array {array}: name another.",
                file=path,
                array=str(fault),
            )
        ) from fault
    except UNREADABLE as fault:
        raise InputError(
            Message(
                "lesions.unreadable",
                "{file} can't be read as a file of lesions ({fault}): name another.",
                file=path,
                fault=str(fault),
            )
        ) from fault
    return lesions


def make_library(arrays: Mapping[str, NDArray[Any]]) -> LesionLibrary:
    """Return the lesions that the arrays of a file describe; see the head of this module.

    Raises:
        KeyError: when an array is missing.
        ValueError: when one has the wrong shape or impossible values.
    """
    _check(arrays)
    images = arrays["z"].astype(np.float16)
    labels, valid = arrays["label"].astype(np.uint8), arrays["valid"].astype(bool)
    spacing = arrays["spacing"].astype(np.float64)
    low, high = arrays["box"].astype(np.float64)
    middles = arrays["corner"] + spacing * (np.array(labels.shape[1:]) - 1) / 2.0
    brain = (images != 0).any(1)
    depth = np.stack([_depth(*one, spacing) for one in zip(labels, valid, brain, strict=True)])
    return LesionLibrary(
        images, labels, depth, (middles - low) / (high - low), spacing, len(np.unique(arrays["patient"]))
    )


def _check(arrays: Mapping[str, NDArray[Any]]) -> None:
    z, label = arrays["z"], arrays["label"]
    count, size = len(label) if label.ndim else 0, label.shape[-1] if label.ndim else 0
    cube = (count, size, size, size)
    shapes = {
        "z": (count, len(MODALITIES), size, size, size), "label": cube, "valid": cube, "corner": (count, 3),
        "spacing": (3,), "box": (2, 3), "patient": (count,),
    }  # fmt: skip
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name} has the shape {arrays[name].shape} instead of {shape}")
    if not (count and size):
        raise ValueError("it holds no lesion")
    for name in ("z", "corner", "spacing", "box"):
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name} holds values that are not finite")
    if not np.isin(label, [int(one) for one in CLASSES]).all():
        raise ValueError("label holds other values than 0 to 3")
    if np.abs(z).max() > np.finfo(np.float16).max:
        raise ValueError("z holds no z-scores but huge values")
    if arrays["spacing"].min() <= 0.0 or np.diff(arrays["box"], axis=0).min() <= 0.0:
        raise ValueError("spacing or box is not positive")


def _depth(
    label: NDArray[np.uint8], valid: NDArray[np.bool_], brain: NDArray[np.bool_], spacing: NDArray[np.float64]
) -> NDArray[np.float16]:
    """Return the `depth` of one lesion (S, S, S)."""
    if not (valid & (label > 0)).any():
        return np.zeros(label.shape, np.float16)
    near = _distance(label == 0, spacing) <= REACH_MM
    depth = _distance(np.pad(valid & brain & near & _rounded_box(valid), 1), spacing)
    return depth[1:-1, 1:-1, 1:-1].astype(np.float16)


def _distance(inside: NDArray[np.bool_], spacing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance in mm to the nearest voxel outside."""
    return np.asarray(distance_transform_edt(inside, sampling=tuple(spacing)), np.float64)


def _rounded_box(valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the box around all that is valid, with rounded corners and edges."""
    filled = np.argwhere(valid)
    low, high = filled.min(0) - 0.5, filled.max(0) + 0.5
    across = [2.0 * (np.arange(n) - a) / (b - a) - 1.0 for n, a, b in zip(valid.shape, low, high, strict=True)]
    i, j, k = (np.abs(one) ** ROUNDING for one in across)
    inside: NDArray[np.bool_] = i[:, None, None] + j[:, None] + k <= 1.0
    return inside
