"""Dice is what counting voxels one by one gives, and the rules for empty regions are applied and named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from GSSCore.metrics.overlap import EmptyRule, Overlap, confusion, region_overlaps
from GSSCore.vocabulary import REGIONS, Region

Labels = NDArray[np.uint8]
label_maps = hnp.arrays(np.uint8, (3, 2, 4), elements=st.integers(0, 3))

MEMBERS = {Region.WT: {1, 2, 3}, Region.TC: {1, 3}, Region.ET: {3}}
"""The regions as BraTS defines them, written out again."""


def slow_dice(prediction: Labels, truth: Labels, members: set[int]) -> float:
    """Dice of two sets of voxels."""
    first = {index for index in np.ndindex(*prediction.shape) if int(prediction[index]) in members}
    second = {index for index in np.ndindex(*truth.shape) if int(truth[index]) in members}
    if not first and not second:
        return 1.0
    return 2 * len(first & second) / (len(first) + len(second))


@given(label_maps, label_maps)
def test_every_region_agrees_with_counting_voxel_by_voxel(prediction: Labels, truth: Labels) -> None:
    for region, overlap in region_overlaps(prediction, truth).items():
        assert overlap.dice == pytest.approx(slow_dice(prediction, truth, MEMBERS[region]))
        assert overlap.truth == np.isin(truth, list(MEMBERS[region])).sum()
        assert overlap.predicted == np.isin(prediction, list(MEMBERS[region])).sum()


@given(label_maps, label_maps)
def test_dice_is_symmetric_within_0_and_1_and_1_for_the_truth_itself(prediction: Labels, truth: Labels) -> None:
    for region in REGIONS:
        forth, back = (region_overlaps(*pair)[region].dice for pair in ((prediction, truth), (truth, prediction)))
        assert forth == back
        assert 0.0 <= forth <= 1.0
        assert region_overlaps(truth, truth)[region].dice == 1.0


@pytest.mark.parametrize(
    ("overlap", "dice", "rule"),
    [
        (Overlap(0, 0, 0), 1.0, EmptyRule.BOTH_EMPTY),
        (Overlap(0, 5, 0), 0.0, EmptyRule.TRUTH_EMPTY),
        (Overlap(0, 0, 5), 0.0, EmptyRule.PREDICTION_EMPTY),
        (Overlap(0, 5, 5), 0.0, EmptyRule.NONE),
        (Overlap(2, 4, 6), 0.4, EmptyRule.NONE),
    ],
)
def test_an_empty_side_decides_by_rule(overlap: Overlap, dice: float, rule: EmptyRule) -> None:
    assert overlap.dice == dice
    assert overlap.rule is rule


def test_rows_of_the_confusion_are_predictions() -> None:
    counts = confusion(np.array([1, 1, 3], np.uint8), np.array([2, 2, 0], np.uint8))
    assert (counts[1, 2], counts[3, 0], counts.sum()) == (2, 1, 3)


def test_maps_of_other_shapes_or_values_are_refused() -> None:
    zeros = np.zeros((2, 2), np.uint8)
    with pytest.raises(ValueError, match="one shape"):
        region_overlaps(zeros, np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="from 0 to 3"):
        region_overlaps(zeros, np.full((2, 2), 4, np.uint8))
    with pytest.raises(ValueError, match="whole numbers"):
        confusion(zeros, np.zeros((2, 2)))  # type: ignore[arg-type]
