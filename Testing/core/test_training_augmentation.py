"""Augmentation: what each parameter does, that none reaches the background, and that a seed repeats everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from GSSCore.training.augmentation import CURVE_KNOTS, IntensityParameters, Parameters, draw
from GSSCore.training.augmentation_settings import NO_AUGMENTATION, AugmentationSettings
from GSSCore.training.crop import take
from GSSCore.training.intensities import misalign, vary_intensities, weaken_enhancement

SHAPE = (20, 24, 28)
CROP = (12, 16, 14)
UNCHANGED = IntensityParameters(1.0, 1.0, 0.0, None, 0.0, None, None)
STILL = Parameters(False, None, (UNCHANGED,) * 4)


def case(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A ball of brain in empty space, of four textures, with labels in its middle."""
    rng = np.random.default_rng(seed)
    z, y, x = np.indices(SHAPE)
    radius = np.hypot(np.hypot(z - 10, y - 12), x - 14)
    images = np.where(radius < 9, rng.normal(size=(4, *SHAPE)), 0.0).astype(np.float16)
    labels = np.where(radius < 3, 3, np.where(radius < 4, 1, np.where(radius < 6, 2, 0))).astype(np.uint8)
    return images, labels


def turn(degrees: float) -> np.ndarray:
    a = np.deg2rad(degrees)
    return np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])


def test_without_augmentation_a_crop_is_a_copy() -> None:
    images, labels = case()
    image, label = take(images, labels, (10, 12, 14), CROP, STILL)
    cut = np.s_[4:16, 4:20, 7:21]
    np.testing.assert_array_equal(image.numpy(), images[(slice(None), *cut)])
    np.testing.assert_array_equal(label.numpy(), labels[cut])


@pytest.mark.parametrize("centre", [(0, 0, 0), (19, 23, 27), (-30, 12, 14)])
def test_beyond_the_case_there_is_background(centre: tuple[int, int, int]) -> None:
    images, labels = case()
    big = np.pad(images, [(0, 0)] + [(40, 40)] * 3)
    image, _ = take(images, labels, centre, CROP, STILL)
    start = [40 + c - n // 2 for c, n in zip(centre, CROP, strict=True)]
    expected = big[(slice(None), *(slice(s, s + n) for s, n in zip(start, CROP, strict=True)))]
    np.testing.assert_array_equal(image.numpy(), expected)


def test_the_identity_as_a_matrix_changes_nothing_for_even_and_odd_crops() -> None:
    images, labels = case()
    for crop in (CROP, (11, 15, 13)):
        plain = take(images, labels, (10, 12, 14), crop, STILL)
        mapped = take(images, labels, (10, 12, 14), crop, replace(STILL, matrix=np.eye(3)))
        torch.testing.assert_close(mapped[0], plain[0], rtol=1e-3, atol=2e-3)
        assert torch.equal(mapped[1], plain[1])


def test_a_right_angle_is_an_exact_rotation_of_images_and_labels_alike() -> None:
    images, labels = case()
    crop = (13, 13, 13)
    image, label = take(images, labels, (10, 12, 14), crop, replace(STILL, matrix=turn(90.0)))
    plain = take(images, labels, (10, 12, 14), crop, STILL)
    expected = torch.rot90(plain[0], -1, (2, 3)), torch.rot90(plain[1], -1, (1, 2))
    other = torch.rot90(plain[0], 1, (2, 3)), torch.rot90(plain[1], 1, (1, 2))
    match = expected if torch.equal(label, expected[1]) and torch.allclose(image, expected[0], atol=1e-2) else other
    torch.testing.assert_close(image, match[0], rtol=1e-3, atol=1e-2)
    assert torch.equal(label, match[1])


def test_rotated_labels_are_labels_and_what_enters_from_outside_is_background() -> None:
    images, labels = case()
    image, label = take(images, np.full_like(labels, 2), (1, 1, 1), CROP, replace(STILL, matrix=turn(37.0)))
    assert set(label.unique().tolist()) == {0, 2}
    assert not image[:, label == 0].any()


def test_mirroring_reverses_left_and_right_only() -> None:
    images, labels = case()
    plain = take(images, labels, (9, 12, 14), CROP, STILL)
    mirrored = take(images, labels, (9, 12, 14), CROP, replace(STILL, flip=True))
    assert torch.equal(mirrored[0], plain[0].flip(1))
    assert torch.equal(mirrored[1], plain[1].flip(0))


@pytest.mark.parametrize(
    "change",
    [
        {"gamma": 0.6}, {"scale": 1.2, "shift": -0.3}, {"bias": np.full((3, 3, 3), 0.2)},
        {"noise": 0.3, "noise_seed": 5}, {"blur": (2, 3)}, {"curve": np.array(CURVE_KNOTS) * 0.7},
    ],
)  # fmt: skip
def test_intensities_change_inside_the_brain_and_nowhere_else(change: dict) -> None:
    image = torch.from_numpy(case()[0][0].astype(np.float32))
    varied = vary_intensities(image, replace(UNCHANGED, **change))
    assert torch.equal(varied != 0, image != 0)
    assert torch.isfinite(varied).all()
    assert not torch.allclose(varied, image, atol=0.01)


def test_contrast_and_brightness_are_what_they_say() -> None:
    image = torch.from_numpy(case()[0][0].astype(np.float32))
    brain = image != 0
    varied = vary_intensities(image, replace(UNCHANGED, scale=1.25, shift=0.5))
    torch.testing.assert_close(varied[brain], image[brain] * 1.25 + 0.5)


def test_gamma_bends_without_moving_mean_or_spread_or_order() -> None:
    image = torch.from_numpy(case()[0][0].astype(np.float32))
    brain = image != 0
    varied = vary_intensities(image, replace(UNCHANGED, gamma=0.5))[brain]
    assert float(varied.mean()) == pytest.approx(float(image[brain].mean()), abs=1e-4)
    assert float(varied.std()) == pytest.approx(float(image[brain].std()), rel=1e-4)
    assert torch.equal(varied.argsort(stable=True), image[brain].argsort(stable=True))


def test_noise_is_independent_along_every_axis() -> None:
    image = torch.ones(24, 24, 24)
    noise = vary_intensities(image, replace(UNCHANGED, noise=1.0, noise_seed=3)) - 1.0
    for axis in range(3):
        assert float(noise.mean(axis).std()) == pytest.approx(24**-0.5, rel=0.2)


def test_no_brain_stays_no_brain() -> None:
    assert not vary_intensities(torch.zeros(4, 4, 4), replace(UNCHANGED, shift=1.0)).any()


def test_the_same_seed_draws_the_same_and_another_something_else() -> None:
    everything = AugmentationSettings(
        affine=1.0, bias_probability=1.0, noise_probability=1.0, blur_probability=1.0, curve_probability=1.0
    )
    images, labels = case()

    def sample(seed: int) -> torch.Tensor:
        p = draw(np.random.default_rng(seed), everything)
        image, _ = take(images, labels, (10, 12, 14), CROP, p)
        return vary_intensities(image[0], p.intensities[0])

    assert torch.equal(sample(1), sample(1))
    assert not torch.equal(sample(1), sample(2))


def test_a_study_of_thick_slices_has_them_in_one_direction_most_often_axial_and_not_always_in_all_modalities() -> None:
    settings = AugmentationSettings(blur_probability=0.0, slices=8, slices_probability=1.0)
    drawn = [draw(np.random.default_rng(seed), settings) for seed in range(400)]
    of_studies = [{one.blur for one in p.intensities} - {None} for p in drawn]
    assert max(map(len, of_studies)) == 1
    slices = [next(iter(s)) for s in of_studies if s]
    assert {thickness for _, thickness in slices} == set(range(2, 9))
    share = np.mean([axis == 2 for axis, _ in slices])
    assert share == pytest.approx(0.7 + 0.3 / 3, abs=0.06)
    thick = np.mean([one.blur is not None for p in drawn for one in p.intensities])
    assert thick == pytest.approx(0.8, abs=0.05)


def test_thick_slices_of_studies_leave_what_else_is_drawn_as_it_was() -> None:
    """Recipes from before there were any keep giving the same samples."""
    with_slices, without = (AugmentationSettings(blur_probability=0.3, slices_probability=p) for p in (1.0, 0.0))
    for seed in range(20):
        a, b = (draw(np.random.default_rng(seed), s) for s in (with_slices, without))
        assert (a.flip, a.enhancement) == (b.flip, b.enhancement)
        for thick, thin in zip(a.intensities, b.intensities, strict=True):
            same = replace(thick, blur=thin.blur)
            assert {k: np.array(v).tolist() for k, v in vars(same).items()} == {
                k: np.array(v).tolist() for k, v in vars(thin).items()
            }


def test_no_augmentation_draws_nothing_that_changes_a_sample() -> None:
    images, labels = case()
    p = draw(np.random.default_rng(0), NO_AUGMENTATION)
    image, _ = take(images, labels, (10, 12, 14), CROP, p)
    assert p.matrix is None
    assert not p.flip
    torch.testing.assert_close(vary_intensities(image[0], p.intensities[0]), image[0])


def test_what_is_drawn_stays_within_the_settings() -> None:
    settings = AugmentationSettings(affine=1.0, bias_probability=1.0, blur_probability=1.0)
    for seed in range(50):
        p = draw(np.random.default_rng(seed), settings)
        assert p.matrix is not None
        lengths = np.linalg.svd(p.matrix, compute_uv=False)
        assert lengths.min() >= 1 - settings.scaling - 1e-9
        assert lengths.max() <= 1 + settings.scaling + 1e-9
        for one in p.intensities:
            assert abs(np.log(one.gamma)) <= settings.gamma
            assert abs(one.scale - 1) <= settings.scale
            assert one.blur is not None
            assert 2 <= one.blur[1] <= settings.blur


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("factor", [2, 3, 4, 5, 6])
def test_thick_slices_are_means_at_their_own_places(axis: int, factor: int) -> None:
    """Whether or not the slices divide the crop: each voxel lies between the middles of two, of which it is made."""
    size = 25
    texture = np.random.default_rng(0).normal(size=size) + 3.0
    means = [texture[start : start + factor].mean() for start in range(0, size, factor)]
    middles = [(factor - 1) / 2 + factor * n for n in range(len(means))]
    expected = np.interp(np.arange(size), middles, means)
    image = torch.from_numpy(np.broadcast_to(texture, (size,) * 3).astype(np.float32).copy()).movedim(2, axis)
    got = vary_intensities(image, replace(UNCHANGED, blur=(axis, factor))).movedim(axis, 2)
    # The last slice may be a part of one, which weighs less.
    whole = size // factor * factor - factor // 2 - 1
    np.testing.assert_allclose(got[3, 4, :whole].numpy(), expected[:whole], rtol=1e-5)
    ramp = torch.arange(1.0, size + 1).expand(size, size, size).movedim(2, axis)
    along = vary_intensities(ramp, replace(UNCHANGED, blur=(axis, factor))).movedim(axis, 2)[0, 0]
    assert along[factor:whole].tolist() == pytest.approx([n + 1.0 for n in range(factor, whole)], abs=1e-4)


def test_a_curve_goes_through_its_knots_straight_between_them_and_with_slope_one_beyond() -> None:
    knots = np.array(CURVE_KNOTS)
    heights = knots + np.linspace(-0.3, 0.4, len(knots))
    values = np.concatenate((knots, (knots[:-1] + knots[1:]) / 2, [knots[0] - 4.0, knots[-1] + 7.0]))
    expected = np.concatenate((heights, (heights[:-1] + heights[1:]) / 2, [heights[0] - 4.0, heights[-1] + 7.0]))
    image = torch.from_numpy(np.where(values == 0, 1e-30, values).astype(np.float32))[None, None]
    varied = vary_intensities(image, replace(UNCHANGED, curve=heights))
    np.testing.assert_allclose(varied[0, 0].numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("reach", [0.5, 4.0])
def test_drawn_curves_keep_the_order_of_intensities_and_the_background(reach: float) -> None:
    settings = AugmentationSettings(curve_probability=1.0, curve=reach)
    image = torch.from_numpy(case()[0][0].astype(np.float32)) * 3.0
    brain = image != 0
    for seed in range(20):
        for one in draw(np.random.default_rng(seed), settings).intensities:
            assert one.curve is not None
            assert np.diff(one.curve).min() > 0.0
            assert np.abs(one.curve - CURVE_KNOTS).max() <= reach + 10.0 * (reach > 0.5)
            varied = vary_intensities(image, replace(UNCHANGED, curve=one.curve))
            assert torch.equal(varied != 0, brain)
            assert (varied[brain][image[brain].argsort()].diff() >= 0).all()


def test_weakened_enhancement_is_what_the_formula_says_and_only_where_t1_and_t1ce_are() -> None:
    images = torch.from_numpy(case()[0].astype(np.float32))
    t1ce, t1 = images[1].clone(), images[2].clone()
    t1ce[10, 12, 14], t1[10, 12, 15] = 0.0, 0.0
    weak = weaken_enhancement(t1ce, t1, 0.3)
    both = (t1ce != 0) & (t1 != 0)
    torch.testing.assert_close(weak[both], 0.3 * t1ce[both] + 0.7 * t1[both])
    assert torch.equal(weak[~both], t1ce[~both])
    assert torch.equal(weak != 0, t1ce != 0)
    opposite = weaken_enhancement(t1ce, -t1ce, 0.5)
    assert torch.equal(opposite != 0, t1ce != 0)


def test_enhancement_is_left_alone_where_t1_covers_too_little_of_t1ce() -> None:
    t1ce, t1 = torch.ones(10, 10, 10), torch.full((10, 10, 10), 2.0)
    t1[:2] = 0.0
    assert torch.equal(weaken_enhancement(t1ce, t1, 0.5), t1ce)


def test_curves_and_weak_enhancement_come_as_often_as_asked() -> None:
    settings = AugmentationSettings(enhancement_probability=0.3, enhancement=0.4, curve_probability=0.6)
    drawn = [draw(np.random.default_rng(seed), settings) for seed in range(3000)]
    shares = [p.enhancement for p in drawn if p.enhancement is not None]
    assert len(shares) / 3000 == pytest.approx(0.3, abs=0.03)
    assert np.mean(shares) == pytest.approx(0.7, abs=0.02)
    assert min(shares) >= 0.4
    assert max(shares) <= 1.0
    for channel in range(4):
        curved = [p.intensities[channel].curve is not None for p in drawn]
        assert np.mean(curved) == pytest.approx(0.6, abs=0.03)


def test_what_is_drawn_anew_leaves_what_was_drawn_before_alone() -> None:
    new = AugmentationSettings(
        enhancement_probability=1.0, curve_probability=1.0, misaligned_probability=1.0, mask_probability=1.0
    )
    for seed in range(5):
        a, b = (draw(np.random.default_rng(seed), settings) for settings in (AugmentationSettings(), new))
        assert a.flip == b.flip
        assert [one.gamma for one in a.intensities] == [one.gamma for one in b.intensities]
        assert [one.noise_seed for one in a.intensities] == [one.noise_seed for one in b.intensities]


def test_a_shifted_modality_lies_where_it_was_shifted_to_and_nowhere_new_beyond_the_crop() -> None:
    image = torch.from_numpy(case()[0][0].astype(np.float32))
    moved = misalign(image, np.array([2.0, -1.0, 3.0]), np.zeros(3))
    expected = torch.zeros_like(image)
    expected[2:, :-1, 3:] = image[:-2, 1:, :-3]
    torch.testing.assert_close(moved, expected, atol=1e-4, rtol=0)
    assert torch.equal(moved != 0, expected != 0)
    torch.testing.assert_close(misalign(image, np.zeros(3), np.zeros(3)), image, atol=1e-4, rtol=0)


def test_a_turned_modality_turns_about_the_middle_of_the_crop() -> None:
    image = torch.zeros(21, 21, 21)
    image[4:17, 9:12, 9:12] = 1.0
    turned = misalign(image, np.zeros(3), np.array([0.0, 0.0, 90.0]))
    torch.testing.assert_close(turned, image.transpose(0, 1), atol=1e-4, rtol=0)


def test_misalignment_comes_as_often_and_as_far_as_asked_and_moves_images_alone() -> None:
    settings = AugmentationSettings(misaligned=1.5, misaligned_probability=0.4)
    drawn = [one for seed in range(500) for one in draw(np.random.default_rng(seed), settings).intensities]
    moved = [one.misaligned for one in drawn if one.misaligned is not None]
    assert len(moved) / len(drawn) == pytest.approx(0.4, abs=0.04)
    assert 1.4 < np.abs(moved).max() <= 1.5
    assert all(one.misaligned is None for one in draw(np.random.default_rng(0), AugmentationSettings()).intensities)


@pytest.mark.parametrize(
    "wrong", [{"enhancement": 1.1}, {"enhancement_probability": 1.5}, {"curve_probability": 2.0}, {"curve": -0.1}]
)
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        AugmentationSettings(**wrong)
