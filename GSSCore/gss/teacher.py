"""The teacher of Guided Self-Supervision: per sample, class and voxel, a choice among the modalities' predictions.

    high    the leaders that are available are all sure of the class      -> the mean of the leaders
    medium  not high, and all others that are available are sure          -> the mean of the others
    low     the rest                                                      -> the least of all available probabilities

In the method FLAIR leads every class; as an option the modalities that show a class lead it. The result is kept at or
above the floor, normalised over the classes, and detached. With FLAIR alone it is FLAIR's own probability, which is
then the least of all available.
"""

from __future__ import annotations

import torch
from torch import Tensor

from GSSCore.gss.settings import TeacherSettings
from GSSCore.networks.base import check_available
from GSSCore.vocabulary import CLASSES, MODALITIES, Label, Modality

LEADERS: dict[str, dict[Label, tuple[Modality, ...]]] = {
    "flair": dict.fromkeys(CLASSES, (Modality.FLAIR,)),
    "by-class": {
        Label.BACKGROUND: (Modality.FLAIR,),
        Label.NCR: (Modality.T1CE,),
        Label.ED: (Modality.FLAIR, Modality.T2),
        Label.ET: (Modality.T1CE,),
    },
}
"""The modalities that lead each class, for the choices of `TeacherSettings.leaders`."""


def sure_regions(
    probabilities: Tensor, available: Tensor, settings: TeacherSettings = TeacherSettings()
) -> tuple[Tensor, Tensor]:
    """Return where the method is sure of each class: the `high` and the `medium` region, bool (B, C, D, H, W).

    Args:
        probabilities: (B, M, C, D, H, W), each modality's own; the values of missing modalities do not matter.
        available: bool (B, M).
        settings: thresholds, and the leaders.
    """
    lead = _lead(settings, available)
    high = _all_sure(probabilities, lead, settings.flair_threshold)
    return high, ~high & _all_sure(probabilities, _follow(lead, available), settings.other_threshold)


@torch.no_grad()
def guided_teacher(probabilities: Tensor, available: Tensor, settings: TeacherSettings = TeacherSettings()) -> Tensor:
    """Return the teacher (B, C, D, H, W): a distribution over the classes at every voxel, without gradient.

    Args:
        probabilities: (B, M, C, D, H, W), softmax over C of each modality's own logits, in the order of
            `vocabulary.MODALITIES`. The values of missing modalities do not matter, NaN included.
        available: bool (B, M), True where a modality is present.
        settings: thresholds, floor, and the leaders.

    Raises:
        ValueError: when a sample has nothing available.
    """
    check_available(available, len(probabilities))
    lead = _lead(settings, available)
    high, medium = sure_regions(probabilities, available, settings)
    teacher = torch.full_like(probabilities[:, 0], torch.inf)
    for here, one in _present(available[:, :, None].expand_as(lead), probabilities):
        teacher = torch.where(here, torch.minimum(teacher, one), teacher)
    teacher = torch.where(high, _mean(probabilities, lead), teacher)
    teacher = torch.where(medium, _mean(probabilities, _follow(lead, available)), teacher)
    return normalised(teacher, settings)


def normalised(teacher: Tensor, settings: TeacherSettings) -> Tensor:
    """Return `teacher` (B, C, D, H, W), at or above the floor, normalised over the classes."""
    teacher = teacher.clamp(settings.floor, 1.0)
    return teacher / teacher.sum(1, keepdim=True)


def _lead(settings: TeacherSettings, available: Tensor) -> Tensor:
    """Return which available modality leads which class: bool (B, M, C)."""
    leaders = LEADERS[settings.leaders]
    lead = torch.tensor([[m in leaders[label] for label in CLASSES] for m in MODALITIES], device=available.device)
    return available[:, :, None] & lead


def _follow(lead: Tensor, available: Tensor) -> Tensor:
    """Return which available modality does not lead which class: bool (B, M, C)."""
    return available[:, :, None] & ~lead


def _all_sure(probabilities: Tensor, members: Tensor, threshold: float) -> Tensor:
    """Return where all members are sure of a class, False without members: bool (B, C, D, H, W)."""
    sure = _per_class(members.any(1)).expand(probabilities[:, 0].shape).clone()
    for here, one in _present(members, probabilities):
        sure &= (one > threshold) | ~here
    return sure


def _mean(probabilities: Tensor, members: Tensor) -> Tensor:
    """Return the mean of the members' probabilities (B, C, D, H, W); 0 where there are none."""
    total = torch.zeros_like(probabilities[:, 0])
    for here, one in _present(members, probabilities):
        total += torch.where(here, one, 0.0)
    return total / _per_class(members.sum(1).clamp(min=1))


def _present(members: Tensor, probabilities: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Return membership, bool (B, C, 1, 1, 1), and probabilities of each modality that is a member of any class."""
    pairs = zip(members.unbind(1), probabilities.unbind(1), strict=True)
    return [(_per_class(here), one) for here, one in pairs if bool(here.any())]


def _per_class(values: Tensor) -> Tensor:
    """Return (B, C) as (B, C, 1, 1, 1)."""
    return values[:, :, None, None, None]
