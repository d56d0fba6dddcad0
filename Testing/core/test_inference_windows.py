"""Windows cover every voxel, and adding them up gives the mean of what they say."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from GSSCore.inference.aggregator import Aggregator, winning_class
from GSSCore.inference.windows import (
    DEFAULT_WINDOW,
    WHOLE_CROP_VOXELS,
    WindowPlan,
    holding,
    importance,
    padded_shape,
    plan_windows,
)

CPU = torch.device("cpu")

sides = st.tuples(*[st.integers(1, 70)] * 3)
windows = st.tuples(*[st.integers(1, 40)] * 3)


@settings(max_examples=60, deadline=None)
@given(crop=sides, window=windows, stride=st.sampled_from([1, 2, 4, 16]), overlap=st.floats(0.0, 0.7))
def test_windows_cover_every_voxel_and_stay_inside(
    crop: tuple[int, int, int], window: tuple[int, int, int], stride: int, overlap: float
) -> None:
    plan = plan_windows(crop, stride, window, overlap)
    assert all(n % stride == 0 for n in (*plan.shape, *plan.size))
    assert all(n >= c for n, c in zip(plan.shape, crop, strict=True))
    assert len(set(plan.corners)) == len(plan.corners)
    for axis, (length, side) in enumerate(zip(plan.shape, plan.size, strict=True)):
        starts = sorted({corner[axis] for corner in plan.corners})
        assert starts[0] == 0
        assert starts[-1] + side == length
        # The next window begins within this one, by the overlap at least (or by all but one voxel of the window).
        assert all(b - a <= max(1, math.floor(side * (1 - overlap))) for a, b in itertools.pairwise(starts))


def test_windows_are_the_product_of_evenly_spread_starts() -> None:
    plan = plan_windows((20, 16, 8), 4, (8, 16, 16), 0.5)
    assert plan.size == (8, 16, 8)
    assert plan.corners == ((0, 0, 0), (4, 0, 0), (8, 0, 0), (12, 0, 0))


@pytest.mark.parametrize(("crop", "expected"), [((20, 1, 33), (32, 32, 48)), ((16, 32, 64), (32, 32, 64))])
def test_a_crop_is_padded_to_the_stride_and_never_to_less_than_two_strides(
    crop: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    assert padded_shape(crop, 16) == expected


def test_a_head_goes_through_in_one_window_and_more_than_the_budget_does_not() -> None:
    assert plan_windows((165, 200, 160), 16).whole
    large = plan_windows((240, 240, 240), 16)
    assert math.prod(large.shape) > WHOLE_CROP_VOXELS
    assert large.size == DEFAULT_WINDOW
    assert len(large.corners) == 27


def test_windows_without_brain_are_left_out() -> None:
    brain = np.zeros((30, 30, 30), np.bool_)
    brain[20:, 3, 29] = True
    plan = plan_windows((30, 30, 30), 8, (16, 16, 16), 0.0)
    assert holding(plan, brain).corners == ((16, 0, 16),)


@pytest.mark.parametrize("size", [(8, 8, 8), (4, 16, 10)])
def test_importance_is_a_symmetric_gaussian(size: tuple[int, int, int]) -> None:
    weights = importance(size)
    assert weights.shape == size
    assert weights.dtype == np.float32
    assert weights.max() == 1.0
    assert weights.min() >= 1e-3
    for axis in range(3):
        np.testing.assert_array_equal(weights, np.flip(weights, axis))
    middle = weights[size[0] // 2, size[1] // 2]
    half = size[2] / 2
    # One standard deviation, an eighth of the window, from the peak between two voxels or on one.
    near, far = np.abs(np.arange(size[2]) - (half - 0.5))[[size[2] // 2, -1]]
    ratio = np.exp(-0.5 * (far**2 - near**2) / (size[2] / 8) ** 2)
    np.testing.assert_allclose(middle[-1] / middle[size[2] // 2], max(ratio, 1e-3), rtol=1e-5)


def test_one_window_costs_nothing() -> None:
    plan = WindowPlan((8, 8, 8), (8, 8, 8), ((0, 0, 0),))
    logits = torch.randn(4, 8, 8, 8, dtype=torch.bfloat16)
    aggregator = Aggregator(plan, CPU)
    aggregator.add((0, 0, 0), logits)
    assert aggregator.total() is logits


def test_the_mean_is_weighted_by_importance() -> None:
    plan = plan_windows((12, 8, 8), 4, (8, 8, 8), 0.5)
    values = {corner: float(i + 1) for i, corner in enumerate(plan.corners)}
    aggregator = Aggregator(plan, CPU)
    for corner, value in values.items():
        aggregator.add(corner, torch.full((2, 8, 8, 8), value))
    mean = aggregator.total()[0]
    weights = importance(plan.size)
    for voxel in [(0, 0, 0), (5, 4, 7), (4, 1, 2), (11, 7, 7)]:
        terms = [
            (weights[tuple(v - c for v, c in zip(voxel, corner, strict=True))], value)
            for corner, value in values.items()
            if all(c <= v < c + 8 for v, c in zip(voxel, corner, strict=True))
        ]
        expected = sum(w * v for w, v in terms) / sum(w for w, _ in terms)
        np.testing.assert_allclose(mean[voxel], expected, rtol=1e-5)


def test_the_winner_needs_no_division_by_the_weights() -> None:
    plan = plan_windows((20, 12, 12), 4, (8, 8, 8), 0.25)
    generator = torch.Generator().manual_seed(3)
    outputs = {corner: torch.randn(4, *plan.size, generator=generator) for corner in plan.corners}
    totals = []
    for scaled in (True, False):
        aggregator = Aggregator(plan, CPU, scaled)
        for corner, output in outputs.items():
            aggregator.add(corner, output)
        totals.append(aggregator.total())
    assert not torch.allclose(totals[0], totals[1])
    torch.testing.assert_close(winning_class(totals[0]), winning_class(totals[1]), rtol=0, atol=0)


def test_where_no_window_was_added_the_mean_is_zero() -> None:
    plan = plan_windows((16, 8, 8), 4, (8, 8, 8), 0.0)
    aggregator = Aggregator(plan, CPU)
    aggregator.add((8, 0, 0), torch.ones(4, 8, 8, 8))
    total = aggregator.total()
    assert total[:, :8].abs().max() == 0
    assert total[:, 8:].min() == pytest.approx(1.0)
    with pytest.raises(ValueError, match="no window"):
        Aggregator(plan, CPU).total()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_winner_is_the_argmax_and_of_equals_the_first(dtype: torch.dtype) -> None:
    # Rounded, so that there are many ties.
    logits = (torch.randn(4, 9, 10, 11, generator=torch.Generator().manual_seed(0)) * 2).round().to(dtype)
    # numpy's argmax takes the first of equals, by its documentation.
    np.testing.assert_array_equal(winning_class(logits).numpy(), logits.float().numpy().argmax(0))
    assert winning_class(logits).dtype == torch.uint8
