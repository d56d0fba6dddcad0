"""The confidence levels, against the definition written out voxel by voxel, for all 15 subsets."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from GSSCore.gss.settings import TeacherSettings
from GSSCore.gss.teacher import sure_regions
from GSSCore.inference import confidence as module
from GSSCore.inference.confidence import confidence_levels, sure_of, threshold
from GSSCore.vocabulary import SUBSETS, Modality, Subset, subset_mask, subset_name

SHAPE = (5, 7, 6)


def reference_level(probability: dict[Modality, float]) -> int:
    """The level of one voxel from each available modality's probability of the winning class."""
    flair = probability.get(Modality.FLAIR)
    others = [p for modality, p in probability.items() if modality is not Modality.FLAIR]
    all_sure = (flair is None or flair > 0.65) and all(p > 0.75 for p in others)
    if all_sure:
        return 3
    high = flair is not None and flair > 0.65
    medium = not high and len(others) > 0 and all(p > 0.75 for p in others)
    return 2 if high or medium else 1


def crop(seed: int) -> tuple[torch.Tensor, torch.Tensor, NDArray[np.bool_]]:
    """Logits (M, C, D, H, W) that are often sure, the winner of others, and a brain."""
    generator = torch.Generator().manual_seed(seed)
    logits = 3.0 * torch.randn(4, 4, *SHAPE, generator=generator)
    logits += 4.0 * torch.randn(1, 4, *SHAPE, generator=generator)
    winner = logits.sum(0).argmax(0).to(torch.uint8)
    brain = torch.rand(SHAPE, generator=generator) > 0.2
    return logits, winner, brain.numpy()


def levels_of(
    subset: Subset, logits: torch.Tensor, winner: torch.Tensor, brain: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    return confidence_levels({m: sure_of(logits[m.channel], winner, threshold(m)) for m in subset}, brain)


@pytest.mark.parametrize("subset", SUBSETS, ids=subset_name)
def test_levels_equal_the_definition(subset: Subset) -> None:
    logits, winner, brain = crop(seed=len(subset))
    probabilities = torch.softmax(logits, 1).numpy()
    found = levels_of(subset, logits, winner, brain)
    seen = set()
    for voxel in itertools.product(*map(range, SHAPE)):
        c = int(winner[voxel])
        expected = reference_level({m: probabilities[(m.channel, c, *voxel)] for m in subset}) if brain[voxel] else 0
        assert found[voxel] == expected
        seen.add(expected)
    assert found.dtype == np.uint8
    # Without FLAIR the medium region is where all agree, so that only FLAIR beside others can guide.
    assert seen == ({0, 1, 2, 3} if Modality.FLAIR in subset and len(subset) > 1 else {0, 1, 3})


@pytest.mark.parametrize("subset", SUBSETS, ids=subset_name)
def test_levels_two_and_three_fill_the_high_and_medium_region_of_the_teacher(subset: Subset) -> None:
    logits, winner, _ = crop(seed=7)
    brain = np.ones(SHAPE, np.bool_)
    available = torch.tensor([subset_mask(subset)])
    high, medium = sure_regions(torch.softmax(logits, 1)[None], available)
    of_winner = (high | medium)[0].gather(0, winner[None].long())[0].numpy()
    np.testing.assert_array_equal(levels_of(subset, logits, winner, brain) >= 2, of_winner)


def test_a_probability_just_at_the_threshold_is_not_sure() -> None:
    logits = torch.log(torch.tensor([0.75, 0.25]))[:, None, None, None]
    winner = torch.zeros(1, 1, 1, dtype=torch.uint8)
    value = torch.softmax(logits, 0)[0, 0, 0, 0].numpy()
    assert not sure_of(logits, winner, float(value))[0, 0, 0]
    assert sure_of(logits, winner, float(np.nextafter(value, np.float32(0))))[0, 0, 0]


def test_thresholds_are_the_teachers() -> None:
    settings = TeacherSettings(flair_threshold=0.5, other_threshold=0.9)
    assert [threshold(m, settings) for m in Modality] == [0.5, 0.9, 0.9, 0.9]
    assert [threshold(m) for m in Modality] == [0.65, 0.75, 0.75, 0.75]


def test_slabs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    logits, winner, _ = crop(seed=1)
    whole = sure_of(logits[0], winner, 0.65)
    monkeypatch.setattr(module, "_SLAB_VOXELS", 2 * SHAPE[1] * SHAPE[2])
    np.testing.assert_array_equal(sure_of(logits[0], winner, 0.65), whole)


def test_inputs_are_left_as_they_are() -> None:
    brain = np.ones(SHAPE, np.bool_)
    sure = {m: np.random.default_rng(m.channel).random(SHAPE) > 0.5 for m in Modality}
    before = {m: mask.copy() for m, mask in sure.items()}
    confidence_levels(sure, brain)
    assert brain.all()
    assert all(np.array_equal(sure[m], before[m]) for m in Modality)


def test_no_modality_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        confidence_levels({}, np.ones(SHAPE, np.bool_))
