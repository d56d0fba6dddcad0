"""What the transformer networks share, against slow and obvious versions."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.networks.layers.tokens import (
    LearnedGrid,
    SelfAttention,
    TransformerLayer,
    attention_weights,
    from_tokens,
    resampling,
    to_tokens,
)


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_tokens_are_the_voxels_in_their_order_and_are_undone() -> None:
    x = random(2, 3, 5, 2, 3, 4)
    tokens = to_tokens(x)
    assert tokens.shape == (2, 3, 24, 5)
    assert torch.equal(tokens[1, 2, (1 * 3 + 2) * 4 + 3], x[1, 2, :, 1, 2, 3])
    assert torch.equal(from_tokens(tokens, (2, 3, 4)), x)


@pytest.mark.parametrize(("source", "target"), [(8, 5), (5, 8), (8, 1), (1, 3), (4, 4), (8, 15)])
def test_resampling_is_linear_interpolation(source: int, target: int) -> None:
    x = random(1, 1, source)
    expected = F.interpolate(x, size=target, mode="linear", align_corners=False)
    torch.testing.assert_close(x @ resampling(source, target, x).T, expected)


@pytest.mark.parametrize("size", [(4, 3, 2), (2, 6, 5), (1, 1, 1), (9, 2, 3)])
def test_a_learned_grid_of_another_size_is_interpolated_trilinearly(size: tuple[int, int, int]) -> None:
    grid = LearnedGrid(6, (4, 3, 2))
    expected = F.interpolate(grid.values, size=size, mode="trilinear", align_corners=False)[0]
    tokens = grid(size)
    assert tokens.shape == (math.prod(size), 6)
    torch.testing.assert_close(from_tokens(tokens, size), expected)
    tokens.square().sum().backward()
    assert grid.values.grad is not None and grid.values.grad.any()


def test_a_learned_grid_of_its_own_size_is_what_was_learned() -> None:
    grid = LearnedGrid(6, (4, 3, 2))
    assert torch.equal(from_tokens(grid((4, 3, 2)), (4, 3, 2)), grid.values[0])


def slow_attention(layer: SelfAttention, x: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """One sample, head and query at a time; returns (B, N, dim) and weights (B, heads, N, N)."""
    batch, count, dim = x.shape
    size = dim // layer.heads
    wq, wk, wv = layer.qkv.weight.split(dim)
    gathered, every = torch.zeros_like(x), torch.zeros(batch, layer.heads, count, count)
    for b in range(batch):
        for h in range(layer.heads):
            part = slice(h * size, (h + 1) * size)
            for i in range(count):
                allowed = [j for j in range(count) if mask is None or mask[b, i, j]]
                query = wq[part] @ x[b, i]
                scores = torch.stack([query @ (wk[part] @ x[b, j]) / math.sqrt(size) for j in allowed])
                weights = scores.exp() / scores.exp().sum()
                every[b, h, i, allowed] = weights
                gathered[b, i, part] = sum(w * (wv[part] @ x[b, j]) for w, j in zip(weights, allowed, strict=True))
    return gathered @ layer.out.weight.T + layer.out.bias, every


@torch.no_grad()
@pytest.mark.parametrize("masked", [False, True])
def test_self_attention_equals_a_loop_over_heads_and_queries(masked: bool) -> None:
    torch.manual_seed(0)
    layer = SelfAttention(12, 3, 0.5).eval()
    x = random(2, 5, 12)
    mask = (random(2, 5, 5, seed=1) > 0) | torch.eye(5, dtype=torch.bool) if masked else None
    expected, weights = slow_attention(layer, x, mask)
    out, nothing = layer(x, mask)
    assert nothing is None
    torch.testing.assert_close(out, expected)
    out, some = layer(x, mask, weights_of=slice(2, None))
    torch.testing.assert_close(out, expected)
    torch.testing.assert_close(some, weights[:, :, 2:])
    if mask is not None:
        assert not some[~mask[:, None, 2:].expand_as(some)].any()


def test_weights_are_float32_whatever_the_tokens_are() -> None:
    q, k = random(1, 2, 4, 8), random(1, 2, 6, 8, seed=1)
    weights = attention_weights(q.bfloat16(), k.bfloat16(), None)
    assert weights.dtype == torch.float32
    torch.testing.assert_close(weights.sum(-1), torch.ones(1, 2, 4))
    torch.testing.assert_close(weights, attention_weights(q, k, None), rtol=0.1, atol=0.02)


@torch.no_grad()
def test_what_is_masked_out_changes_nothing() -> None:
    layer = TransformerLayer(8, 2, 16, 0.0).eval()
    x = random(1, 4, 8)
    mask = torch.ones(1, 4, 4, dtype=torch.bool)
    mask[:, :3, 3] = False
    changed = x.clone()
    changed[:, 3] = 100.0
    assert torch.equal(layer(x, mask)[0][:, :3], layer(changed, mask)[0][:, :3])
    assert not torch.equal(layer(x)[0][:, :3], layer(changed)[0][:, :3])


@torch.no_grad()
def test_a_transformer_layer_is_pre_norm_attention_and_perceptron() -> None:
    torch.manual_seed(0)
    layer = TransformerLayer(8, 2, 16, 0.3).eval()
    x = random(2, 5, 8)
    middle = x + slow_attention(layer.attention, F.layer_norm(x, (8,)), None)[0]
    first, _, _, second, _ = layer.mlp
    hidden = F.layer_norm(middle, (8,)) @ first.weight.T + first.bias
    hidden = 0.5 * hidden * (1 + torch.erf(hidden / math.sqrt(2)))
    torch.testing.assert_close(layer(x)[0], middle + hidden @ second.weight.T + second.bias)


def test_dropout_happens_in_training_only() -> None:
    layer = TransformerLayer(8, 2, 16, 0.5)
    x = random(1, 5, 8)
    assert not torch.equal(layer(x)[0], layer(x)[0])
    layer.eval()
    assert torch.equal(layer(x)[0], layer(x)[0])


def test_a_length_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of the 3 heads"):
        SelfAttention(8, 3, 0.0)
