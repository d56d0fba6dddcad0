"""Muon against its definition, and which optimiser has which parameter."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.optim import AdamW

from GSSCore.errors import InputError
from GSSCore.networks import create, names
from GSSCore.training.checkpoint import load_checkpoint, save_checkpoint
from GSSCore.training.optimisers import RMS, TOGETHER, Muon, _groups, _together, make_optimisers, orthogonalised
from GSSCore.training.recipe import ScheduleRecipe

MUON = ScheduleRecipe(optimiser="muon")


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(8, 8), (8, 54), (54, 8), (1, 27)])
def test_orthogonalised_keeps_directions_and_levels_singular_values(shape: tuple[int, int]) -> None:
    matrix = 1e-4 * random(*shape)
    u, _, vh = torch.linalg.svd(matrix, full_matrices=False)
    levelled = u.T @ orthogonalised(matrix) @ vh.T
    values = levelled.diagonal()
    assert float(values.min()) > 0.6 and float(values.max()) < 1.3
    assert float((levelled - values.diag()).abs().max()) < 0.1


def test_orthogonalised_zero_is_zero() -> None:
    assert torch.equal(orthogonalised(torch.zeros(4, 6)), torch.zeros(4, 6))


def test_steps_follow_the_formula() -> None:
    start, gradients = random(4, 2, 3, 1, 2), [random(4, 2, 3, 1, 2, seed=s) for s in (1, 2)]
    kernel = nn.Parameter(start.clone())
    muon = Muon([kernel], weight_decay=0.5, momentum=0.9)
    muon.param_groups[0]["lr"] = 0.1
    average, expected = torch.zeros_like(start), start
    for gradient in gradients:
        kernel.grad = gradient
        muon.step()
        average = 0.9 * average + 0.1 * gradient
        ahead = (0.1 * gradient + 0.9 * average).flatten(1)
        u, _, vh = torch.linalg.svd(ahead, full_matrices=False)
        exact = RMS * math.sqrt(12) * (u @ vh).view_as(start)
        moved = (1 - 0.1 * 0.5) * expected - 0.1 * exact
        # Newton-Schulz levels singular values to 1 within a third only.
        assert float((kernel.detach() - moved).norm()) < 0.35 * float((0.1 * exact).norm())
        expected = kernel.detach().clone()


def test_a_step_is_as_long_as_adams() -> None:
    kernel = nn.Parameter(torch.zeros(16, 8, 3, 3, 3))
    muon = Muon([kernel])
    kernel.grad = random(16, 8, 3, 3, 3)
    muon.step()
    assert float(kernel.detach().pow(2).mean().sqrt()) == pytest.approx(RMS * 1e-3, rel=0.3)


def test_a_kernel_without_gradient_stays() -> None:
    kernels = [nn.Parameter(random(4, 4, 3, 3, 3)) for _ in range(2)]
    before = kernels[0].detach().clone()
    kernels[1].grad = torch.ones_like(kernels[1])
    Muon(kernels, weight_decay=0.1).step()
    assert torch.equal(kernels[0], before)


def test_a_closure_is_refused() -> None:
    with pytest.raises(ValueError, match="call backward"):
        Muon([nn.Parameter(torch.zeros(2, 2))]).step(lambda: 0.0)


@pytest.mark.parametrize("name", ["adamw", "muon"])
def test_each_parameter_has_one_optimiser(name: str) -> None:
    network = create("unet", widths=[8, 8, 8, 8])
    optimisers = make_optimisers(network, ScheduleRecipe(optimiser=name))  # type: ignore[arg-type]
    held = [p for o in optimisers for group in o.param_groups for p in group["params"]]
    assert len(held) == len({id(p) for p in held}) == len(list(network.parameters()))
    assert [type(o) for o in optimisers] == ([AdamW] if name == "adamw" else [AdamW, Muon])


def test_muon_has_kernels_with_a_window_and_adamw_the_head_and_the_norms() -> None:
    network = create("unet", widths=[8, 8, 8, 8])
    adamw, muon = make_optimisers(network, MUON)
    names = {id(p): name for name, p in network.named_parameters()}
    of_muon = {names[id(p)] for p in muon.param_groups[0]["params"]}
    of_adamw = {names[id(p)] for group in adamw.param_groups for p in group["params"]}
    assert all("conv" in name for name in of_muon) and "encoder.0.conv1.weight" in of_muon
    assert {"head.base.weight", "head.base.bias", "encoder.0.norm1.weight", "decoder.0.narrow.weight"} <= of_adamw
    assert muon.param_groups[0]["weight_decay"] == MUON.weight_decay


def held(network: nn.Module, optimiser: str) -> list[set[str]]:
    """The names of the parameters in AdamW's two groups, and in Muon's."""
    of = {id(p): name for name, p in network.named_parameters()}
    optimisers = make_optimisers(network, ScheduleRecipe(optimiser=optimiser))  # type: ignore[arg-type]
    return [{of[id(p)] for p in group["params"]} for o in optimisers for group in o.param_groups]


@pytest.fixture(scope="module", params=names())
def network(request: pytest.FixtureRequest) -> nn.Module:
    with torch.device("meta"):
        return create(request.param)


def test_all_kernels_and_matrices_of_every_network_decay_and_nothing_else_does(network: nn.Module) -> None:
    decaying, others = held(network, "adamw")
    norms = ("Norm", "LearnedGrid", "ChannelAttention")
    for place, module in network.named_modules():
        for name, parameter in module.named_parameters(recurse=False):
            full = f"{place}.{name}"
            if name == "weight" and not type(module).__name__.endswith(norms):
                assert parameter.ndim >= 2 and full in decaying, full
            else:
                assert full in others, full


def test_muon_has_the_matrices_between_features_of_every_network_and_adamw_what_puts_out(network: nn.Module) -> None:
    decaying, others, muon = held(network, "muon")
    linear = {f"{n}.weight": m for n, m in network.named_modules() if isinstance(m, nn.Linear)}
    assert {name for name, m in linear.items() if m.out_features > 4} == set(linear) & muon
    assert {name for name, m in linear.items() if m.out_features <= 4} == set(linear) & decaying
    assert not {name for name in muon | decaying if name.endswith((".bias", ".values", ".temperature"))}
    assert others and not (decaying & others or decaying & muon or others & muon)


def test_the_transformers_have_matrices_for_muon() -> None:
    for name, least in (("mmformer", 20), ("m2ftrans", 20)):
        with torch.device("meta"):
            network = create(name)
        linear = {f"{n}.weight" for n, m in network.named_modules() if isinstance(m, nn.Linear)}
        assert len(linear & held(network, "muon")[2]) >= least


def test_a_checkpoint_of_optimisers_with_other_parameters_is_refused(tmp_path: Path) -> None:
    """As those of the transformers had before matrices decayed: their states would go to the wrong parameters."""
    network = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2))
    parameters = list(network.parameters())
    before = AdamW([{"params": []}, {"params": parameters}])
    for p in parameters:
        p.grad = torch.ones_like(p)
    before.step()
    save_checkpoint(tmp_path / "c", 1, network, network, [before], {}, bf16=False)
    assert load_checkpoint(tmp_path / "c", network, network, [AdamW(parameters)], {}) == (1, False)
    with pytest.raises(InputError, match="divides the parameters among its optimisers in another way"):
        load_checkpoint(tmp_path / "c", network, network, make_optimisers(network, ScheduleRecipe()), {})


def test_matrices_worked_off_together_come_out_as_one_by_one() -> None:
    generator = torch.Generator().manual_seed(4)
    shapes = [(8, 40), (16, 27), (30, 6), (16, 27)]
    matrices = [torch.randn(shape, generator=generator) for shape in shapes]
    for one, matrix in zip(_together(matrices), matrices, strict=True):
        assert one.shape == matrix.shape
        assert one.is_contiguous()
        torch.testing.assert_close(one, orthogonalised(matrix), atol=0.02, rtol=0.0)  # bf16


def test_matrices_that_would_take_much_room_are_not_padded_to_one_size() -> None:
    shapes = [(64, 3000), (2, 50), (3000, 64), (2048, 4096), (1024, 4096), (1, 7)]
    matrices = [torch.empty(shape, device="meta") for shape in shapes]
    groups = _groups(matrices)
    assert sorted(number for group in groups for number in group) == list(range(len(shapes)))
    for group in groups:
        short, long = (max(sorted(shapes[number])[axis] for number in group) for axis in (0, 1))
        assert len(group) == 1 or len(group) * short * long <= TOGETHER
    assert len(groups) < len(shapes)
