"""The teacher of Guided Self-Supervision: per sample, class and voxel, whom to believe.

    high    FLAIR is available and sure of the class             -> the teacher is FLAIR's probability
    medium  not high, and every other available modality is sure -> the mean of the others
    low     the rest                                             -> the least of all available probabilities

The result is kept away from zero, normalised over the classes, and detached. With FLAIR alone it is FLAIR's own
probability, for then the least of all available is just that.
"""

from __future__ import annotations

import torch
from torch import Tensor

from GSSCore.gss.settings import TeacherSettings
from GSSCore.networks.base import check_available
from GSSCore.vocabulary import Modality

FLAIR = Modality.FLAIR.channel


def sure_regions(
    probabilities: Tensor, available: Tensor, settings: TeacherSettings = TeacherSettings()
) -> tuple[Tensor, Tensor]:
    """Return where the method is sure of each class: the `high` and the `medium` region, bool (B, C, D, H, W).

    Args:
        probabilities: (B, M, C, D, H, W), each modality's own; what missing modalities hold is irrelevant.
        available: bool (B, M).
        settings: the thresholds.
    """
    b, _, c, d, h, w = probabilities.shape
    high = _per_sample(available[:, FLAIR]) & (probabilities[:, FLAIR] > settings.flair_threshold)
    others_sure = torch.ones(b, c, d, h, w, dtype=torch.bool, device=probabilities.device)
    any_other = torch.zeros(b, dtype=torch.bool, device=probabilities.device)
    for m in _others(available):
        here = available[:, m]
        others_sure &= (probabilities[:, m] > settings.other_threshold) | ~_per_sample(here)
        any_other |= here
    return high, ~high & others_sure & _per_sample(any_other)


@torch.no_grad()
def guided_teacher(probabilities: Tensor, available: Tensor, settings: TeacherSettings = TeacherSettings()) -> Tensor:
    """Return the teacher (B, C, D, H, W): a distribution over the classes at every voxel, without gradient.

    Args:
        probabilities: (B, M, C, D, H, W), softmax over C of each modality's own logits, in the order of
            `vocabulary.MODALITIES`. What missing modalities hold is irrelevant, NaN included.
        available: bool (B, M), True where a modality is present.
        settings: thresholds and floor.

    Raises:
        ValueError: when a sample has nothing available.
    """
    check_available(available, len(probabilities))
    high, medium = sure_regions(probabilities, available, settings)
    flair = probabilities[:, FLAIR]
    teacher = torch.where(_per_sample(available[:, FLAIR]), flair, torch.inf)
    total = torch.zeros_like(teacher)
    for m in _others(available):
        here = _per_sample(available[:, m])
        teacher = torch.where(here, torch.minimum(teacher, probabilities[:, m]), teacher)
        total += torch.where(here, probabilities[:, m], 0.0)
    others = available.sum(1) - available[:, FLAIR].long()
    mean = total / _per_sample(others.clamp(min=1))
    teacher = torch.where(medium, mean, torch.where(high, flair, teacher))
    teacher = teacher.clamp(settings.floor, 1.0)
    return teacher / teacher.sum(1, keepdim=True)


def _others(available: Tensor) -> list[int]:
    """The modalities besides FLAIR that any sample has: a missing one costs nothing."""
    return [m for m in range(available.shape[1]) if m != FLAIR and bool(available[:, m].any())]


def _per_sample(values: Tensor) -> Tensor:
    """(B,) as (B, 1, 1, 1, 1)."""
    return values[:, None, None, None, None]
