"""The loss that trains a network: Dice of the fused and the single-modality predictions, plus distillation.

    loss = sum over available m of Dice(p_m, y) + Dice(p_fused, y) + 0.5 * KL,

Each term is summed over samples (and available m) and divided by the number of samples, so that one process and several
processes with the same global batch agree. Further terms are options, which are off by default.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.gss.distillation import distillation_loss
from GSSCore.gss.settings import LossSettings
from GSSCore.gss.teacher import guided_teacher, normalised
from GSSCore.networks.base import NetworkOutput
from GSSCore.vocabulary import CLASSES, REGIONS

_EPSILON = 1e-7


@dataclass(frozen=True)
class LossTerms:
    """The loss, and its parts for the log: without gradient and not weighted."""

    total: Tensor
    fused: Tensor
    single: Tensor
    distillation: Tensor


def gss_loss(
    output: NetworkOutput,
    labels: Tensor,
    available: Tensor,
    settings: LossSettings = LossSettings(),
    ramp: float = 1.0,
) -> LossTerms:
    """Return the loss of one batch.

    Args:
        output: of the network; `per_modality` may be None, which leaves only the fused terms.
        labels: (B, D, H, W), integer values of `vocabulary.Label`.
        available: bool (B, M).
        settings: weights and options.
        ramp: factor of the distillation term, 0 to 1, for a schedule over the first epochs.
    """
    # By hand, not by one_hot: comparisons fill the array in the order it is read in, which is faster than a
    # permutation.
    truth = torch.stack([labels == label for label in CLASSES], 1).float()
    batch = len(labels)
    fused = segmentation_loss(output.fused.float(), truth, settings).sum() / batch
    single = distillation = fused.new_zeros(())
    if output.per_modality is not None:
        single, distillation = _single_terms(output.per_modality, output.fused, truth, available, settings)
    total = fused + settings.single_weight * single + ramp * settings.distillation_weight * distillation
    for logits in output.auxiliary if settings.auxiliary_weight else ():
        resized = F.interpolate(logits.float(), truth.shape[2:], mode="nearest")
        total = total + settings.auxiliary_weight * segmentation_loss(resized, truth, settings).sum() / batch
    weights = {"shared": settings.shared_weight, "domain": settings.domain_weight}
    for name, per_sample in output.own_losses.items():
        total = total + weights[name] * per_sample.float().sum() / batch
    return LossTerms(total, fused.detach(), single.detach(), distillation.detach())


def _single_terms(
    logits: Tensor, fused: Tensor, truth: Tensor, available: Tensor, settings: LossSettings
) -> tuple[Tensor, Tensor]:
    """Return the segmentation loss of the single-modality predictions, and the distillation loss."""
    batch = len(truth)
    single = truth.new_zeros(())
    probabilities = []
    for here, one in zip(available.unbind(1), logits.unbind(1), strict=True):
        if not bool(here.any()):
            probabilities.append(torch.zeros_like(truth))
            continue
        # Missing samples are blanked before the softmax: its backward pass would turn their zero gradient into NaN.
        blanked = torch.where(here[:, None, None, None, None], one.float(), 0.0)
        single = single + (segmentation_loss(blanked, truth, settings) * here).sum() / batch
        probabilities.append((blanked / settings.temperature).softmax(1))
    if settings.distillation_weight == 0.0:
        return single, truth.new_zeros(())
    stacked = torch.stack(probabilities, 1)
    if settings.teacher_from == "fused":
        teacher = normalised((fused.detach().float() / settings.temperature).softmax(1), settings.teacher)
    else:
        teacher = guided_teacher(stacked, available, settings.teacher)
    return single, distillation_loss(stacked, teacher, available, settings.teacher)


def segmentation_loss(logits: Tensor, truth: Tensor, settings: LossSettings = LossSettings()) -> Tensor:
    """Return each sample's Dice loss, plus cross-entropy where that is asked for: (B,).

    Args:
        logits: (B, C, D, H, W).
        truth: (B, C, D, H, W), one-hot.
        settings: which Dice, and the weight of the cross-entropy.
    """
    log_probabilities = logits.log_softmax(1)
    loss = dice_loss(log_probabilities.exp(), truth, settings.dice_over)
    if settings.cross_entropy_weight:
        weights = _constant(tuple(settings.class_weights), log_probabilities.device).to(log_probabilities.dtype)
        sums = _own_sums(log_probabilities.flatten(2), truth.flatten(2))
        entropy = -(sums @ weights) / truth[0, 0].numel()
        loss = loss + settings.cross_entropy_weight * entropy
    return loss


def dice_loss(probabilities: Tensor, truth: Tensor, over: Literal["classes", "regions"] = "classes") -> Tensor:
    """Return each sample's 1 - 2 sum(p y) / (sum p + sum y + 1e-7), averaged over classes or regions: (B,).

    The overlaps of all pairs of classes come first. A region is a union of classes, so its overlap is a sum of these.

    Args:
        probabilities: (B, C, D, H, W).
        truth: (B, C, D, H, W), one-hot.
        over: the four exclusive classes, or the three nested regions.
    """
    p, y = probabilities.flatten(2), truth.flatten(2)
    members = _constant(_members(over), p.device).to(p.dtype)
    overlap = torch.einsum("rc,bcd,rd->br", members, _overlaps(p, y), members)
    size = (p.sum(2) + y.sum(2)) @ members.T
    return (1.0 - 2.0 * overlap / (size + _EPSILON)).mean(1)


def _overlaps(p: Tensor, y: Tensor) -> Tensor:
    """Return the sums over voxels of all products of two classes, (B, C, D), from (B, C, V) and (B, D, V)."""
    if p.device.type == "cuda":
        # On an H100 the product of two matrices so narrow and so long takes 6 ms, more than a layer of the network.
        return torch.stack([(p * one[:, None]).sum(2) for one in y.unbind(1)], 2)
    return p @ y.transpose(1, 2)


def _own_sums(p: Tensor, y: Tensor) -> Tensor:
    """Return each class's sum over its own voxels, (B, C), from (B, C, V) and the one-hot truth (B, C, V)."""
    if p.device.type == "cuda":
        return (p * y).sum(2)
    # The diagonal of this matrix product needs no array of products.
    return _overlaps(p, y).diagonal(dim1=1, dim2=2)


def _members(over: str) -> tuple[tuple[float, ...], ...]:
    """Return which classes make up each score: (scores, C), 0 or 1."""
    if over == "classes":
        return tuple(tuple(float(one == other) for other in CLASSES) for one in CLASSES)
    return tuple(tuple(float(label in region.labels) for label in CLASSES) for region in REGIONS)


@cache
def _constant(values: tuple[float, ...] | tuple[tuple[float, ...], ...], device: torch.device) -> Tensor:
    """Return the values as a float32 tensor. It is kept: what is copied from the host can't be part of a CUDA graph."""
    with torch.inference_mode(False):
        return torch.tensor(values, device=device)
