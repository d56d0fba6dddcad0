"""A few voxels far outside do not set the scale of an image; nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest

from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality
from study_heads import centred_affine, head

SHAPE = (84, 100, 80)
AFFINE = centred_affine(SHAPE, (2.0, 2.0, 2.0))
IMAGES = head(SHAPE, AFFINE)
IMAGE = IMAGES[Modality.T1].astype(np.float32)
INSIDE = np.argwhere(IMAGE != 0)


def study_of(image: np.ndarray) -> Study:
    return Study.from_arrays({"t1": (image, AFFINE)})


@pytest.mark.parametrize("value", [1e5, -1e5, 1e7, -1e7, 1e12, 3e38])
@pytest.mark.parametrize("count", [1, 40])
def test_hot_voxels_are_clipped_and_said_and_the_z_scores_stay(value: float, count: int) -> None:
    image = IMAGE.copy()
    hot = tuple(INSIDE[np.random.default_rng(1).choice(len(INSIDE), count, replace=False)].T)
    image[hot] = value
    study = study_of(image)
    (warning,) = study.warnings
    assert f"T1: the array given has voxels (number: {count}) far outside" in warning
    rest = IMAGE[IMAGE != 0]
    assert (study.images[Modality.T1][hot] == (rest.max() if value > 0 else rest.min())).all()
    rest_of_it = np.ones(SHAPE, bool)
    rest_of_it[hot] = False
    np.testing.assert_array_equal(study.images[Modality.T1][rest_of_it], IMAGE[rest_of_it])
    sound, spoilt = (preprocess(s).images for s in (study_of(IMAGE), study))
    assert np.median(np.abs(sound - spoilt)) < 1e-3


def test_a_whole_slice_is_clipped_too() -> None:
    image = IMAGE.copy()
    image[:, :, 40] = np.where(image[:, :, 40] != 0, 1e6, 0)
    study = study_of(image)
    assert study.images[Modality.T1].max() == IMAGE.max() and len(study.warnings) == 1


@pytest.mark.parametrize("value", [1e5, 1e7, -1e7])
@pytest.mark.parametrize("share", [0.06, 0.15])
def test_a_part_of_the_brain_that_sets_the_percentiles_is_clipped_as_well(value: float, share: float) -> None:
    padded = np.pad(IMAGE, 20)  # so that the bright values of the whole image are not those of the hot voxels
    hot = tuple((INSIDE[: int(share * len(INSIDE))] + 20).T)
    padded[hot] = value
    study = study_of(padded)
    (warning,) = study.warnings
    assert f"(number: {len(hot[0])}) far outside" in warning
    rest = np.ones(padded.shape, bool)
    rest[hot] = False
    np.testing.assert_array_equal(study.images[Modality.T1][rest], np.pad(IMAGE, 20)[rest])


def test_a_brain_in_a_field_of_view_full_of_noise_is_not_far_outside() -> None:
    image = np.where(IMAGE != 0, IMAGE, np.random.default_rng(0).normal(0, 6.0, SHAPE)).astype(np.float32)
    padded = np.random.default_rng(1).normal(0, 6.0, [n + 20 for n in SHAPE]).astype(np.float32)
    padded[10:-10, 10:-10, 10:-10] = image
    study = study_of(padded)
    assert np.shares_memory(study.images[Modality.T1], padded)
    assert not [w for w in study.warnings if "far outside" in w]


def test_one_outside_the_brain_is_found_and_one_on_another_background() -> None:
    beside, corner = IMAGE.copy(), np.where(IMAGE != 0, IMAGE, -1024)
    beside[2, 2, 2] = corner[0, 0, 0] = 1e9
    assert study_of(beside).images[Modality.T1].max() == IMAGE.max()
    study = study_of(corner)
    assert study.images[Modality.T1].max() == IMAGE.max() and len(study.warnings) == 2


@pytest.mark.parametrize("image", [IMAGES[Modality.T1CE], IMAGE, IMAGE / 1000, (IMAGE * 20).astype(np.int16)])
def test_where_nothing_is_far_outside_the_image_is_the_one_given(image: np.ndarray) -> None:
    study = study_of(image)
    assert np.shares_memory(study.images[Modality.T1], image) and study.warnings == ()


def test_only_the_modality_that_has_one_is_changed() -> None:
    spoilt = IMAGES[Modality.T2].astype(np.int32)
    spoilt[tuple(INSIDE[7])] = 10**8
    study = Study.from_arrays({m: (spoilt if m is Modality.T2 else image, AFFINE) for m, image in IMAGES.items()})
    assert [w[:2] for w in study.warnings] == ["T2"]
    assert np.shares_memory(study.images[Modality.T1], IMAGES[Modality.T1])
