"""Meta-Drop: each step is corrected by a step on other samples, with other modalities missing.

First-order training on two levels. From the weights phi0, a step on the training batch with its own masks leads to
phi~. From there, a step on the other batch with other masks leads to phi'. The weights become

    phi0 + alpha (phi~ - phi0) + (phi' - phi~).

With alpha = 0, the default, only the second step remains, whose gradient was taken at phi~. The optimiser makes both
steps, which share its state.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from GSSCore.training.data import Sample


def weights(network: nn.Module) -> list[Tensor]:
    """Return a copy of the trained weights."""
    return [parameter.detach().clone() for parameter in network.parameters()]


@torch.no_grad()
def combine(network: nn.Module, start: Sequence[Tensor], middle: Sequence[Tensor], alpha: float) -> None:
    """Set the weights to the combination that the module describes.

    Args:
        network: after both steps.
        start: the weights before them, see `weights`.
        middle: the weights between them.
        alpha: share of the first step that is kept, 0 to 1.
    """
    for parameter, before, between in zip(network.parameters(), start, middle, strict=True):
        parameter.copy_(before + alpha * (between - before) + (parameter - between))


def halves(sample: Sample) -> tuple[Sample, Sample]:
    """Return the training batch and the other batch, which follows it in the same arrays."""
    count = len(sample.names) // 2
    return sample.part(slice(None, count)), sample.part(slice(count, None))
