"""ShaSpec, against slow and obvious versions of its parts. `test_networks` has what holds for all networks."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.gss.loss import gss_loss
from GSSCore.gss.settings import LossSettings
from GSSCore.networks.cost import cost
from GSSCore.networks.shaspec import (
    Encoder,
    Norm,
    ShaSpec,
    StandardisedConv,
    complete,
    domain_loss,
    mean_of_available,
    shared_loss,
)
from small_networks import ALL, EVERY_SUBSET, SMALL, head, small

SIZE = (2, 3, 1)


@pytest.fixture
def network() -> ShaSpec:
    made = small("shaspec")
    assert isinstance(made, ShaSpec)
    return made


def features(seed: int, channels: int = 3) -> Tensor:
    return torch.randn(15, 4, channels, *SIZE, generator=torch.Generator().manual_seed(seed))


def test_a_missing_modality_takes_the_shared_features_of_the_first_available_one() -> None:
    fused, shared = features(1), features(2)
    completed = complete(fused, shared, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET.tolist()):
        first = available.index(True)
        for m in range(4):
            expected = fused[b, m] if available[m] else shared[b, first]
            assert torch.equal(completed[b, m], expected)


def test_skips_are_the_mean_over_what_is_available() -> None:
    skips = features(3)
    mean = mean_of_available(skips, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET):
        torch.testing.assert_close(mean[b], skips[b, available].mean(0))


def test_the_shared_loss_is_the_mean_distance_of_available_pairs() -> None:
    shared = features(4)
    found = shared_loss(shared, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET.tolist()):
        here = [m for m in range(4) if available[m]]
        flat = shared[b].flatten(1).tolist()
        distances = [
            sum(abs(x - y) for x, y in zip(flat[m], flat[n], strict=True)) / len(flat[m])
            for i, m in enumerate(here)
            for n in here[i + 1 :]
        ]
        expected = sum(distances) / len(distances) if distances else 0.0
        assert float(found[b]) == pytest.approx(expected, rel=1e-5)


def test_the_domain_loss_is_the_cross_entropy_of_the_available_modalities() -> None:
    domains = torch.randn(15, 4, 4, generator=torch.Generator().manual_seed(5))
    found = domain_loss(domains, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET.tolist()):
        here = [m for m in range(4) if available[m]]
        entropies = [math.log(sum(map(math.exp, domains[b, m].tolist()))) - float(domains[b, m, m]) for m in here]
        assert float(found[b]) == pytest.approx(sum(entropies) / len(here), rel=1e-4)


def test_own_losses_come_from_what_is_available_and_move_the_weights_that_they_should(network: ShaSpec) -> None:
    available = torch.tensor([[True, False, True, False], [False, True, False, False]])
    output = network.train()(head(2), available)
    assert set(output.own_losses) == {"shared", "domain"}
    shared, domain = output.own_losses["shared"], output.own_losses["domain"]
    assert shared.shape == domain.shape == (2,)
    assert shared[0] > 0.0 and shared[1] == 0.0
    shared.sum().backward(retain_graph=True)
    assert all(p.grad is None for p in network.specific.parameters())
    assert any(p.grad is not None and p.grad.any() for p in network.shared.parameters())
    network.zero_grad()
    domain.sum().backward()
    assert not any(p.grad is not None and p.grad.any() for p in network.shared.parameters())
    moved = [any(p.grad is not None and p.grad.any() for p in one.parameters()) for one in network.specific]
    assert moved == [True, True, True, False]


@pytest.mark.parametrize("guided", [False, True])
def test_the_loss_weighs_them_with_the_pull_and_without(network: ShaSpec, guided: bool) -> None:
    labels = torch.zeros(1, *head(1).shape[2:], dtype=torch.long)
    output = network.train()(head(1), ALL, per_modality=guided)
    plain = LossSettings(shared_weight=0.0, domain_weight=0.0)
    extra = gss_loss(output, labels, ALL).total - gss_loss(output, labels, ALL, plain).total
    expected = 0.1 * output.own_losses["shared"] + 0.02 * output.own_losses["domain"]
    assert float(extra.detach()) == pytest.approx(float(expected.detach()), rel=1e-3)


def test_a_standardised_kernel_has_mean_0_and_keeps_the_size_of_activations() -> None:
    torch.manual_seed(0)
    conv = StandardisedConv(6, 5, kernel=3)
    torch.nn.init.normal_(conv.weight, mean=3.0, std=7.0)
    x = torch.randn(2, 6, 4, 5, 6)
    for o in range(5):
        kernel = conv.weight[o].detach()
        kernel = (kernel - kernel.mean()) / kernel.std(correction=0) / math.sqrt(kernel.numel())
        expected = F.conv3d(x, kernel[None], padding=1)[:, 0]
        torch.testing.assert_close(conv(x)[:, o].detach(), expected, rtol=1e-3, atol=1e-4)
    assert float(conv(torch.randn(1, 6, 24, 24, 24)).std().detach()) == pytest.approx(1.0, rel=0.15)


def test_instance_normalisation_of_a_single_voxel_is_the_shift() -> None:
    norm = Norm(3)
    torch.nn.init.normal_(norm.bias)
    torch.testing.assert_close(norm(torch.randn(2, 3, 1, 1, 1)).detach()[1, :, 0, 0, 0], norm.bias.detach())


def test_an_encoder_goes_down_by_sixteen_and_ends_four_times_as_wide() -> None:
    levels = Encoder(4, (1, 1, 2, 1))(torch.randn(2, 1, 16, 32, 48))
    assert [tuple(level.shape[1:]) for level in levels] == [
        (4, 16, 32, 48),
        (16, 8, 16, 24),
        (32, 4, 8, 12),
        (64, 2, 4, 6),
        (16, 1, 2, 3),
    ]


def test_only_what_is_available_is_encoded(network: ShaSpec) -> None:
    seen: list[int] = []
    for encoder in (network.shared, *network.specific):
        encoder.register_forward_hook(lambda module, args, result: seen.append(len(args[0])))
    network(head(2), torch.tensor([[True, False, True, False], [True, False, False, False]]))
    assert seen == [3, 2, 1]


@pytest.mark.parametrize(
    ("option", "says"),
    [({"width": 3}, "even width"), ({"blocks": [1, 1, 1]}, "four"), ({"blocks": [1, 1, 0, 1]}, "four")],
)
def test_options_that_make_no_network_are_refused(option: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ShaSpec(**SMALL["shaspec"] | option)


def test_it_is_as_large_and_as_costly_as_it_should_be() -> None:
    # Nearly everything grows with the number of voxels: a small volume tells what one of 80 x 80 x 80 costs.
    small_one = cost(ShaSpec(), (32, 32, 32))
    assert small_one.parameters == pytest.approx(123e6, rel=0.1)
    assert small_one.gmacs * (80 / 32) ** 3 == pytest.approx(352, rel=0.1)
    assert small_one.single_gmacs < 0.4 * small_one.gmacs
