"""ShaSpec, against slow and obvious versions of its parts. `test_networks` has what holds for all networks."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.gss.loss import gss_loss
from GSSCore.gss.settings import LossSettings
from GSSCore.networks.architectures.shaspec import (
    Encoder,
    Norm,
    Pyramid,
    ShaSpec,
    StandardisedConv,
    complete,
    domain_loss,
    shared_loss,
)
from GSSCore.networks.cost import cost
from small_networks import ALL, EVERY_SUBSET, SMALL, head, small

SIZE = (2, 3, 1)
Values = dict[str, Tensor]


@pytest.fixture
def network() -> ShaSpec:
    made = small("shaspec")
    assert isinstance(made, ShaSpec)
    return made


def features(seed: int, channels: int = 3) -> Tensor:
    return torch.randn(15, 4, channels, *SIZE, generator=torch.Generator().manual_seed(seed))


def convolve(values: Values, name: str, x: Tensor, stride: int = 1, dilation: int = 1) -> Tensor:
    kernel = values[f"{name}.weight"]
    flat = kernel.flatten(1)
    flat = (flat - flat.mean(1, keepdim=True)) / (flat.std(1, correction=0, keepdim=True) * math.sqrt(flat.shape[1]))
    return F.conv3d(x, flat.view_as(kernel), None, stride, dilation * (kernel.shape[-1] // 2), dilation)


def block(values: Values, name: str, x: Tensor, stride: int = 1, dilation: int = 1, bent: bool = True) -> Tensor:
    x = convolve(values, f"{name}.conv", x, stride, dilation)
    x = F.instance_norm(x, weight=values[f"{name}.norm.weight"], bias=values[f"{name}.norm.bias"])
    return F.leaky_relu(x, 0.01) if bent else x


def encode(values: Values, name: str, image: Tensor) -> list[Tensor]:
    """All levels of one image, by an encoder with a block in each stage, the lowest resolution last."""
    levels = [block(values, f"{name}.stem", image)]
    x = F.max_pool3d(levels[0], 2)
    for number in range(4):
        stage, stride = f"{name}.stages.{number}.0", 1 if number == 0 else 2
        inside = block(values, f"{stage}.body.1", block(values, f"{stage}.body.0", x), stride)
        shortcut = x
        if f"{stage}.shortcut.conv.weight" in values:
            shortcut = block(values, f"{stage}.shortcut", x, stride, bent=False)
        x = F.leaky_relu(block(values, f"{stage}.body.2", inside, bent=False) + shortcut, 0.01)
        levels.append(x)
    x, end = block(values, f"{name}.end.0", x), f"{name}.end.1"
    views = [block(values, f"{end}.views.{view}", x, dilation=d) for view, d in enumerate((1, 2, 4, 8))]
    whole = F.leaky_relu(convolve(values, f"{end}.whole", x.mean((2, 3, 4), keepdim=True)), 0.01)
    joined = block(values, f"{end}.join", torch.cat(views, 1), bent=False)
    return [*levels[:-1], F.leaky_relu(joined + convolve(values, f"{end}.join_whole", whole), 0.01)]


def predict(values: Values, images: Tensor, here: list[int]) -> Tensor:
    """The fused logits of one sample (1, M, D, H, W), one modality of `here` after the other."""
    levels = {m: encode(values, "shared", images[:, m : m + 1]) for m in here}
    fused = [levels[here[0]][-1]] * 4
    for m in here:
        shared, specific = levels[m][-1], encode(values, f"specific.{m}", images[:, m : m + 1])[-1]
        both = torch.cat((shared, specific), 1)
        fused[m] = shared + F.conv3d(both, values["fuse.weight"], values["fuse.bias"], padding=1)
    x = torch.cat(fused, 1)
    for step in range(4):
        up, narrow, convs = f"decoder.ups.{step}", f"skips.{step}", f"decoder.convs.{step}"
        skip = torch.stack([levels[m][3 - step] for m in here]).mean(0)
        x = F.conv_transpose3d(x, values[f"{up}.weight"], values[f"{up}.bias"], stride=2)
        x = block(values, convs, x + F.conv3d(skip, values[f"{narrow}.weight"], values[f"{narrow}.bias"]))
    return F.conv3d(x, values["decoder.head.weight"], values["decoder.head.bias"])


@torch.inference_mode()
def test_the_whole_network_equals_one_written_out_modality_by_modality(network: ShaSpec) -> None:
    values, images = network.state_dict(), head(15, shape=(32, 48, 32))
    output = network(images, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET.tolist()):
        expected = predict(values, images[b : b + 1], [m for m in range(4) if available[m]])
        torch.testing.assert_close(output.fused[b : b + 1], expected, rtol=1e-3, atol=1e-4)


def test_a_missing_modality_takes_the_shared_features_of_the_first_available_one() -> None:
    fused, shared = features(1), features(2)
    completed = complete(fused, shared, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET.tolist()):
        first = available.index(True)
        for m in range(4):
            expected = fused[b, m] if available[m] else shared[b, first]
            assert torch.equal(completed[b, m], expected)


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
def test_the_loss_weighs_them_with_distillation_and_without(network: ShaSpec, guided: bool) -> None:
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


def test_every_view_of_the_pyramid_counts_the_whole_volume_too() -> None:
    torch.manual_seed(0)
    pyramid = Pyramid(4)
    (pyramid(torch.randn(2, 4, 3, 4, 5)) * torch.randn(2, 4, 3, 4, 5)).sum().backward()
    assert all(float(p.grad.abs().max()) > 1e-3 for p in pyramid.parameters())
    # Normalised, a single voxel says nothing; pooled, it does.
    one, other = pyramid(torch.randn(2, 4, 1, 1, 1))
    assert not torch.allclose(one, other)


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
