"""Spacing and units are not believed where no head has that size; both readings are named."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from GSSCore.errors import InputError
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import as_message
from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality
from study_heads import centred_affine, head

SHAPE = (84, 100, 80)
AFFINE = centred_affine(SHAPE, (2.0, 2.0, 2.0))
IMAGES = head(SHAPE, AFFINE)
IMAGE = IMAGES[Modality.FLAIR]


def scaled(factor: float) -> np.ndarray:
    affine = AFFINE.copy()
    affine[:3] *= factor
    return affine


@pytest.mark.parametrize("factor", [0.1, 0.01, 0.001, 10.0, 100.0, 1000.0])
def test_a_power_of_ten_is_refused_with_both_readings(factor: float) -> None:
    with pytest.raises(InputError, match=r"FLAIR: with voxels of .* it would have 1\d{3} ml, as a head does") as fault:
        Study.from_arrays({"flair": (IMAGE, scaled(factor))})
    assert "with voxels of 2 x 2 x 2 mm" in str(fault.value) and f"voxels of {2 * factor:.3g} x" in str(fault.value)


def test_only_the_modality_with_another_unit_is_named() -> None:
    given = {m: (image, scaled(0.001 if m is Modality.T2 else 1.0)) for m, image in IMAGES.items()}
    with pytest.raises(InputError, match=r"^T2: "):
        Study.from_arrays(given)


@pytest.mark.parametrize(("unit", "spacing"), [("meter", 2.0), ("micron", 2.0), ("mm", 0.2), ("mm", 0.002)])
def test_a_unit_that_does_not_fit_is_refused_by_the_file(tmp_path: Path, unit: str, spacing: float) -> None:
    image = nib.Nifti1Image(IMAGE, scaled(spacing / 2.0))
    image.header.set_xyzt_units(unit)
    path = tmp_path / "flair.nii.gz"
    nib.save(image, path)
    with pytest.raises(InputError, match="correct the spacing or the unit of length") as fault:
        Study.from_files(flair=path)
    assert str(path) in str(fault.value)


@pytest.mark.parametrize("spacing", [1.0, 0.5, 0.25, 3.0])
@pytest.mark.parametrize("size", [24, 40])
def test_a_small_crop_is_a_crop_and_not_a_head_in_other_units(size: int, spacing: float) -> None:
    image = np.random.default_rng(0).normal(300, 40, (size,) * 3)
    study = Study.from_arrays({"flair": (image, np.diag([spacing, spacing, spacing, 1.0]))})
    assert {as_message(w).code for w in study.warnings} <= {"study.small-brain"}


def test_what_is_no_head_under_any_reading_is_refused_too() -> None:
    with pytest.raises(InputError, match="which no head is"):
        Study.from_arrays({"flair": (IMAGE, scaled(4.0))})
    with pytest.raises(InputError, match=r"what it shows is .* mm long"):
        Study.from_arrays({"flair": (IMAGE[40:60, 40:60, 40:60], scaled(0.01))})


def test_no_grid_above_the_cap_is_made() -> None:
    huge = Grid((2000, 2000, 2000), np.eye(4))
    for order in (0, 1):
        with pytest.raises(InputError, match="2000 x 2000 x 2000 voxels of 1 x 1 x 1 mm has more than the 268 million"):
            resample(Volume(IMAGE, AFFINE), huge, order=order)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="more than the 268 million"):
        preprocess(Study.from_arrays({"flair": (IMAGE, AFFINE)}), PreprocessingSettings((0.1, 0.1, 0.1)))


def test_images_thinner_than_a_voxel_of_the_network_are_refused_in_a_sentence() -> None:
    image = np.zeros((40, 40, 40), np.float32)
    image[20:22, 5:35, 20:22] = np.random.default_rng(0).normal(300, 40, (2, 30, 2))
    study = Study.from_arrays({"flair": (image, np.diag([0.2, 0.2, 0.2, 1.0]))})
    with pytest.raises(InputError, match="nothing is left of the images"):
        preprocess(study, PreprocessingSettings((3.0, 3.0, 3.0)))
