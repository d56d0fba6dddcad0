"""Lesion-wise scores, against a slow reference of sets of voxels, and on lesions made by hand."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation_masks import surface
from GSSCore.imaging.boxes import bounding_box
from GSSCore.metrics.lesions import MISSED_MM, Lesions, LesionScores, lesion_scores
from GSSCore.metrics.surface import Between, Surface

SHAPE = (40, 24, 20)
UNIT = (1.0, 1.0, 1.0)
Voxel = tuple[int, ...]


def scores(prediction: np.ndarray, truth: np.ndarray, spacing: tuple[float, float, float] = UNIT) -> LesionScores:
    boxes = bounding_box(prediction), bounding_box(truth)
    one, other = (box and Surface.of(mask, box, spacing) for mask, box in zip((prediction, truth), boxes, strict=True))
    lesions = Lesions.of(truth, boxes[1], other, float(np.prod(spacing)))
    return lesion_scores(lesions, prediction, boxes[0], one, Between(one, other) if one and other else None)


def cuboid(*spans: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(SHAPE, bool)
    mask[tuple(slice(*span) for span in spans)] = True
    return mask


# --- the reference: the rules again, with sets of voxels, floods and all pairs of distances ---------------------------


def neighbours(voxel: Voxel, axes: int) -> list[Voxel]:
    """The voxels around one that differ in at most so many of the three axes."""
    i, j, k = voxel
    return [(i + a, j + b, k + c) for a, b, c in _steps(axes)]


@cache
def _steps(axes: int) -> list[tuple[int, int, int]]:
    return [(a, b, c) for a, b, c in product((-1, 0, 1), repeat=3) if 0 < abs(a) + abs(b) + abs(c) <= axes]


def flooded(voxels: set[Voxel]) -> list[set[Voxel]]:
    """The 26-connected parts."""
    rest, parts = set(voxels), []
    while rest:
        part, front = set(), [rest.pop()]
        while front:
            voxel = front.pop()
            part.add(voxel)
            reached = [n for n in neighbours(voxel, 3) if n in rest]
            rest.difference_update(reached)
            front += reached
        parts.append(part)
    return parts


def dilated(voxels: set[Voxel]) -> set[Voxel]:
    """The voxels after three dilations by the 3 x 3 x 3 element without corners."""
    for _ in range(3):
        voxels = voxels | {n for voxel in voxels for n in neighbours(voxel, 2)}
    return voxels


def apart(one: set[Voxel], other: set[Voxel], spacing: tuple[float, float, float]) -> float:
    """HD95 from all pairs of surface voxels."""
    points = []
    for voxels in (one, other):
        mask = np.zeros(SHAPE, bool)
        mask[tuple(np.array(sorted(voxels)).T)] = True
        points.append(surface(mask) * spacing)
    pairs = np.linalg.norm(points[0][:, None] - points[1][None], axis=-1)
    return float(max(np.percentile(pairs.min(1), 95), np.percentile(pairs.min(0), 95)))


def slow(prediction: np.ndarray, truth: np.ndarray, spacing: tuple[float, float, float]) -> LesionScores:
    predicted, true = ({tuple(map(int, v)) for v in np.argwhere(mask)} for mask in (prediction, truth))
    parts = flooded(predicted)
    found: list[tuple[float, float]] = []
    missed, belonging = 0, set()
    for zone in flooded(dilated(true)):
        lesion = true & zone
        mine = [number for number, part in enumerate(parts) if part & dilated(lesion)]
        belonging.update(mine)
        if len(lesion) * np.prod(spacing) <= 50:
            continue
        if not mine:
            missed += 1
            continue
        union = set().union(*(parts[number] for number in mine))
        dice = 2 * len(union & lesion) / (len(union) + len(lesion))
        found.append((dice, apart(union, lesion, spacing)))
    false = len(parts) - len(belonging)
    values = found + [(0.0, 374.0)] * (missed + false)
    dice, mm = np.mean(values, axis=0) if values else (1.0, 0.0)
    return LesionScores(float(dice), float(mm), len(found) + missed, missed, false)


def cuboids(seed: int) -> np.ndarray:
    """Some cuboids, small and large, apart and touching."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(SHAPE, bool)
    for _ in range(int(rng.integers(1, 6))):
        size = rng.integers(1, 7, 3)
        low = [int(rng.integers(0, n - s + 1)) for n, s in zip(SHAPE, size, strict=True)]
        mask |= cuboid(*((a, a + int(s)) for a, s in zip(low, size, strict=True)))
    return mask


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("spacing", [UNIT, (0.8, 1.3, 2.5)])
def test_they_are_what_sets_of_voxels_say(seed: int, spacing: tuple[float, float, float]) -> None:
    truth = cuboids(seed)
    prediction = cuboids(seed + 50) | (np.roll(truth, 2, axis=0) & ~cuboids(seed + 100))
    found, expected = scores(prediction, truth, spacing), slow(prediction, truth, spacing)
    assert (found.lesions, found.missed, found.false_lesions) == (
        expected.lesions, expected.missed, expected.false_lesions
    )  # fmt: skip
    assert found.dice == pytest.approx(expected.dice)
    assert found.hd95_mm == pytest.approx(expected.hd95_mm)


# --- by hand ----------------------------------------------------------------------------------------------------------

LESION = cuboid((2, 8), (2, 8), (2, 8))
FAR_LESION = cuboid((28, 34), (14, 20), (10, 16))
SMALL = cuboid((20, 25), (4, 9), (4, 6))
"""50 voxels."""


def test_a_missed_lesion_counts_as_nothing_and_far_away() -> None:
    assert scores(LESION, LESION | FAR_LESION) == LesionScores(0.5, MISSED_MM / 2, 2, 1, 0)


def test_so_does_a_false_one_however_small() -> None:
    speck = cuboid((30, 31), (20, 21), (10, 11))
    assert scores(LESION | speck, LESION) == LesionScores(0.5, MISSED_MM / 2, 1, 0, 1)


def test_a_lesion_counts_as_much_as_one_a_hundred_times_as_large() -> None:
    large = cuboid((0, 16), (0, 16), (0, 16))
    assert scores(large, large | FAR_LESION).dice == 0.5


@pytest.mark.parametrize(("gap", "lesions"), [(6, 1), (7, 2)])
def test_parts_whose_dilations_touch_are_one_lesion(gap: int, lesions: int) -> None:
    # Three dilations reach three voxels from either side; the zones touch where at most six voxels lie between.
    near = cuboid((8 + gap, 14 + gap), (2, 8), (2, 8))
    found = scores(LESION, LESION | near)
    assert found.lesions == lesions
    assert found.missed == lesions - 1
    assert found.dice == pytest.approx(2 / 3 if lesions == 1 else 0.5)


def test_a_part_counts_for_each_lesion_that_it_reaches_with_all_its_voxels() -> None:
    second = cuboid((20, 26), (2, 8), (2, 8))
    bridge = cuboid((2, 26), (2, 8), (2, 8))
    found = scores(bridge, LESION | second)
    assert (found.lesions, found.missed, found.false_lesions) == (2, 0, 0)
    assert found.dice == pytest.approx(2 * 216 / (864 + 216))


def test_a_part_belongs_to_a_lesion_that_it_does_not_meet_but_comes_near_to() -> None:
    beside = cuboid((11, 12), (2, 8), (2, 8))
    assert scores(beside, LESION).false_lesions == 1
    beside = cuboid((10, 11), (2, 8), (2, 8))
    found = scores(beside, LESION)
    assert (found.dice, found.missed, found.false_lesions) == (0.0, 0, 0)
    assert found.hd95_mm < MISSED_MM


def test_lesions_of_at_most_50_cubic_millimetres_are_left_out_found_or_not() -> None:
    one_more = SMALL | cuboid((20, 21), (4, 5), (6, 7))
    assert (SMALL.sum(), one_more.sum()) == (50, 51)
    assert scores(LESION, LESION | SMALL) == LesionScores(1.0, 0.0, 1, 0, 0)
    assert scores(LESION | SMALL, LESION | SMALL) == LesionScores(1.0, 0.0, 1, 0, 0)
    assert scores(LESION, LESION | one_more) == LesionScores(0.5, MISSED_MM / 2, 2, 1, 0)
    assert scores(LESION, LESION | one_more, (0.9, 0.9, 0.9)).missed == 0


def test_with_neither_a_lesion_nor_a_false_one_all_is_well() -> None:
    none = np.zeros(SHAPE, bool)
    perfect = LesionScores(1.0, 0.0, 0, 0, 0)
    assert scores(none, none) == scores(none, SMALL) == scores(SMALL, SMALL) == perfect
    assert scores(none, LESION) == LesionScores(0.0, MISSED_MM, 1, 1, 0)
    assert scores(LESION | FAR_LESION, none) == LesionScores(0.0, MISSED_MM, 0, 0, 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_the_truth_itself_has_the_best_scores(seed: int) -> None:
    truth = cuboids(seed)
    found = scores(truth, truth)
    assert (found.missed, found.false_lesions, found.hd95_mm) == (0, 0, 0.0)
    assert found.dice == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_scores_stay_in_their_range_and_do_not_depend_on_which_way_the_axes_run(one: int, other: int) -> None:
    prediction, truth = cuboids(one), cuboids(other)
    found = scores(prediction, truth)
    assert 0.0 <= found.dice <= 1.0
    assert 0.0 <= found.hd95_mm <= MISSED_MM
    assert found.missed <= found.lesions
    turned = scores(prediction[::-1].copy(), truth[::-1].copy())
    assert turned.dice == pytest.approx(found.dice)
    assert turned.hd95_mm == pytest.approx(found.hd95_mm)
