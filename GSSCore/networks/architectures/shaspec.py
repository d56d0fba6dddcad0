"""ShaSpec: a shared encoder for what the modalities have in common, and a specific encoder for each modality.

Wang H., Chen Y., Ma C., Avery J., Hull L., Carneiro G. (2023), "Multi-Modal Learning With Missing Modality via
Shared-Specific Feature Modelling", CVPR. Written from the paper.

Choices where the description leaves it open, or where this project needs something else:

- The stem keeps the resolution, so that the four steps of the decoder return to it. The stages have 1, 2, 2 and 2
  bottleneck blocks, which gives the published size and cost.
- The decoder's skips are the mean of the available modalities' shared features.
- The two losses are per sample, so that their size does not depend on the availability in the batch. The distance of
  shared features is the mean over the pairs of available modalities, not their sum.
- The pyramid's view of the whole volume is added after the normalisation of the others, which would subtract it.
- Transposed convolutions have kernels of 2 voxels: they do not overlap, and leave no checkerboard.
- A standardised kernel is scaled by the root of its fan-in, so that activations keep their size. Instance normalisation
  of a single voxel gives its shift instead of an error.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from GSSCore.networks.base import NUM_CLASSES, NUM_MODALITIES, NetworkOutput, SegmentationNetwork
from GSSCore.networks.layers.encoders import spread
from GSSCore.networks.layers.passes import fused_and_single

SLOPE = 0.01
EXPANSION = 4
"""Channels of a bottleneck block's output per channel inside it."""
DILATIONS = (2, 4, 8)
PLANES = (1, 2, 4, 5)
"""Channels inside the blocks of each stage, in widths."""


class StandardisedConv(nn.Conv3d):
    """A convolution without bias whose kernels are standardised to mean 0 and variance 1 / fan-in."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, dilation: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, ...) from `x` (N, inputs, D, H, W)."""
        # In fp32 or more, also under autocast: the variance of a kernel is a difference of large sums.
        flat = self.weight.to(torch.promote_types(self.weight.dtype, torch.float32)).flatten(1)
        variance, mean = torch.var_mean(flat, 1, correction=0, keepdim=True)
        kernel = (flat - mean) * torch.rsqrt(variance * flat.shape[1] + 1e-5)
        kernel = kernel.view_as(self.weight).to(self.weight.dtype)
        return F.conv3d(x, kernel, None, self.stride, self.padding, self.dilation)


class Norm(nn.Module):
    """Instance normalisation with scale and shift."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` (N, C, D, H, W) normalised over the voxels of each sample's channel, in its own type."""
        # See `encoders.instance_norm`.
        return torch.group_norm(x, x.shape[1], self.weight.to(x.dtype), self.bias.to(x.dtype)).to(x.dtype)


class ConvNorm(nn.Module):
    """Convolution, normalisation, and optionally leaky ReLU."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, dilation: int = 1, activate: bool = True
    ) -> None:
        super().__init__()
        self.conv = StandardisedConv(inputs, outputs, kernel, stride, dilation)
        self.norm = Norm(outputs)
        self.activate = activate

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, ...) from `x` (N, inputs, D, H, W)."""
        x = self.norm(self.conv(x))
        return F.leaky_relu(x, SLOPE) if self.activate else x


class Bottleneck(nn.Module):
    """1^3, 3^3 and 1^3 convolutions with a shortcut; the middle one may halve the resolution."""

    def __init__(self, inputs: int, planes: int, stride: int = 1) -> None:
        super().__init__()
        outputs = EXPANSION * planes
        self.body = nn.Sequential(
            ConvNorm(inputs, planes), ConvNorm(planes, planes, 3, stride), ConvNorm(planes, outputs, activate=False)
        )
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else ConvNorm(inputs, outputs, stride=stride, activate=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, 4 planes, ...) from `x` (N, inputs, D, H, W)."""
        return F.leaky_relu(self.body(x) + self.shortcut(x), SLOPE)


class Pyramid(nn.Module):
    """Atrous spatial pyramid pooling: views of several widths side by side; the widest is the whole volume."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.views = nn.ModuleList(
            [ConvNorm(channels, channels), *(ConvNorm(channels, channels, 3, dilation=d) for d in DILATIONS)]
        )
        # Not normalised, neither here nor where it joins: normalisation removes what is the same at every voxel.
        self.whole = StandardisedConv(channels, channels)
        self.join = ConvNorm(len(self.views) * channels, channels, activate=False)
        self.join_whole = StandardisedConv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, ...) from `x` (N, C, D, H, W)."""
        whole = F.leaky_relu(self.whole(x.mean((2, 3, 4), keepdim=True)), SLOPE)
        joined = self.join(torch.cat([view(x) for view in self.views], 1))
        return F.leaky_relu(joined + self.join_whole(whole), SLOPE)


class Encoder(nn.Module):
    """A residual network with a pyramid at its end.

    Args:
        width: channels of the stem; the result has four times as many.
        blocks: of each stage.
    """

    def __init__(self, width: int, blocks: Sequence[int]) -> None:
        super().__init__()
        self.stem = ConvNorm(1, width, 7)
        stages, inputs = [], width
        for number, (count, planes) in enumerate(zip(blocks, PLANES, strict=True)):
            made = [Bottleneck(inputs, planes * width, stride=1 if number == 0 else 2)]
            inputs = EXPANSION * planes * width
            made += [Bottleneck(inputs, planes * width) for _ in range(count - 1)]
            stages.append(nn.Sequential(*made))
        self.stages = nn.ModuleList(stages)
        self.end = nn.Sequential(ConvNorm(inputs, EXPANSION * width), Pyramid(EXPANSION * width))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return stem, the first three stages, and the end, of `x` (N, 1, D, H, W): from full to 1/16 resolution."""
        levels = [self.stem(x)]
        x = F.max_pool3d(levels[0], 2)
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        return [*levels[:-1], self.end(x)]


class Decoder(nn.Module):
    """Four steps up, each a transposed convolution to which a skip is added, and a convolution."""

    def __init__(self, inputs: int, widths: Sequence[int]) -> None:
        super().__init__()
        pairs = list(itertools.pairwise((inputs, *widths)))
        self.ups = nn.ModuleList(nn.ConvTranspose3d(i, o, 2, 2) for i, o in pairs)
        self.convs = nn.ModuleList(ConvNorm(width, width, 3) for width in widths)
        self.head = nn.Conv3d(widths[-1], NUM_CLASSES, 1)

    def forward(self, x: Tensor, skips: Sequence[Tensor]) -> Tensor:
        """Return logits (N, C, D, H, W) from `x` (N, inputs, D/16, ...) and skips, the lowest resolution first."""
        for up, conv, skip in zip(self.ups, self.convs, skips, strict=True):
            x = conv(up(x) + skip)
        logits: Tensor = self.head(x)
        return logits


@dataclass(frozen=True)
class ShaSpecFeatures:
    """The features between `encode` and `decode`, zeros where a modality is missing.

    Attributes:
        shared: (B, M, 4 width, D/16, H/16, W/16), from the encoder that all modalities share.
        fused: of the same form: shared and specific features combined.
        skips: (B, M, C, ...) for each step of the decoder, the lowest resolution first.
        domains: (B, M, M), logits that tell the modality from its specific features.
    """

    shared: Tensor
    fused: Tensor
    skips: list[Tensor]
    domains: Tensor


class ShaSpec(SegmentationNetwork):
    """ShaSpec; see the module's docstring.

    In training mode it has two losses of its own: `shared`, the mean absolute distance between the shared features of
    a sample's available modalities, and `domain`, the cross-entropy of telling a modality from its specific features.

    Args:
        width: channels of the encoders' stems, an even number; everything else grows with it.
        blocks: bottleneck blocks of the encoders' four stages.
    """

    name = "shaspec"
    stride = 16

    def __init__(self, width: int = 64, blocks: Sequence[int] = (1, 2, 2, 2)) -> None:
        super().__init__()
        if width < 2 or width % 2:
            raise ValueError(f"shaspec wants an even width of 2 or more, not {width}")
        if len(blocks) != len(PLANES) or min(blocks) < 1:
            raise ValueError(f"shaspec wants four positive numbers of blocks, not {tuple(blocks)}")
        self.options: dict[str, Any] = {"width": width, "blocks": list(blocks)}
        deep = EXPANSION * width
        self.shared = Encoder(width, blocks)
        self.specific = nn.ModuleList(Encoder(width, blocks) for _ in range(NUM_MODALITIES))
        self.fuse = nn.Conv3d(2 * deep, deep, 3, padding=1)
        self.domain = nn.Linear(deep, NUM_MODALITIES)
        widths = [deep, 2 * width, width, width // 2]
        sources = [width, *(EXPANSION * planes * width for planes in PLANES[:3])]
        self.skips = nn.ModuleList(nn.Conv3d(i, o, 1) for i, o in zip(reversed(sources), widths, strict=True))
        self.decoder = Decoder(NUM_MODALITIES * deep, widths)

    def encode(self, images: Tensor, available: Tensor) -> ShaSpecFeatures:
        """Return the features; only what is available is computed."""
        modality, sample = available.T.nonzero(as_tuple=True)
        pairs, batch = sample * NUM_MODALITIES + modality, len(images)
        rows = images.flatten(0, 1).index_select(0, pairs)[:, None]
        *levels, shared = self.shared(rows)
        parts = torch.split(rows, available.sum(0).tolist())
        specific = torch.cat(
            [encoder(part)[-1] for encoder, part in zip(self.specific, parts, strict=True) if len(part)]
        )
        fused = shared + self.fuse(torch.cat((shared, specific), 1))
        # The skips are narrowed here: the mean of a linear convolution's outputs is its output for the mean.
        skips = [skip(level) for skip, level in zip(self.skips, reversed(levels), strict=True)]
        domains = self.domain(specific.mean((2, 3, 4)))
        return ShaSpecFeatures(
            spread(shared, pairs, batch),
            spread(fused, pairs, batch),
            [spread(skip, pairs, batch) for skip in skips],
            spread(domains, pairs, batch),
        )

    def decode(self, features: ShaSpecFeatures, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Return the logits for `available`; those of a single modality are a pass in which it is alone."""

        def logits(samples: Sequence[int], masks: Tensor) -> Tensor:
            # Row by row, as the pass of a single modality needs only its own skips, and skips are the largest tensors.
            skips = [
                torch.stack([skip[sample, mask].mean(0) for sample, mask in zip(samples, masks, strict=True)])
                for skip in features.skips
            ]
            together = complete(features.fused[samples], features.shared[samples], masks).flatten(1, 2)
            decoded: Tensor = self.decoder(together, skips)
            return decoded

        output = fused_and_single(logits, available) if per_modality else None
        output = output or NetworkOutput(logits(range(len(available)), available))
        if not self.training:
            return output
        own = {"shared": shared_loss(features.shared, available), "domain": domain_loss(features.domains, available)}
        return NetworkOutput(output.fused, output.per_modality, own_losses=own)


def complete(fused: Tensor, shared: Tensor, available: Tensor) -> Tensor:
    """Return `fused` (B, M, ...), a missing modality's replaced by `shared` (B, M, ...) of the first available one."""
    first = shared[torch.arange(len(shared), device=shared.device), available.int().argmax(1)]
    return torch.where(available[:, :, None, None, None, None], fused, first[:, None])


def shared_loss(shared: Tensor, available: Tensor) -> Tensor:
    """Return (B,): the mean distance between `shared` (B, M, ...) of two available modalities, 0 where there is one."""
    total = shared.new_zeros(len(shared), dtype=torch.float32)
    pairs = torch.zeros_like(total)
    for one, other in itertools.combinations(range(shared.shape[1]), 2):
        both = available[:, one] & available[:, other]
        distance = (shared[:, one].float() - shared[:, other].float()).abs().flatten(1).mean(1)
        total = total + torch.where(both, distance, 0.0)
        pairs = pairs + both
    return total / pairs.clamp_min(1.0)


def domain_loss(domains: Tensor, available: Tensor) -> Tensor:
    """Return (B,): the mean cross-entropy of the available modalities' logits in `domains` (B, M, M)."""
    truth = torch.arange(NUM_MODALITIES, device=domains.device).expand(len(domains), -1)
    entropy = F.cross_entropy(domains.float().transpose(1, 2), truth, reduction="none")
    return (entropy * available).sum(1) / available.sum(1)
