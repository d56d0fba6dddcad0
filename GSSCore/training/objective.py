"""Network and loss as one module: what a step descends on."""

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

    The loss is inside, so that several processes see which weights it depends on: outputs that no term uses, and
    modalities that no sample has, leave theirs without a gradient.

    Args:
        network: to be trained; it works in bf16 where `bf16` says so.
        settings: of the loss, which is always computed in fp32.
        bf16: see above.
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
            guided: whether the single-modality predictions are computed, and count.
            ramp: factor of the pull, 0 to 1.
        """
        # bf16 has fp32's range, so no gradient needs scaling.
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.bf16):
            output = self.network(images, available, per_modality=guided)
        with torch.autocast(images.device.type, enabled=False):
            terms = gss_loss(output, labels, available, self.settings, ramp)
        return terms.total, torch.stack((terms.total.detach(), terms.fused, terms.single, terms.distillation))
