"""Diameters are the longest lines there are; sides are the patient's own, and told only where a midline is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid
from GSSCore.measurements import measure
from GSSCore.measurements.diameters import diameters
from GSSCore.measurements.midline import LEAST_SHARE, MIDLINE_MM, Side, find_midline, side_of
from GSSCore.phantom import make_phantom
from GSSCore.vocabulary import Label, Modality, Region
from results_study import AFFINE, BRAIN, IMAGES, SHAPE, SPACING, TRUTH
from study_heads import orientations, oriented

Mask = NDArray[np.bool_]

# --- diameters -------------------------------------------------------------------------------------------------------


def parts_of(plane: Mask) -> list[set[tuple[int, int]]]:
    """The parts of a slice that hang together by edges or corners, found voxel by voxel."""
    left = {(int(r), int(a)) for r, a in np.argwhere(plane)}
    found = []
    while left:
        part, new = set(), [left.pop()]
        while new:
            r, a = new.pop()
            part.add((r, a))
            around = {(r + i, a + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= around
            new += around
        found.append(part)
    return found


def corners(part: set[tuple[int, int]], spacing: tuple[float, float]) -> NDArray[np.float64]:
    return np.array([((r + i) * spacing[0], (a + j) * spacing[1]) for r, a in part for i in (0, 1) for j in (0, 1)])


def chord(part: set[tuple[int, int]], spacing: tuple[float, float], along: NDArray[np.float64], at: float) -> float:
    """Length between the far ends of a part on the line `x . along = at`, by where it cuts the voxels' edges."""
    across = np.array([-along[1], along[0]])
    ends = []
    for r, a in part:
        square = [np.array([(r + i) * spacing[0], (a + j) * spacing[1]]) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))]
        for p, q in zip(square, square[1:] + square[:1], strict=True):
            before, after = float(p @ along) - at, float(q @ along) - at
            if abs(before) < 1e-7:
                ends.append(float(p @ across))
            if before * after < 0 and min(abs(before), abs(after)) >= 1e-7:
                ends.append(float((p + (q - p) * before / (before - after)) @ across))
    return max(ends) - min(ends) if ends else 0.0


def slowly(mask: Mask, spacing: tuple[float, float]) -> tuple[float, float]:
    """The same by trying everything: all pairs of corners, then all lines through a corner."""
    found = []
    for k in range(mask.shape[2]):
        for part in parts_of(mask[:, :, k]):
            for p, q in combinations(corners(part, spacing), 2):
                found.append((float(np.hypot(*(p - q))), part, p - q))
    longest = max(length for length, _, _ in found)
    best = 0.0
    seen = set()
    for length, part, line in found:
        direction = line / (length or 1.0)
        key = (id(part), *np.abs(direction).round(9), np.sign(direction.prod()))
        if length > longest - 1e-7 and key not in seen:
            seen.add(key)
            places = np.unique((corners(part, spacing) @ direction).round(9))
            best = max(best, *(chord(part, spacing, direction, float(at)) for at in places))
    return longest, best


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3)),
    st.sampled_from([(1.0, 1.0), (0.5, 2.0), (3.0, 0.7), (0.9375, 0.9375)]), st.sampled_from([0.1, 0.4, 0.8]),
)  # fmt: skip
def test_both_lines_are_the_longest_of_all(
    seed: int, shape: tuple[int, int, int], spacing: tuple[float, float], filled: float
) -> None:
    mask = np.random.default_rng(seed).random(shape) < filled
    mask[0, 0, 0] = True
    found = diameters(mask, spacing)
    assert found is not None
    assert (found.longest_mm, found.perpendicular_mm) == pytest.approx(slowly(mask, spacing), abs=1e-6)


def test_a_voxel_is_the_rectangle_that_it_covers() -> None:
    mask = np.zeros((5, 5, 5), bool)
    assert diameters(mask, (1.0, 1.0)) is None
    mask[2, 2, 3] = True
    one = diameters(mask, (3.0, 4.0))
    assert one is not None
    assert one.longest_mm == pytest.approx(5.0)
    assert one.slice_index == 3


@pytest.mark.parametrize("degrees", [0, 17, 45, 80])
def test_an_ellipse_has_its_two_axes(degrees: float) -> None:
    r, a = np.meshgrid(np.arange(0, 160, 1.0), np.arange(0, 160, 0.5), indexing="ij")
    turn = np.radians(degrees)
    x, y = (r - 80) * np.cos(turn) + (a - 80) * np.sin(turn), (a - 80) * np.cos(turn) - (r - 80) * np.sin(turn)
    mask = ((x / 60) ** 2 + (y / 25) ** 2 <= 1)[:, :, None]
    found = diameters(mask, (1.0, 0.5))
    assert found is not None
    assert found.longest_mm == pytest.approx(120, abs=1.5)
    assert found.perpendicular_mm == pytest.approx(50, abs=1.5)


def test_two_lesions_in_a_slice_are_not_measured_as_one() -> None:
    mask = np.zeros((60, 20, 1), bool)
    mask[2:12, 2:4], mask[40:56, 10:12] = True, True
    found = diameters(mask, (1.0, 1.0))
    assert found is not None
    assert found.longest_mm == pytest.approx(np.hypot(16, 2))


# --- side ------------------------------------------------------------------------------------------------------------


def ball(x: float, radius: float, shape: tuple[int, int, int] = SHAPE) -> NDArray[np.uint8]:
    """A ball of oedema, `x` mm to the right of the middle of the made head."""
    places = np.indices(shape).reshape(3, -1)
    world = (AFFINE[:3, :3] @ places + AFFINE[:3, 3:]).T
    inside = np.linalg.norm(world - (x, 10.0, 20.0), axis=1) <= radius
    return (inside.reshape(shape) * np.uint8(Label.ED)).astype(np.uint8)


GRID = Grid(SHAPE, AFFINE)


@pytest.mark.parametrize(
    ("labels", "side"),
    [
        (ball(35, 12), Side.RIGHT), (ball(-35, 12), Side.LEFT), (ball(4, 25), Side.CROSSES),
        (np.maximum(ball(30, 12), ball(-30, 12)), Side.BOTH), (ball(0, 4), Side.MIDLINE),
    ],
)  # fmt: skip
def test_a_side_is_the_patients_own(labels: NDArray[np.uint8], side: Side) -> None:
    for order, flips in orientations():
        turned, affine = oriented(labels, AFFINE, order, flips)
        brain, _ = oriented(BRAIN, AFFINE, order, flips)
        assert measure(turned, Grid(turned.shape, affine), brain).side is side


def test_specks_on_the_other_side_do_not_count() -> None:
    labels = ball(35, 15)
    speck = ball(-40, 4)
    assert (speck > 0).sum() < LEAST_SHARE * (labels > 0).sum()
    assert measure(np.maximum(labels, speck), GRID, BRAIN).side is Side.RIGHT


def test_a_mirrored_patient_has_the_other_side_and_the_same_diameters() -> None:
    one, other = measure(TRUTH, GRID, BRAIN), measure(TRUTH[::-1], GRID, BRAIN[::-1])
    assert (one.side, other.side) == (Side.RIGHT, Side.LEFT)
    assert one.right_share is not None and other.right_share is not None
    assert one.right_share + other.right_share == pytest.approx(1.0, abs=0.02)
    for region, found in one.diameters.items():
        assert found.longest_mm == pytest.approx(other.diameters[region].longest_mm)
        assert found.perpendicular_mm == pytest.approx(other.diameters[region].perpendicular_mm)


@pytest.mark.parametrize(("turn", "tilt"), [(15.0, 0.0), (-12.0, 6.0), (0.0, -10.0)])
def test_the_midline_follows_a_head_that_is_turned(turn: float, tilt: float) -> None:
    from scipy.ndimage import rotate

    # An anatomy: the made head of the other tests looks the same however it is tilted.
    spacing = (3.0, 3.0, 3.0)
    phantom = make_phantom(seed=1, shape=(66, 78, 60), spacing_mm=spacing)
    brain = Orientation.of(phantom.study.grid.affine).to_ras(np.asarray(phantom.study.images[Modality.T1]) != 0)
    brain = brain.astype(np.float32)
    turned = rotate(rotate(brain, turn, axes=(0, 1), order=1), tilt, axes=(0, 2), order=1) > 0.5
    straight, found = find_midline(brain, spacing), find_midline(turned, spacing)
    assert straight is not None and found is not None
    assert np.degrees(np.arctan2(found.normal[1], found.normal[0])) == pytest.approx(turn, abs=3.5)
    assert np.degrees(np.arcsin(found.normal[2])) == pytest.approx(tilt, abs=3.5)
    middle = np.argwhere(turned).mean(axis=0)
    assert abs(float(found.right_mm(*middle))) < MIDLINE_MM / 2


def test_a_part_of_a_brain_has_no_side() -> None:
    half = BRAIN.copy()
    half[: SHAPE[0] // 3] = False
    narrow = BRAIN.copy()
    narrow[: SHAPE[0] // 2] = False
    for brain in (half, narrow, np.zeros_like(BRAIN)):
        found = measure(TRUTH, GRID, brain)
        assert (found.side, found.right_share) == (None, None)
        assert found.diameters[Region.WT].longest_mm > 0


# --- together --------------------------------------------------------------------------------------------------------


def test_slices_are_counted_as_the_file_counts_and_lengths_do_not_depend_on_its_axes() -> None:
    expected = measure(TRUTH, GRID, BRAIN)
    for order, flips in orientations():
        labels, affine = oriented(TRUTH, AFFINE, order, flips)
        image, _ = oriented(IMAGES[Modality.FLAIR], AFFINE, order, flips)
        found = measure(labels, Grid(labels.shape, affine), image)
        for region, one in found.diameters.items():
            assert one.longest_mm == pytest.approx(expected.diameters[region].longest_mm)
            assert one.perpendicular_mm == pytest.approx(expected.diameters[region].perpendicular_mm)
            axis = order.index(2)
            plane = np.isin(np.take(labels, one.slice_index - 1, axis=axis), region.labels)
            same = np.isin(TRUTH[:, :, expected.diameters[region].slice_index - 1], region.labels)
            assert plane.sum() == same.sum() or plane.any()


def test_a_report_has_tenths_of_millimetres_and_nothing_where_nothing_is() -> None:
    labels = ball(35, 12)
    found = measure(labels, GRID, BRAIN).to_json()
    assert found["diameters_mm"]["TC"] is None and found["diameters_mm"]["ET"] is None
    whole = found["diameters_mm"]["WT"]
    assert whole["longest"] == pytest.approx(24, abs=2 * SPACING[0])
    assert whole["longest"] == round(whole["longest"], 1)
    assert found["side"] == "right" and found["right_share"] == 1.0
    nothing = measure(np.zeros_like(labels), GRID, BRAIN).to_json()
    assert nothing == {"diameters_mm": {"WT": None, "TC": None, "ET": None}, "side": None, "right_share": None}


def test_no_tumour_has_no_side() -> None:
    assert side_of(np.zeros(SHAPE, bool), np.zeros(0)) is None
