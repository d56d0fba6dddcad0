"""Images that can't be what they are called, and results that can't be tumours, are warned about first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from GSSCore.imaging.intensities import ranks
from GSSCore.imaging.volume import Grid
from GSSCore.messages import Message, as_message
from GSSCore.phantom import make_phantom
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.study.plausibility.contrasts import WHOLE_BRAIN_ML, likelier_names, warn_contrasts
from GSSCore.study.plausibility.derive import as_json, discriminants
from GSSCore.study.plausibility.features import OWN, SHARED, VoxelSample, own_features, shared_features
from GSSCore.study.plausibility.images import warn_few_values, warn_small_brain
from GSSCore.study.plausibility.model import MODEL_FILE, Discriminant, fitted, load_discriminants
from GSSCore.study.plausibility.tumour import MAX_SHARES, warn_implausible
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, SUBSETS, Modality

FLAIR, T1CE, T1, T2 = MODALITIES
Images = Mapping[Modality, NDArray[np.generic]]
AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


@pytest.fixture(scope="module")
def images() -> Images:
    """The phantom's images at 2 mm."""
    study = make_phantom(seed=2).study
    return {m: np.ascontiguousarray(image[::2, ::2, ::2]) for m, image in study.images.items()}


def thumbnails(images: Images) -> dict[Modality, Thumbnail]:
    return {m: Thumbnail(image, (2.0, 2.0, 2.0)) for m, image in images.items()}


def two_labels(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    """A label map: 1 and 2 for the darker and the brighter half of the brain."""
    return np.where(image != 0, 1 + (image > np.median(image[image != 0])), 0).astype(np.uint8)


def codes(warnings: Iterable[str]) -> list[str]:
    return [as_message(warning).code for warning in warnings]


# --- contrasts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subset", SUBSETS)
def test_every_subset_of_the_phantom_is_taken_for_what_it_is_called(
    images: Images, subset: tuple[Modality, ...]
) -> None:
    assert warn_contrasts(thumbnails({m: images[m] for m in subset})) == []


@pytest.mark.parametrize(("one", "other"), [pair for pair in combinations(MODALITIES, 2) if set(pair) != {T1, T1CE}])
@pytest.mark.parametrize("alone", [True, False])
def test_two_that_are_exchanged_are_named(images: Images, one: Modality, other: Modality, alone: bool) -> None:
    exchanged = {**images, one: images[other], other: images[one]}
    given = {m: exchanged[m] for m in MODALITIES if not alone or m in (one, other)}
    (warning,) = warn_contrasts(thumbnails(given))
    assert warning.code == "study.contrasts-exchanged"
    assert set(warning.values["sequences"]) == {one.display, other.display}  # type: ignore[arg-type]


def test_three_that_are_turned_round_are_named(images: Images) -> None:
    turned = {**images, FLAIR: images[T1], T1: images[T2], T2: images[FLAIR]}
    (warning,) = warn_contrasts(thumbnails(turned))
    assert warning.values["sequences"] == ("FLAIR", "T1", "T2")


@pytest.mark.parametrize(("called", "shown"), [(T1, T2), (T1CE, T2), (T2, T1), (T2, T1CE)])
def test_a_sequence_alone_that_shows_another_is_named_with_it(
    images: Images, called: Modality, shown: Modality
) -> None:
    (warning,) = warn_contrasts(thumbnails({called: images[shown]}))
    assert warning.code == "study.contrast" and warning.values["sequence"] == called.display


def test_only_the_wrong_one_of_several_is_named(images: Images) -> None:
    given = {FLAIR: images[FLAIR], T1CE: images[T2], T1: images[T1]}
    (warning,) = warn_contrasts(thumbnails(given))
    assert (warning.code, warning.values["sequence"], warning.values["other"]) == ("study.contrast", "T1ce", "T2")


def test_the_scale_a_gain_and_hot_voxels_change_nothing(images: Images) -> None:
    def named(given: Images) -> dict[Modality, Modality] | None:
        return likelier_names(VoxelSample.of(given, (2.0, 2.0, 2.0)))

    exchanged = {FLAIR: images[T1], T1: images[FLAIR]}
    scaled = {m: image * 37.5 for m, image in exchanged.items()}
    hot = {m: image.astype(np.float64) for m, image in exchanged.items()}
    hot[T1][tuple(np.argwhere(hot[T1] != 0)[99])] = 1e9
    assert named(exchanged) == named(scaled) == named(hot) == {FLAIR: T1, T1: FLAIR}


def test_pieces_of_a_brain_and_heads_with_their_skull_are_not_judged(images: Images) -> None:
    exchanged = {FLAIR: images[T1], T1: images[FLAIR]}
    half = {m: image[:, : image.shape[1] // 2] for m, image in exchanged.items()}
    assert np.count_nonzero(half[T1]) * 8e-3 < WHOLE_BRAIN_ML
    assert warn_contrasts(thumbnails(half)) == []
    filled = {m: np.where(image == 0, 1, image) for m, image in exchanged.items()}
    assert warn_contrasts(thumbnails(filled)) == []
    assert warn_contrasts({}) == []


def test_an_image_that_shows_half_the_brain_is_left_out(images: Images) -> None:
    half = images[T1].copy()
    half[:, : half.shape[1] // 2] = 0
    assert warn_contrasts(thumbnails({FLAIR: half, T1: images[T1]})) == []
    assert codes(warn_contrasts(thumbnails({FLAIR: half, T1: images[T2]}))) == ["study.contrast"]


def test_a_constant_image_has_no_features() -> None:
    assert own_features(np.ones(5000), np.zeros(5000)) is None
    assert shared_features(np.ones(5000), np.arange(5000.0)) is None
    assert own_features(np.arange(1.0, 100.0), np.zeros(99)) is None


def test_ranks_lie_in_the_middle_of_ties() -> None:
    np.testing.assert_allclose(ranks(np.array([7.0, 1.0, 7.0, 9.0])), [0.5, 0.125, 0.5, 0.875])


def test_the_discriminants_are_those_of_the_file_and_can_be_made_again(images: Images) -> None:
    rng = np.random.default_rng(0)
    samples = []
    for _ in range(30):
        noisy = {m: np.where(x != 0, x + rng.normal(0, 0.1 * x.std(), x.shape), 0) for m, x in images.items()}
        samples.append(VoxelSample.of(noisy, (2.0, 2.0, 2.0)))
    one, two = discriminants(samples)
    assert one.weights.shape == (4, OWN) and two.weights.shape == (12, SHARED)
    table = as_json(one, two, ["a"])
    again = Discriminant(**{name: np.array(values) for name, values in table["one"].items()})
    np.testing.assert_allclose(again.weights, one.weights, rtol=1e-4)
    shipped = load_discriminants()
    assert [one.weights.shape, two.weights.shape] == [part.weights.shape for part in shipped]
    assert MODEL_FILE.stat().st_size < 20_000


def test_a_fitted_discriminant_tells_classes_apart_and_is_not_led_by_an_outlier() -> None:
    rng = np.random.default_rng(1)
    features = rng.normal(0, 1, (50, 3, 2)) + np.array([[0, 0], [6, 0], [0, 6]])
    features[0, 0] = 1e9
    found = fitted(features, winsor_percent=2.0).scores(features[1:]).argmax(axis=-1)
    assert (found == [0, 1, 2]).mean() > 0.97


# --- images and brains -----------------------------------------------------------------------------------------------


def test_labels_and_masks_given_as_images_are_warned_about(images: Images) -> None:
    (warning,) = warn_few_values(thumbnails({**images, FLAIR: two_labels(images[T1])}))
    assert (warning.values["sequence"], warning.values["count"]) == ("FLAIR", 2)
    assert warn_few_values(thumbnails(images)) == []


def test_a_scrap_of_a_brain_is_warned_about(images: Images) -> None:
    middle = tuple(slice(n // 2 - 8, n // 2 + 8) for n in images[T1].shape)
    (warning,) = warn_small_brain(thumbnails({m: image[middle] for m, image in images.items()}))
    assert warning.code == "study.small-brain" and warning.values["ml"] == pytest.approx(16**3 * 8e-3, rel=0.1)
    assert warn_small_brain(thumbnails(images)) == []


def test_a_study_carries_these_warnings(images: Images) -> None:
    def of(given: Images) -> list[str]:
        return codes(Study.from_arrays({m: (image, AFFINE) for m, image in given.items()}).warnings)

    assert of(images) == []
    assert "study.contrasts-exchanged" in of({**images, FLAIR: images[T1], T1: images[FLAIR]})
    assert "study.few-values" in of({FLAIR: two_labels(images[T1])})
    assert "study.small-brain" in of({m: image[40:60, 50:70, 40:60] for m, image in images.items()})


# --- tumours ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", list(MAX_SHARES))
def test_an_implausible_share_of_the_brain_is_warned_about(region: str) -> None:
    plain = {"WT": 130.0, "TC": 60.0, "ET": 30.0}
    assert warn_implausible(plain, 1400.0) == []
    share = MAX_SHARES[region] + 0.02  # type: ignore[index]
    (warning,) = warn_implausible({**plain, region: np.float64(share * 1400.0)}, np.float64(1400.0))
    assert warning.code == "result.implausible-share" and warning.values["region"] == region
    assert f"{share:.0%} of the brain" in warning


def test_a_result_without_a_tumour_is_told() -> None:
    assert codes(warn_implausible({"WT": 0.0, "TC": 0.0, "ET": 0.0}, 1400.0)) == ["result.no-tumour"]


# --- real studies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["BraTS2021_00006", "BraTS-SSA-00051-000"])
def test_real_studies_are_told_from_exchanged_ones(real_cases: Path, case: str) -> None:
    study = Study.from_folder(real_cases / "original" / case)
    given = {m: Thumbnail.of(image, Grid(study.grid.shape, study.grid.affine)) for m, image in study.images.items()}
    for subset in SUBSETS:
        assert warn_contrasts({m: given[m] for m in subset}) == [], subset
    for one, other in combinations(MODALITIES, 2):
        found: list[Message] = warn_contrasts({**given, one: given[other], other: given[one]})
        assert codes(found) == ([] if {one, other} == {T1, T1CE} else ["study.contrasts-exchanged"]), (one, other)
