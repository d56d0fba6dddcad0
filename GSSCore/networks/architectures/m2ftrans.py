"""M2FTrans: learned fusion tokens attend to the available modalities; these are weighted by voxel and by channel.

Shi J., Yu L., Cheng Q., Yang X., Cheng K.-T., Yan Z. (2023), "M2FTrans: Modality-Masked Fusion Transformer for
Incomplete Multi-Modality Brain Tumor Segmentation", IEEE Journal of Biomedical and Health Informatics. Written from
the paper.

Deviations, and choices where the description leaves it open:

- Positions and fusion tokens are resampled for windows of another size than the 128 mm crop of the paper, as a window
is
  as large as its study. There are as many fusion tokens as tokens of one modality, so that they form the bottleneck's
  feature map, and the spatial weights do not depend on the size of the window.
- Channel attention compares channels by the cosine over their voxels, with a learned temperature per head: a scalar
  product would grow with the window.
- Spatial weights and channel attention are computed in float32 under autocast, as both sum over many places.
- Auxiliary logits have the resolution of their level (the loss enlarges them) and are made in training mode only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from GSSCore.networks.architectures.m2ftrans_fusion import ChannelFusion, ConvFusion, MaskedFusionTransformer
from GSSCore.networks.base import NetworkOutput, SegmentationNetwork
from GSSCore.networks.layers.encoders import (
    AuxiliaryDecoder,
    ModalityEncoders,
    SharedDecoder,
    single_logits,
    upsample,
)

STAGES = 5
# The deepest levels, which fuse by channel attention; it costs too much memory where the resolution is higher.
CHANNEL_FUSED = 2


class FusedDecoder(AuxiliaryDecoder):
    """Decodes from the fusion tokens upwards, with an auxiliary head at each level but the last.

    Args:
        widths: channels per level, the highest resolution first.
        heads: heads of the channel attention.
        mlp_dim: width of its perceptrons.
        dropout: its probability of dropout.
    """

    def __init__(self, widths: Sequence[int], heads: int, mlp_dim: int, dropout: float) -> None:
        plain = len(widths) - CHANNEL_FUSED
        fusions: list[nn.Module] = [ConvFusion(width) for width in widths[:plain]]
        fusions += [ChannelFusion(width, heads, mlp_dim, dropout) for width in widths[plain:]]
        super().__init__(fusions, widths)

    def forward(self, fusion: Tensor, levels: Sequence[Tensor], available: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return logits (B, C, D, H, W) and, in training, the auxiliary ones, deepest first.

        Args:
            fusion: the fusion tokens (B, C, ...) at the deepest level.
            levels: (B, M, C, ...) per level, the highest resolution first.
            available: bool (B, M).
        """

        def fuse(level: int, below: Tensor) -> Tensor:
            fused: Tensor = self.fusions[level](below, levels[level], available)
            return fused

        return self.decode(fuse(len(levels) - 1, fusion), fuse)


@dataclass(frozen=True)
class M2FTransFeatures:
    """The features between `encode` and `decode`.

    Attributes:
        levels: (B, M, C, ...) per level of the encoders, zeros where missing.
    """

    levels: list[Tensor]


class M2FTrans(SegmentationNetwork):
    """M2FTrans; see the module's docstring.

    Args:
        width: channels of the first level; each further level has twice as many.
        mlp_dim: width of the perceptrons in transformers and channel fusion.
        heads: attention heads; the two deepest levels' channels are multiples of it.
        dropout: probability of dropout in transformers and channel fusion.
        grid: places along D, H and W for which positions and fusion tokens are learned; a 128-voxel crop has eight.
    """

    name = "m2ftrans"
    stride = 2 ** (STAGES - 1)

    def __init__(
        self,
        width: int = 16,
        mlp_dim: int = 4096,
        heads: int = 8,
        dropout: float = 0.1,
        grid: Sequence[int] = (8, 8, 8),
    ) -> None:
        super().__init__()
        if min(width, mlp_dim, heads, *grid) < 1 or len(grid) != 3 or not 0 <= dropout < 1:
            raise ValueError("m2ftrans wants positive widths, a grid of three sizes and a dropout in [0, 1)")
        self.options: dict[str, Any] = {
            "width": width,
            "mlp_dim": mlp_dim,
            "heads": heads,
            "dropout": dropout,
            "grid": list(grid),
        }
        widths = [width * 2**level for level in range(STAGES)]
        self.encoders = ModalityEncoders(widths)
        self.transformer = MaskedFusionTransformer(widths[-1], heads, mlp_dim, dropout, grid)
        self.fused_decoder = FusedDecoder(widths, heads, mlp_dim, dropout)
        self.single_decoder = SharedDecoder(widths)

    def encode(self, images: Tensor, available: Tensor) -> M2FTransFeatures:
        """Return the encoders' levels; only what is available is computed."""
        return M2FTransFeatures(self.encoders(images, available))

    def decode(self, features: M2FTransFeatures, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Return the logits for `available`; a modality alone is decoded from its own convolutional features."""
        here = available[:, :, None, None, None, None]
        levels = [torch.where(here, level, level.new_zeros(())) for level in features.levels]
        fusion, deepest, spatial = self.transformer(levels[-1], available)
        weighted = weigh(levels[:-1], spatial)
        logits, auxiliary = self.fused_decoder(fusion, [*weighted, deepest], available)
        singles = single_logits(self.single_decoder, features.levels, available) if per_modality else None
        return NetworkOutput(logits, singles, auxiliary)


def weigh(skips: Sequence[Tensor], spatial: Tensor) -> list[Tensor]:
    """Return `skips` (B, M, C, ...), the highest resolution first, weighted by `spatial` (B, M, D, H, W).

    The weights have half the resolution of the last of the skips and are enlarged from level to level.
    """
    weighted: list[Tensor] = []
    for skip in reversed(skips):
        spatial = upsample(spatial)
        weighted.insert(0, skip * spatial[:, :, None].to(skip.dtype))
    return weighted
