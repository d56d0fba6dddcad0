"""Network and loss as one module, whose output a step minimises."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from GSSCore.gss.loss import gss_loss
from GSSCore.gss.settings import LossSettings
from GSSCore.networks import SegmentationNetwork

PARTS = ("loss", "fused", "single", "distillation")
"""What the second tensor of `Objective.forward` holds."""


class Objective(nn.Module):
    """The loss of a batch as a function of the network's weights.

    The loss is part of the module, so that distributed training sees which weights it depends on: outputs that no term
    uses, and modalities that no sample has, leave weights without a gradient.

    Args:
        network: the one that is trained.
        settings: of the loss.
        bf16: whether the network computes in bf16; the loss is always computed in fp32.
    """

    def __init__(self, network: SegmentationNetwork, settings: LossSettings, bf16: bool) -> None:
        super().__init__()
        self.network, self.settings, self.bf16 = network, settings, bf16

    def forward(
        self, images: Tensor, labels: Tensor, available: Tensor, guided: bool, ramp: float
    ) -> tuple[Tensor, Tensor]:
        """Return the loss of a batch, and its `PARTS` (4,) without gradient.

        Args:
            images: (B, M, D, H, W).
            labels: (B, D, H, W).
            available: bool (B, M).
            guided: whether the single-modality predictions are computed and count.
            ramp: factor of the distillation term, 0 to 1.
        """
        # bf16 has the range of fp32, so that gradients need no scaling.
        # A CUDA graph must not keep what was cast before it.
        keeps = guided or images.device.type != "cuda" or not self.network.capturable
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.bf16, cache_enabled=keeps):
            output = self.network(images, available, per_modality=guided)
        with torch.autocast(images.device.type, enabled=False):
            terms = gss_loss(output, labels, available, self.settings, ramp)
        return terms.total, torch.stack((terms.total.detach(), terms.fused, terms.single, terms.distillation))
