"""Parts of the transformer networks: feature maps as tokens, learned positions, self-attention."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def to_tokens(x: Tensor) -> Tensor:
    """Turn feature maps (..., C, D, H, W) into tokens (..., D * H * W, C), in the order of the voxels."""
    return x.flatten(-3).transpose(-1, -2)


def from_tokens(tokens: Tensor, size: Sequence[int]) -> Tensor:
    """Turn tokens (..., D * H * W, C) into feature maps (..., C, *size); the inverse of `to_tokens`."""
    return tokens.transpose(-1, -2).reshape(*tokens.shape[:-2], tokens.shape[-1], *size)


def resampling(source: int, target: int, like: Tensor) -> Tensor:
    """Return the matrix (target, source) that resamples `source` values linearly to `target` ones.

    Source and target cover the same extent, and beyond the outermost centres their values continue, as with
    `interpolate(align_corners=False)`. The matrix is float32, on the device of `like`.
    """
    centres = (torch.arange(target, device=like.device, dtype=torch.float32) + 0.5) * (source / target) - 0.5
    distance = centres.clamp(0, source - 1)[:, None] - torch.arange(source, device=like.device)
    return (1 - distance.abs()).clamp_min(0)


class LearnedGrid(nn.Module):
    """A learned vector for each place of a grid, resampled trilinearly for windows of another size.

    Args:
        dim: length of the vectors.
        grid: places along D, H and W for which vectors are stored.
    """

    def __init__(self, dim: int, grid: Sequence[int]) -> None:
        super().__init__()
        # The leading dimension makes five, as memory formats need.
        self.values = nn.Parameter(torch.empty(1, dim, *grid))
        nn.init.trunc_normal_(self.values, std=0.02)

    def forward(self, size: Sequence[int]) -> Tensor:
        """Return tokens (prod(size), dim) for a window of `size` (D, H, W) places."""
        grid = self.values.shape[2:]
        if tuple(size) == tuple(grid):
            return to_tokens(self.values[0])
        # By hand: matrix products have a deterministic backward pass on CUDA, and trilinear `interpolate` has none.
        d, h, w = (resampling(source, target, self.values) for source, target in zip(grid, size, strict=True))
        values = torch.einsum("cdhw,xd,yh,zw->cxyz", self.values[0].float(), d, h, w)
        return to_tokens(values.to(self.values.dtype))


class SelfAttention(nn.Module):
    """Multi-head self-attention without bias in queries, keys and values.

    By hand, as `nn.MultiheadAttention` gives the attention weights of all queries or none, which takes too much memory.

    Args:
        dim: length of the tokens, a multiple of `heads`.
        heads: number of heads.
        dropout: probability with which attention weights and outputs are dropped in training.
    """

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        if heads < 1 or dim % heads:
            raise ValueError(f"the tokens' length {dim} must be a multiple of the {heads} heads")
        self.heads = heads
        self.dropout = dropout
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, weights_of: slice | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Return the attended tokens (B, N, dim), and on request attention weights.

        Args:
            x: tokens (B, N, dim).
            mask: bool (B, N, N), True where a query (row) may attend to a key (column); each query needs one at
                least. A key that is masked out has a weight of exactly zero.
            weights_of: the queries whose attention weights are wanted.

        Returns:
            The new tokens, and the float32 weights (B, heads, queries asked for, N), before dropout, or None.
        """
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        mask = None if mask is None else mask[:, None]
        dropout = self.dropout if self.training else 0.0
        gathered = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        out = F.dropout(self.out(gathered.transpose(1, 2).flatten(-2)), self.dropout, self.training)
        if weights_of is None:
            return out, None
        rows = None if mask is None else mask[:, :, weights_of]
        return out, attention_weights(q[:, :, weights_of], k, rows)


def attention_weights(q: Tensor, k: Tensor, mask: Tensor | None) -> Tensor:
    """Return the float32 weights (..., Q, K) of scaled dot-product attention; `mask` is True where it is allowed."""
    scores = (q @ k.transpose(-1, -2)).float() * q.shape[-1] ** -0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, -1)


class TransformerLayer(nn.Module):
    """A pre-norm transformer layer: self-attention and a two-layer perceptron, each with a shortcut.

    Args:
        dim: length of the tokens.
        heads: number of heads.
        mlp_dim: width of the perceptron's hidden layer.
        dropout: probability of dropout in attention and perceptron.
    """

    def __init__(self, dim: int, heads: int, mlp_dim: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = SelfAttention(dim, heads, dropout)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, mlp_dim), nn.GELU(), nn.Dropout(dropout), nn.Linear(mlp_dim, dim), nn.Dropout(dropout)
        )

    def forward(
        self, x: Tensor, mask: Tensor | None = None, weights_of: slice | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Return the new tokens (B, N, dim) and attention weights as `SelfAttention` does."""
        gathered, weights = self.attention(self.norm1(x), mask, weights_of)
        x = x + gathered
        return x + self.mlp(self.norm2(x)), weights
