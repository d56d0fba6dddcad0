"""The networks' one interface, for every registered network."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from GSSCore.errors import InputError
from GSSCore.networks import SegmentationNetwork, create, names
from GSSCore.networks.base import parameter_count
from GSSCore.networks.unet import depth_to_space, space_to_depth
from GSSCore.vocabulary import SUBSETS, subset_mask, subset_name

SMALL = {"unet": {"widths": [8, 8, 16, 16], "groups": 4}}
SHAPE = (16, 32, 48)


@pytest.fixture(params=names())
def network(request: pytest.FixtureRequest) -> SegmentationNetwork:
    torch.manual_seed(0)
    net = create(request.param, **SMALL[request.param])
    for parameter in net.parameters():
        # Nothing may stay at the value it starts with: zero weights would hide what they multiply.
        torch.nn.init.normal_(parameter, std=0.2)
    return net.eval()


def head(batch: int, seed: int = 1) -> Tensor:
    return torch.randn(batch, 4, *SHAPE, generator=torch.Generator().manual_seed(seed))


@torch.inference_mode()
@pytest.mark.parametrize("modalities", SUBSETS, ids=subset_name)
def test_what_a_missing_channel_holds_changes_nothing(network: SegmentationNetwork, modalities) -> None:
    images, available = head(1), torch.tensor([subset_mask(modalities)])
    dirty = images.clone()
    dirty[~available] = torch.nan
    clean, same = network(images, available, per_modality=True), network(dirty, available, per_modality=True)
    assert torch.equal(clean.fused, same.fused)
    assert torch.isfinite(clean.fused).all()
    assert torch.equal(clean.per_modality[available], same.per_modality[available])
    assert torch.isfinite(same.per_modality).all()


@torch.inference_mode()
def test_a_batch_of_all_subsets_equals_its_samples_one_by_one(network: SegmentationNetwork) -> None:
    images, available = head(15), torch.tensor([subset_mask(s) for s in SUBSETS])
    together = network(images, available, per_modality=True)
    assert together.fused.shape == (15, 4, *SHAPE)
    assert together.per_modality.shape == (15, 4, 4, *SHAPE)
    for i in range(15):
        alone = network(images[i : i + 1], available[i : i + 1], per_modality=True)
        torch.testing.assert_close(together.fused[i], alone.fused[0], rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(together.per_modality[i], alone.per_modality[0], rtol=1e-3, atol=1e-4)


@torch.inference_mode()
def test_a_single_prediction_is_what_that_modality_alone_gives(network: SegmentationNetwork) -> None:
    images, available = head(1), torch.tensor([[True, False, True, True]])
    singles = network(images, available, per_modality=True).per_modality
    for m in (0, 2, 3):
        only = torch.zeros(1, 4, dtype=torch.bool)
        only[0, m] = True
        torch.testing.assert_close(singles[:, m], network(images, only).fused, rtol=1e-3, atol=1e-4)
    assert not singles[:, 1].any()


@torch.inference_mode()
def test_encoding_once_and_decoding_a_smaller_subset_equals_the_whole_way(network: SegmentationNetwork) -> None:
    images = head(2)
    features = network.encode(images, torch.ones(2, 4, dtype=torch.bool))
    for mask in ([True, False, False, True], [False, True, False, False]):
        available = torch.tensor([mask, mask])
        expected = network(images, available).fused
        torch.testing.assert_close(network.decode(features, available).fused, expected, rtol=1e-3, atol=1e-4)


@torch.inference_mode()
def test_every_subset_gives_another_answer(network: SegmentationNetwork) -> None:
    images = head(1)
    answers = [network(images, torch.tensor([subset_mask(s)])).fused for s in SUBSETS]
    assert all(not torch.allclose(a, b) for a, b in itertools.combinations(answers, 2))


def test_every_available_modality_gets_a_gradient_and_no_other(network: SegmentationNetwork) -> None:
    images = head(1).requires_grad_(True)
    available = torch.tensor([[True, False, True, False]])
    output = network.train()(images, available, per_modality=True)
    (output.fused.square().mean() + output.per_modality.square().mean()).backward()
    assert images.grad is not None
    assert images.grad[0, [0, 2]].flatten(1).any(1).all()
    assert not images.grad[0, [1, 3]].any()
    assert all(p.grad is not None for p in network.parameters())


@pytest.mark.parametrize(
    ("images", "available", "says"),
    [
        (torch.zeros(1, 3, 16, 16, 16), torch.ones(1, 3, dtype=torch.bool), "must be"),
        (torch.zeros(1, 4, 16, 16, 20), torch.ones(1, 4, dtype=torch.bool), "multiples"),
        (torch.zeros(1, 4, 16, 16, 16), torch.ones(1, 4), "bool"),
        (torch.zeros(2, 4, 16, 16, 16), torch.tensor([[True] * 4, [False] * 4]), "at least one"),
    ],
)
def test_input_of_another_form_is_an_error(network: SegmentationNetwork, images, available, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        network(images, available)


def test_the_default_network_is_small() -> None:
    assert parameter_count(create("unet")) <= 4_000_000
    assert parameter_count(create("unet", widths=[16, 48, 96, 192])) <= 4_000_000


def test_an_unknown_name_or_option_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(InputError, match="choose one of unet"):
        create("unnet")
    with pytest.raises(InputError, match="depth"):
        create("unet", depth=3)
    with pytest.raises(InputError, match="multiple of groups"):
        create("unet", widths=[16, 30, 60, 120])


def test_space_to_depth_keeps_each_block_of_eight_together_and_is_undone() -> None:
    x = torch.arange(2 * 3 * 4 * 6 * 8).reshape(2, 3, 4, 6, 8)
    deep = space_to_depth(x)
    assert deep.shape == (2, 24, 2, 3, 4)
    block = x[1, 2, 2:4, 4:6, 6:8].flatten()
    assert torch.equal(deep[1, 16:24, 1, 2, 3], block)
    assert torch.equal(depth_to_space(deep), x)
