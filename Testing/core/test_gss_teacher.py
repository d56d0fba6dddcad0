"""The teacher and the distillation towards it, against slow per-voxel references written from the formulae."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from GSSCore.gss.distillation import distillation_loss
from GSSCore.gss.settings import TeacherSettings
from GSSCore.gss.teacher import guided_teacher, sure_regions
from GSSCore.vocabulary import SUBSETS, subset_mask, subset_name

SHAPE = (2, 3, 5)
BATCH = 3


def sharp_probabilities(seed: int, batch: int = BATCH, shape: tuple[int, int, int] = SHAPE) -> Tensor:
    """Softmax values of which many are sure and many are not, and modalities that often agree."""
    generator = torch.Generator().manual_seed(seed)
    common = torch.randn(batch, 1, 4, *shape, generator=generator) * 4
    own = torch.randn(batch, 4, 4, *shape, generator=generator) * 2
    return (common + own).softmax(2)


def slow_teacher(p: np.ndarray, available: tuple[bool, ...], settings: TeacherSettings) -> np.ndarray:
    """One sample (4, C, D, H, W), one voxel and class at a time, with Python's own min and sum."""
    result = np.empty(p.shape[1:])
    # Channels FLAIR, T1ce, T1, T2; classes background, NCR, ED, ET.
    leading = {"flair": ((0,), (0,), (0,), (0,)), "by-class": ((0,), (1,), (0, 3), (1,))}[settings.leaders]
    for index in np.ndindex(*p.shape[1:]):
        leaders = [m for m in leading[index[0]] if available[m]]
        others = [m for m in range(4) if available[m] and m not in leading[index[0]]]
        values = [float(p[(m, *index)]) for m in range(4)]
        if leaders and all(values[m] > settings.flair_threshold for m in leaders):
            t = sum(values[m] for m in leaders) / len(leaders)
        elif others and all(values[m] > settings.other_threshold for m in others):
            t = sum(values[m] for m in others) / len(others)
        else:
            t = min(values[m] for m in range(4) if available[m])
        result[index] = min(max(t, settings.floor), 1.0)
    return result / result.sum(0, keepdims=True)


def slow_distillation(p: np.ndarray, teacher: np.ndarray, masks: list[tuple[bool, ...]], floor: float) -> float:
    total = 0.0
    for sample, mask in enumerate(masks):
        for m in range(4):
            if not mask[m]:
                continue
            terms = []
            for index in np.ndindex(*teacher.shape[1:]):
                t, s = float(teacher[(sample, *index)]), max(float(p[(sample, m, *index)]), floor)
                terms.append(t * (math.log(t) - math.log(s)))
            total += sum(terms) / len(terms)
    return total / len(masks)


@pytest.mark.parametrize("leaders", ["flair", "by-class"])
@pytest.mark.parametrize("modalities", SUBSETS, ids=subset_name)
def test_the_teacher_equals_the_slow_reference(modalities, leaders) -> None:
    mask, settings = subset_mask(modalities), TeacherSettings(leaders=leaders)
    p = sharp_probabilities(seed=SUBSETS.index(modalities))
    available = torch.tensor([mask] * BATCH)
    teacher = guided_teacher(p, available, settings)
    for sample in range(BATCH):
        expected = slow_teacher(p[sample].numpy(), mask, settings)
        np.testing.assert_allclose(teacher[sample].numpy(), expected, rtol=1e-5, atol=1e-7)


def test_a_batch_of_different_subsets_equals_its_samples_one_by_one() -> None:
    masks = [subset_mask(s) for s in SUBSETS]
    p = sharp_probabilities(seed=1, batch=15)
    available = torch.tensor(masks)
    together = guided_teacher(p, available)
    for i, mask in enumerate(masks):
        alone = guided_teacher(p[i : i + 1], available[i : i + 1])
        assert torch.equal(together[i], alone[0])
        np.testing.assert_allclose(together[i].numpy(), slow_teacher(p[i].numpy(), mask, TeacherSettings()), rtol=1e-5)
    expected = slow_distillation(p.numpy(), together.numpy(), masks, 0.005)
    assert float(distillation_loss(p, together, available)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("modalities", SUBSETS, ids=subset_name)
def test_what_a_missing_modality_holds_changes_nothing(modalities) -> None:
    available = torch.tensor([subset_mask(modalities)] * BATCH)
    clean = sharp_probabilities(seed=3)
    dirty = clean.clone()
    dirty[~available] = torch.nan
    clean.requires_grad_(True)
    dirty.requires_grad_(True)
    teacher = guided_teacher(clean, available)
    assert torch.equal(teacher, guided_teacher(dirty, available))
    losses = [distillation_loss(p, teacher, available) for p in (clean, dirty)]
    assert torch.equal(losses[0], losses[1])
    for loss in losses:
        loss.backward()
    assert clean.grad is not None
    assert dirty.grad is not None
    assert torch.equal(clean.grad, dirty.grad)
    assert not dirty.grad[~available].any()


def test_the_teacher_is_a_distribution_without_gradient() -> None:
    p = sharp_probabilities(seed=4).requires_grad_(True)
    teacher = guided_teacher(p, torch.ones(BATCH, 4, dtype=torch.bool))
    assert not teacher.requires_grad
    torch.testing.assert_close(teacher.sum(1), torch.ones(BATCH, *SHAPE))
    assert float(teacher.min()) > 0.0


def test_the_thresholds_are_strict() -> None:
    available = torch.tensor([[True, True, False, False]])
    p = torch.zeros(1, 4, 4, 1, 1, 1)
    p[0, 0, :, 0, 0, 0] = torch.tensor([0.5, 0.25, 0.125, 0.125])
    p[0, 1, :, 0, 0, 0] = torch.tensor([0.75, 0.25, 0.0, 0.0])
    settings = TeacherSettings(flair_threshold=0.5, other_threshold=0.75)
    high, medium = sure_regions(p, available, settings)
    assert not high.any()
    assert not medium.any()
    high, medium = sure_regions(p, available, TeacherSettings(flair_threshold=0.4999, other_threshold=0.7499))
    assert high[0, 0].all()
    assert not medium.any()
    _, medium = sure_regions(p, available, TeacherSettings(flair_threshold=0.5, other_threshold=0.7499))
    assert medium[0, 0].all()


def test_a_class_without_an_available_leader_is_left_to_the_others() -> None:
    p = sharp_probabilities(seed=7)
    available = torch.tensor([[True, False, True, False]] * BATCH)  # no T1ce, which leads NCR and ET
    high, medium = sure_regions(p, available, TeacherSettings(leaders="by-class"))
    assert not high[:, 1].any() and not high[:, 3].any()
    assert high[:, 0].any() and high[:, 2].any()
    for label in (1, 3):
        assert torch.equal(medium[:, label], (p[:, 0, label] > 0.75) & (p[:, 2, label] > 0.75))


def test_flair_alone_is_its_own_teacher() -> None:
    p = sharp_probabilities(seed=5)
    available = torch.tensor([[True, False, False, False]] * BATCH)
    own = p[:, 0].clamp(0.005, 1.0)
    torch.testing.assert_close(guided_teacher(p, available), own / own.sum(1, keepdim=True))


def test_below_the_floor_a_student_gets_no_gradient() -> None:
    p = torch.full((1, 4, 4, 1, 1, 1), 1e-4)
    p[:, :, 0] = 1.0 - 3e-4
    p.requires_grad_(True)
    available = torch.tensor([[False, True, False, False]])
    teacher = torch.tensor([0.1, 0.2, 0.3, 0.4]).reshape(1, 4, 1, 1, 1)
    distillation_loss(p, teacher, available).backward()
    assert p.grad is not None
    assert not p.grad[0, 1, 1:].any()
    assert p.grad[0, 1, 0].all()


def test_a_sample_with_nothing_available_is_an_error() -> None:
    p = sharp_probabilities(seed=6)
    available = torch.ones(BATCH, 4, dtype=torch.bool)
    available[1] = False
    with pytest.raises(ValueError, match="at least one available"):
        guided_teacher(p, available)
    with pytest.raises(ValueError, match="at least one available"):
        distillation_loss(p, p[:, 0], available)


@pytest.mark.parametrize(("name", "value"), [("flair_threshold", 1.0), ("other_threshold", -0.1), ("floor", 0.0)])
def test_settings_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        TeacherSettings(**{name: value})
