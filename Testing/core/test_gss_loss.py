"""The whole loss against an independent reference, for all subsets, options, batches and unequal sides."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from GSSCore.gss.distillation import distillation_loss
from GSSCore.gss.loss import dice_loss, gss_loss
from GSSCore.gss.settings import LossSettings, TeacherSettings
from GSSCore.gss.teacher import guided_teacher
from GSSCore.networks.base import NetworkOutput
from GSSCore.vocabulary import SUBSETS, subset_mask, subset_name

SHAPE = (3, 4, 5)


def example(batch: int, seed: int) -> tuple[NetworkOutput, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    fused = torch.randn(batch, 4, *SHAPE, generator=generator, dtype=torch.float64) * 3
    single = torch.randn(batch, 4, 4, *SHAPE, generator=generator, dtype=torch.float64) * 3
    labels = torch.randint(0, 4, (batch, *SHAPE), generator=generator)
    return NetworkOutput(fused.float().requires_grad_(True), single.float().requires_grad_(True)), labels


def slow_dice(p: np.ndarray, labels: np.ndarray, groups: list[tuple[int, ...]]) -> float:
    """One sample: p (C, ...), labels (...)."""
    scores = []
    for group in groups:
        q = sum(p[c] for c in group)
        y = np.isin(labels, group).astype(float)
        scores.append(1.0 - 2.0 * float((q * y).sum()) / (float(q.sum()) + float(y.sum()) + 1e-7))
    return sum(scores) / len(scores)


CLASSES = [(0,), (1,), (2,), (3,)]
REGIONS = [(1, 2, 3), (1, 3), (3,)]


def slow_loss(output: NetworkOutput, labels: Tensor, masks: list[tuple[bool, ...]], s: LossSettings) -> float:
    groups = CLASSES if s.dice_over == "classes" else REGIONS
    assert output.per_modality is not None
    total = 0.0
    for b, mask in enumerate(masks):
        predictions = [output.fused[b]] + [output.per_modality[b, m] for m in range(4) if mask[m]]
        for weight, logits in zip([1.0] + [s.single_weight] * 4, predictions, strict=False):
            p = logits.detach().softmax(0).numpy()
            total += weight * slow_dice(p, labels[b].numpy(), groups)
            picked = np.take_along_axis(p, labels[b].numpy()[None], 0)
            voxel_weights = np.array(s.class_weights)[labels[b].numpy()]
            total += weight * s.cross_entropy_weight * -float((np.log(picked[0]) * voxel_weights).mean())
    available = torch.tensor(masks)
    p = (output.per_modality.detach() / s.temperature).softmax(2)
    teacher = guided_teacher(p, available, s.teacher)
    if s.teacher_from == "fused":
        teacher = (output.fused.detach() / s.temperature).softmax(1).clamp(s.teacher.floor, 1.0)
        teacher = teacher / teacher.sum(1, keepdim=True)
    distillation = distillation_loss(p, teacher, available, s.teacher)
    return total / len(masks) + s.distillation_weight * float(distillation)


@pytest.mark.parametrize("modalities", SUBSETS, ids=subset_name)
def test_the_loss_is_the_methods_own_by_default(modalities) -> None:
    output, labels = example(3, seed=SUBSETS.index(modalities))
    masks = [subset_mask(modalities)] * 3
    loss = gss_loss(output, labels, torch.tensor(masks)).total
    assert float(loss.detach()) == pytest.approx(slow_loss(output, labels, masks, LossSettings()), rel=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        LossSettings(dice_over="regions"),
        LossSettings(cross_entropy_weight=0.7),
        LossSettings(cross_entropy_weight=0.7, class_weights=(1.0, 5.0, 2.0, 3.0)),
        LossSettings(single_weight=0.3, distillation_weight=2.0, temperature=2.0),
        LossSettings(teacher_from="fused", temperature=4.0),
        LossSettings(teacher=TeacherSettings(leaders="by-class")),
    ],
    ids=["regions", "cross-entropy", "class weights", "weights and temperature", "fused teacher", "leaders by class"],
)
def test_each_option_equals_the_reference(settings: LossSettings) -> None:
    output, labels = example(3, seed=7)
    masks = [subset_mask(SUBSETS[i]) for i in (3, 8, 14)]
    loss = gss_loss(output, labels, torch.tensor(masks), settings).total
    assert float(loss.detach()) == pytest.approx(slow_loss(output, labels, masks, settings), rel=1e-5)


def test_a_batch_is_the_mean_of_its_samples() -> None:
    output, labels = example(15, seed=8)
    assert output.per_modality is not None
    available = torch.tensor([subset_mask(s) for s in SUBSETS])
    together = float(gss_loss(output, labels, available).total.detach())
    alone = [
        float(
            gss_loss(
                NetworkOutput(output.fused[i : i + 1], output.per_modality[i : i + 1]),
                labels[i : i + 1],
                available[i : i + 1],
            ).total.detach()
        )
        for i in range(15)
    ]
    assert together == pytest.approx(sum(alone) / 15, rel=1e-5)


def test_missing_modalities_get_no_gradient_even_when_they_hold_nan() -> None:
    output, labels = example(3, seed=9)
    assert output.per_modality is not None
    available = torch.tensor([subset_mask(SUBSETS[i]) for i in (0, 5, 10)])
    dirty = output.per_modality.detach().clone()
    dirty[~available] = torch.nan
    dirty.requires_grad_(True)
    clean = gss_loss(output, labels, available, LossSettings(cross_entropy_weight=1.0)).total
    same = gss_loss(NetworkOutput(output.fused, dirty), labels, available, LossSettings(cross_entropy_weight=1.0)).total
    assert float(clean.detach()) == float(same.detach())
    same.backward()
    assert dirty.grad is not None
    assert torch.isfinite(dirty.grad).all()
    assert not dirty.grad[~available].any()
    assert all(dirty.grad[b, m].any() for b, m in available.nonzero().tolist())


def test_distillation_from_the_fused_prediction_moves_the_single_predictions_and_not_the_fused_one() -> None:
    output, labels = example(2, seed=15)
    available = torch.ones(2, 4, dtype=torch.bool)
    on, off = (LossSettings(teacher_from="fused", single_weight=0.0, distillation_weight=w) for w in (1.0, 0.0))
    gradients = []
    for settings in (on, off):
        gss_loss(output, labels, available, settings).total.backward()
        assert output.fused.grad is not None and output.per_modality is not None
        gradients.append((output.fused.grad.clone(), output.per_modality.grad))
        output.fused.grad = output.per_modality.grad = None
    assert torch.equal(gradients[0][0], gradients[1][0])
    assert gradients[0][1] is not None and gradients[0][1].any()
    assert gradients[1][1] is None or not gradients[1][1].any()


def test_the_ramp_scales_the_distillation_alone() -> None:
    output, labels = example(2, seed=10)
    available = torch.ones(2, 4, dtype=torch.bool)
    none, half, full = (gss_loss(output, labels, available, ramp=r) for r in (0.0, 0.5, 1.0))
    assert float((full.total - none.total).detach()) == pytest.approx(0.5 * float(full.distillation), rel=1e-4)
    assert float((half.total - none.total).detach()) == pytest.approx(0.25 * float(full.distillation), rel=1e-4)


def test_without_single_predictions_only_the_fused_one_counts() -> None:
    output, labels = example(2, seed=11)
    terms = gss_loss(NetworkOutput(output.fused), labels, torch.ones(2, 4, dtype=torch.bool))
    assert float(terms.total.detach()) == float(terms.fused)
    assert float(terms.single) == float(terms.distillation) == 0.0


def test_auxiliary_outputs_are_scored_at_full_size() -> None:
    output, labels = example(2, seed=12)
    available = torch.ones(2, 4, dtype=torch.bool)
    settings = LossSettings(auxiliary_weight=0.5)
    plain = gss_loss(NetworkOutput(output.fused), labels, available, settings).total
    extra = gss_loss(NetworkOutput(output.fused, auxiliary=[output.fused]), labels, available, settings).total
    assert float(extra.detach()) == pytest.approx(1.5 * float(plain.detach()), rel=1e-5)


def test_a_networks_own_losses_count_with_their_weights_and_per_sample() -> None:
    output, labels = example(2, seed=14)
    available = torch.ones(2, 4, dtype=torch.bool)
    own = {"shared": torch.tensor([3.0, 5.0]), "domain": torch.tensor([0.0, 20.0])}
    plain = gss_loss(output, labels, available).total
    extra = gss_loss(replace(output, own_losses=own), labels, available).total
    assert float((extra - plain).detach()) == pytest.approx(0.1 * 4.0 + 0.02 * 10.0, rel=1e-4)
    off = LossSettings(shared_weight=0.0, domain_weight=0.0)
    same = gss_loss(replace(output, own_losses=own), labels, available, off).total
    assert torch.equal(same, plain)


def test_a_perfect_prediction_costs_nothing_where_every_class_occurs() -> None:
    labels = torch.arange(4).reshape(1, 4, 1, 1).expand(1, 4, 3, 2)
    truth = torch.nn.functional.one_hot(labels, 4).permute(0, 4, 1, 2, 3).float()
    assert float(dice_loss(truth, truth)) == pytest.approx(0.0, abs=1e-6)
    assert float(dice_loss(truth, truth, "regions")) == pytest.approx(0.0, abs=1e-6)


def test_settings_out_of_range_are_refused() -> None:
    for change in (
        {"distillation_weight": -1.0},
        {"domain_weight": -0.1},
        {"temperature": 0.0},
        {"class_weights": (1.0, 0.0, 1.0, 1.0)},
        {"dice_over": "voxels"},
    ):
        with pytest.raises(ValueError, match=next(iter(change))):
            replace(LossSettings(), **change)


def test_the_loss_of_an_untrained_network_is_finite_in_half_precision() -> None:
    output, labels = example(1, seed=13)
    assert output.per_modality is not None
    half = NetworkOutput((output.fused * 30).bfloat16(), (output.per_modality * 30).bfloat16())
    loss = gss_loss(half, labels, torch.ones(1, 4, dtype=torch.bool), LossSettings(cross_entropy_weight=1.0)).total
    assert math.isfinite(float(loss.detach()))
