"""Dice per region, and what it is where one side is empty.

Dice = 2 |P and T| / (|P| + |T|) (Dice 1945). Where both sides are empty it is 1, where only one is, it is 0; the rule
that was applied stays with the score, so that tables can say how often.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from GSSCore.vocabulary import CLASSES, REGIONS, Region

_NUM_CLASSES = len(CLASSES)


class EmptyRule(str, Enum):
    """Which rule made a score, in place of the formula."""

    NONE = ""
    BOTH_EMPTY = "both empty"
    TRUTH_EMPTY = "truth empty"
    PREDICTION_EMPTY = "prediction empty"


@dataclass(frozen=True)
class Overlap:
    """How two masks agree.

    Attributes:
        common: voxels of both.
        predicted: voxels of the prediction.
        truth: voxels of the truth.
    """

    common: int
    predicted: int
    truth: int

    @property
    def rule(self) -> EmptyRule:
        """The rule for empty sides that applies, if any."""
        if self.predicted and self.truth:
            return EmptyRule.NONE
        if self.predicted:
            return EmptyRule.TRUTH_EMPTY
        return EmptyRule.PREDICTION_EMPTY if self.truth else EmptyRule.BOTH_EMPTY

    @property
    def dice(self) -> float:
        """Dice, 0 to 1, by the formula or the rule."""
        if self.rule is EmptyRule.BOTH_EMPTY:
            return 1.0
        return 2.0 * self.common / (self.predicted + self.truth)

    @property
    def sensitivity(self) -> float | None:
        """The share of the truth that was found, 0 to 1; None where the truth is empty, for then it is not defined."""
        return self.common / self.truth if self.truth else None


def region_overlaps(
    prediction: NDArray[np.uint8], truth: NDArray[np.uint8], regions: Iterable[Region] = REGIONS
) -> dict[Region, Overlap]:
    """Return how a predicted label map agrees with the true one in each region.

    Args:
        prediction, truth: uint8 of one shape, values of `vocabulary.Label`.
        regions: which ones.

    Raises:
        ValueError: when the shapes differ or a value is no label.
    """
    counts = confusion(prediction, truth)
    overlaps: dict[Region, Overlap] = {}
    for region in regions:
        members = [int(label) for label in region.labels]
        overlaps[region] = Overlap(
            common=int(counts[np.ix_(members, members)].sum()),
            predicted=int(counts[members].sum()),
            truth=int(counts[:, members].sum()),
        )
    return overlaps


def confusion(prediction: NDArray[np.uint8], truth: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the number of voxels per predicted (row) and true (column) label, (C, C). Raises as `region_overlaps`."""
    if prediction.shape != truth.shape:
        raise ValueError(f"prediction {prediction.shape} and truth {truth.shape} must have one shape")
    for labels in (prediction, truth):
        _require_labels(labels)
    # One pass counts every pair of labels; all regions follow from these 16 numbers.
    pairs = prediction.astype(np.uint8) * np.uint8(_NUM_CLASSES) + truth.astype(np.uint8)
    counts = np.bincount(pairs.ravel(), minlength=_NUM_CLASSES**2)
    return counts.reshape(_NUM_CLASSES, _NUM_CLASSES).astype(np.int64)


def _require_labels(labels: NDArray[Any]) -> None:
    whole = labels.dtype.kind in "ui"
    if not whole or (labels.size and not 0 <= int(labels.min()) <= int(labels.max()) < _NUM_CLASSES):
        raise ValueError(f"labels must be whole numbers from 0 to {_NUM_CLASSES - 1}")
