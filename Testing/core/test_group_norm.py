"""The quick backward pass of group normalisation, against torch's own."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.networks.layers.group_norm import group_norm

GROUPS = 4


def inputs(shape: tuple[int, ...], kind: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = 3.0 * torch.randn(shape, generator=generator, dtype=torch.float64) + 1.0
    weight, bias = torch.randn(2, shape[1], generator=generator, dtype=torch.float64)
    x = x.to(kind).contiguous(memory_format=torch.channels_last_3d)
    return x.requires_grad_(), weight.to(kind).requires_grad_(), bias.to(kind).requires_grad_()


@pytest.mark.parametrize("shape", [(1, 8, 4, 6, 2), (3, 12, 1, 3, 3), (2, 4, 1, 2, 3), (1, 16, 4, 4, 1)])
def test_gradients_are_those_of_finite_differences(shape: tuple[int, ...]) -> None:
    # fp64 cancels nothing: what is accumulated in fp32 limits it.
    x, weight, bias = inputs(shape, torch.float64)
    assert torch.autograd.gradcheck(
        lambda *args: group_norm(args[0], GROUPS, *args[1:]), (x, weight, bias), atol=1e-4, rtol=1e-4
    )


@pytest.mark.parametrize(("kind", "bound"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2)])
@pytest.mark.parametrize("shape", [(2, 16, 10, 6, 8), (1, 32, 7, 9, 5)])
def test_output_and_gradients_are_torchs(kind: torch.dtype, bound: float, shape: tuple[int, ...]) -> None:
    ours, exact = inputs(shape, kind), [t.detach().double().requires_grad_() for t in inputs(shape, kind)]
    slope = torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64).to(kind)
    result = group_norm(ours[0], GROUPS, *ours[1:])
    reference = F.group_norm(exact[0], GROUPS, exact[1], exact[2])
    assert torch.allclose(result.double(), reference, atol=30 * bound)
    gradients = torch.autograd.grad(result, ours, slope.contiguous(memory_format=torch.channels_last_3d))
    references = torch.autograd.grad(reference, exact, slope.double())
    for gradient, expected, tensor in zip(gradients, references, ours, strict=True):
        assert gradient.dtype == kind and gradient.shape == tensor.shape
        assert float((gradient.double() - expected).norm() / expected.norm()) < bound
    assert gradients[0].is_contiguous(memory_format=torch.channels_last_3d)


def test_quick_backward_is_used_only_where_it_helps() -> None:
    x, weight, bias = inputs((1, 8, 4, 6, 2), torch.float32)
    quick = group_norm(x, GROUPS, weight, bias)
    plain = group_norm(x.detach().contiguous(), GROUPS, weight, bias)
    with torch.no_grad():
        inference = group_norm(x, GROUPS, weight, bias)
    assert "_GroupNorm" in type(quick.grad_fn).__name__
    assert "_GroupNorm" not in type(plain.grad_fn).__name__
    assert inference.grad_fn is None
    assert torch.allclose(quick, plain, atol=1e-6) and torch.allclose(quick, inference, atol=1e-6)


def test_second_derivative_is_refused() -> None:
    x, weight, bias = inputs((1, 8, 4, 6, 2), torch.float32)
    (slope,) = torch.autograd.grad(group_norm(x, GROUPS, weight, bias).pow(2).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()
