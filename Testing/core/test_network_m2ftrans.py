"""M2FTrans, against slow and obvious versions of its parts. `test_networks` has what holds for all networks."""

from __future__ import annotations

import itertools

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.networks.architectures.m2ftrans import M2FTrans, weigh
from GSSCore.networks.architectures.m2ftrans_fusion import ChannelAttention, MaskedFusionTransformer, fusion_mask
from GSSCore.networks.base import NUM_MODALITIES
from GSSCore.networks.cost import cost
from small_networks import ALL, SHAPE, head, small


@pytest.fixture
def network() -> M2FTrans:
    made = small("m2ftrans")
    assert isinstance(made, M2FTrans)
    return made


def test_what_is_missing_is_not_encoded(network: M2FTrans) -> None:
    images = head(2)
    available = torch.tensor([[True, False, True, False], [False, False, True, False]])
    output = network.train()(images, available, per_modality=True)
    total = output.fused.square().mean() + output.per_modality.square().mean()
    (total + sum(a.square().mean() for a in output.auxiliary)).backward()
    # Two of the four encoders were not run at all.
    run = sum(p.numel() for p in network.encoders.parameters() if p.grad is not None)
    assert 2 * run == sum(p.numel() for p in network.encoders.parameters())
    for part in (network.transformer, network.fused_decoder, network.single_decoder):
        assert all(p.grad is not None for p in part.parameters())


def test_auxiliary_logits_come_in_training_from_each_coarser_level(network: M2FTrans) -> None:
    assert not network(head(1), ALL).auxiliary
    sizes = [tuple(a.shape) for a in network.train()(head(1), ALL).auxiliary]
    assert sizes == [(1, 4, *(n // 2**level for n in SHAPE)) for level in (4, 3, 2, 1)]


SOME = torch.tensor([[True, False, True, True], [False, True, False, False], [True, True, True, True]])


def test_the_mask_equals_a_loop_over_tokens() -> None:
    mask = fusion_mask(SOME, 2)
    assert mask.shape == (3, 10, 10) and mask.dtype == torch.bool
    for b, query, key in itertools.product(range(3), range(10), range(10)):
        of, to = query // 2, key // 2
        expected = of == to or (of == 4 and bool(SOME[b, to]))
        assert bool(mask[b, query, key]) == expected


@pytest.fixture
def transformer() -> MaskedFusionTransformer:
    torch.manual_seed(0)
    module = MaskedFusionTransformer(8, 2, 16, 0.0, (2, 2, 1))
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return module.eval()


def bottlenecks(available: Tensor, size: tuple[int, int, int]) -> Tensor:
    maps = torch.randn(*available.shape, 8, *size, generator=torch.Generator().manual_seed(3))
    return maps * available[:, :, None, None, None, None]


@torch.inference_mode()
def test_the_fusion_transformer_equals_attention_among_what_each_token_may_see(
    transformer: MaskedFusionTransformer,
) -> None:
    maps = bottlenecks(SOME, (2, 3, 1))
    fusion, modalities, _ = transformer(maps, SOME)
    positions = [p((2, 3, 1)) for p in transformer.positions]
    for b in range(3):
        present = [m for m in range(4) if SOME[b, m]]
        alone = {m: maps[b, m].flatten(1).T for m in present}
        tokens = transformer.fusion((2, 3, 1))
        for layer in transformer.layers:
            placed = {m: (alone[m] + positions[m])[None] for m in present}
            # Among what a fusion token sees all see all here; only the fusion tokens' rows are used.
            seen = torch.cat([*placed.values(), (tokens + positions[4])[None]], 1)
            alone = {m: layer(x)[0][0] for m, x in placed.items()}
            tokens = layer(seen)[0][0, -6:]
        torch.testing.assert_close(fusion[b].flatten(1).T, tokens)
        for m in present:
            torch.testing.assert_close(modalities[b, m].flatten(1).T, alone[m])


@torch.inference_mode()
def test_the_spatial_weights_are_what_the_first_fusion_attention_sums_to(transformer: MaskedFusionTransformer) -> None:
    size = (2, 2, 1)
    maps = bottlenecks(SOME, size)
    _, _, spatial = transformer(maps, SOME)
    assert spatial.shape == (3, 4, *size) and spatial.dtype == torch.float32
    layer = transformer.layers[0]
    wq, wk, _ = layer.attention.qkv.weight.split(8)
    for b in range(3):
        tokens = [maps[b, m].flatten(1).T + transformer.positions[m](size) for m in range(4)]
        tokens.append(transformer.fusion(size) + transformer.positions[4](size))
        normed = [layer.norm1(t) for t in tokens]
        expected = torch.zeros(4, 4)
        for part, query in itertools.product((slice(0, 4), slice(4, 8)), range(4)):
            q = wq[part] @ normed[4][query]
            scores = torch.full((5, 4), -torch.inf)
            for m in range(5):
                if m == 4 or SOME[b, m]:
                    scores[m] = torch.stack([q @ (wk[part] @ key) / 2 for key in normed[m]])
            expected += (scores.exp() / scores.exp().sum())[:4]
        torch.testing.assert_close(spatial[b].flatten(1), expected)
    assert torch.equal(spatial.flatten(2).any(2), SOME)


@torch.inference_mode()
def test_no_modality_sees_another_one(transformer: MaskedFusionTransformer) -> None:
    maps = bottlenecks(ALL, (2, 2, 1))
    changed = maps.clone()
    changed[:, 2] += 1
    before, after = transformer(maps, ALL)[1], transformer(changed, ALL)[1]
    others = [0, 1, 3]
    torch.testing.assert_close(before[:, others], after[:, others])
    assert not torch.allclose(before[:, 2], after[:, 2])


@torch.inference_mode()
@pytest.mark.parametrize("available", SOME, ids=["three", "one", "all"])
def test_channel_attention_equals_a_loop_over_heads_and_channels(available: Tensor) -> None:
    torch.manual_seed(0)
    attention = ChannelAttention(4, 2)
    torch.nn.init.uniform_(attention.temperature, 1, 5)
    fused, maps = torch.randn(1, 4, 2, 3, 2), torch.randn(1, 4, 4, 2, 3, 2)
    maps[0, ~available] = 1e6

    def filtered(conv: torch.nn.Conv3d, channel: Tensor, index: int) -> Tensor:
        return F.conv3d(channel[None, None], conv.weight[index : index + 1], conv.bias[index : index + 1], padding=1)[
            0, 0
        ]

    gathered = torch.zeros(4, 2, 3, 2)
    for channel in range(4):
        h = channel // 2
        q = filtered(attention.query, fused[0, channel], channel).flatten()
        keys = [(m, c) for m in range(4) for c in (2 * h, 2 * h + 1) if available[m]]
        scores, values = [], []
        for m, c in keys:
            k = filtered(attention.key, maps[0, m, c], 4 * m + c).flatten()
            scores.append((q @ k) / (q.norm() * k.norm()) * attention.temperature[h, 0, 0])
            values.append(filtered(attention.value, maps[0, m, c], 4 * m + c))
        weights = torch.stack(scores).softmax(0)
        gathered[channel] = sum(w * v for w, v in zip(weights, values, strict=True))
    expected = attention.out(gathered[None])
    torch.testing.assert_close(attention(fused, maps, available[None]), expected, rtol=1e-4, atol=1e-5)


def test_skips_are_weighted_in_space_and_a_missing_modality_vanishes() -> None:
    spatial = torch.zeros(1, NUM_MODALITIES, 2, 2, 2)
    spatial[0, 0], spatial[0, 1] = 2.0, torch.arange(8.0).reshape(2, 2, 2)
    fine, coarse = weigh([torch.ones(1, 4, 3, 8, 8, 8), torch.ones(1, 4, 5, 4, 4, 4)], spatial)
    assert fine.shape == (1, 4, 3, 8, 8, 8) and coarse.shape == (1, 4, 5, 4, 4, 4)
    for skip in (fine, coarse):
        torch.testing.assert_close(skip[0, 0], torch.full_like(skip[0, 0], 2.0))
        assert not skip[0, 2:].any()
        assert torch.equal(skip[0, 1], skip[0, 1, :1].expand_as(skip[0, 1]))
        # A corner keeps its value, and the weights rise from the first corner to the last.
        assert skip[0, 1, 0, 0, 0, 0] == 0 and skip[0, 1, 0, -1, -1, -1] == 7
        assert (skip[0, 1, 0].diff(dim=0) >= 0).all()


def test_it_is_as_large_and_as_costly_as_it_should_be() -> None:
    # Nearly everything grows with the number of voxels: a small volume tells what one of 80 x 80 x 80 costs.
    small = cost(M2FTrans(), (32, 32, 32))
    assert small.parameters == pytest.approx(45e6, rel=0.06)
    assert small.gmacs * (80 / 32) ** 3 == pytest.approx(105, rel=0.05)
    # One encoder of four; the fused decoder costs the same.
    assert small.single_gmacs < 0.6 * small.gmacs
