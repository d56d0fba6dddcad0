"""The optimisers: AdamW for all weights, or Muon for kernels and matrices and AdamW for the rest.

Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon) makes the step of a whole matrix orthogonal, so that all
its directions move alike; few directions dominate a step of Adam. With the factor of Liu et al. 2025 (arXiv 2502.16982)
a step is about as long as AdamW's, so that both take the same learning rate and weight decay. Muon is written here, as
torch has one since 2.9 only, while 2.6 is allowed, and for matrices only, not for kernels of convolutions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from GSSCore.networks.base import NUM_CLASSES, NUM_MODALITIES
from GSSCore.training.recipe import ScheduleRecipe

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic Newton-Schulz step: they bring singular values near 1 fastest, not exactly to 1."""
STEPS = 5
RMS = 0.2
"""Root mean square of a step, in units of the learning rate: about that of AdamW's steps."""
TOGETHER = 2**24
"""Values of matrices that a GPU works off together, zeros included: 64 MiB."""


def make_optimisers(network: nn.Module, schedule: ScheduleRecipe) -> list[Optimizer]:
    """Return the optimisers that make a step together; each parameter is in one of them.

    Weight decay applies to kernels and matrices only: it does harm to biases, norm parameters, positions and
    temperatures. Of the kernels and matrices, Muon takes those that cover more than one voxel or lead to features. The
    output layers are left to AdamW, as Muon's authors advise.
    """
    weights, others = _sorted(network)
    optimisers: list[Optimizer] = []
    if schedule.optimiser == "muon":
        inner = [p for p in weights if _is_inner(p)]
        weights = [p for p in weights if not _is_inner(p)]
        optimisers.append(Muon(inner, schedule.weight_decay, schedule.momentum))
    groups = [{"params": weights, "weight_decay": schedule.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return [AdamW(groups, betas=schedule.betas), *optimisers]


def _sorted(network: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Return kernels and matrices, and all other parameters, each once and in the network's order.

    The shape alone does not tell them apart: the scale of a norm that depends on the available modalities has two
    dimensions, and a grid of positions has five.
    """
    is_weight = {
        parameter: name == "weight" and (parameter.ndim > 2 or isinstance(module, nn.Linear))
        for module in network.modules()
        for name, parameter in module.named_parameters(recurse=False)
    }
    return [p for p, weight in is_weight.items() if weight], [p for p, weight in is_weight.items() if not weight]


def _is_inner(weight: nn.Parameter) -> bool:
    """Tell whether a kernel covers more than one voxel, or a matrix has more outputs than classes or modalities."""
    return weight[0, 0].numel() > 1 if weight.ndim > 2 else len(weight) > max(NUM_CLASSES, NUM_MODALITIES)


class Muon(Optimizer):
    """Muon: momentum with orthogonal steps. Each kernel is treated as a matrix (outputs, everything else).

    Args:
        kernels: parameters of two dimensions or more.
        weight_decay: share of a kernel that a step takes away per unit of the learning rate.
        momentum: decay of the running average of the gradients; the step is Nesterov's.
    """

    def __init__(self, kernels: list[nn.Parameter], weight_decay: float = 0.0, momentum: float = 0.95) -> None:
        super().__init__(kernels, {"lr": 1e-3, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        """Change each kernel that has a gradient."""
        if closure is not None:
            raise ValueError("Muon computes no loss; call backward before step")
        for group in self.param_groups:
            kernels = [kernel for kernel in group["params"] if kernel.grad is not None]
            matrices = [self._towards(kernel, group["momentum"]) for kernel in kernels]
            for kernel, matrix in zip(kernels, all_orthogonalised(matrices), strict=True):
                step = RMS * math.sqrt(max(matrix.shape)) * matrix
                kernel.mul_(1.0 - group["lr"] * group["weight_decay"]).add_(step.view_as(kernel), alpha=-group["lr"])

    def _towards(self, kernel: Tensor, momentum: float) -> Tensor:
        """Take a kernel's gradient into its running average; return Nesterov's direction as a matrix."""
        assert kernel.grad is not None
        average: Tensor = self.state[kernel].setdefault("average", torch.zeros_like(kernel))
        average.lerp_(kernel.grad, 1.0 - momentum)
        return kernel.grad.lerp(average, momentum).reshape(len(kernel), -1)


def all_orthogonalised(matrices: Sequence[Tensor]) -> list[Tensor]:
    """Return each matrix `orthogonalised`."""
    if not matrices or matrices[0].device.type != "cuda":
        return [orthogonalised(matrix) for matrix in matrices]
    done: dict[int, Tensor] = {}
    for group in _groups(matrices):
        done |= zip(group, _together([matrices[number] for number in group]), strict=True)
    return [done[number] for number in range(len(matrices))]


def _groups(matrices: Sequence[Tensor]) -> list[list[int]]:
    """Return the numbers of the matrices in groups of similar size, each of `TOGETHER` values at most when padded."""
    groups: list[list[int]] = []
    room = (0, 0)
    for number in sorted(range(len(matrices)), key=lambda n: -matrices[n].numel()):
        short, long = sorted(matrices[number].shape)
        if not groups or (len(groups[-1]) + 1) * max(short, room[0]) * max(long, room[1]) > TOGETHER:
            groups.append([])
            room = (0, 0)
        groups[-1].append(number)
        room = (max(short, room[0]), max(long, room[1]))
    return groups


def _together(matrices: Sequence[Tensor]) -> list[Tensor]:
    """Return each matrix `orthogonalised`, all at once, as parts of matrices of zeros, which stay zero.

    One by one, the host takes longer to ask for the many small products than a GPU to compute them.
    """
    wide = [matrix.T if len(matrix) > matrix.shape[1] else matrix for matrix in matrices]
    rows, columns = (max(matrix.shape[axis] for matrix in wide) for axis in (0, 1))
    padded = torch.stack([F.pad(m, (0, columns - m.shape[1], 0, rows - m.shape[0])) for m in wide])
    level = orthogonalised(padded).unbind(0)
    cut = [one[: m.shape[0], : m.shape[1]] for one, m in zip(level, wide, strict=True)]
    return [(one if m is w else one.T).contiguous() for one, m, w in zip(cut, matrices, wide, strict=True)]


def orthogonalised(matrix: Tensor) -> Tensor:
    """Return nearly U V^T for each matrix U S V^T (..., rows, columns), in its own type; zero stays zero.

    Singular values that are not tiny beside the largest come out between about 0.7 and 1.2. Works in bf16.
    """
    a, b, c = COEFFICIENTS
    tall = matrix.shape[-2] > matrix.shape[-1]
    x = matrix.mT if tall else matrix
    x = (x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=1e-20)).bfloat16()
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    levelled: Tensor = (x.mT if tall else x).to(matrix.dtype)
    return levelled
