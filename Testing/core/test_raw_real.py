"""A real raw study, from the scanner to segments: skull on, slices of 6 mm, against an expert's whole tumour."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from GSSCore.inference.pipeline import segment
from GSSCore.inference.settings import InferenceSettings
from GSSCore.networks.bundle import Network
from GSSCore.raw.pipeline import read_study
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality

CASE = "LGG3M_TCGA-CS-6666"


@pytest.fixture(scope="module")
def study(real_cases: Path) -> Study:
    folder = real_cases / "raw" / CASE
    return read_study({m: folder / f"{CASE}_{m.value}.nii.gz" for m in (Modality.FLAIR, Modality.T1CE, Modality.T1)})


def test_the_brain_is_found_and_every_sequence_used(study: Study) -> None:
    assert set(study.images) == {Modality.FLAIR, Modality.T1CE, Modality.T1}
    assert study.alignment is not None
    assert 1300 < study.brain.sum() * study.grid.voxel_ml < 1750
    corners = study.grid.corners()
    for matrix in study.alignment.to_scan.values():
        # One session, one grid: nobody moved by more than a third of a slice.
        assert np.linalg.norm(corners @ matrix[:3, :3].T + matrix[:3, 3] - corners, axis=1).mean() < 2.0


def test_the_tumour_is_found_on_the_scanners_own_grid(study: Study, real_cases: Path) -> None:
    result = segment(study, Network.load(), InferenceSettings(confidence=False, precision="fp32"))
    truth = np.asarray(nibabel.load(real_cases / "raw" / CASE / f"{CASE}_wt.nii.gz").dataobj) > 0
    assert result.labels.shape == truth.shape
    found = result.labels > 0
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.85
    assert study.brain[truth].mean() > 0.98, "no tumour is cut off with the skull"
    assert result.report["execution_plan"]["averaged"] == ["FLAIR+T1ce+T1"]
