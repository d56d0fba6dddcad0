"""The mean of what a network predicts from several subsets of a study's modalities.

A fault of one scan, such as thick slices, a rest of misregistration or an odd contrast, spoils a prediction from all
modalities. It spoils only some of the predictions that leave one modality out, and their mean less than each of them.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from GSSCore.inference.settings import Ensemble
from GSSCore.vocabulary import Subset


def members(available: Subset, wanted: Ensemble) -> tuple[Subset, ...]:
    """Return the subsets whose predictions are averaged: `available`, and perhaps those that lack one modality of it.

    Args:
        available: the modalities of the study, or those to be used of it.
        wanted: see `InferenceSettings`.
    """
    if wanted == "off" or len(available) < 2:
        return (available,)
    return (available, *(tuple(m for m in available if m is not left_out) for left_out in available))


@torch.inference_mode()
def mean_logits(predictions: Iterable[Tensor]) -> Tensor:
    """Return logits (C, D, H, W) whose softmax is the mean of the predictions' softmax, in float32.

    One prediction comes back as it is.

    Args:
        predictions: logits (C, D, H, W), at least one; they are left as they are.

    Raises:
        ValueError: when there is none.
    """
    rest = iter(predictions)
    first = next(rest, None)
    if first is None:
        raise ValueError("there is no prediction to average")
    total: Tensor | None = None
    for logits in rest:
        total = torch.softmax(first.float(), 0) if total is None else total
        total += torch.softmax(logits.float(), 0)
    # The logarithm of the sum does as well as that of the mean: softmax takes no notice of a constant.
    return first if total is None else total.clamp_(min=torch.finfo(torch.float32).tiny).log_()
