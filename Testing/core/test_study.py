"""A study brings files, folders and arrays onto the reference's own grid and says what it did."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from GSSCore.errors import InputError
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Modality
from images import save_itk, save_nifti
from study_heads import centred_affine, head, orientations, oriented

SHAPE = (72, 88, 68)
AFFINE = centred_affine(SHAPE, (2.0, 2.0, 2.0))


@pytest.fixture(scope="module")
def images() -> dict[Modality, np.ndarray]:
    return head(SHAPE, AFFINE)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, images: dict[Modality, np.ndarray]) -> Path:
    folder = tmp_path_factory.mktemp("case")
    for modality, image in images.items():
        nib.save(nib.Nifti1Image(image, AFFINE), folder / f"case_{modality.value}.nii.gz")
    return folder


def test_four_files_become_a_study_on_the_grid_of_flair(case: Path, images: dict[Modality, np.ndarray]) -> None:
    study = Study.from_folder(case)
    assert study.available == MODALITIES and list(study.images) == list(MODALITIES)
    assert study.reference is Modality.FLAIR and study.grid.shape == SHAPE and study.warnings == ()
    np.testing.assert_array_equal(study.grid.affine, AFFINE)
    for modality, image in images.items():
        np.testing.assert_array_equal(study.images[modality], image)
        assert study.images[modality].dtype == np.int16


def test_sources_carry_path_grid_and_sha256_of_each_file(case: Path) -> None:
    study = Study.from_files(t2=str(case / "case_t2.nii.gz"), t1=case / "case_t1.nii.gz")
    for modality, source in study.sources.items():
        path = case / f"case_{modality.value}.nii.gz"
        assert source.path == path and source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert source.grid.shape == SHAPE and not source.resampled


@pytest.mark.parametrize(
    ("given", "expected"),
    [(("t1", "t2"), "t2"), (("t1", "t1ce", "t2"), "t1ce"), (("t1",), "t1"), (("flair", "t1ce", "t1", "t2"), "flair")],
)
def test_the_reference_is_the_first_of_flair_t1ce_t2_t1(case: Path, given: tuple[str, ...], expected: str) -> None:
    study = Study.from_files(**{name: case / f"case_{name}.nii.gz" for name in given})
    assert study.reference.value == expected and study.available == tuple(m for m in MODALITIES if m.value in given)


def test_a_chosen_reference_gives_its_own_grid_and_the_others_are_resampled_in_physical_space(
    images: dict[Modality, np.ndarray],
) -> None:
    coarse_shape, coarse = (48, 56, 44), centred_affine((48, 56, 44), (3.0, 3.0, 3.0))
    coarse_t2 = head(coarse_shape, coarse)[Modality.T2]
    study = Study.from_arrays({"flair": (images[Modality.FLAIR], AFFINE), "t2": (coarse_t2, coarse)}, reference="T2")
    assert (
        study.grid.shape == coarse_shape
        and study.sources[Modality.FLAIR].resampled
        and not study.sources[Modality.T2].resampled
    )
    assert study.sources[Modality.FLAIR].grid.shape == SHAPE
    assert len(study.warnings) == 1
    assert (
        "FLAIR lies on another grid (72 x 88 x 68 voxels of 2 x 2 x 2 mm) and was resampled onto that of T2"
        in study.warnings[0]
    )
    expected = head(coarse_shape, coarse, noise=0.0)[Modality.FLAIR]
    inside = (expected > 0) & (study.images[Modality.FLAIR] > 0)
    assert inside.sum() > 0.95 * (expected > 0).sum()
    assert np.median(np.abs(study.images[Modality.FLAIR][inside] - expected[inside])) < 10
    corners = study.images[Modality.FLAIR][::47, ::55, ::43]
    assert not corners.any(), "the background stays exactly 0"


@pytest.mark.parametrize(("order", "flips"), orientations()[::7])
def test_another_orientation_of_the_same_voxels_is_reordered_not_interpolated(
    images: dict[Modality, np.ndarray], order: tuple[int, ...], flips: tuple[int, ...]
) -> None:
    turned = oriented(images[Modality.T1], AFFINE, order, flips)
    study = Study.from_arrays({"flair": (images[Modality.FLAIR], AFFINE), "t1": turned})
    np.testing.assert_array_equal(study.images[Modality.T1], images[Modality.T1])
    assert (
        study.images[Modality.T1].dtype == np.int16
        and not study.sources[Modality.T1].resampled
        and study.warnings == ()
    )


def test_the_grid_of_an_odd_orientation_is_kept_exactly_as_given(images: dict[Modality, np.ndarray]) -> None:
    array, affine = oriented(images[Modality.T2], AFFINE, (2, 0, 1), (-1, 1, -1))
    study = Study.from_arrays({"t2": (array, affine)})
    np.testing.assert_array_equal(study.grid.affine, affine)
    np.testing.assert_array_equal(study.images[Modality.T2], array)


def test_arrays_are_not_copied_and_cannot_be_changed_through_the_study(images: dict[Modality, np.ndarray]) -> None:
    study = Study.from_arrays({Modality.T1: (images[Modality.T1], AFFINE)})
    assert np.shares_memory(study.images[Modality.T1], images[Modality.T1])
    with pytest.raises(ValueError, match="read-only"):
        study.images[Modality.T1][0, 0, 0] = 1
    assert study.sources[Modality.T1].path is None and study.sources[Modality.T1].sha256 is None


def test_a_few_nan_and_infinities_become_zero_with_a_warning(images: dict[Modality, np.ndarray]) -> None:
    spoilt = images[Modality.T1].astype(np.float64)
    spoilt[30:33, 40, 30] = (np.nan, np.inf, -np.inf)
    study = Study.from_arrays({"t1": (spoilt, AFFINE)})
    assert study.images[Modality.T1][30:33, 40, 30].tolist() == [0, 0, 0]
    assert np.isfinite(study.images[Modality.T1]).all() and np.isnan(spoilt[30, 40, 30])
    assert len(study.warnings) == 1 and "T1: 3 voxels of the array given are NaN or infinite" in study.warnings[0]


def test_restricting_keeps_the_grid_even_without_the_reference(images: dict[Modality, np.ndarray]) -> None:
    shape, affine = (48, 56, 44), centred_affine((48, 56, 44), (3.0, 3.0, 3.0))
    study = Study.from_arrays(
        {"flair": (images[Modality.FLAIR], AFFINE), "t2": (head(shape, affine)[Modality.T2], affine)}
    )
    less = study.restrict((Modality.T2,))
    assert less.available == (Modality.T2,) and less.reference is Modality.T2 and less.grid is study.grid
    assert less.images[Modality.T2] is study.images[Modality.T2] and set(less.sources) == {Modality.T2}
    with pytest.raises(ValueError, match="no T1ce"):
        study.restrict((Modality.T1CE,))
    with pytest.raises(ValueError, match="must not be empty"):
        study.restrict(())


@pytest.mark.parametrize("name", ["BraTS2021_00006", "BraTS-SSA-00051-000"])
def test_a_published_case_is_read_as_it_is(real_cases: Path, name: str) -> None:
    folder = real_cases / "original" / name
    study = Study.from_folder(folder)
    assert study.available == MODALITIES and study.warnings == () and study.grid.shape == (240, 240, 155)
    for modality in MODALITIES:
        path = study.sources[modality].path
        assert path is not None
        independent = nib.load(path)
        np.testing.assert_array_equal(study.images[modality], np.asarray(independent.dataobj))
        np.testing.assert_allclose(study.grid.affine, independent.affine, atol=1e-4)


def test_two_detached_headers_of_one_name_are_two_volumes(tmp_path: Path, images: dict[Modality, np.ndarray]) -> None:
    for modality in (Modality.T1, Modality.T2):
        (tmp_path / modality.value).mkdir()
        save_itk(tmp_path / modality.value / "image.mhd", images[modality], AFFINE)
    one, other = (tmp_path / name / "image.mhd" for name in ("t1", "t2"))
    assert one.read_bytes() == other.read_bytes()
    study = Study.from_files(t1=one, t2=other)
    assert len({source.sha256 for source in study.sources.values()}) == 2
    for modality in study.images:
        np.testing.assert_array_equal(study.images[modality], images[modality])


def test_one_volume_under_two_detached_headers_is_refused(tmp_path: Path, images: dict[Modality, np.ndarray]) -> None:
    for name in ("t1", "t2"):
        save_itk(tmp_path / f"{name}.mhd", images[Modality.T1], AFFINE)
    with pytest.raises(InputError, match="T1 and T2 are the same volume"):
        Study.from_files(t1=tmp_path / "t1.mhd", t2=tmp_path / "t2.mhd")


def test_a_file_that_says_two_things_of_its_place_is_told_with_its_sequence(
    tmp_path: Path, images: dict[Modality, np.ndarray]
) -> None:
    plain = save_nifti(tmp_path / "t1.nii.gz", images[Modality.T1], AFFINE)
    assert not Study.from_files(t1=plain).warnings
    odd = save_nifti(tmp_path / "t2.nii.gz", images[Modality.T2], AFFINE, qoffset_x=AFFINE[0, 3] + 40.0)
    (warning,) = Study.from_files(t1=plain, t2=odd).warnings
    assert warning.startswith(f"T2: {odd} says two things of its place that lie up to 40 mm apart")
