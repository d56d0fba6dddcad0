"""Distillation: the distance of each available modality's prediction from the teacher."""

from __future__ import annotations

import torch
from torch import Tensor

from GSSCore.gss.settings import TeacherSettings
from GSSCore.networks.base import check_available


def distillation_loss(
    probabilities: Tensor, teacher: Tensor, available: Tensor, settings: TeacherSettings = TeacherSettings()
) -> Tensor:
    """Return the Kullback-Leibler term, a scalar.

    For each available modality m it is the mean over (C, D, H, W) of t (log t - log s), summed over samples and
    available modalities and divided by the number of samples. Here s is m's probability, but at least the floor. The
    floor is part of the definition: below it the loss has no gradient.

    Args:
        probabilities: (B, M, C, D, H, W); missing modalities contribute neither loss nor gradient.
        teacher: (B, C, D, H, W), see `guided_teacher`; it gets no gradient.
        available: bool (B, M).
        settings: its floor is used.

    Raises:
        ValueError: when a sample has nothing available.
    """
    check_available(available, len(probabilities))
    teacher = teacher.detach()
    log_teacher = teacher.log()
    loss = teacher.new_zeros(())
    for here, one in zip(available.unbind(1), probabilities.unbind(1), strict=True):
        if bool(here.any()):
            student = torch.where(here[:, None, None, None, None], one, 1.0).clamp(settings.floor, 1.0)
            divergence = teacher * (log_teacher - student.log())
            loss = loss + (divergence.flatten(1).mean(1) * here).sum()
    return loss / len(probabilities)
