"""Warnings fire on what they are for, and stay silent on real studies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from GSSCore.imaging.volume import Grid, Volume
from GSSCore.study.checks.brain import warn_misaligned, warn_not_stripped
from GSSCore.study.checks.space import warn_few_slices
from GSSCore.study.checks.swap import swap_skewness, warn_swapped
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Modality
from study_heads import centred_affine, grid_positions, head

SHAPE = (84, 100, 80)
AFFINE = centred_affine(SHAPE, (2.0, 2.0, 2.0))
Thumbnails = dict[Modality, Thumbnail]


@pytest.fixture(scope="module")
def images() -> dict[Modality, np.ndarray]:
    return head(SHAPE, AFFINE)


def study_of(images: dict[Modality, np.ndarray], affine: np.ndarray = AFFINE) -> Study:
    return Study.from_arrays({modality: (image, affine) for modality, image in images.items()})


def with_scalp(image: np.ndarray, background: float) -> np.ndarray:
    """The brain in a skull of 8 mm and a scalp of 8 mm, on noise of that mean."""
    r, a, s = grid_positions(SHAPE, AFFINE)
    rng = np.random.default_rng(5)
    skull, scalp = ((r / (66 + mm)) ** 2 + (a / (82 + mm)) ** 2 + (s / (62 + mm)) ** 2 <= 1 for mm in (8, 16))
    around = np.where(scalp, np.where(skull, 60, 700), 0) + rng.rayleigh(1, SHAPE) * background
    return np.where(image > 0, image, around).astype(np.int16)


def test_a_plain_study_gives_no_warning(images: dict[Modality, np.ndarray]) -> None:
    assert study_of(images).warnings == ()


def test_a_study_cropped_to_the_brain_gives_no_warning(images: dict[Modality, np.ndarray]) -> None:
    index = np.argwhere(images[Modality.T1] > 0)
    box = tuple(slice(low, high + 1) for low, high in zip(index.min(0), index.max(0), strict=True))
    assert study_of({m: image[box] for m, image in images.items()}).warnings == ()


@pytest.mark.parametrize("background", [0.0, 12.0])
def test_a_head_with_its_skull_on_zeros_or_noise_is_warned_about(
    images: dict[Modality, np.ndarray], background: float
) -> None:
    warnings = study_of({m: with_scalp(image, background) for m, image in images.items()}).warnings
    assert len(warnings) == 1 and warnings[0].startswith("FLAIR, T1ce, T1 and T2: not skull-stripped")
    assert ("the background is not 0 but noise" in warnings[0]) == bool(background)
    assert all(tool in warnings[0] for tool in ("HD-BET", "SynthStrip", "SwissSkullStripper"))


def test_only_the_modality_with_its_skull_is_named(images: dict[Modality, np.ndarray]) -> None:
    warnings = study_of({**images, Modality.T2: with_scalp(images[Modality.T2], 12.0)}).warnings
    assert len(warnings) == 1 and warnings[0].startswith("T2: not skull-stripped")


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("mm", [-16, 16])
def test_a_modality_16_mm_off_is_warned_about(images: dict[Modality, np.ndarray], axis: int, mm: int) -> None:
    moved = AFFINE.copy()
    moved[axis, 3] += mm
    study = Study.from_arrays(
        {
            "flair": (images[Modality.FLAIR], AFFINE),
            "t1": (images[Modality.T1], AFFINE),
            "t2": (images[Modality.T2], moved),
        }
    )
    assert [w for w in study.warnings if "register" in w] == [
        w for w in study.warnings if "T2: the brain does not lie where it does in FLAIR" in w
    ]
    assert any(w.startswith("T2: the brain") for w in study.warnings)


def test_a_modality_that_covers_half_the_brain_in_its_place_is_no_misalignment(
    images: dict[Modality, np.ndarray],
) -> None:
    half = images[Modality.FLAIR].copy()
    half[:, :40] = 0
    (warning,) = study_of({**images, Modality.FLAIR: half}).warnings
    assert warning.startswith("FLAIR: the array given shows") and "of the brain only" in warning


def test_swapped_t1_and_t1ce_are_warned_about_and_left_as_they_are(images: dict[Modality, np.ndarray]) -> None:
    swapped = {**images, Modality.T1: images[Modality.T1CE], Modality.T1CE: images[Modality.T1]}
    study = study_of(swapped)
    assert len(study.warnings) == 1 and study.warnings[0].startswith("T1 and T1ce look swapped")
    np.testing.assert_array_equal(study.images[Modality.T1], images[Modality.T1CE])


def test_t1_and_t1ce_without_any_contrast_are_not_taken_for_swapped(images: dict[Modality, np.ndarray]) -> None:
    other = head(SHAPE, AFFINE, seed=1)[Modality.T1]
    (warning,) = study_of({Modality.T1: images[Modality.T1], Modality.T1CE: other}).warnings
    assert warning.startswith("T1ce and T1 look like the same image")
    assert study_of({Modality.T1: images[Modality.T1], Modality.T2: images[Modality.T2]}).warnings == ()


@pytest.mark.parametrize(("mm", "warned"), [(2.0, False), (3.0, False), (3.2, True), (6.0, True)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_spacing_above_3_mm_along_any_axis_is_warned_about(mm: float, warned: bool, axis: int) -> None:
    spacing = tuple(mm if a == axis else 2.0 for a in range(3))
    shape = tuple(int(168 / s) for s in spacing)
    affine = centred_affine(shape, spacing)  # type: ignore[arg-type]
    warnings = study_of({Modality.T2: head(shape, affine)[Modality.T2]}, affine).warnings  # type: ignore[arg-type]
    assert len(warnings) == warned
    assert not warned or warnings[0].startswith(f"T2 is coarse, {mm:.3g} mm")


def test_a_coarse_series_is_warned_about_even_after_resampling_onto_a_fine_one(
    images: dict[Modality, np.ndarray],
) -> None:
    shape, affine = (84, 100, 27), centred_affine((84, 100, 27), (2.0, 2.0, 6.0))
    study = Study.from_arrays(
        {"flair": (images[Modality.FLAIR], AFFINE), "t2": (head(shape, affine)[Modality.T2], affine)}
    )
    assert any(w.startswith("T2 is coarse, 6 mm") for w in study.warnings) and len(study.warnings) == 2


@pytest.fixture(scope="module")
def real_thumbnails(real_cases: Path) -> list[Thumbnails]:
    """Every third real case, as it is cropped to the brain."""

    def read() -> Iterator[Thumbnails]:
        for case in sorted((real_cases / "cases").iterdir())[::3]:
            files = {m: nib.load(case / f"{case.name}_{m.value}.nii.gz") for m in MODALITIES}
            yield {m: Thumbnail.of(np.asarray(f.dataobj), Grid(f.shape, f.affine)) for m, f in files.items()}

    return list(read())


def test_every_warning_is_silent_on_real_studies(real_thumbnails: list[Thumbnails]) -> None:
    assert len(real_thumbnails) >= 10
    for thumbnails in real_thumbnails:
        assert warn_not_stripped(thumbnails) == warn_swapped(thumbnails) == []
        assert all(warn_misaligned(thumbnails, reference) == [] for reference in MODALITIES)


def test_swapping_t1_and_t1ce_is_noticed_in_the_clear_majority_of_real_studies(
    real_thumbnails: list[Thumbnails],
) -> None:
    swapped = [{**t, Modality.T1: t[Modality.T1CE], Modality.T1CE: t[Modality.T1]} for t in real_thumbnails]
    noticed = sum(bool(warn_swapped(thumbnails)) for thumbnails in swapped)
    assert noticed >= 0.8 * len(swapped)


def test_a_real_brain_moved_by_16_mm_is_noticed(real_thumbnails: list[Thumbnails]) -> None:
    for thumbnails in real_thumbnails[:5]:
        padded = np.pad(thumbnails[Modality.T1].array, 8)
        fixed, moved = (Thumbnail(a, (2.0, 2.0, 2.0)) for a in (padded, np.roll(padded, 8, axis=1)))
        assert len(warn_misaligned({Modality.FLAIR: fixed, Modality.T1: moved}, Modality.FLAIR)) == 1


def test_the_sign_of_the_swap_measure_follows_the_order(real_thumbnails: list[Thumbnails]) -> None:
    t1ce, t1 = real_thumbnails[-1][Modality.T1CE], real_thumbnails[-1][Modality.T1]
    forward, backward = swap_skewness(t1ce, t1), swap_skewness(t1, t1ce)
    assert forward is not None and backward is not None and forward == pytest.approx(-backward)


@pytest.mark.parametrize("name", ["BraTS2021_00006", "BraTS-SSA-00051-000"])
def test_a_published_case_with_t1_and_t1ce_swapped_is_warned_about(real_cases: Path, name: str) -> None:
    t1, t1ce = (real_cases / "original" / name / f"{name}_{word}.nii.gz" for word in ("t1", "t1ce"))
    by_name, warning = Study.from_files(t1=t1ce, t1ce=t1).warnings
    assert by_name.startswith("T1: by its name,") and warning.startswith("T1 and T1ce look swapped")
    assert Study.from_files(t1=t1, t1ce=t1ce).warnings == ()


def test_few_thick_slices_are_warned_about_as_a_localiser() -> None:
    def told(shape: tuple[int, int, int], mm: float) -> list[str]:
        volume = Volume(np.ones(shape, np.uint8), np.diag([2.0, 2.0, mm, 1.0]))
        return [warning.code for warning in warn_few_slices({Modality.T1: volume})]

    assert told((96, 96, 3), 10.0) == ["study.few-slices"]
    assert told((96, 96, 16), 10.0) == []
    assert told((4, 96, 96), 1.0) == []
