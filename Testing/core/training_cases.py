"""Tiny preprocessed cases on disk, for the tests of training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np

from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.vocabulary import MODALITIES, Modality, Subset

SHAPE = (20, 36, 24)
STUDY_SHAPE = (30, 36, 28)

TINY_RECIPE = """
name = "tiny"
seed = 3
[network]
options = { widths = [8, 8, 8, 8], groups = 4 }
[data]
truth_labels = "NCR=1,ED=2,ET=4"
crop = [16, 32, 16]
[schedule]
steps = 3
warmup = 1
"""


def make_cases(folder: Path, modalities: Sequence[Subset] = (MODALITIES,) * 3) -> list[PreprocessedCase]:
    """Write a case for each subset of modalities: noise, brighter where the tumour is."""
    rng = np.random.default_rng(0)
    made = []
    for number, has in enumerate(modalities):
        place = folder / f"case{number}"
        place.mkdir()
        labels = np.zeros(SHAPE, np.uint8)
        labels[6:14, 10:20, 8:16] = rng.integers(0, 4, (8, 10, 8))
        images = rng.normal(size=(4, *SHAPE)) + labels
        np.save(place / "images.npy", images.astype(np.float16))
        np.save(place / "labels.npy", labels)
        made.append(PreprocessedCase(place.name, place, has))
    return made


def write_study(folder: Path, name: str, modalities: tuple[Modality, ...] = MODALITIES, seed: int = 0) -> None:
    """Write the images and the label map of a brain with a tumour."""
    rng = np.random.default_rng(seed)
    (folder / name).mkdir(parents=True)
    z, y, x = np.indices(STUDY_SHAPE)
    brain = (z - 15) ** 2 / 140 + (y - 18) ** 2 / 200 + (x - 14) ** 2 / 120 < 1
    tumour = (z - 12) ** 2 + (y - 18) ** 2 + (x - 14) ** 2 < 25
    for modality in modalities:
        image = np.where(brain, rng.integers(200, 400, STUDY_SHAPE) + 200 * tumour, 0).astype(np.int16)
        nib.save(nib.Nifti1Image(image, np.eye(4)), folder / name / f"{name}_{modality.value}.nii.gz")
    labels = np.where(tumour, rng.choice([1, 2, 4], STUDY_SHAPE), 0).astype(np.uint8)
    nib.save(nib.Nifti1Image(labels, np.eye(4)), folder / name / f"{name}_seg.nii.gz")
