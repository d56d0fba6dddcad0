"""mmFormer, against slow and obvious versions of its parts. `test_networks` has what holds for all networks."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from GSSCore.networks.architectures.mmformer import MmFormer
from GSSCore.networks.cost import cost
from small_networks import ALL, EVERY_SUBSET, SHAPE, head, small


@pytest.fixture
def network() -> MmFormer:
    made = small("mmformer")
    assert isinstance(made, MmFormer)
    return made


def test_what_is_missing_is_not_encoded(network: MmFormer) -> None:
    images = head(2)
    available = torch.tensor([[True, False, True, False], [False, False, True, False]])
    output = network.train()(images, available, per_modality=True)
    total = output.fused.square().mean() + output.per_modality.square().mean()
    (total + sum(a.square().mean() for a in output.auxiliary)).backward()
    # Two of the four encoders were not run at all.
    run = sum(p.numel() for p in network.encoders.parameters() if p.grad is not None)
    assert 2 * run == sum(p.numel() for p in network.encoders.parameters())
    for m, transformer in enumerate(network.intra):
        ran = [p.grad is not None for p in transformer.parameters()]
        assert all(ran) if m in (0, 2) else not any(ran)
    for part in (network.inter, network.fused_decoder, network.single_decoder):
        assert all(p.grad is not None for p in part.parameters())


def test_auxiliary_logits_come_in_training_from_each_coarser_level(network: MmFormer) -> None:
    assert not network(head(1), ALL).auxiliary
    sizes = [tuple(a.shape) for a in network.train()(head(1), ALL).auxiliary]
    assert sizes == [(1, 4, *(n // 2**level for n in SHAPE)) for level in (4, 3, 2, 1)]


@torch.inference_mode()
def test_the_transformers_equal_a_loop_over_samples_and_modalities(network: MmFormer) -> None:
    images = head(3)
    available = torch.tensor([[True, True, False, True], [False, False, True, False], [True, True, True, True]])
    features = network.encode(images, available)
    size = features.levels[-1].shape[3:]
    stretched = [
        F.interpolate(p.values, size=size, mode="trilinear", align_corners=False)[0].flatten(1).T
        for p in network.positions
    ]
    for b in range(3):
        rows = []
        for m, transformer in enumerate(network.intra):
            row = torch.zeros(size.numel(), 8)
            if available[b, m]:
                voxels = features.levels[-1][b, m].flatten(1).T
                embedded = voxels @ transformer.embed.weight.flatten(1).T + transformer.embed.bias
                row = transformer.layer((embedded + stretched[m])[None])[0][0]
            torch.testing.assert_close(features.tokens[b, m], row)
            rows.append(row + stretched[m])
        attended = network.inter.layer(torch.cat(rows)[None])[0][0]
        kernel = network.inter.fuse.weight.flatten(1)
        expected = network.inter.fuse.bias[:, None].expand(-1, size.numel()).clone()
        for m, part in enumerate(attended.split(size.numel())):
            expected += kernel[:, 8 * m : 8 * m + 8] @ part.T
        fused = network.inter(features.tokens[b : b + 1], torch.stack(stretched), size)
        torch.testing.assert_close(fused[0].flatten(1), expected, rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_only_the_tokens_of_available_modalities_are_kept(network: MmFormer) -> None:
    tokens = network.encode(head(15), EVERY_SUBSET).tokens
    assert torch.equal(tokens.flatten(2).any(2), EVERY_SUBSET)


def test_it_is_as_large_and_as_costly_as_it_should_be() -> None:
    # Nearly everything grows with the number of voxels: a small volume tells what one of 80 x 80 x 80 costs.
    small = cost(MmFormer(), (32, 32, 32))
    assert small.parameters == pytest.approx(36e6, rel=0.05)
    assert small.gmacs * (80 / 32) ** 3 == pytest.approx(30, rel=0.05)
    # One encoder of four; the fused decoder costs the same.
    assert small.single_gmacs < 0.6 * small.gmacs
