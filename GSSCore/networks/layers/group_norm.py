"""Group normalisation with a quick backward pass on a CPU.

Written by hand for speed: torch's own (seen in 2.13) takes ten times as long for the gradient of a bf16 image in
channels-last memory. This is the same formula, as sums over voxels and one weighted sum of input and gradient.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

EPSILON = 1e-5


def group_norm(x: Tensor, groups: int, weight: Tensor, bias: Tensor) -> Tensor:
    """Return `x` (B, C, D, H, W) normalised over each of `groups` groups of channels, scaled and shifted.

    Equals `torch.nn.functional.group_norm`. On a CPU in channels-last memory it can't be differentiated twice.

    Args:
        x: images.
        groups: divides C.
        weight, bias: (C,), of the type of `x`.
    """
    quick = x.device.type == "cpu" and x.is_contiguous(memory_format=torch.channels_last_3d)
    if quick and torch.is_grad_enabled():
        normalised: Tensor = _GroupNorm.apply(x, groups, weight, bias)  # type: ignore[no-untyped-call]
        return normalised
    return F.group_norm(x, groups, weight, bias, EPSILON)


class _GroupNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, groups: int, weight: Tensor, bias: Tensor) -> Tensor:
        samples, channels = x.shape[:2]
        result, mean, rstd = torch.native_group_norm(
            x, weight, bias, samples, channels, x[0, 0].numel(), groups, EPSILON
        )
        ctx.groups = groups
        ctx.save_for_backward(x, weight, mean, rstd)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, Tensor, Tensor]:
        x, weight, mean, rstd = ctx.saved_tensors
        pairs = zip(x.unbind(0), gradient.unbind(0), mean.float(), rstd.float(), strict=True)
        parts = [_gradients(*pair, weight) for pair in pairs]
        by_x, by_weight, by_bias = (torch.stack(each) for each in zip(*parts, strict=True))
        by_x = by_x.permute(0, 4, 1, 2, 3)
        return by_x, None, by_weight.sum(0).to(weight.dtype), by_bias.sum(0).to(weight.dtype)


def _gradients(
    x: Tensor, gradient: Tensor, mean: Tensor, rstd: Tensor, weight: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients by one sample's voxels (D, H, W, C), and by weight and bias (C,), both in fp32.

    Args:
        x, gradient: (C, D, H, W), of the input, and by the output.
        mean, rstd: (G,), of the input's groups: mean, and one over the standard deviation.
        weight: (C,).
    """
    channels, groups = len(x), len(mean)
    voxels, members = x[0].numel(), channels // groups
    # Several voxels form one row: a loop over the few channels of one voxel would not be vectorised.
    lanes = next(n for n in (16, 8, 4, 2, 1) if voxels % n == 0)
    rows = x.permute(1, 2, 3, 0).reshape(-1, lanes * channels)
    slopes = gradient.permute(1, 2, 3, 0).reshape(-1, lanes * channels)

    def per_group(values: Tensor) -> Tensor:
        return values.sum(0, dtype=torch.float32).view(lanes, groups, members).sum(0)

    mean, rstd = mean[:, None], rstd[:, None]
    by_bias, product = per_group(slopes), per_group(slopes * rows)
    by_weight = rstd * (product - mean * by_bias)
    # With n = (x - mean) rstd, and g the gradient by n, that by x is rstd (g - average(g) - n average(g n)).
    scale = weight.float().view(groups, members)
    average = (scale * by_bias).sum(1, keepdim=True) / (voxels * members)
    aligned = (scale * by_weight).sum(1, keepdim=True) / (voxels * members)

    def spread(values: Tensor) -> Tensor:
        return values.expand(groups, members).reshape(-1).to(x.dtype).repeat(lanes)

    constant, slope = rstd * (mean * rstd * aligned - average), -(rstd**2) * aligned
    by_x = torch.addcmul(spread(constant), rows, spread(slope)).addcmul_(slopes, spread(rstd * scale))
    return by_x.view(*x.shape[1:], channels), by_weight.view(-1), by_bias.view(-1)
