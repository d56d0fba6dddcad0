"""Single-modality predictions by further passes of a network that treats all subsets alike, in one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from GSSCore.networks.base import NetworkOutput

Decode = Callable[[Sequence[int], Tensor], Tensor]
"""Takes the samples (R,) to decode and a subset (R, M) for each; returns logits (R, C, D, H, W)."""


def fused_and_single(decode: Decode, available: Tensor) -> NetworkOutput:
    """Decode the fused prediction, and each available modality as if it were alone.

    A sample with only one modality is decoded once: its fused prediction is that modality's own.

    Args:
        decode: see `Decode`.
        available: bool (B, M).
    """
    batch, modalities = available.shape
    several = available & (available.sum(1, keepdim=True) > 1)
    passes: list[tuple[int, int]] = [(sample, modality) for sample, modality in several.nonzero().tolist()]
    masks = torch.cat((available, available.new_zeros(len(passes), modalities)))
    for row, (_, modality) in enumerate(passes, start=batch):
        masks[row, modality] = True
    rows = decode([*range(batch), *(sample for sample, _ in passes)], masks).unbind(0)
    alone = dict(zip(passes, rows[batch:], strict=True))
    nothing = torch.zeros_like(rows[0])
    # Rows are unbound and stacked: the backward pass of indexing would fill and add whole arrays.
    singles = [
        torch.stack([alone.get((b, m), rows[b] if available[b, m] else nothing) for m in range(modalities)])
        for b in range(batch)
    ]
    return NetworkOutput(torch.stack(rows[:batch]), torch.stack(singles))
