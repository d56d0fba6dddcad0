"""A background that is constant, or all but constant, becomes 0 and is said; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from GSSCore.errors import InputError
from GSSCore.messages import as_message
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Modality
from study_heads import centred_affine, head

SHAPE = (84, 100, 80)
AFFINE = centred_affine(SHAPE, (2.0, 2.0, 2.0))
IMAGE = head(SHAPE, AFFINE)[Modality.T1].astype(np.float32)
BRAIN = IMAGE != 0
RNG = np.random.default_rng(0)
MIDDLE = tuple(slice(n // 2 - 12, n // 2 + 12) for n in SHAPE)
BOX = tuple(slice(int(i.min()), int(i.max()) + 1) for i in np.nonzero(BRAIN))
SLAB = (*BOX[:2], slice(36, 44))
HEMISPHERE = (slice(BOX[0].start, 42), *BOX[1:])


def outside(value: float, image: np.ndarray = IMAGE) -> np.ndarray:
    return np.where(image != 0, image, value)


def bordered(padding: float, background: float) -> np.ndarray:
    """The brain on one background, and a padding of another one round that."""
    padded = np.full(SHAPE, padding)
    padded[4:-4, 4:-4, 4:-4] = outside(background)[4:-4, 4:-4, 4:-4]
    return padded


def turned_corners() -> np.ndarray:
    """The brain on -1, cut off obliquely by zeros."""
    i, j, k = np.indices(SHAPE)
    return np.where((i + j + k < 60) & ~BRAIN, 0.0, outside(-1.0))


def noisy(value: float, spread: float) -> np.ndarray:
    return np.where(BRAIN, IMAGE, value + RNG.normal(0.0, spread, SHAPE))


def ringed() -> np.ndarray:
    """Faint noise in all that lies within 8 mm of the brain, zero outside."""
    from scipy.ndimage import binary_dilation

    return np.where(binary_dilation(BRAIN, iterations=4) & ~BRAIN, RNG.normal(0.0, 0.01, SHAPE), IMAGE)


CONSTANT: dict[str, tuple[Callable[[], np.ndarray], str]] = {
    "-1": (lambda: outside(-1.0), "-1"),
    "-1024 in whole numbers": (lambda: outside(-1024).astype(np.int16), "-1024"),
    "z-scores of the whole volume": (lambda: (IMAGE - IMAGE.mean()) / IMAGE.std(), "-0.5"),
    "-1 to 1": (lambda: IMAGE / IMAGE.max() * 2 - 1, "-1"),
    "an offset": (lambda: IMAGE + 100, "100"),
    "NaN": (lambda: outside(np.nan), "NaN"),
    "NaN in float64": (lambda: outside(np.nan).astype(np.float64), "NaN"),
    "255": (lambda: np.where(BRAIN, IMAGE / 4, 255).astype(np.uint8), "255"),
    "0 round -1": (lambda: bordered(0.0, -1.0), "-1"),
    "-1024 round 0": (lambda: bordered(-1024.0, 0.0), "-1024"),
    "NaN round -3": (lambda: bordered(np.nan, -3.0), "NaN and -3"),
    "corners of 0 beside -1": (turned_corners, "-1"),
}


def said(study: Study) -> list[str]:
    """The warnings, but for the one that a crop is a crop."""
    return [w for w in study.warnings if as_message(w).code != "study.small-brain"]


def study_of(image: np.ndarray, affine: np.ndarray = AFFINE) -> Study:
    return Study.from_arrays({"t1": (image, affine)})


@pytest.mark.parametrize("name", CONSTANT)
def test_a_constant_background_becomes_zero_and_is_said(name: str) -> None:
    made, words = CONSTANT[name]
    image = made()
    study = study_of(image)
    np.testing.assert_array_equal(study.images[Modality.T1] != 0, BRAIN)
    np.testing.assert_array_equal(study.images[Modality.T1][BRAIN], image[BRAIN].astype(np.float32))
    (warning,) = study.warnings
    assert warning.startswith(f"T1: the background of the array given is not 0 but {words}")


@pytest.mark.parametrize("box", [BOX, SLAB, HEMISPHERE], ids=["box", "slab", "hemisphere"])
@pytest.mark.parametrize("value", [-1.0, -1024.0, 2000.0, np.nan])
def test_it_is_found_in_crops_that_cut_through_the_brain_too(value: float, box: tuple[slice, ...]) -> None:
    study = study_of(outside(value)[box])
    np.testing.assert_array_equal(study.images[Modality.T1] != 0, BRAIN[box])
    assert len(said(study)) == 1 and "was set to 0" in said(study)[0]


@pytest.mark.parametrize("box", [BOX, SLAB, HEMISPHERE, MIDDLE], ids=["box", "slab", "hemisphere", "inside"])
@pytest.mark.parametrize("levels", [None, 127])
def test_a_crop_on_zeros_or_of_the_inside_is_left_alone_without_a_word(
    box: tuple[slice, ...], levels: int | None
) -> None:
    image = IMAGE[box] if levels is None else np.ceil(IMAGE / IMAGE.max() * levels).astype(np.uint8)[box]
    study = study_of(image)
    assert study.images[Modality.T1] is image or np.shares_memory(study.images[Modality.T1], image)
    assert said(study) == []


@pytest.mark.parametrize(
    "made",
    [lambda: noisy(0.0, 1e-5), lambda: noisy(-1.0, 1e-5), lambda: noisy(0.0, 0.3), ringed],
    ids=["1e-5", "-1 and 1e-5", "a thousandth", "a ring"],
)
def test_an_all_but_constant_background_becomes_zero_and_is_said(made: Callable[[], np.ndarray]) -> None:
    image = made()
    study = study_of(image)
    np.testing.assert_array_equal(study.images[Modality.T1] != 0, BRAIN)
    np.testing.assert_array_equal(study.images[Modality.T1][BRAIN], image[BRAIN].astype(np.float32))
    assert len(study.warnings) == 1 and "is not 0 but differs from" in study.warnings[0]


def test_waves_of_a_spline_round_the_brain_are_cut_off_but_for_their_crest() -> None:
    from scipy.ndimage import shift

    image = shift(IMAGE, 0.5, order=3)
    assert np.count_nonzero(image) > 2 * np.count_nonzero(BRAIN)
    study = study_of(image)
    assert np.count_nonzero(study.images[Modality.T1]) < 1.3 * np.count_nonzero(BRAIN)
    assert len(study.warnings) == 1 and "was set to 0" in study.warnings[0]


@pytest.mark.parametrize("spread", [2.0, 6.0, 40.0])
def test_noise_that_can_not_be_told_from_tissue_is_named_for_what_it_is(spread: float) -> None:
    image = noisy(0.0, spread)
    study = study_of(image)
    np.testing.assert_array_equal(study.images[Modality.T1], image.astype(np.float32))
    assert len(study.warnings) == 1 and "the background is not 0 but noise" in study.warnings[0]


def test_negative_brain_on_zero_stays_bit_for_bit() -> None:
    image = np.where(BRAIN, (IMAGE - IMAGE[BRAIN].mean()) / IMAGE[BRAIN].std(), 0.0).astype(np.float32)
    study = study_of(image)
    assert np.shares_memory(study.images[Modality.T1], image) and study.warnings == ()


def test_voxels_of_the_brain_that_are_zero_stay_brain() -> None:
    image = np.where(BRAIN, IMAGE - 400, -1024).astype(np.int16)
    assert (image == 0).sum() > 1000
    found = study_of(image).images[Modality.T1]
    np.testing.assert_array_equal(found != 0, BRAIN)
    np.testing.assert_allclose(found[BRAIN], image[BRAIN], atol=1e-2)


def test_nan_in_a_part_of_the_image_is_no_background() -> None:
    image = IMAGE.copy()
    image[:30] = np.nan
    with pytest.raises(InputError, match="are NaN or infinite; set them to 0 if they are background"):
        study_of(image)


@pytest.mark.parametrize("noise", [0.0, 8.0])
def test_a_drawn_head_and_its_crops_are_left_alone(noise: float) -> None:
    images = head(SHAPE, AFFINE, noise=noise)
    for modality in MODALITIES:
        for box in (slice(None), BOX, SLAB):
            image = images[modality][box]
            assert np.shares_memory(study_of(image).images[Modality.T1], image)
