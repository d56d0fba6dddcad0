"""Lesion-wise scores by the rules of the BraTS 2023 challenge for glioma: each lesion counts the same, large or small.

Of one region's truth and prediction, on one grid:

1. The truth is dilated three times by a 3 x 3 x 3 element without its corners (18 neighbours). The 26-connected parts
   of the dilated truth are the lesions: parts of the truth that grow together are one. A lesion itself is not dilated,
   it has the voxels of the truth inside its dilation.
2. The prediction is cut into its 26-connected parts, of any size and without dilation. A part belongs to each lesion
   whose dilation it touches; it may belong to several, and then counts for each with all its voxels.
3. A lesion's Dice and HD95 compare its voxels with those of all parts that belong to it. A lesion that no part belongs
   to is missed: Dice 0, HD95 374 mm.
4. Lesions of at most 50 mm3 (50 voxels of 1 mm) are left out, found or not. A part that belongs to such a lesion is no
   false one.
5. A part that belongs to no lesion at all, of any size, is a false lesion: Dice 0, HD95 374 mm.
6. The scores are the means over the lesions that are left and the false ones. Where there are neither, Dice is 1 and
   HD95 is 0.

Source: the challenge's description and published code (github.com/rachitsaluja/BraTS-2023-Metrics). There, surfaces are
weighed by the area of their elements; here, HD95 is that of `metrics.surface`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, generate_binary_structure, label

from GSSCore.imaging.arrays import Box, Mask
from GSSCore.imaging.boxes import corner_of, widened
from GSSCore.metrics.surface import Between, Surface

MISSED_MM = 374.0
"""HD95 of a missed and of a false lesion. For whole regions the challenges count 373.13 instead."""
SMALL_MM3 = 50.0
"""Lesions of at most this size are left out."""
DILATIONS = 3

_ELEMENT = generate_binary_structure(3, 2)
_TOUCHING = generate_binary_structure(3, 3)

Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class LesionScores:
    """Lesion-wise scores of one region.

    Attributes:
        dice: mean over true and false lesions, 0 to 1.
        hd95_mm: the same for HD95.
        lesions: of the truth, small ones left out.
        missed: of these, how many nothing was predicted for.
        false_lesions: parts of the prediction that belong to no lesion.
    """

    dice: float
    hd95_mm: float
    lesions: int
    missed: int
    false_lesions: int


@dataclass(frozen=True, eq=False)
class Lesions:
    """The lesions of a truth: all that is the same for every prediction.

    Attributes:
        reach: int32 (D, H, W), the number of the lesion whose dilation holds a voxel, from 1; 0 outside all.
        truth: bool (D, H, W).
        voxels: of each lesion, by its number; 0 at index 0.
        counted: the numbers of the lesions that are not left out.
        of_points: the number of the lesion that each point of the truth's surface belongs to.
    """

    reach: Numbers
    truth: Mask
    voxels: NDArray[np.int64]
    counted: tuple[int, ...]
    of_points: Numbers

    @classmethod
    def of(cls, truth: Mask, box: Box | None, surface: Surface | None, voxel_mm3: float) -> Lesions:
        """Return the lesions of a mask (D, H, W), given its bounding box and its surface, None where it is empty."""
        reach = np.zeros(truth.shape, np.int32)
        if box is None or surface is None:
            return cls(reach, truth, np.zeros(1, np.int64), (), np.zeros(0, np.int32))
        wide = widened(box, DILATIONS, truth.shape)
        reach[wide], _ = label(binary_dilation(truth[wide], _ELEMENT, iterations=DILATIONS), _TOUCHING)
        voxels = np.bincount(reach[truth]).astype(np.int64)
        # Voxel volumes out of a header are not exact: a lesion of just 50 mm3 is still left out.
        counted = np.flatnonzero(voxels * voxel_mm3 > SMALL_MM3 * (1.0 + 1e-6))
        return cls(reach, truth, voxels, tuple(int(n) for n in counted), reach[tuple(surface.voxels.T)])


def lesion_scores(
    lesions: Lesions, prediction: Mask, box: Box | None, surface: Surface | None, between: Between | None
) -> LesionScores:
    """Return the scores of a prediction.

    Args:
        lesions: of the truth.
        prediction: bool (D, H, W).
        box: a box that holds it, None where it is empty.
        surface: of the prediction, None where it is empty.
        between: the distances from its surface to that of the truth, None where one of them is empty.
    """
    if box is None or surface is None:
        return _mean([], len(lesions.counted), 0)
    numbers, count = label(prediction[box], _TOUCHING)
    parts = np.asarray(numbers, np.int32)
    touching, common = _tables(lesions, parts, count, box)
    voxels = touching.sum(axis=1)
    touches = touching > 0
    of_points = parts[tuple((surface.voxels - corner_of(box)).T)]
    scores: list[tuple[float, float]] = []
    for number in lesions.counted:
        belongs = touches[:, number]
        if not belongs.any():
            continue
        assert between is not None, "something of both sides is there"
        dice = 2.0 * common[belongs, number].sum() / (voxels[belongs].sum() + lesions.voxels[number])
        far = between.robust(of_one=belongs[of_points], of_other=lesions.of_points == number)
        scores.append((float(dice), far))
    false_lesions = int((~touches[1:, 1:].any(axis=1)).sum())
    return _mean(scores, len(lesions.counted) - len(scores), false_lesions)


def _tables(lesions: Lesions, parts: Numbers, count: int, box: Box) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return voxels per part (row) and lesion (column, 0 for none): those in the dilation, and those in the lesion."""
    inside = parts > 0
    shape = (count + 1, len(lesions.voxels))
    pairs = parts[inside].astype(np.int64) * shape[1] + lesions.reach[box][inside]
    in_truth = lesions.truth[box][inside]
    touching, common = (
        np.bincount(chosen, minlength=shape[0] * shape[1]).reshape(shape) for chosen in (pairs, pairs[in_truth])
    )
    return touching, common


def _mean(found: list[tuple[float, float]], missed: int, false_lesions: int) -> LesionScores:
    """Return the means over lesions that were found, with their Dice and HD95, missed, and false ones."""
    wrong = missed + false_lesions
    total = len(found) + wrong
    if not total:
        return LesionScores(1.0, 0.0, 0, 0, 0)
    dice = sum(score for score, _ in found) / total
    hd95 = (sum(mm for _, mm in found) + wrong * MISSED_MM) / total
    return LesionScores(dice, hd95, len(found) + missed, missed, false_lesions)
