"""Meta-Drop: a step is kept only so far as it helps on other samples, with other modalities missing.

First-order training on two levels. From the weights phi0, a step on the training batch with its own masks leads to
phi~; from there a step on the other batch, with other masks, to phi'. The weights become

    phi0 + alpha (phi~ - phi0) + (phi' - phi~).

With alpha = 0, the default, only the second step remains, taken from where the first one led to. Both steps are the
optimiser's own, and share its state.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from GSSCore.training.data import Sample


def weights(network: nn.Module) -> list[Tensor]:
    """Return a copy of what is trained."""
    return [parameter.detach().clone() for parameter in network.parameters()]


@torch.no_grad()
def combine(network: nn.Module, start: Sequence[Tensor], middle: Sequence[Tensor], alpha: float) -> None:
    """Set the weights as the module says.

    Args:
        network: has made both steps.
        start: the weights before them, see `weights`.
        middle: the weights between them.
        alpha: share of the first step that is kept, 0 to 1.
    """
    for parameter, before, between in zip(network.parameters(), start, middle, strict=True):
        parameter.copy_(before + alpha * (between - before) + (parameter - between))


def halves(sample: Sample) -> tuple[Sample, Sample]:
    """Return the training batch and the other one, which follows it in the same arrays."""
    count = len(sample.names) // 2
    return sample.part(slice(None, count)), sample.part(slice(count, None))
