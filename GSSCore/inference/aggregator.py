"""Adds up the logits of overlapping windows, weighted by importance, and finds the class that wins."""

from __future__ import annotations

import torch
from torch import Tensor

from GSSCore.imaging.arrays import Index
from GSSCore.inference.windows import WindowPlan, importance


class Aggregator:
    """Adds up what windows say of a crop.

    A window that covers everything is kept as it is: it costs no copy and no arithmetic.

    Args:
        plan: where the windows are.
        device: where the sums live, (C, D, H, W) float32.
        scaled: whether `total` is to be the weighted mean. Without it `total` is the weighted sum, voxel by voxel a
            positive multiple of the mean: the class that wins is the same, and no weights need to be kept.
    """

    def __init__(self, plan: WindowPlan, device: torch.device, scaled: bool = True) -> None:
        self._plan = plan
        self._device = device
        self._scaled = scaled
        self._sums: Tensor | None = None
        self._weights: Tensor | None = None
        self._importance = None if plan.whole else torch.from_numpy(importance(plan.size)).to(device)

    def add(self, corner: Index, logits: Tensor) -> None:
        """Add the logits (C, d, h, w) of the window at `corner`."""
        if self._importance is None:
            self._sums = logits
            return
        if self._sums is None:
            self._sums = torch.zeros((len(logits), *self._plan.shape), device=self._device)
            if self._scaled:
                self._weights = torch.zeros(self._plan.shape, device=self._device)
        box = self._plan.box(corner)
        self._sums[(slice(None), *box)].addcmul_(logits.to(self._device, torch.float32), self._importance)
        if self._weights is not None:
            self._weights[box].add_(self._importance)

    def total(self) -> Tensor:
        """Return the mean, or the sum, (C, D, H, W) of the padded crop; 0 where no window was added. Call it once.

        Raises:
            ValueError: when no window was added at all.
        """
        if self._sums is None:
            raise ValueError("no window was added")
        if self._weights is not None:
            self._sums /= self._weights.clamp_(min=torch.finfo(torch.float32).tiny)
        return self._sums


@torch.inference_mode()
def winning_class(logits: Tensor) -> Tensor:
    """Return the class with the greatest logit, uint8 (D, H, W), of logits (C, D, H, W); of equals the first.

    `Tensor.argmax` over the slowest axis takes ten times as long on a CPU, and eight bytes per voxel.
    """
    best = logits[0].clone()
    winner = torch.zeros(logits.shape[1:], dtype=torch.uint8, device=logits.device)
    for label in range(1, len(logits)):
        winner.masked_fill_(logits[label] > best, label)
        torch.maximum(best, logits[label], out=best)
    return winner
