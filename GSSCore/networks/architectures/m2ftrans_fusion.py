"""How M2FTrans fuses the modalities: fusion tokens in the bottleneck, channel attention or convolutions above it.

See `GSSCore.networks.architectures.m2ftrans`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from GSSCore.networks.base import NUM_MODALITIES
from GSSCore.networks.layers.encoders import ConvBlock, masked_concat
from GSSCore.networks.layers.tokens import LearnedGrid, TransformerLayer, from_tokens, to_tokens

TRANSFORMER_LAYERS = 3
CHANNEL_LAYERS = 2


def _without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which autocast is off. The meta device, on which costs are counted, knows no autocast."""
    return nullcontext() if device.type == "meta" else torch.autocast(device.type, enabled=False)


def fusion_mask(available: Tensor, tokens: int) -> Tensor:
    """Return which token may attend to which: bool (B, (M + 1) * tokens, (M + 1) * tokens), queries in rows.

    Each modality's `tokens` tokens attend to themselves, the fusion tokens, which come last, to themselves and to
    those of the modalities `available` (B, M). Tokens of a missing modality attend to themselves, as no row may be
    empty; no other token attends to them.
    """
    batch, modalities = available.shape
    blocks = torch.eye(modalities + 1, dtype=torch.bool, device=available.device).repeat(batch, 1, 1)
    blocks[:, -1, :-1] = available
    return blocks.repeat_interleave(tokens, 1).repeat_interleave(tokens, 2)


class MaskedFusionTransformer(nn.Module):
    """Transformer layers: modalities attend to themselves, fusion tokens to themselves and the available modalities.

    Args:
        dim: length of the tokens.
        heads: attention heads.
        mlp_dim: width of the layers' perceptrons.
        dropout: probability of dropout.
        grid: places for which positions and fusion tokens are learned.
    """

    def __init__(self, dim: int, heads: int, mlp_dim: int, dropout: float, grid: Sequence[int]) -> None:
        super().__init__()
        self.fusion = LearnedGrid(dim, grid)
        self.positions = nn.ModuleList(LearnedGrid(dim, grid) for _ in range(NUM_MODALITIES + 1))
        self.layers = nn.ModuleList(TransformerLayer(dim, heads, mlp_dim, dropout) for _ in range(TRANSFORMER_LAYERS))

    def forward(self, maps: Tensor, available: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Fuse the bottlenecks.

        Args:
            maps: (B, M, dim, D, H, W), zeros where missing.
            available: bool (B, M).

        Returns:
            The fusion tokens (B, dim, D, H, W), the modalities (B, M, dim, D, H, W), and the spatial weights
            (B, M, D, H, W) float32: what the first layer's fusion tokens attend to, summed over heads and fusion
            tokens, exactly zero where missing.
        """
        size = maps.shape[3:]
        places = math.prod(size)
        fusion = self.fusion(size).expand(len(maps), 1, -1, -1)
        x = torch.cat((to_tokens(maps), fusion.to(maps.dtype)), 1).flatten(1, 2)
        positions = torch.cat([position(size) for position in self.positions])
        mask = fusion_mask(available, places)
        x, weights = self.layers[0](x + positions, mask, slice(NUM_MODALITIES * places, None))
        for layer in self.layers[1:]:
            x, _ = layer(x + positions, mask)
        spatial = weights.sum((1, 2))[:, : NUM_MODALITIES * places].unflatten(1, (NUM_MODALITIES, *size))
        every = from_tokens(x.unflatten(1, (NUM_MODALITIES + 1, places)), size)
        return every[:, -1], every[:, :-1], spatial


class ChannelAttention(nn.Module):
    """Channels of the fused features attend to the channels of all available modalities.

    Args:
        channels: of the fused features and of each modality; a multiple of `heads`.
        heads: number of heads; each compares its share of the channels.
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        if channels % heads:
            raise ValueError(f"{channels} channels must be a multiple of the {heads} heads")
        self.heads = heads
        every = NUM_MODALITIES * channels
        self.query = nn.Conv3d(channels, channels, 3, padding=1, groups=channels)
        self.key = nn.Conv3d(every, every, 3, padding=1, groups=every)
        self.value = nn.Conv3d(every, every, 3, padding=1, groups=every)
        self.temperature = nn.Parameter(torch.ones(heads, 1, 1))
        self.out = nn.Conv3d(channels, channels, 1)

    def forward(self, fused: Tensor, maps: Tensor, available: Tensor) -> Tensor:
        """Return (B, C, D, H, W) from `fused` (B, C, D, H, W), `maps` (B, M, C, D, H, W) and `available` (B, M)."""
        channels = fused.shape[1]
        q = self._heads(self.query(fused)[:, None])
        k, v = (self._heads(conv(maps.flatten(1, 2)).view_as(maps)) for conv in (self.key, self.value))
        keys = available.repeat_interleave(channels // self.heads, 1)[:, None, None]
        with _without_autocast(fused.device):
            cosines = F.normalize(q.float(), dim=-1, eps=1e-6) @ F.normalize(k.float(), dim=-1, eps=1e-6).mT
            weights = (cosines * self.temperature).masked_fill(~keys, -torch.inf).softmax(-1)
        gathered: Tensor = self.out((weights.to(v.dtype) @ v).reshape(fused.shape))
        return gathered

    def _heads(self, x: Tensor) -> Tensor:
        """Turn (B, M, C, D, H, W) into (B, heads, M * C / heads, D * H * W): a head's channels of every modality."""
        batch, modalities, channels = x.shape[:3]
        shares = x.reshape(batch, modalities, self.heads, channels // self.heads, -1)
        return shares.transpose(1, 2).flatten(2, 3)


class ChannelLayer(nn.Module):
    """A pre-norm layer of channel attention and a perceptron at every voxel, each with a shortcut."""

    def __init__(self, channels: int, heads: int, mlp_dim: int, dropout: float) -> None:
        super().__init__()
        self.norm_fused = nn.LayerNorm(channels)
        self.norm_maps = nn.LayerNorm(channels)
        self.attention = ChannelAttention(channels, heads)
        self.norm_mlp = nn.LayerNorm(channels)
        self.mlp = nn.Sequential(
            nn.Linear(channels, mlp_dim),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(mlp_dim, channels),
            nn.Dropout(dropout),
        )

    def forward(self, fused: Tensor, maps: Tensor, available: Tensor) -> Tensor:
        """Return new fused features (B, C, D, H, W); see `ChannelAttention`."""
        size = fused.shape[2:]
        query = from_tokens(self.norm_fused(to_tokens(fused)), size)
        fused = fused + self.attention(query, from_tokens(self.norm_maps(to_tokens(maps)), size), available)
        return fused + from_tokens(self.mlp(self.norm_mlp(to_tokens(fused))), size)


class ChannelFusion(nn.Module):
    """Layers of channel attention that add the modalities' features of a level to the fused ones."""

    def __init__(self, channels: int, heads: int, mlp_dim: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(ChannelLayer(channels, heads, mlp_dim, dropout) for _ in range(CHANNEL_LAYERS))

    def forward(self, fused: Tensor, maps: Tensor, available: Tensor) -> Tensor:
        """Return new fused features (B, C, D, H, W); see `ChannelAttention`."""
        for layer in self.layers:
            fused = layer(fused, maps, available)
        return fused


class ConvFusion(nn.Module):
    """Convolutions of 1, 3 and 1 voxels that make one feature map of all modalities' features at a level."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            ConvBlock(NUM_MODALITIES * channels, channels, kernel=1),
            ConvBlock(channels, channels),
            ConvBlock(channels, channels, kernel=1),
        )

    def forward(self, fused: Tensor, maps: Tensor, available: Tensor) -> Tensor:
        """Return (B, C, D, H, W) from `maps` (B, M, C, D, H, W) and `available` (B, M); `fused` is not used."""
        y: Tensor = self.blocks(masked_concat(maps, available))
        return y
