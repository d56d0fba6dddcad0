"""One image under two names is refused, however it was rescaled; one that is nearly another is warned about."""

from __future__ import annotations

import numpy as np
import pytest

from GSSCore.errors import InputError
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality
from study_heads import centred_affine, head

SHAPE = (84, 100, 80)
AFFINE = centred_affine(SHAPE, (2.0, 2.0, 2.0))
IMAGES = head(SHAPE, AFFINE)
IMAGE = IMAGES[Modality.FLAIR].astype(np.float32)
BRAIN = IMAGE != 0
SPREAD = float(IMAGE[BRAIN].std())


def noisy(share: float) -> np.ndarray:
    return np.where(BRAIN, IMAGE + np.random.default_rng(0).normal(0, share * SPREAD, SHAPE), 0).astype(np.float32)


COPIES = {
    "doubled": IMAGE * 2,
    "divided": (IMAGE / 7).astype(np.float64),
    "offset": np.where(BRAIN, IMAGE + 50, 0),
    "reversed": np.where(BRAIN, IMAGE.max() + 1 - IMAGE, 0),
    "rounded to 8 bit": np.round(IMAGE / IMAGE.max() * 255).astype(np.uint8),
    "cut off to 8 bit": np.where(BRAIN, np.maximum(IMAGE / IMAGE.max() * 255, 1), 0).astype(np.uint8),
    "scaled to 16 bit": (IMAGE * 1.1).astype(np.int16),
    "z-scored": np.where(BRAIN, (IMAGE - IMAGE[BRAIN].mean()) / SPREAD, 0),
    "half of it, doubled": np.where(np.arange(SHAPE[0])[:, None, None] < 42, IMAGE * 2, 0),
    "noise of 1e-5": noisy(1e-5),
}
NEAR = {
    "noise of a hundredth": noisy(0.01),
    "noise of a tenth": noisy(0.1),
    "square root": np.sqrt(IMAGE),
    "clipped": np.where(BRAIN, np.clip(IMAGE, 250, 400), 0),
}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("other", [Modality.T2, Modality.T1CE])
def test_a_linear_copy_is_refused(copy: str, other: Modality) -> None:
    with pytest.raises(InputError, match=f"FLAIR and {other.display} are the same image on another scale"):
        Study.from_arrays({Modality.FLAIR: (IMAGE, AFFINE), other: (COPIES[copy], AFFINE)})


@pytest.mark.parametrize("copy", NEAR)
def test_a_near_copy_is_warned_about(copy: str) -> None:
    warnings = Study.from_arrays({Modality.FLAIR: (IMAGE, AFFINE), Modality.T2: (NEAR[copy], AFFINE)}).warnings
    assert sum("FLAIR and T2 look like the same image" in w for w in warnings) == 1


def test_a_copy_on_a_grid_half_a_voxel_away_is_warned_about() -> None:
    moved = AFFINE.copy()
    moved[0, 3] += 0.5
    warnings = Study.from_arrays({"flair": (IMAGE, AFFINE), "t2": (IMAGE, moved)}).warnings
    assert any("look like the same image" in w for w in warnings)
    assert any("same size as that of FLAIR, but up to 0.5 mm away" in w for w in warnings)


@pytest.mark.parametrize("mm", [0.002, 0.015])
def test_grids_that_differ_by_rounding_are_one(mm: float) -> None:
    moved = AFFINE.copy()
    moved[1, 3] += mm
    study = Study.from_arrays({"flair": (IMAGE, AFFINE), "t2": (IMAGES[Modality.T2], moved)})
    assert study.warnings == () and not study.sources[Modality.T2].resampled
    assert np.shares_memory(study.images[Modality.T2], IMAGES[Modality.T2])
