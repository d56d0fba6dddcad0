"""Surface distances, against SimpleITK and against every pair of voxels."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation_masks import SHAPE, blob, surface
from GSSCore.imaging.boxes import bounding_box
from GSSCore.metrics.surface import ONE_EMPTY_MM, Between, Surface, hausdorff

SPACING = (0.8, 1.3, 2.5)


def slow(prediction: np.ndarray, truth: np.ndarray, percentile: float) -> float:
    return of_points(surface(prediction) * SPACING, surface(truth) * SPACING, percentile)


def of_points(one: np.ndarray, other: np.ndarray, percentile: float) -> float:
    pairs = np.linalg.norm(one[:, None] - other[None], axis=-1)
    return float(max(np.percentile(pairs.min(1), percentile), np.percentile(pairs.min(0), percentile)))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("percentile", [50.0, 95.0, 100.0])
def test_it_is_what_all_pairs_of_surface_voxels_say(seed: int, percentile: float) -> None:
    prediction, truth = blob(seed), blob(seed + 100)
    assert hausdorff(prediction, truth, SPACING, percentile) == pytest.approx(slow(prediction, truth, percentile))


@pytest.mark.parametrize("seed", range(6))
def test_parts_of_surfaces_are_compared_as_if_there_were_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    masks = blob(seed), blob(seed + 200)
    one, other = (Surface.of(mask, bounding_box(mask), SPACING) for mask in masks)
    parts = [rng.random(len(s.points)) < 0.3 for s in (one, other)]
    for part in parts:
        part[0] = True
    between = Between(one, other)
    expected = of_points(one.points[parts[0]], other.points[parts[1]], 95.0)
    assert between.robust(of_one=parts[0], of_other=parts[1]) == pytest.approx(expected)
    assert between.robust() == hausdorff(*masks, SPACING)


@pytest.mark.parametrize("seed", range(4))
def test_the_classical_distance_of_apart_masks_is_simpleitks(seed: int) -> None:
    # Where one lies inside the other, SimpleITK measures to the mask and not to its surface.
    prediction, truth = np.zeros((30, 11, 9), bool), np.zeros((30, 11, 9), bool)
    prediction[:14], truth[16:] = blob(seed), blob(seed + 50)
    images = []
    for mask in (prediction, truth):
        image = sitk.GetImageFromArray(mask.astype(np.uint8).transpose(2, 1, 0))
        image.SetSpacing(SPACING)
        images.append(image)
    measure = sitk.HausdorffDistanceImageFilter()
    measure.Execute(*images)
    assert hausdorff(prediction, truth, SPACING, 100.0) == pytest.approx(measure.GetHausdorffDistance(), rel=1e-5)


def test_a_shift_is_as_far_as_it_is() -> None:
    truth = np.zeros((20, 20, 20), bool)
    truth[5:10, 5:10, 5:10] = True
    assert hausdorff(np.roll(truth, 3, axis=2), truth, SPACING, 100.0) == pytest.approx(7.5)


def test_a_stray_voxel_moves_the_percentile_little_and_the_classical_distance_much() -> None:
    truth = np.zeros((40, 20, 20), bool)
    truth[2:12, 5:15, 5:15] = True
    stray = truth.copy()
    stray[38, 19, 19] = True
    assert hausdorff(stray, truth, (1.0, 1.0, 1.0)) == 0.0
    assert hausdorff(stray, truth, (1.0, 1.0, 1.0), 100.0) > 25.0


def test_empty_sides_follow_the_challenges_rule() -> None:
    none, some = np.zeros(SHAPE, bool), blob(0)
    assert hausdorff(none, none, SPACING) == 0.0
    assert hausdorff(some, none, SPACING) == hausdorff(none, some, SPACING) == ONE_EMPTY_MM == 373.13


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_it_is_symmetric_and_zero_for_a_mask_and_itself(one: int, other: int) -> None:
    a, b = blob(one), blob(other)
    assert hausdorff(a, b, SPACING) == hausdorff(b, a, SPACING)
    assert hausdorff(a, a, SPACING) == 0.0


def test_masks_of_different_shapes_are_an_error() -> None:
    with pytest.raises(ValueError, match="one shape"):
        hausdorff(np.zeros((2, 2, 2), bool), np.zeros((2, 2, 3), bool), SPACING)
