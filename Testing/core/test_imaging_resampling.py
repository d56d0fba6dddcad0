"""Resampling keeps everything at its place in the patient, its brightness at edges, and the background at zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume
from images import AFFINES, OBLIQUE, OBLIQUE_LEFT_HANDED, ORIGIN, affine_of, name_of, reordered, rotation, values

SIDE = 40
TURN = affine_of(rotation((10.0, 5.0, -15.0)), (1, 1, 1), (0, 0, 0))


def centred(shape: tuple[int, int, int], axes: Any, spacing: tuple[float, float, float]) -> Grid:
    """A grid whose middle lies at 0 mm."""
    affine = affine_of(axes, spacing, (0, 0, 0))
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return Grid(shape, affine)


def positions(grid: Grid) -> np.ndarray[Any, Any]:
    """RAS positions (3, I, J, K) in mm."""
    index = np.indices(grid.shape).reshape(3, -1)
    return np.asarray(grid.affine[:3, :3] @ index + grid.affine[:3, 3:]).reshape(3, *grid.shape)


def ball(grid: Grid, radius: float = 15.0) -> np.ndarray[Any, Any]:
    return np.asarray(np.linalg.norm(positions(grid), axis=0) <= radius)


def plane(grid: Grid) -> np.ndarray[Any, Any]:
    """An image that is linear in space, which linear interpolation has to reproduce."""
    r, a, s = positions(grid)
    return 500.0 + 3.0 * r - 2.0 * a + 5.0 * s


FINE = centred((SIDE, SIDE, SIDE), np.eye(3), (1, 1, 1))
TARGETS = {
    "same": FINE,
    "shifted": Grid(
        (SIDE, SIDE, SIDE), FINE.affine + np.array([[0, 0, 0, 0.3], [0, 0, 0, -0.4], [0, 0, 0, 0.45], [0] * 4])
    ),
    "finer": centred((70, 75, 60), np.eye(3), (0.5, 0.5, 0.6)),
    "flipped": centred((30, 41, 36), np.diag([-1, -1, 1]), (0.9, 0.9, 1.0)),
    "permuted": centred((45, 34, 38), np.eye(3)[:, [2, 0, 1]], (0.7, 1.0, 0.8)),
    "coarser": centred((20, 20, 14), np.eye(3), (2, 2, 3)),
    "oblique": centred((40, 40, 40), rotation((10, 20, 30)), (1, 1, 1)),
    "oblique, coarser": centred((25, 20, 22), rotation((-20, 8, 15)) @ np.diag([1, 1, -1]), (2, 1.5, 2)),
}


@pytest.mark.parametrize("grid", TARGETS.values(), ids=TARGETS.keys())
def test_an_image_that_is_linear_in_space_is_reproduced(grid: Grid) -> None:
    result = resample(Volume(plane(FINE), FINE.affine), grid, order=1)
    assert result.dtype == np.float32
    assert result.flags.c_contiguous
    inside = np.abs(positions(grid)).max(axis=0) < 14
    assert inside.sum() > 500
    np.testing.assert_allclose(result[inside], plane(grid)[inside], rtol=2e-4)


@pytest.mark.parametrize("grid", TARGETS.values(), ids=TARGETS.keys())
def test_a_bright_ball_keeps_its_brightness_to_the_edge_and_zero_outside(grid: Grid) -> None:
    result = resample(Volume(ball(FINE) * 700, FINE.affine), grid, order=1)
    distance = np.linalg.norm(positions(grid), axis=0)
    assert set(np.unique(result.round(2)).tolist()) == {0.0, 700.0}
    margin = max(1.0, *grid.spacing)
    assert (result[distance < 15 - margin] > 0).all()
    assert (result[distance > 15 + margin] == 0).all()
    volume = (result != 0).sum() * grid.voxel_ml
    assert volume == pytest.approx(ball(FINE).sum() * FINE.voxel_ml, rel=0.04)


@pytest.mark.parametrize("grid", TARGETS.values(), ids=TARGETS.keys())
def test_labels_are_those_of_the_nearest_voxel(grid: Grid) -> None:
    labels = values((SIDE, SIDE, SIDE), np.uint8) % 4
    result = resample(Volume(labels, FINE.affine), grid, order=0)
    assert result.dtype == np.uint8
    index = np.linalg.solve(FINE.affine, np.vstack([positions(grid).reshape(3, -1), np.ones(result.size)]))[:3]
    nearest = np.rint(index).astype(int)
    inside = ((nearest >= 0) & (nearest < SIDE)).all(axis=0)
    expected = np.where(inside, labels[tuple(np.clip(nearest, 0, SIDE - 1))], 0)
    ties = np.abs(np.abs(index - np.floor(index)) - 0.5).min(axis=0) < 1e-4
    assert ties.mean() < 0.9 or grid is TARGETS["coarser"]
    np.testing.assert_array_equal(result.ravel()[~ties], expected[~ties])


@pytest.mark.parametrize(
    "grid", [TARGETS["finer"], TARGETS["oblique"], TARGETS["permuted"]], ids=["finer", "oblique", "permuted"]
)
def test_images_and_masks_are_interpolated_as_scipy_does_it(grid: Grid) -> None:
    image = values((SIDE, SIDE, SIDE)) * ball(FINE)
    index = np.linalg.solve(FINE.affine, np.vstack([positions(grid).reshape(3, -1), np.ones(np.prod(grid.shape))]))[:3]
    value, weight = (
        map_coordinates(a.astype(np.float64), index, order=1, mode="constant") for a in (image, image != 0)
    )
    clear = np.abs(weight - 0.5) > 1e-3
    expected = np.where(weight >= 0.5, value / np.maximum(weight, 1e-9), 0.0)
    result = resample(Volume(image, FINE.affine), grid, order=1).ravel()
    np.testing.assert_allclose(result[clear], expected[clear], rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("order", [0, 1])
def test_the_same_grid_gives_the_same_voxels(order: Any) -> None:
    for affine in (*AFFINES[::5], OBLIQUE, OBLIQUE_LEFT_HANDED):
        array = values(dtype=np.float32)
        np.testing.assert_array_equal(resample(Volume(array, affine), Grid((5, 6, 7), affine), order=order), array)


@pytest.mark.parametrize("affine", [*AFFINES, OBLIQUE], ids=[*(name_of(affine) for affine in AFFINES), "oblique"])
@pytest.mark.parametrize("order", [0, 1])
def test_the_orientation_of_either_grid_does_not_matter(affine: Any, order: Any) -> None:
    array, grid = values((9, 8, 7), np.float32), centred((6, 7, 9), TURN[:3, :3], (1.1, 1.2, 0.9))
    source = Volume(array, affine_of(np.eye(3), origin=(-2.0, -5.0, -9.0)))
    expected = resample(source, grid, order=order)
    turned = Volume(*reordered(source.array, source.affine, affine))
    np.testing.assert_allclose(resample(turned, grid, order=order), expected, rtol=1e-5, atol=1e-4)
    like, like_affine = reordered(np.zeros(grid.shape), grid.affine, affine)
    there = resample(source, Grid((like.shape[0], like.shape[1], like.shape[2]), like_affine), order=order)
    np.testing.assert_allclose(
        Orientation.of(like_affine).to_ras(there), Orientation.of(grid.affine).to_ras(expected), rtol=1e-5, atol=1e-4
    )


@pytest.mark.parametrize("turned", [False, True], ids=["parallel", "oblique"])
def test_fine_stripes_do_not_alias_into_coarse_ones(turned: bool) -> None:
    stripes = np.full(FINE.shape, 100.0)
    stripes[::2] = 300.0
    axes = rotation((0.0, 0.0, 3.0)) if turned else np.eye(3)
    result = resample(Volume(stripes, FINE.affine), centred((12, 12, 12), axes, (2.2, 2.2, 2.2)), order=1)
    # Taking every second voxel would swing between 100 and 300.
    assert np.ptp(result) < 40
    assert result.mean() == pytest.approx(200, abs=5)


@pytest.mark.parametrize("spacing", [1.5, 2.0, 3.0])
def test_the_smoothing_makes_up_the_difference_of_the_spacings(spacing: float) -> None:
    grey = np.full(FINE.shape, 100.0)
    grey[SIDE // 2] = 1100.0
    line = Volume(grey, FINE.affine)
    # The middle voxel of the target lies on the bright plane.
    target = Grid((9, 1, 1), affine_of(np.eye(3), (spacing, 1, 1), (0.5 - 4 * spacing, 0.5, 0.5)))
    # Full widths at half maximum add up in squares: that of the Gaussian and 1 mm give the spacing of the target.
    sd = np.sqrt(spacing**2 - 1.0) / 2.354820
    gaussian = np.exp(-0.5 * (np.arange(-20, 21) / sd) ** 2)
    blurred = np.interp(spacing * np.arange(-4, 5), np.arange(-20, 21), gaussian / gaussian.sum())
    np.testing.assert_allclose(resample(line, target, order=1)[:, 0, 0], 100.0 + 1000.0 * blurred, atol=2.0)


def test_halving_a_label_map_takes_every_other_voxel() -> None:
    labels = values((8, 8, 8), np.uint8)
    result = resample(
        Volume(labels, centred((8, 8, 8), np.eye(3), (1, 1, 1)).affine),
        centred((4, 4, 4), np.eye(3), (2, 2, 2)),
        order=0,
    )
    np.testing.assert_array_equal(result, labels[1::2, 1::2, 1::2])


def test_negative_intensities_count_as_brain() -> None:
    image = np.where(ball(FINE), -50.0, 0.0)
    result = resample(Volume(image, FINE.affine), TARGETS["finer"], order=1)
    assert set(np.unique(result.round(3)).tolist()) == {-50.0, 0.0}


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("oblique", [False, True])
def test_nothing_is_found_where_the_volume_does_not_reach(order: Any, oblique: bool) -> None:
    far = centred((5, 5, 5), rotation((3, 3, 3)) if oblique else np.eye(3), (1, 1, 1)).affine
    far[:3, 3] += 1000.0
    assert not resample(
        Volume(np.ones((4, 5, 6)), affine_of(np.eye(3), origin=ORIGIN)), Grid((5, 5, 5), far), order=order
    ).any()
    assert not resample(Volume(np.zeros((4, 5, 6)), far), Grid((5, 5, 5), far), order=order).any()


def test_a_volume_at_half_the_spacing_has_the_same_mean_brightness() -> None:
    half = centred((80, 80, 80), np.eye(3), (0.5, 0.5, 0.5))
    rng = np.random.default_rng(1)
    image = np.where(ball(half), 400 + 20 * rng.standard_normal(half.shape), 0)
    result = resample(Volume(image, half.affine), FINE, order=1)
    inside = result != 0
    assert result[inside].mean() == pytest.approx(400, abs=1)
    assert inside.sum() * FINE.voxel_ml == pytest.approx(ball(half).sum() * half.voxel_ml, rel=0.02)
    # Averaging the noise of neighbours makes it smaller; picking single voxels would leave it at 20.
    assert result[inside].std() < 10
