"""RFNet, against slow and obvious versions of its parts. `test_networks` has what holds for all networks."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.gss.loss import gss_loss
from GSSCore.gss.settings import LossSettings
from GSSCore.networks import create
from GSSCore.networks.architectures.rfnet import EPSILON, ProbabilityMap, RegionFusion, RFNet
from GSSCore.networks.cost import cost
from GSSCore.networks.layers.encoders import masked_concat, upsample
from small_networks import ALL, EVERY_SUBSET, SHAPE, head, small

SIZE = (3, 2, 4)


@pytest.fixture
def network() -> RFNet:
    made = small("rfnet")
    assert isinstance(made, RFNet)
    return made


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@torch.inference_mode()
def test_fusion_weighs_the_modalities_in_each_class_for_itself() -> None:
    fusion = RegionFusion(4)
    joined = masked_concat(noise(15, 4, 4, *SIZE), EVERY_SUBSET)
    probabilities = (3.0 * noise(15, 4, *SIZE, seed=1)).softmax(1)
    found = fusion(joined, probabilities)
    assert found.shape == (15, 4, *SIZE)
    for b in range(15):
        classes = []
        for c in range(4):
            p = probabilities[b, c]
            share = p.mean()
            pooled = [(channel * p).mean() / (share + EPSILON) for channel in joined[b]]
            first, _, last = fusion.weights[c].layers
            assert first.weight.shape == (128, 4 * 4 + 1) and last.weight.shape == (4, 128)
            hidden = F.leaky_relu(first.weight @ torch.stack([*pooled, share]) + first.bias, 0.2)
            weights = 1.0 / (1.0 + (-(last.weight @ hidden + last.bias)).exp())
            fused = torch.zeros(4, *SIZE)
            for m in range(4):
                fused += weights[m] * p * joined[b, 4 * m : 4 * m + 4]
            classes.append(fused)
        expected = torch.cat((fusion.regions(torch.cat(classes)[None]), fusion.shortcut(joined[b : b + 1])), 1)[0]
        torch.testing.assert_close(found[b], expected, rtol=1e-3, atol=1e-4)


@torch.inference_mode()
def test_what_a_region_shows_is_judged_whatever_its_size() -> None:
    fusion, shown = RegionFusion(4), noise(1, 16)
    seen: list[tuple[Tensor, Tensor]] = []
    for weigh in fusion.weights:
        weigh.register_forward_pre_hook(lambda module, args: seen.append(args))
    # Regions of a tenth, two, three and four tenths, in which a channel is one value.
    labels = torch.tensor([0] + [1] * 2 + [2] * 3 + [3] * 4)
    probabilities = F.one_hot(labels, 4).T.float().reshape(1, 4, 10, 1, 1)
    fusion((shown[:, :, None] * (1.0 + labels)).reshape(1, 16, 10, 1, 1), probabilities)
    for label, (pooled, share) in enumerate(seen):
        torch.testing.assert_close(pooled, (1.0 + label) * shown, rtol=0.015, atol=1e-6)
        assert float(share) == pytest.approx(0.1 * (1 + label))


@torch.inference_mode()
def test_a_map_sees_the_decoder_but_at_the_deepest_level() -> None:
    joined, decoded = noise(2, 16, *SIZE), noise(2, 4, *SIZE, seed=1)
    deepest, other = ProbabilityMap(4, with_decoder=False), ProbabilityMap(4, with_decoder=True)
    assert deepest(joined, None).shape == other(joined, decoded).shape == (2, 4, *SIZE)
    assert not torch.allclose(other(joined, decoded), other(joined, 2.0 * decoded + 1.0))


@torch.inference_mode()
def test_the_decoder_takes_its_regions_from_what_it_decoded_so_far(network: RFNet) -> None:
    decoder = network.decoder
    joined = [masked_concat(level, ALL) for level in network.encoders(head(1), ALL)]
    logits, maps = decoder(joined)
    x = decoder.fusions[3](joined[3], decoder.maps[3](joined[3], None).softmax(1))
    for level in (2, 1, 0):
        up = decoder.ups[level](upsample(x))
        of_level = decoder.maps[level](joined[level], up)
        torch.testing.assert_close(maps[3 - level], of_level)
        x = decoder.joins[level](torch.cat((decoder.fusions[level](joined[level], of_level.softmax(1)), up), 1))
    torch.testing.assert_close(logits, decoder.head(x))


def test_the_prediction_does_not_train_the_maps_but_their_own_scores_do(network: RFNet) -> None:
    labels = torch.zeros(1, *SHAPE, dtype=torch.long)
    for weight, trained in ((0.0, False), (1.0, True)):
        network.train().zero_grad(set_to_none=True)
        gss_loss(network(head(1), ALL), labels, ALL, LossSettings(auxiliary_weight=weight)).total.backward()
        for of_level in network.decoder.maps:
            assert all((p.grad is not None) == trained for p in of_level.head.parameters())
            assert all((p.grad is not None) == trained for p in of_level.embed.parameters())


def test_a_map_s_own_score_trains_all_that_the_map_was_made_from(network: RFNet) -> None:
    network.train()(head(1), ALL).auxiliary[-1].square().mean().backward()
    decoder = network.decoder
    for part in (network.encoders, decoder.ups, decoder.fusions[1:], decoder.joins[1:], decoder.maps[0]):
        assert all(p.grad is not None for p in part.parameters())
    for part in (decoder.fusions[0], decoder.joins[0], decoder.head, decoder.maps[1:]):
        assert all(p.grad is None for p in part.parameters())


def test_every_kernel_is_moved_by_what_is_learnt_from_all_modalities(network: RFNet) -> None:
    labels = torch.arange(SHAPE[0] * SHAPE[1] * SHAPE[2]).reshape(1, *SHAPE) % 4
    output = network.train()(head(1), ALL, per_modality=True)
    gss_loss(output, labels, ALL, LossSettings(auxiliary_weight=0.5)).total.backward()
    # Biases are left out: the normalisation after a convolution takes them away again.
    assert not [name for name, p in network.named_parameters() if p.ndim > 1 and (p.grad is None or not p.grad.any())]


@pytest.mark.parametrize("shape", [(8, 8, 8), (8, 24, 40)])
def test_multiples_of_8_work_down_to_a_single_voxel_at_the_deepest_level(
    network: RFNet, shape: tuple[int, int, int]
) -> None:
    output = network.train()(head(1, shape=shape), ALL, per_modality=True)
    assert output.fused.shape == (1, 4, *shape)
    assert output.auxiliary[0].shape == (1, 4, *(n // 8 for n in shape))
    assert all(logits.isfinite().all() for logits in (output.fused, output.per_modality, *output.auxiliary))


def test_auxiliary_logits_come_in_training_from_each_level(network: RFNet) -> None:
    sizes = [tuple(logits.shape) for logits in network.train()(head(1), ALL).auxiliary]
    assert sizes == [(1, 4, *(n // 2**level for n in SHAPE)) for level in (3, 2, 1, 0)]


@pytest.mark.parametrize("width", [0, 1, 5])
def test_a_width_that_cannot_be_halved_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match="even width"):
        RFNet(width)


@pytest.mark.parametrize(("width", "millions", "gmacs"), [(16, 9.0, 102.0), (8, 2.4, 26.0)])
def test_it_is_as_large_and_as_costly_as_it_should_be(width: int, millions: float, gmacs: float) -> None:
    # Nearly everything grows with the number of voxels: a small volume tells what one of 80 x 80 x 80 costs.
    found = cost(create("rfnet", width=width), (32, 32, 32))
    assert found.parameters == pytest.approx(1e6 * millions, rel=0.1)
    assert found.gmacs * (80 / 32) ** 3 == pytest.approx(gmacs, rel=0.1)
