"""RFNet: at each level the modalities are weighted region by region; the regions are the classes predicted so far.

Ding Y., Yu X., Yang Y. (2021), "RFNet: Region-aware Fusion Network for Incomplete Multi-modal Brain Tumor
Segmentation", ICCV. Written from the paper.

Deviations:

- The pooled features of a class are divided by the class's mean probability plus a small constant, as the mean may be
  zero.
- Auxiliary logits, those of the probability maps, have the resolution of their level (the loss enlarges them), and are
  made in training mode only.
- A sample's pooled probability is one value per class; it enters the weights once, not once for each modality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from GSSCore.networks.base import NUM_CLASSES, NUM_MODALITIES, NetworkOutput, SegmentationNetwork
from GSSCore.networks.layers.encoders import (
    ConvBlock,
    ModalityEncoders,
    SharedDecoder,
    join_blocks,
    masked_concat,
    single_logits,
    up_blocks,
    upsample,
)

STAGES = 4
HIDDEN = 128
"""Width of the perceptron that gives the weights of the modalities."""
MAP_WIDTH = 16
"""Channels of the features from which a probability map is made."""
EPSILON = 1e-6
"""Added to a region's share of the crop; as small as one voxel of 100 x 100 x 100."""


class ProbabilityMap(nn.Module):
    """Logits of the classes at one level, which give the regions.

    Args:
        width: channels of one modality at this level.
        with_decoder: whether it also takes the decoder's features, as at all levels but the deepest.
    """

    def __init__(self, width: int, with_decoder: bool) -> None:
        super().__init__()
        narrow = max(width // 4, 1)
        self.embed = nn.Sequential(
            ConvBlock(NUM_MODALITIES * width, narrow, kernel=1),
            ConvBlock(narrow, narrow),
            ConvBlock(narrow, width, kernel=1),
        )
        self.mix = ConvBlock(2 * width if with_decoder else width, MAP_WIDTH, kernel=1)
        self.head = nn.Conv3d(MAP_WIDTH, NUM_CLASSES, 1)

    def forward(self, joined: Tensor, decoded: Tensor | None) -> Tensor:
        """Return logits (B, classes, ...) from the masked concatenation and the decoder's features (B, width, ...)."""
        x = self.embed(joined)
        if decoded is not None:
            x = torch.cat((decoded, x), 1)
        logits: Tensor = self.head(self.mix(x))
        return logits


class ModalityWeights(nn.Module):
    """The weight of each modality for one class, from the modalities' mean features over the region of that class."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(NUM_MODALITIES * width + 1, HIDDEN), nn.LeakyReLU(0.2), nn.Linear(HIDDEN, NUM_MODALITIES)
        )

    def forward(self, pooled: Tensor, share: Tensor) -> Tensor:
        """Return weights (B, M), 0 to 1, from pooled features (B, M * width) and the class's share (B, 1)."""
        weights: Tensor = self.layers(torch.cat((pooled, share), 1)).sigmoid()
        return weights


class RegionFusion(nn.Module):
    """Fuses one level's features of all modalities, region by region.

    Args:
        width: channels of one modality at this level, and of the result.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weights = nn.ModuleList(ModalityWeights(width) for _ in range(NUM_CLASSES))
        self.regions = _narrowing(NUM_CLASSES * width, width)
        self.shortcut = _narrowing(NUM_MODALITIES * width, width)

    def forward(self, joined: Tensor, probabilities: Tensor) -> Tensor:
        """Return (B, width, ...).

        Args:
            joined: (B, M * width, ...), zeros where a modality is missing.
            probabilities: (B, classes, ...), without gradient.
        """
        features = joined.reshape(len(joined), NUM_MODALITIES, -1, *joined.shape[2:])
        fused = [_weighted(features, probabilities[:, index], weigh) for index, weigh in enumerate(self.weights)]
        result: Tensor = torch.cat((self.regions(torch.cat(fused, 1)), self.shortcut(joined)), 1)
        return result


def _weighted(features: Tensor, probability: Tensor, weigh: nn.Module) -> Tensor:
    """Return one class's features (B, C, ...): the weighted sum of all modalities' (B, M, C, ...) over its region."""
    share = probability.mean((1, 2, 3))[:, None]
    # As matrix products: the features of all modalities times a probability would be the largest tensor of all.
    pooled = torch.einsum("bmcdhw,bdhw->bmc", features, probability) / probability[0].numel()
    weights = weigh(pooled.flatten(1) / (share + EPSILON), share)
    fused: Tensor = torch.einsum("bmcdhw,bm->bcdhw", features, weights) * probability[:, None]
    return fused


def _narrowing(inputs: int, width: int) -> nn.Sequential:
    """Return convolutions of 1, 3 and 1 voxels that lead to half the channels of a level."""
    return nn.Sequential(
        ConvBlock(inputs, width, kernel=1), ConvBlock(width, width), ConvBlock(width, width // 2, kernel=1)
    )


class FusedDecoder(nn.Module):
    """Decodes from the deepest level upwards; the regions of each level come from the features decoded so far.

    Args:
        widths: channels per level, the highest resolution first.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        deepest = len(widths) - 1
        self.maps = nn.ModuleList(ProbabilityMap(width, level < deepest) for level, width in enumerate(widths))
        self.fusions = nn.ModuleList(RegionFusion(width) for width in widths)
        self.ups = up_blocks(widths)
        self.joins = join_blocks(widths)
        self.head = nn.Conv3d(widths[0], NUM_CLASSES, 1)

    def forward(self, joined: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Return logits (B, C, D, H, W), and those of the probability maps, deepest first.

        Args:
            joined: (B, M * width, ...) per level, the highest resolution first, zeros where missing.
        """
        maps = [self.maps[-1](joined[-1], None)]
        x = self.fusions[-1](joined[-1], _probabilities(maps[-1]))
        for level in reversed(range(len(joined) - 1)):
            up = self.ups[level](upsample(x))
            maps.append(self.maps[level](joined[level], up))
            fused = self.fusions[level](joined[level], _probabilities(maps[-1]))
            x = self.joins[level](torch.cat((fused, up), 1))
        return self.head(x), maps


def _probabilities(logits: Tensor) -> Tensor:
    """Return the probabilities of the classes without gradient: regions are given, not learned here."""
    return logits.detach().softmax(1)


@dataclass(frozen=True)
class RFNetFeatures:
    """The features between `encode` and `decode`: (B, M, C, ...) per level of the encoders, zeros where missing."""

    levels: list[Tensor]


class RFNet(SegmentationNetwork):
    """RFNet; see the module's docstring. About 9 M parameters at the default width.

    Args:
        width: channels at full resolution, an even number; they double from level to level.
    """

    name = "rfnet"
    stride = 8

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        if width < 2 or width % 2:
            raise ValueError(f"rfnet wants an even width of 2 or more, not {width}")
        self.options: dict[str, Any] = {"width": width}
        widths = [width * 2**level for level in range(STAGES)]
        self.encoders = ModalityEncoders(widths)
        self.decoder = FusedDecoder(widths)
        self.single = SharedDecoder(widths)

    def encode(self, images: Tensor, available: Tensor) -> RFNetFeatures:
        """Return the features of each available modality."""
        return RFNetFeatures(self.encoders(images, available))

    def decode(self, features: RFNetFeatures, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Return the logits for `available`; those of single modalities come from the decoder that all share."""
        fused, maps = self.decoder([masked_concat(level, available) for level in features.levels])
        singles = single_logits(self.single, features.levels, available) if per_modality else None
        return NetworkOutput(fused, singles, maps if self.training else ())
