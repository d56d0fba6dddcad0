"""The default network: a small U-Net over space-to-depth that fuses the modalities in its first convolution.

Each modality's 2 x 2 x 2 voxels become 8 channels at half the resolution, so that the most expensive resolution costs
an eighth. The logits still have full resolution, as the head adds a residual for each of the 8 sub-voxels. A missing
modality is zero in the first convolution. It has no part in the normalisation layers either: their scale and shift are
the mean of the available modalities' own parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from GSSCore.networks.base import (
    NUM_CLASSES,
    NUM_MODALITIES,
    NetworkOutput,
    SegmentationNetwork,
    blank_missing,
)
from GSSCore.networks.layers.group_norm import group_norm
from GSSCore.networks.layers.passes import fused_and_single

SUBVOXELS = 8


def space_to_depth(x: Tensor) -> Tensor:
    """Turn (B, C, 2D, 2H, 2W) into (B, 8C, D, H, W): each 2 x 2 x 2 block becomes 8 channels of its source channel."""
    b, c, d, h, w = x.shape
    x = x.reshape(b, c, d // 2, 2, h // 2, 2, w // 2, 2)
    return x.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(b, c * SUBVOXELS, d // 2, h // 2, w // 2)


def depth_to_space(x: Tensor) -> Tensor:
    """Turn (B, 8C, D, H, W) into (B, C, 2D, 2H, 2W); the inverse of `space_to_depth`."""
    b, c8, d, h, w = x.shape
    x = x.reshape(b, c8 // SUBVOXELS, 2, 2, 2, d, h, w)
    return x.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(b, c8 // SUBVOXELS, 2 * d, 2 * h, 2 * w)


class AvailabilityNorm(nn.Module):
    """Group normalisation whose scale and shift are the mean of the available modalities' own parameters."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.ones(NUM_MODALITIES, channels))
        self.bias = nn.Parameter(torch.zeros(NUM_MODALITIES, channels))

    def forward(self, x: Tensor, share: Tensor) -> Tensor:
        """Normalise `x` (B, C, D, H, W); `share` (B, M) holds 1/n for each of a sample's n available modalities."""
        weight, bias = (share @ self.weight).to(x.dtype), (share @ self.bias).to(x.dtype)
        if len(x) == 1:
            return group_norm(x, self.groups, weight[0], bias[0])
        # See `encoders.instance_norm`.
        x = F.group_norm(x, self.groups).to(x.dtype)
        return torch.addcmul(bias[:, :, None, None, None], x, weight[:, :, None, None, None])


class ResidualBlock(nn.Module):
    """Two normalised 3 x 3 x 3 convolutions and a shortcut by a 1 x 1 x 1; the first may halve the resolution."""

    def __init__(self, inputs: int, outputs: int, groups: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = AvailabilityNorm(outputs, groups)
        self.conv2 = nn.Conv3d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = AvailabilityNorm(outputs, groups)
        self.shortcut = nn.Conv3d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: Tensor, share: Tensor) -> Tensor:
        """Return (B, outputs, ...) from `x` (B, inputs, D, H, W)."""
        y = F.leaky_relu(self.norm1(self.conv1(x), share), 0.01, inplace=True)
        y = self.norm2(self.conv2(y), share) + self.shortcut(x)
        return F.leaky_relu(y, 0.01, inplace=True)


class UpBlock(nn.Module):
    """Nearest-neighbour upsampling, the skip beside it, and one normalised 3 x 3 x 3 convolution."""

    def __init__(self, inputs: int, skip: int, groups: int) -> None:
        super().__init__()
        # Channels are narrowed before the upsampling, where a convolution costs an eighth of one after it.
        self.narrow = nn.Conv3d(inputs, skip, 1, bias=False)
        self.conv = nn.Conv3d(2 * skip, skip, 3, 1, 1, bias=False)
        self.norm = AvailabilityNorm(skip, groups)

    def forward(self, x: Tensor, skip: Tensor, share: Tensor) -> Tensor:
        """Return (B, skip channels, D, H, W) from `x` at half the resolution and `skip` at full."""
        # Nearest has a deterministic backward pass on CUDA; trilinear does not.
        up = F.interpolate(self.narrow(x), scale_factor=2.0, mode="nearest")
        return F.leaky_relu(self.norm(self.conv(torch.cat((up, skip), 1)), share), 0.01, inplace=True)


class Pointwise(nn.Module):
    """Weight and bias of a 1 x 1 x 1 convolution."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs, 1, 1, 1))
        self.bias = nn.Parameter(torch.zeros(outputs))


class Head(nn.Module):
    """Full-resolution logits from half-resolution features: base logits, plus a residual for each sub-voxel."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.base = Pointwise(inputs, NUM_CLASSES)
        self.residual = Pointwise(inputs, NUM_CLASSES * SUBVOXELS)
        nn.init.normal_(self.base.weight, std=inputs**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, C, 2D, 2H, 2W) from `x` (B, inputs, D, H, W)."""
        # One convolution with the summed weights gives the sum of the two.
        weight = self.base.weight.repeat_interleave(SUBVOXELS, dim=0) + self.residual.weight
        bias = self.base.bias.repeat_interleave(SUBVOXELS, dim=0) + self.residual.bias
        return depth_to_space(F.conv3d(x, weight, bias))


@dataclass(frozen=True)
class UNetFeatures:
    """The features between `encode` and `decode`: the images, as the first convolution fuses the modalities."""

    images: Tensor


class UNet(SegmentationNetwork):
    """Early-fusion U-Net over space-to-depth; see the module's docstring.

    Args:
        widths: channels at 1/2, 1/4, 1/8, ... of the input's resolution.
        groups: groups of the normalisation; each width must be a multiple of it.
    """

    name = "unet"
    stride = 16
    capturable = True

    def __init__(self, widths: Sequence[int] = (16, 40, 80, 160), groups: int = 8) -> None:
        super().__init__()
        if len(widths) != 4 or any(w <= 0 or w % groups for w in widths):
            raise ValueError(f"unet wants four widths, each a multiple of groups={groups}, not {tuple(widths)}")
        self.options: dict[str, Any] = {"widths": list(widths), "groups": groups}
        inputs = NUM_MODALITIES * SUBVOXELS
        self.encoder = nn.ModuleList(
            ResidualBlock(i, o, groups, stride=1 if level == 0 else 2)
            for level, (i, o) in enumerate(zip((inputs, *widths[:-1]), widths, strict=True))
        )
        self.decoder = nn.ModuleList(
            UpBlock(widths[level + 1], widths[level], groups) for level in reversed(range(len(widths) - 1))
        )
        self.head = Head(widths[0])

    def encode(self, images: Tensor, available: Tensor) -> UNetFeatures:
        """Return the images with missing channels blanked; early fusion leaves nothing else to share."""
        return UNetFeatures(blank_missing(images, available))

    def decode(self, features: UNetFeatures, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Return the logits for `available`; single modalities are further passes, batched with the fused one."""
        if not per_modality:
            return NetworkOutput(self._logits(features.images, available))
        return fused_and_single(lambda samples, masks: self._logits(features.images[samples], masks), available)

    def _logits(self, images: Tensor, available: Tensor) -> Tensor:
        if images.device.type == "cpu" and len(images) > 1:
            # On a CPU, samples one by one are quicker than a batch, as they stay in its cache.
            return torch.cat(
                [self._logits(i, a) for i, a in zip(torch.split(images, 1), torch.split(available, 1), strict=True)]
            )
        images = blank_missing(images, available)
        x = space_to_depth(images).contiguous(memory_format=torch.channels_last_3d)
        share = available.to(self.head.base.weight.dtype)
        share = share / share.sum(1, keepdim=True)
        skips: list[Tensor] = []
        for block in self.encoder:
            x = block(x, share)
            skips.append(x)
        for block, skip in zip(self.decoder, reversed(skips[:-1]), strict=True):
            x = block(x, skip, share)
        logits: Tensor = self.head(x)
        return logits
