"""Lesions pasted: against a slow reference, within the host's brain and what the sample has, and as often as asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates

from GSSCore.errors import InputError
from GSSCore.training.augmentation import IntensityParameters, Parameters
from GSSCore.training.augmentation_settings import NO_AUGMENTATION
from GSSCore.training.crop import CropFrame, crop_frame, take
from GSSCore.training.data import TrainingData
from GSSCore.training.lesion_library import LesionLibrary, make_library
from GSSCore.training.lesion_pasting import Pasting, PastingParameters, Place, draw_lesions, paste
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings
from GSSCore.training.loop import Trainer
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import DataRecipe, NetworkRecipe, Recipe, ScheduleRecipe
from GSSCore.vocabulary import MODALITIES, Modality, subset
from lesion_library import BOX, lesion_arrays
from training_cases import make_cases

SHAPE = (40, 48, 36)
CROP = (32, 40, 30)
CENTRE = (19, 25, 17)
SPACING = (1.0, 1.1, 1.2)
ALWAYS = LesionPastingSettings(probability=1.0)
STILL = Parameters(False, None, (IntensityParameters(1.0, 1.0, 0.0, None, 0.0, None, None),) * 4)
ALL = [0, 1, 2, 3]


@pytest.fixture(scope="module")
def lesions() -> LesionLibrary:
    return make_library(lesion_arrays())


def host(seed: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """A crop that is all brain, without tumour."""
    image = torch.from_numpy(np.random.default_rng(seed).normal(size=(4, *CROP)).astype(np.float32))
    return image, torch.zeros(CROP, dtype=torch.uint8)


def one(place: Place) -> PastingParameters:
    return PastingParameters(1, (place,))


def slowly_pasted(image: np.ndarray, place: Place, flipped: bool, blend: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Paste into a whole, tumour-free, turned by nothing, crop by the definition, in mm, voxel by voxel."""
    arrays = lesion_arrays()
    made = make_library(arrays)
    size = arrays["label"].shape[1:]
    # The lesion's middle: how far into the frame's box, hence how far into the host's.
    middle = arrays["corner"][place.lesion] + arrays["spacing"] * (np.array(size) - 1) / 2
    share = (middle - BOX[0]) / (BOX[1] - BOX[0])
    if place.mirrored:
        share[0] = 1 - share[0]
    target = share * np.array(SHAPE) * SPACING + place.jitter
    # The crop's voxels, in mm from the outer corner of the host's box.
    voxels = np.indices(CROP)
    if flipped:
        voxels = voxels[:, ::-1]
    start = np.array([c - n // 2 for c, n in zip(CENTRE, CROP, strict=True)])
    mm = (voxels + start[:, None, None, None] + 0.5) * np.array(SPACING)[:, None, None, None]
    away = mm - target[:, None, None, None]
    if place.mirrored:
        away[0] = -away[0]
    inside = away / arrays["spacing"][:, None, None, None] + (np.array(size) - 1)[:, None, None, None] / 2

    def at(volume: np.ndarray, order: int) -> np.ndarray:
        return map_coordinates(volume.astype(float), inside, order=order, mode="grid-constant")

    values = np.stack([at(one, 1) for one in made.images[place.lesion]])
    weight = at(np.minimum(made.depth[place.lesion].astype(float) / blend, 1), 1)
    label = at(made.labels[place.lesion], 0).astype(np.uint8)
    around = (weight > 0) & (label == 0)
    offset = np.clip((image - values)[:, around].mean(1), -0.5, 0.5)
    values += offset[:, None, None, None]
    return image + weight * (values - image), np.where(weight >= 0.5, label, 0).astype(np.uint8)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("lesion", [0, 1])
def test_a_lesion_lies_where_a_slow_reference_puts_it(
    lesions: LesionLibrary, lesion: int, flipped: bool, mirrored: bool
) -> None:
    image, labels = host()
    place = Place(lesion, mirrored, (1.37, -0.71, 0.53))
    frame = crop_frame(CENTRE, CROP, SHAPE, replace(STILL, flip=flipped))
    got = paste(image, labels, ALL, frame, Pasting(lesions, ALWAYS, SPACING), one(place))
    expected = slowly_pasted(image.numpy().astype(float), place, flipped)
    assert set(np.unique(expected[1])) == {0, 1, 2, 3}
    np.testing.assert_allclose(got[0].numpy(), expected[0], atol=2e-3)
    # A voxel midway between two of the lesion, or with half of it, may fall either way.
    assert (got[1].numpy() != expected[1]).mean() < 2e-4


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("degrees", [None, 20.0])
def test_the_frame_says_where_the_crops_voxels_come_from(flip: bool, degrees: float | None) -> None:
    a = np.deg2rad(degrees or 0.0)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1.1]])
    p = replace(STILL, flip=flip, matrix=None if degrees is None else turn)
    ramps = np.indices(SHAPE).astype(np.float32) + 1.0
    crop = (9, 12, 7)
    image, _ = take(ramps, np.zeros(SHAPE, np.uint8), CENTRE, crop, p)
    frame = crop_frame(CENTRE, crop, SHAPE, p)
    voxels = np.indices(crop).reshape(3, -1)
    np.testing.assert_allclose(
        image.numpy().reshape(3, -1) - 1.0, frame.matrix @ voxels + frame.offset[:, None], atol=1e-3
    )


def test_a_lesion_turns_with_its_host(lesions: LesionLibrary) -> None:
    """A labelled host turned, and a lesion pasted onto the turned host, agree."""
    a = np.deg2rad(15.0)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 0.95]])
    pasting, place = Pasting(lesions, ALWAYS, (1.0, 1.0, 1.0)), Place(0, False, (0.2, 0.3, 0.1))
    flat = np.ones((4, *SHAPE), np.float32)
    middle = tuple(n // 2 for n in SHAPE)
    whole = crop_frame(middle, SHAPE, SHAPE, STILL)
    upright = paste(torch.from_numpy(flat), torch.zeros(SHAPE, dtype=torch.uint8), ALL, whole, pasting, one(place))
    p = replace(STILL, matrix=turn)
    first = take(upright[0].numpy(), upright[1].numpy(), CENTRE, CROP, p)
    bare = take(flat, np.zeros(SHAPE, np.uint8), CENTRE, CROP, p)
    second = paste(*bare, ALL, crop_frame(CENTRE, CROP, SHAPE, p), pasting, one(place))
    both, either = ((first[1] > 0) & (second[1] > 0)).sum(), ((first[1] > 0) | (second[1] > 0)).sum()
    assert both > 0.85 * either
    brain = second[0] != 0
    assert float((first[0] - second[0])[brain].abs().mean()) < 0.05 * float((second[0] - bare[0])[brain].abs().max())


def test_nothing_is_pasted_outside_the_brain_or_where_a_modality_has_none(lesions: LesionLibrary) -> None:
    image, labels = host()
    image[:, :, 24:] = 0.0
    image[1, 14:] = 0.0
    frame = crop_frame(CENTRE, CROP, SHAPE, STILL)
    for seed in range(20):
        drawn = draw_lesions(np.random.default_rng(seed), ALWAYS, len(lesions))
        got = paste(image, labels, ALL, frame, Pasting(lesions, ALWAYS, SPACING), drawn)
        assert torch.equal(got[0] != 0, image != 0)
        assert not got[1][:, 24:].any()


def test_tumour_of_the_host_stays_as_it_is_and_a_lesion_on_it_is_not_pasted(lesions: LesionLibrary) -> None:
    image, labels = host()
    place = Place(0, False, (0.0, 0.0, 0.0))
    frame, pasting = crop_frame(CENTRE, CROP, SHAPE, STILL), Pasting(lesions, ALWAYS, SPACING)
    bare = paste(image, labels, ALL, frame, pasting, one(place))[1]
    edge = torch.zeros_like(bare, dtype=torch.bool)
    furthest = bare.nonzero()
    i, j, k = furthest[furthest[:, 1].argmax()].tolist()
    edge[i, j, k] = True
    beside = torch.where(edge, 1, labels)
    got = paste(image, beside, ALL, frame, pasting, one(place))
    assert (got[1] > 0).sum() > edge.sum()
    assert torch.equal(got[1][edge], beside[edge])
    assert torch.equal(got[0][:, edge], image[:, edge])
    on_it = paste(image, torch.where(bare > 0, 2, labels), ALL, frame, pasting, one(place))
    assert torch.equal(on_it[0], image)


def test_the_given_tensors_stay_as_they_are(lesions: LesionLibrary) -> None:
    image, labels = host()
    got = paste(image, labels, ALL, crop_frame(CENTRE, CROP, SHAPE, STILL), Pasting(lesions, ALWAYS, SPACING),
                one(Place(0, False, (0.0, 0.0, 0.0))))  # fmt: skip
    assert not torch.equal(got[0], image)
    assert torch.equal(image, host()[0])
    assert not labels.any()


def test_a_modality_gets_its_own_channel_of_a_lesion(lesions: LesionLibrary) -> None:
    image, labels = host()
    frame, pasting = crop_frame(CENTRE, CROP, SHAPE, STILL), Pasting(lesions, ALWAYS, SPACING)
    place = one(Place(1, True, (0.0, 0.0, 0.0)))
    whole = paste(image, labels, ALL, frame, pasting, place)
    part = paste(image[[1, 3]], labels, [1, 3], frame, pasting, place)
    torch.testing.assert_close(part[0], whole[0][[1, 3]])
    assert torch.equal(part[1], whole[1])


def test_a_lesion_beyond_the_crop_is_not_pasted(lesions: LesionLibrary) -> None:
    image, labels = host()
    far = CropFrame(np.eye(3), np.array([200.0, 0.0, 0.0]), SHAPE)
    drawn = draw_lesions(np.random.default_rng(0), ALWAYS, len(lesions))
    assert torch.equal(paste(image, labels, ALL, far, Pasting(lesions, ALWAYS, SPACING), drawn)[0], image)


def test_lesions_are_drawn_as_often_and_as_many_as_asked() -> None:
    settings = LesionPastingSettings(probability=0.4, most=3, jitter_mm=5.0, mirror=0.25)
    drawn = [draw_lesions(np.random.default_rng(seed), settings, 7) for seed in range(4000)]
    pasted = [d for d in drawn if d.wanted]
    assert len(pasted) / 4000 == pytest.approx(0.4, abs=0.03)
    assert [sum(d.wanted == n for d in pasted) / len(pasted) for n in (1, 2, 3)] == pytest.approx([1 / 3] * 3, abs=0.05)
    places = [p for d in pasted for p in d.candidates]
    assert {p.lesion for p in places} == set(range(7))
    assert np.mean([p.mirrored for p in places]) == pytest.approx(0.25, abs=0.02)
    jitter = np.array([p.jitter for p in places])
    assert np.abs(jitter).max() <= 5.0
    assert jitter.std(0) == pytest.approx([5.0 / 3**0.5] * 3, rel=0.03)


# Within a training's samples.

DATA = DataRecipe(crop=(16, 32, 16), jitter=4)


def small_pasting(probability: float = 1.0) -> Pasting:
    arrays = lesion_arrays(size=8)
    corner = np.random.default_rng(0).uniform(BOX[0], BOX[1] - 12.0, (3, 3))
    small = make_library(arrays | {"corner": corner, "spacing": np.array([0.8, 0.8, 0.8])})
    return Pasting(small, LesionPastingSettings(probability), DATA.spacing)


def samples(cases: list[PreprocessedCase], pasting: Pasting | None, **changes: Any) -> TrainingData:
    bare = [replace_labels(case) for case in cases]
    return TrainingData(bare, replace(DATA, **changes), NO_AUGMENTATION, 4, 60, pasting=pasting)


def replace_labels(case: PreprocessedCase) -> PreprocessedCase:
    """Take a case's own tumour away, which would leave little room in so small a head."""
    np.save(case.folder / "labels.npy", np.zeros_like(np.load(case.folder / "labels.npy")))
    return case


def test_samples_change_only_where_a_lesion_is_pasted_and_never_in_a_missing_modality(tmp_path: Path) -> None:
    cases = make_cases(tmp_path, (MODALITIES, subset(["flair", "t2"]), (Modality.T1CE,)))
    plain, pasted = samples(cases, None), samples(cases, small_pasting())
    changed = 0
    for number in (*range(24), *range(60, 66)):
        a, b = plain[number], pasted[number]
        assert a.names == b.names
        assert torch.equal(a.available, b.available)
        assert torch.equal(a.images != 0, b.images != 0)
        assert not b.images[~b.available].any()
        assert torch.equal(b.images[:, b.labels == 0].abs().sum() > 0, torch.tensor(True))
        changed += bool(b.labels.any())
        assert not b.labels.any() or not torch.equal(a.images[b.available], b.images[b.available])
    assert changed > 15


def test_a_sample_with_lesions_depends_on_its_number_alone(tmp_path: Path) -> None:
    cases = make_cases(tmp_path)
    first, second = samples(cases, small_pasting()), samples(cases, small_pasting())
    for number in (7, 3, 7, 0, 61):
        assert torch.equal(first[number].images, second[number].images)
        assert torch.equal(first[number].labels, second[number].labels)
    assert not torch.equal(first[0].labels, first[3].labels)


def test_samples_without_a_lesion_are_those_of_a_training_without_lesions(tmp_path: Path) -> None:
    cases = make_cases(tmp_path)
    plain, never = samples(cases, None), samples(cases, small_pasting(0.0))
    for number in range(6):
        assert torch.equal(plain[number].images, never[number].images)


def test_a_trainer_wants_lesions_for_a_recipe_that_pastes_and_for_no_other(
    tmp_path: Path, lesions: LesionLibrary
) -> None:
    recipe = Recipe(
        network=NetworkRecipe(options={"widths": [8, 8, 8, 8], "groups": 4}),
        data=DATA,
        lesion_pasting=ALWAYS,
        schedule=ScheduleRecipe(steps=1),
    )
    cases, cpu = make_cases(tmp_path), torch.device("cpu")
    for wrong, given in ((recipe, None), (replace(recipe, lesion_pasting=LesionPastingSettings()), lesions)):
        with pytest.raises(InputError, match="lesion"):
            Trainer(wrong, cases, cpu, lesions=given)
    assert Trainer(recipe, cases, cpu, lesions=lesions).run()


@pytest.mark.parametrize(
    "wrong",
    [
        {"probability": 1.1}, {"probability": -0.1}, {"probability": float("nan")}, {"mirror": 2.0}, {"most": 0},
        {"jitter_mm": -1.0}, {"blend_mm": -1.0},
    ],
)  # fmt: skip
def test_impossible_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is .* and must lie in"):
        LesionPastingSettings(**wrong)
