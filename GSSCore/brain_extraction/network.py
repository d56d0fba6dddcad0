"""A small U-Net that tells how far each voxel of a head lies inside the brain, from one image of any contrast.

Its output is a signed distance rather than a mask: distances of several contrasts can be averaged before they are cut
at zero, and interpolated from 2 mm to the head's own grid they leave no stairs (Hoopes et al. 2022, SynthStrip,
doi:10.1016/j.neuroimage.2022.119474). Most of the work is done at 4 mm, over space-to-depth; one convolution at 2 mm
that sees the image itself sets the border sharp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from GSSCore.networks.architectures.unet import SUBVOXELS, depth_to_space, space_to_depth


class ConvPair(nn.Module):
    """Two 3 x 3 x 3 convolutions, each normalised and followed by a leaky ReLU; the first may halve the resolution."""

    def __init__(self, inputs: int, outputs: int, groups: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.GroupNorm(groups, outputs)
        self.conv2 = nn.Conv3d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.GroupNorm(groups, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, outputs, ...) from `x` (B, inputs, D, H, W)."""
        x = F.leaky_relu(self.norm1(self.conv1(x)), 0.1, inplace=True)
        return F.leaky_relu(self.norm2(self.conv2(x)), 0.1, inplace=True)


class UpStep(nn.Module):
    """Nearest-neighbour upsampling, the skip beside it, and one normalised 3 x 3 x 3 convolution."""

    def __init__(self, inputs: int, skip: int, groups: int) -> None:
        super().__init__()
        self.narrow = nn.Conv3d(inputs, skip, 1, bias=False)
        self.conv = nn.Conv3d(2 * skip, skip, 3, 1, 1, bias=False)
        self.norm = nn.GroupNorm(groups, skip)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """Return (B, skip channels, D, H, W) from `x` at half the resolution and `skip` at full."""
        up = F.interpolate(self.narrow(x), scale_factor=2.0, mode="nearest")
        return F.leaky_relu(self.norm(self.conv(torch.cat((up, skip), 1))), 0.1, inplace=True)


class BrainNetwork(nn.Module):
    """See the module's docstring.

    Args:
        widths: channels at 4, 8, 16, ... mm.
        fine: channels at 2 mm.
        groups: groups of the normalisation; each width, and `fine`, must be a multiple of it.

    Attributes:
        stride: D, H and W must be multiples of it.
    """

    def __init__(self, widths: Sequence[int] = (24, 40, 64, 80), fine: int = 4, groups: int = 4) -> None:
        super().__init__()
        if len(widths) < 2 or any(w <= 0 or w % groups for w in (*widths, fine)):
            raise ValueError(f"widths and fine must be multiples of groups={groups}, not {tuple(widths)}, {fine}")
        self.options: dict[str, Any] = {"widths": list(widths), "fine": fine, "groups": groups}
        self.stride = 2 ** len(widths)
        self.encoder = nn.ModuleList(
            ConvPair(i, o, groups, stride=1 if level == 0 else 2)
            for level, (i, o) in enumerate(zip((SUBVOXELS, *widths[:-1]), widths, strict=True))
        )
        self.decoder = nn.ModuleList(
            UpStep(widths[level + 1], widths[level], groups) for level in reversed(range(len(widths) - 1))
        )
        self.expand = nn.Conv3d(widths[0], fine * SUBVOXELS, 1)
        self.sharpen = nn.Conv3d(fine + 1, fine, 3, 1, 1, bias=False)
        self.norm = nn.GroupNorm(groups, fine)
        self.head = nn.Conv3d(fine, 1, 3, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Return the signed distance in units of `REACH_MM`, (B, 1, D, H, W), positive inside the brain, from -1 to 1.

        Args:
            images: (B, 1, D, H, W), axes R, A, S, 2 mm, as `scaled` makes them.
        """
        x = space_to_depth(images).contiguous(memory_format=torch.channels_last_3d)
        skips: list[Tensor] = []
        for block in self.encoder:
            x = block(x)
            skips.append(x)
        for block, skip in zip(self.decoder, reversed(skips[:-1]), strict=True):
            x = block(x, skip)
        x = torch.cat((depth_to_space(self.expand(x)), images), 1).contiguous(memory_format=torch.channels_last_3d)
        x = F.leaky_relu(self.norm(self.sharpen(x)), 0.1, inplace=True)
        distance: Tensor = torch.tanh(self.head(x))
        return distance


def scaled(image: Tensor) -> Tensor:
    """Return an image of any shape as the network sees it: its 1st and 99.5th percentile at 0 and 1, cut at 0 and 1.5.

    The percentiles are taken over every 37th voxel: enough of them, and a prime keeps clear of rows and slices.
    """
    some = image.flatten()[::37].float()
    low, high = torch.quantile(some, 0.01), torch.quantile(some, 0.995)
    return ((image - low) / (high - low).clamp(min=1e-6)).clamp(0.0, 1.5)
