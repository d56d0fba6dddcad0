"""The networks' one interface, for every registered network."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from GSSCore.errors import InputError
from GSSCore.gss.loss import gss_loss
from GSSCore.gss.settings import LossSettings
from GSSCore.inference.pipeline import segment
from GSSCore.inference.settings import InferenceSettings
from GSSCore.networks import SegmentationNetwork, create, names
from GSSCore.networks.architectures.m2ftrans import M2FTrans
from GSSCore.networks.architectures.mmformer import MmFormer
from GSSCore.networks.architectures.unet import depth_to_space, space_to_depth
from GSSCore.networks.base import NetworkOutput, parameter_count
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.phantom import make_phantom
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.vocabulary import SUBSETS, subset_mask, subset_name
from small_networks import ALL, EVERY_SUBSET, NARROW, SHAPE, SMALL, head, small, two_heads

pytestmark = pytest.mark.long

EVERYTHING = LossSettings(cross_entropy_weight=1.0, auxiliary_weight=0.5)
"""A loss that uses all that a network says."""


@pytest.fixture(params=names())
def network(request: pytest.FixtureRequest) -> SegmentationNetwork:
    return small(request.param)


def close(actual: NetworkOutput, expected: NetworkOutput) -> None:
    torch.testing.assert_close(actual.fused, expected.fused, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(actual.per_modality, expected.per_modality, rtol=1e-3, atol=1e-4)


def loss(network: SegmentationNetwork, images: Tensor, available: Tensor) -> Tensor:
    labels = torch.arange(images[0, 0].numel()).reshape(images.shape[2:]).expand(len(images), -1, -1, -1) % 4
    return gss_loss(network(images, available, per_modality=True), labels, available, EVERYTHING).total


@torch.inference_mode()
@pytest.mark.parametrize("modalities", SUBSETS, ids=subset_name)
def test_what_a_missing_channel_holds_changes_nothing(network: SegmentationNetwork, modalities) -> None:
    images, available = head(2), torch.tensor([subset_mask(modalities), [True, False, True, True]])
    dirty = images.clone()
    dirty[~available] = torch.nan
    clean, same = network(images, available, per_modality=True), network(dirty, available, per_modality=True)
    assert torch.equal(clean.fused, same.fused)
    assert torch.equal(clean.per_modality, same.per_modality)
    assert clean.fused.isfinite().all() and clean.per_modality.isfinite().all()
    assert not clean.per_modality[~available].any()
    assert clean.per_modality[available].flatten(1).any(1).all()


def test_what_a_missing_channel_holds_changes_no_loss_and_no_gradient(network: SegmentationNetwork) -> None:
    available = torch.tensor([[True, False, True, False], [False, True, True, True]])
    seen: list[list[Tensor]] = []
    for rubbish in (0.0, torch.nan):
        images = head(2)
        images[~available] = rubbish
        network.train().zero_grad()
        total = loss(network, images, available)
        total.backward()
        seen.append([total.detach(), *(p.grad.clone() for p in network.parameters() if p.grad is not None)])
    assert len(seen[0]) == len(seen[1])
    assert all(torch.equal(a, b) and a.isfinite().all() for a, b in zip(*seen, strict=True))


@torch.inference_mode()
@pytest.mark.parametrize("training", [False, True])
def test_a_batch_of_all_subsets_equals_its_samples_one_by_one(network: SegmentationNetwork, training: bool) -> None:
    network.train(training)
    images = head(15)
    together = network(images, EVERY_SUBSET, per_modality=True)
    assert together.fused.shape == (15, 4, *SHAPE)
    assert together.per_modality.shape == (15, 4, 4, *SHAPE)
    for i in range(15):
        alone = network(images[i : i + 1], EVERY_SUBSET[i : i + 1], per_modality=True)
        close(NetworkOutput(together.fused[i : i + 1], together.per_modality[i : i + 1]), alone)
        for name, of_all in together.own_losses.items():
            torch.testing.assert_close(of_all[i : i + 1], alone.own_losses[name], rtol=1e-3, atol=1e-5)


@torch.inference_mode()
def test_encoding_once_and_decoding_a_smaller_subset_equals_the_whole_way(network: SegmentationNetwork) -> None:
    images = head(2)
    features = network.encode(images, ALL.expand(2, 4))
    for first, second in zip(EVERY_SUBSET, EVERY_SUBSET.flip(0), strict=True):
        available = torch.stack((first, second))
        close(network.decode(features, available, True), network(images, available, True))


@torch.inference_mode()
def test_every_subset_gives_another_answer(network: SegmentationNetwork) -> None:
    features = network.encode(head(1), ALL)
    answers = [network.decode(features, available[None]).fused for available in EVERY_SUBSET]
    assert all(not torch.allclose(a, b) for a, b in itertools.combinations(answers, 2))


@torch.inference_mode()
def test_a_single_prediction_does_not_depend_on_the_other_modalities(network: SegmentationNetwork) -> None:
    images = head(1)
    singles = network(images, ALL, per_modality=True).per_modality
    for m in range(4):
        only = torch.arange(4)[None] == m
        alone = network(images, only, per_modality=True).per_modality
        torch.testing.assert_close(alone[:, m], singles[:, m], rtol=1e-3, atol=1e-4)


@torch.inference_mode()
@pytest.mark.parametrize("name", ["unet", "shaspec"])
def test_where_all_share_one_way_a_single_prediction_is_the_fused_one_of_that_modality(name: str) -> None:
    network, images = small(name), head(1)
    singles = network(images, ALL, per_modality=True).per_modality
    for m in range(4):
        only = torch.arange(4)[None] == m
        torch.testing.assert_close(singles[:, m], network(images, only).fused, rtol=1e-3, atol=1e-4)


@torch.inference_mode()
def test_singles_are_computed_on_request_and_change_nothing(network: SegmentationNetwork) -> None:
    without, with_singles = network(head(1), ALL), network(head(1), ALL, per_modality=True)
    assert without.per_modality is None
    torch.testing.assert_close(without.fused, with_singles.fused, rtol=1e-4, atol=1e-5)


def test_every_available_modality_gets_a_gradient_and_no_other(network: SegmentationNetwork) -> None:
    images = head(2).requires_grad_(True)
    available = torch.tensor([[True, False, True, False], [False, False, True, False]])
    loss(network.train(), images, available).backward()
    assert images.grad is not None
    assert torch.equal(images.grad.flatten(2).any(2), available)


@pytest.mark.parametrize("name", names())
def test_every_parameter_learns_from_a_batch_that_shows_all_modalities(name: str) -> None:
    torch.manual_seed(0)
    # In a smaller one, some layers have a single channel, of which normalisation leaves nothing to learn.
    network = create(name, **NARROW[name]).train()
    loss(network, head(2), ALL.expand(2, 4)).backward()
    assert not [name for name, p in network.named_parameters() if p.grad is None]
    # What a normalisation takes away again gets rounding for a gradient. Biases in front of one are known to.
    idle = [
        name
        for name, p in network.named_parameters()
        if p.ndim > 1 and p.grad is not None and float(p.grad.norm()) < 1e-7 * float(p.detach().norm())
    ]
    assert not idle


@pytest.mark.parametrize("shape", [(16, 16, 16), (16, 32, 16), (64, 16, 48)])
@pytest.mark.parametrize("training", [False, True])
def test_any_multiple_of_the_stride_works(
    network: SegmentationNetwork, shape: tuple[int, int, int], training: bool
) -> None:
    available = torch.tensor([[False, True, False, True]])
    output = network.train(training)(head(1, shape=shape), available, per_modality=True)
    assert output.fused.shape == (1, 4, *shape)
    assert output.per_modality.shape == (1, 4, 4, *shape)
    assert output.fused.isfinite().all() and output.per_modality.isfinite().all()


def test_what_only_training_wants_comes_in_training_only(network: SegmentationNetwork) -> None:
    quiet = network(head(1), ALL)
    assert not quiet.auxiliary and not quiet.own_losses
    for logits in network.train()(head(1), ALL).auxiliary:
        assert logits.shape[:2] == (1, 4)
        assert all(n % small == 0 for n, small in zip(SHAPE, logits.shape[2:], strict=True))


def test_it_trains_in_bf16(network: SegmentationNetwork) -> None:
    # On a CPU, bf16 weight gradients are wrong where a level is one or two voxels wide, see `half_precision_is_safe`.
    images, available = head(1, shape=(48, 48, 48)), torch.tensor([[True, False, True, True]])
    with torch.autocast("cpu", torch.bfloat16):
        assert network.train()(images, available).fused.dtype == torch.bfloat16
        loss(network, images, available).backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert gradients and all(g.isfinite().all() for g in gradients)
    with torch.inference_mode():
        exact = network.eval()(images, available).fused
        with torch.autocast("cpu", torch.bfloat16):
            rough = network(images, available).fused.float()
    assert float((exact - rough).abs().mean()) < 0.1 * float(exact.std())


@torch.inference_mode()
def test_it_predicts_when_cast_to_bf16(network: SegmentationNetwork) -> None:
    images, available = head(2), torch.tensor([[True, False, True, True], [False, True, False, False]])
    exact = network(images, available, per_modality=True)
    rough = network.bfloat16()(images.bfloat16(), available, per_modality=True)
    assert rough.fused.dtype == torch.bfloat16
    assert float((exact.fused - rough.fused).abs().mean()) < 0.1 * float(exact.fused.std())
    assert float((exact.per_modality - rough.per_modality).abs().mean()) < 0.1 * float(exact.per_modality.std())


@torch.inference_mode()
def test_its_options_and_weights_are_all_that_a_folder_must_hold(network: SegmentationNetwork, tmp_path: Path) -> None:
    assert network.options == SMALL[network.name]
    card = Card(
        name="test",
        version="0",
        network={"name": network.name, "options": json.loads(json.dumps(network.options))},
        preprocessing=PreprocessingSettings((4.0, 4.0, 4.0)),
        parameters=0,
        sha256="",
        data=(),
        terms="",
        recipe={},
        licence="",
        limits=(),
    )
    Network(network, card).save(tmp_path)
    again = Network.load(tmp_path)
    assert again.card.parameters == parameter_count(network)
    # Weights are kept in half precision.
    torch.testing.assert_close(again.module(head(1), ALL).fused, network(head(1), ALL).fused, rtol=0.05, atol=0.05)
    study = make_phantom(seed=1, shape=(48, 56, 40), spacing_mm=4.0).study
    result = segment(study, again, settings=InferenceSettings(device="cpu", confidence=True))
    assert result.labels.shape == study.grid.shape
    assert result.confidence is not None and set(result.confidence.flat) <= {0, 1, 2, 3}


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


@pytest.mark.parametrize("kind", [M2FTrans, MmFormer])
@pytest.mark.parametrize(
    ("option", "says"),
    [
        ({"heads": 3}, "multiple of the 3 heads"),
        ({"width": 0}, "positive"),
        ({"grid": [8, 8]}, "three sizes"),
        ({"dropout": 1.0}, "dropout"),
    ],
)
def test_options_that_make_no_transformer_are_refused(
    kind: type[M2FTrans] | type[MmFormer], option: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        kind(**SMALL[kind.name] | option)


def test_space_to_depth_keeps_each_block_of_eight_together_and_is_undone() -> None:
    x = torch.arange(2 * 3 * 4 * 6 * 8).reshape(2, 3, 4, 6, 8)
    deep = space_to_depth(x)
    assert deep.shape == (2, 24, 2, 3, 4)
    block = x[1, 2, 2:4, 4:6, 6:8].flatten()
    assert torch.equal(deep[1, 16:24, 1, 2, 3], block)
    assert torch.equal(depth_to_space(deep), x)


def test_the_heads_to_learn_have_every_class() -> None:
    images, labels = two_heads(SHAPE)
    assert images.shape == (2, 4, *SHAPE)
    assert all(set(one.unique().tolist()) == {0, 1, 2, 3} for one in labels)
