"""A network sees the same head in the same way, whatever orientation and resolution it comes in."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from GSSCore.errors import InputError
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.preprocessing.pipeline import _target, preprocess, preprocess_labels
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import read_truth
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Label, Modality
from study_heads import centred_affine, head, orientations, oriented, truth

SHAPE = (36, 44, 34)
AFFINE = centred_affine(SHAPE, (4.0, 4.0, 4.0))
HEAD = head(SHAPE, AFFINE)
AT_4_MM = PreprocessingSettings((4.0, 4.0, 4.0))


def study_of(images: dict[Modality, np.ndarray], affine: np.ndarray = AFFINE) -> Study:
    return Study.from_arrays({modality: (image, affine) for modality, image in images.items()})


def expected(images: dict[Modality, np.ndarray]) -> np.ndarray:
    """Crop and z-score in float64, by index lists: the definition, for arrays that are in RAS order already."""
    inside = np.argwhere(np.any([image != 0 for image in images.values()], axis=0))
    low, high = inside.min(0), inside.max(0) + 1
    out = np.zeros((4, *(high - low)))
    for modality, image in images.items():
        crop = image[low[0] : high[0], low[1] : high[1], low[2] : high[2]].astype(np.float64)
        values = crop[crop != 0]
        out[modality.channel][crop != 0] = (values - np.mean(values)) / np.sqrt(
            np.mean((values - np.mean(values)) ** 2)
        )
    return out


def region_ml(preprocessed: Preprocessed, labels: np.ndarray, label: Label) -> float:
    return float((labels == label).sum() * preprocessed.grid.voxel_ml)


def test_images_are_the_z_scores_of_the_crop_and_zero_outside() -> None:
    preprocessed = preprocess(study_of(HEAD), AT_4_MM)
    assert preprocessed.images.dtype == np.float32 and preprocessed.images.flags.c_contiguous
    np.testing.assert_allclose(preprocessed.images, expected(HEAD), atol=2e-6)
    np.testing.assert_array_equal(preprocessed.brain, expected(HEAD)[0] != 0)
    assert (preprocessed.images[:, ~preprocessed.brain] == 0).all() and (~preprocessed.brain).sum() > 1000
    assert preprocessed.available.tolist() == [True] * 4 and preprocessed.available.dtype == bool


def test_the_crop_knows_where_it_is() -> None:
    preprocessed = preprocess(study_of(HEAD), AT_4_MM)
    index = np.argwhere(HEAD[Modality.T1] != 0).min(0)
    np.testing.assert_allclose(preprocessed.grid.affine @ [0, 0, 0, 1], AFFINE @ [*index, 1])
    np.testing.assert_allclose(preprocessed.grid.affine[:3, :3], AFFINE[:3, :3])
    assert preprocessed.grid.shape == preprocessed.brain.shape == preprocessed.images.shape[1:]
    frame = preprocessed.frame
    assert frame.grid.shape == SHAPE and np.array_equal(frame.grid.affine, AFFINE)


@pytest.mark.parametrize("spacing", [(4.0, 4.0, 4.0), (3.0, 3.5, 5.0)], ids=["as it is", "resampled"])
def test_any_of_the_48_orientations_gives_the_same_bits(spacing: tuple[float, float, float]) -> None:
    images = {m: HEAD[m] for m in (Modality.FLAIR, Modality.T1)}
    preprocessing = PreprocessingSettings(spacing)
    plain = preprocess(study_of(images), preprocessing)
    label_map = truth(SHAPE, AFFINE)
    labels = preprocess_labels(Volume(label_map, AFFINE), plain)
    assert labels.max() == 3
    for order, flips in orientations():
        turned = {m: oriented(image, AFFINE, order, flips) for m, image in images.items()}
        preprocessed = preprocess(Study.from_arrays(turned), preprocessing)
        assert np.array_equal(preprocessed.images, plain.images), (order, flips)
        assert np.array_equal(preprocessed.brain, plain.brain)
        assert (
            np.array_equal(preprocessed.grid.affine, plain.grid.affine) and preprocessed.grid.shape == plain.grid.shape
        )
        turned_labels = Volume(*oriented(label_map, AFFINE, order, flips))
        assert np.array_equal(preprocess_labels(turned_labels, preprocessed), labels)


@pytest.mark.parametrize("given_names", [("flair",), ("t1", "t2"), ("t1ce", "t1", "t2")])
def test_a_missing_modality_is_zeros_and_the_crop_is_the_union_of_the_rest(given_names: tuple[str, ...]) -> None:
    images = {Modality(name): HEAD[Modality(name)].copy() for name in given_names}
    first = next(iter(images.values()))
    first[:12] = 0
    preprocessed = preprocess(study_of(images), AT_4_MM)
    assert preprocessed.available.tolist() == [m.value in given_names for m in MODALITIES]
    assert (preprocessed.images[~preprocessed.available] == 0).all()
    np.testing.assert_allclose(preprocessed.images, expected(images), atol=2e-6)


def test_negative_intensities_inside_the_brain_stay() -> None:
    image = np.where(HEAD[Modality.T1] != 0, HEAD[Modality.T1] - 390, 0).astype(np.int16)
    assert (image < 0).sum() > 100
    preprocessed = preprocess(study_of({Modality.T1: image}), AT_4_MM)
    np.testing.assert_allclose(preprocessed.images, expected({Modality.T1: image}), atol=2e-6)


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.01, 100), dtype=st.sampled_from(["int16", "int32", "float32", "float64", ">i2", "uint16"]))
def test_scale_and_type_of_the_intensities_do_not_matter(gain: float, dtype: str) -> None:
    scaled = (
        (HEAD[Modality.T2].astype(np.float64) * gain).astype(dtype)
        if dtype.startswith("float")
        else HEAD[Modality.T2].astype(dtype)
    )
    preprocessed = preprocess(study_of({Modality.T2: scaled}), AT_4_MM)
    np.testing.assert_allclose(preprocessed.images[3], expected({Modality.T2: HEAD[Modality.T2]})[3], atol=1e-4)


def test_voxels_within_a_percent_and_two_degrees_are_taken_as_they_are() -> None:
    angle = np.radians(1.5)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    preprocessed = preprocess(
        study_of({Modality.T1: HEAD[Modality.T1]}, turn @ AFFINE @ np.diag([1.005, 1, 1, 1])), AT_4_MM
    )
    np.testing.assert_allclose(preprocessed.images, expected({Modality.T1: HEAD[Modality.T1]}), atol=2e-6)


def cut_head(spacing: tuple[float, float, float]) -> tuple[Study, Volume]:
    """A block of 72 x 72 x 72 mm round the tumour, without noise, with its truth."""
    r, a, s = (round(72 / mm) for mm in spacing)
    affine = centred_affine((r, a, s), spacing)
    affine[:3, 3] += (38.0, 12.0, 8.0)
    images = head((r, a, s), affine, noise=4.0)
    chosen = {m: (images[m], affine) for m in (Modality.FLAIR, Modality.T1CE)}
    return Study.from_arrays(chosen), Volume(truth((r, a, s), affine), affine)


@pytest.mark.parametrize("spacing", [(0.5, 0.5, 0.5), (1.0, 1.0, 3.0), (0.9, 1.1, 1.5)])
def test_the_same_head_at_another_resolution_looks_the_same_at_1_mm(spacing: tuple[float, float, float]) -> None:
    plain, other = (preprocess(cut_head(s)[0]) for s in ((1.0, 1.0, 1.0), spacing))
    np.testing.assert_allclose(other.grid.spacing, 1.0, atol=1e-5)
    assert other.brain.sum() == pytest.approx(plain.brain.sum(), rel=0.03)
    for modality, threshold in ((Modality.FLAIR, 1.5), (Modality.T1CE, 2.0)):
        bright, expected_bright = ((p.images[modality.channel] > threshold).sum() for p in (other, plain))
        assert expected_bright > 2000 and bright == pytest.approx(expected_bright, rel=0.1)
    labels, plain_labels = (
        preprocess_labels(cut_head(s)[1], p) for s, p in ((spacing, other), ((1.0, 1.0, 1.0), plain))
    )
    for label in (Label.NCR, Label.ED, Label.ET):
        assert region_ml(other, labels, label) == pytest.approx(region_ml(plain, plain_labels, label), rel=0.1)


@pytest.mark.parametrize("digits", [2.00002, 1.99998])
def test_the_last_digits_of_a_spacing_change_nothing(digits: float) -> None:
    """Headers hold spacings with few digits: 72.0007 mm are 18 voxels of 4 mm, as 72 mm are, and not 19."""
    shape = (36, 40, 32)
    full = {Modality.T2: np.random.default_rng(3).uniform(50.0, 90.0, shape).astype(np.float32)}
    exact, nearly = (
        preprocess(study_of(full, centred_affine(shape, (spacing,) * 3)), AT_4_MM) for spacing in (2.0, digits)
    )
    assert nearly.grid.shape == exact.grid.shape == (18, 20, 16)
    np.testing.assert_allclose(nearly.images, exact.images, atol=1e-3)


def test_a_tenth_of_a_voxel_more_is_covered() -> None:
    shape = (36, 40, 32)
    wide = centred_affine(shape, (2.0 * 18.1 / 18.0, 2.0, 2.0))
    assert _target(Grid(shape, wide), AT_4_MM.spacing, aligned=True).shape == (19, 20, 16)


def test_an_oblique_head_is_turned_to_the_axes_and_keeps_its_size_and_place() -> None:
    angle = np.radians(20)
    turn = np.eye(4)
    turn[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    shape = (44, 56, 56)
    affine = turn @ centred_affine(shape, (3.5, 3.5, 3.5))
    preprocessed = preprocess(study_of(head(shape, affine), affine), AT_4_MM)
    straight = preprocess(study_of(HEAD), AT_4_MM)
    np.testing.assert_allclose(preprocessed.grid.affine[:3, :3], np.diag([4.0, 4.0, 4.0]), atol=1e-6)
    assert preprocessed.brain.sum() == pytest.approx(straight.brain.sum(), rel=0.05)
    centres = [p.grid.affine @ [*np.argwhere(p.brain).mean(0), 1] for p in (preprocessed, straight)]
    np.testing.assert_allclose(centres[0], centres[1], atol=1.0)
    labels = preprocess_labels(Volume(truth(shape, affine), affine), preprocessed)
    centre = preprocessed.grid.affine @ [*np.argwhere(labels > 0).mean(0), 1]
    np.testing.assert_allclose(centre[:3], (22.0, 12.0, 8.0), atol=1.5)


def test_labels_are_copied_where_the_grids_share_their_voxels() -> None:
    preprocessed = preprocess(study_of(HEAD), AT_4_MM)
    label_map = truth(SHAPE, AFFINE)
    low = np.argwhere(HEAD[Modality.T1] != 0).min(0)
    box = tuple(slice(a, a + n) for a, n in zip(low, preprocessed.grid.shape, strict=True))
    labels = preprocess_labels(Volume(label_map, AFFINE), preprocessed)
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(labels, label_map[box])


def test_labels_that_reach_less_far_than_the_crop_are_filled_with_background() -> None:
    preprocessed = preprocess(study_of(HEAD), AT_4_MM)
    label_map = truth(SHAPE, AFFINE)
    whole = preprocess_labels(Volume(label_map, AFFINE), preprocessed)
    shifted = AFFINE.copy()
    shifted[:3, 3] += AFFINE[:3, :3] @ [10, 0, 12]
    part = preprocess_labels(Volume(label_map[10:30, :, 12:], shifted), preprocessed)
    low = np.argwhere(HEAD[Modality.T1] != 0).min(0)
    assert part.any() and not part[: 10 - low[0]].any() and not part[30 - low[0] :].any()
    np.testing.assert_array_equal(
        part[10 - low[0] : 30 - low[0], :, 12 - low[2] :], whole[10 - low[0] : 30 - low[0], :, 12 - low[2] :]
    )
    away = AFFINE.copy()
    away[0, 3] += 4000.0
    assert not preprocess_labels(Volume(label_map, away), preprocessed).any()


def test_the_settings_survive_json() -> None:
    for spacing in ((1.0, 1.0, 1.0), (0.8, 1.25, 3.0)):
        assert PreprocessingSettings.from_json(
            json.loads(json.dumps(PreprocessingSettings(spacing).to_json()))
        ) == PreprocessingSettings(spacing)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"spacing": [1, 1]},
        {"spacing": [1, 1, 0]},
        {"spacing": [1, 1, -1]},
        {"spacing": "111"},
        {"spacing": [1, 1, "1"]},
        {"spacing": [1, 1, float("nan")]},
        {"spacing": [1, 1, 1], "window": 80},
    ],
)
def test_settings_that_are_not_understood_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(InputError, match="correct the card"):
        PreprocessingSettings.from_json(values)


@pytest.mark.parametrize(("name", "enhancing"), [("BraTS2021_00006", 4), ("BraTS-SSA-00051-000", 3)])
def test_a_published_case_is_preprocessed_as_by_the_definition(real_cases: Path, name: str, enhancing: int) -> None:
    folder = real_cases / "original" / name
    study = Study.from_folder(folder)
    preprocessed = preprocess(study)
    canonical = {m: nib.as_closest_canonical(nib.load(folder / f"{name}_{m.value}.nii.gz")) for m in MODALITIES}
    np.testing.assert_allclose(
        preprocessed.images, expected({m: np.asarray(c.dataobj) for m, c in canonical.items()}), atol=1e-5
    )
    seg = nib.as_closest_canonical(nib.load(folder / f"{name}_seg.nii.gz"))
    raw = np.asarray(seg.dataobj)
    label_map = {1: Label.NCR, 2: Label.ED, enhancing: Label.ET}
    labels = preprocess_labels(read_truth(folder / f"{name}_seg.nii.gz", label_map), preprocessed)
    assert [(labels == v).sum() for v in (1, 2, 3)] == [(raw == v).sum() for v in (1, 2, enhancing)]
    at = np.argwhere(labels == 3)[0]
    mm = preprocessed.grid.affine @ [*at, 1]
    index = np.rint(np.linalg.inv(seg.affine) @ mm).astype(int)
    assert raw[tuple(index[:3])] == enhancing
