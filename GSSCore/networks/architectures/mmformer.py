"""mmFormer: convolutional encoders, a transformer within each modality and one across all of them.

Zhang Y., He N., Yang J., Li Y., Wei D., Huang Y., Zhang Y., He Z., Zheng Y. (2022), "mmFormer: Multimodal Medical
Transformer for Incomplete Multimodal Learning of Brain Tumor Segmentation", MICCAI. Written from the paper.

Deviations:

- Position embeddings are resampled for windows of another size than the 128 mm crop of the paper, as a window is as
large
  as its study. They start small and random instead of zero, which would make all tokens of a missing modality equal.
- The convolution that fuses the modalities takes the tokens of all modalities at one place as its channels.
- Auxiliary logits have the resolution of their level (the loss enlarges them) and are made in training mode only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from GSSCore.networks.base import NUM_MODALITIES, NetworkOutput, SegmentationNetwork
from GSSCore.networks.layers.encoders import (
    AuxiliaryDecoder,
    ConvBlock,
    ModalityEncoders,
    SharedDecoder,
    masked_concat,
    single_logits,
)
from GSSCore.networks.layers.tokens import LearnedGrid, TransformerLayer, from_tokens, to_tokens

STAGES = 5


class IntraModalTransformer(nn.Module):
    """Turns the bottleneck of one modality into tokens that attend to each other.

    Args:
        inputs: channels of the bottleneck.
        dim: length of the tokens.
        heads: attention heads.
        mlp_dim: width of the layer's perceptron.
        dropout: probability of dropout.
    """

    def __init__(self, inputs: int, dim: int, heads: int, mlp_dim: int, dropout: float) -> None:
        super().__init__()
        self.embed = nn.Conv3d(inputs, dim, 1)
        self.layer = TransformerLayer(dim, heads, mlp_dim, dropout)

    def forward(self, bottleneck: Tensor, position: Tensor) -> Tensor:
        """Return tokens (N, D * H * W, dim) of `bottleneck` (N, inputs, D, H, W), at `position` (D * H * W, dim)."""
        tokens: Tensor = self.layer(to_tokens(self.embed(bottleneck)) + position)[0]
        return tokens


class InterModalTransformer(nn.Module):
    """The tokens of all modalities attend to each other and become one feature map.

    A missing modality's tokens are zeros with a position, as in the paper, not masked out.

    Args:
        dim: length of the tokens.
        outputs: channels of the feature map.
        heads: attention heads.
        mlp_dim: width of the layer's perceptron.
        dropout: probability of dropout.
    """

    def __init__(self, dim: int, outputs: int, heads: int, mlp_dim: int, dropout: float) -> None:
        super().__init__()
        self.layer = TransformerLayer(dim, heads, mlp_dim, dropout)
        self.fuse = nn.Conv3d(NUM_MODALITIES * dim, outputs, 1)

    def forward(self, tokens: Tensor, positions: Tensor, size: Sequence[int]) -> Tensor:
        """Return (B, outputs, *size) from tokens (B, M, N, dim), zeros where missing, and positions (M, N, dim)."""
        modalities = tokens.shape[1]
        attended, _ = self.layer((tokens + positions).flatten(1, 2))
        maps: Tensor = self.fuse(from_tokens(attended.unflatten(1, (modalities, -1)), size).flatten(1, 2))
        return maps


class Fusion(nn.Module):
    """Convolutions of 1, 3 and 1 voxels that make one feature map of all modalities' features at a level."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            ConvBlock(inputs, outputs, kernel=1, pre_norm=True),
            ConvBlock(outputs, outputs, pre_norm=True),
            ConvBlock(outputs, outputs, kernel=1, pre_norm=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, outputs, D, H, W) from `x` (B, inputs, D, H, W)."""
        y: Tensor = self.blocks(x)
        return y


class FusedDecoder(AuxiliaryDecoder):
    """Decodes the fused levels from the deepest upwards, with an auxiliary head at each but the last.

    Args:
        widths: channels per level, the highest resolution first.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        fusions = (Fusion(NUM_MODALITIES * width, width) for width in widths)
        super().__init__(fusions, widths, pre_norm=True)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Return logits (B, C, D, H, W) and, in training, the auxiliary ones, deepest first.

        Args:
            levels: (B, M * channels, ...) per level, the highest resolution first.
        """
        return self.decode(self.fusions[-1](levels[-1]), lambda level, _: self.fusions[level](levels[level]))


@dataclass(frozen=True)
class MmFormerFeatures:
    """The features between `encode` and `decode`.

    Attributes:
        levels: (B, M, C, ...) per level of the encoders, zeros where missing.
        tokens: (B, M, N, dim), after the transformers within modalities, zeros where missing.
    """

    levels: list[Tensor]
    tokens: Tensor


class MmFormer(SegmentationNetwork):
    """mmFormer; see the module's docstring. 36 M parameters as in the paper's experiments.

    Args:
        width: channels of the first level; each further level has twice as many.
        token_dim: length of the tokens; a multiple of `heads`.
        mlp_dim: width of the transformers' perceptrons.
        heads: attention heads.
        dropout: probability of dropout in the transformers.
        grid: places along D, H and W for which a position is learned; a 128-voxel crop has eight.
    """

    name = "mmformer"
    stride = 2 ** (STAGES - 1)

    def __init__(
        self,
        width: int = 8,
        token_dim: int = 512,
        mlp_dim: int = 4096,
        heads: int = 8,
        dropout: float = 0.1,
        grid: Sequence[int] = (8, 8, 8),
    ) -> None:
        super().__init__()
        if min(width, token_dim, mlp_dim, heads, *grid) < 1 or len(grid) != 3 or not 0 <= dropout < 1:
            raise ValueError("mmformer wants positive widths, a grid of three sizes and a dropout in [0, 1)")
        self.options: dict[str, Any] = {
            "width": width,
            "token_dim": token_dim,
            "mlp_dim": mlp_dim,
            "heads": heads,
            "dropout": dropout,
            "grid": list(grid),
        }
        widths = [width * 2**level for level in range(STAGES)]
        self.encoders = ModalityEncoders(widths, pre_norm=True)
        self.intra = nn.ModuleList(
            IntraModalTransformer(widths[-1], token_dim, heads, mlp_dim, dropout) for _ in range(NUM_MODALITIES)
        )
        self.positions = nn.ModuleList(LearnedGrid(token_dim, grid) for _ in range(NUM_MODALITIES))
        self.inter = InterModalTransformer(token_dim, NUM_MODALITIES * widths[-1], heads, mlp_dim, dropout)
        self.fused_decoder = FusedDecoder(widths)
        self.single_decoder = SharedDecoder(widths, pre_norm=True)

    def encode(self, images: Tensor, available: Tensor) -> MmFormerFeatures:
        """Return the encoders' levels and each modality's tokens; only what is available is computed."""
        levels = self.encoders(images, available)
        return MmFormerFeatures(levels, self._tokens(levels[-1], available))

    def decode(self, features: MmFormerFeatures, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Return the logits for `available`; a modality alone is decoded from its own convolutional features."""
        *skips, bottleneck = features.levels
        size = bottleneck.shape[3:]
        tokens = torch.where(available[:, :, None, None], features.tokens, features.tokens.new_zeros(()))
        # Both kinds of transformers use the same positions, as in the paper.
        fused = self.inter(tokens, self._positions(size), size)
        levels = [*(masked_concat(skip, available) for skip in skips), fused]
        logits, auxiliary = self.fused_decoder(levels)
        singles = single_logits(self.single_decoder, features.levels, available) if per_modality else None
        return NetworkOutput(logits, singles, auxiliary)

    def _positions(self, size: Sequence[int]) -> Tensor:
        """Return each modality's positions (M, D * H * W, dim) for a bottleneck of `size` (D, H, W)."""
        return torch.stack([position(size) for position in self.positions])

    def _tokens(self, bottleneck: Tensor, available: Tensor) -> Tensor:
        """Return tokens (B, M, N, dim) of `bottleneck` (B, M, C, D, H, W), computed for the available pairs only."""
        modality, sample = available.T.nonzero(as_tuple=True)
        parts = torch.split(bottleneck[sample, modality], available.sum(0).tolist())
        places = self._positions(bottleneck.shape[3:])
        present = [(m, part) for m, part in enumerate(parts) if len(part)]
        tokens = torch.cat([self.intra[m](part, places[m]) for m, part in present])
        empty = tokens.new_zeros(*available.shape, *tokens.shape[1:])
        return empty.index_put((sample, modality), tokens)
