"""Encoders and decoders that mmFormer, RFNet and M2FTrans share: one encoder per modality, one single-modality decoder.

Written from the descriptions in the three papers (see `mmformer`, `rfnet`, `m2ftrans`). Choices where they leave it
open, or where this project needs something else:

- Only available modalities are encoded and decoded; the results of the others are zeros.
- Along an axis of a single voxel, reflection padding repeats that voxel, as reflection needs two.
- Instance normalisation of a single voxel gives zero instead of an error, as the formula says.
- In a pre-norm encoder the first convolution takes the image as it is: z-scores are normalised already, and an
  activation would suppress the dark half of them.

Nothing here mixes samples: the output for a sample does not depend on the rest of the batch.

Trilinear enlargement and reflection padding have no deterministic backward pass on CUDA, where a repeated training
differs in the last bits. On a CPU a repeated training is equal.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from GSSCore.networks.base import NUM_CLASSES, NUM_MODALITIES

SLOPE = 0.2


def reflect(x: Tensor) -> Tensor:
    """Pad `x` (N, C, D, H, W) by one voxel on every side with its mirror image; a single voxel is repeated."""
    if min(x.shape[2:]) > 1:
        return F.pad(x, (1,) * 6, mode="reflect")
    # `pad` takes the last axis first.
    single = [int(size == 1) for size in reversed(x.shape[2:]) for _ in range(2)]
    x = F.pad(x, single, mode="replicate")
    return F.pad(x, [1 - flag for flag in single], mode="reflect")


def instance_norm(x: Tensor) -> Tensor:
    """Return `x` (N, C, D, H, W) with mean 0 and variance 1 over the voxels of each sample's channel.

    Statistics are accumulated in float32, and the type is kept. A constant channel, such as a single voxel, gives
    zeros.
    """
    # One group per channel is the same as `F.instance_norm`, which makes copies and refuses single voxels. On CUDA
    # autocast returns float32 here, which would double the memory of all that follows, so the type is restored.
    return torch.group_norm(x, x.shape[1]).to(x.dtype)


def upsample(x: Tensor) -> Tensor:
    """Enlarge `x` (N, C, D, H, W) trilinearly to (N, C, 2D, 2H, 2W), the outer borders in place.

    The backward pass is not deterministic on CUDA.
    """
    # With aligned corners the sampled positions would depend on the size of the window.
    return F.interpolate(x, scale_factor=2.0, mode="trilinear", align_corners=False)


class ConvBlock(nn.Module):
    """Convolution with reflect padding, instance normalisation without parameters, leaky ReLU.

    Args:
        inputs: channels of the input.
        outputs: channels of the output.
        stride: 1, or 2 to halve the resolution.
        kernel: 3 or 1 voxels wide.
        pre_norm: normalise, activate, convolve; instead of convolve, normalise, activate.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1, kernel: int = 3, pre_norm: bool = False) -> None:
        super().__init__()
        if kernel not in (1, 3):
            raise ValueError(f"a kernel is 1 or 3 voxels wide, not {kernel}")
        self.pre_norm = pre_norm
        self.conv = _conv(inputs, outputs, stride, kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, D / stride, H / stride, W / stride) from `x` (N, inputs, D, H, W)."""
        if self.pre_norm:
            return _convolve(self.conv, F.leaky_relu(instance_norm(x), SLOPE))
        return F.leaky_relu(instance_norm(_convolve(self.conv, x)), SLOPE)


class InputConv(nn.Module):
    """A convolution with reflect padding and nothing else, with which a pre-norm encoder begins."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = _conv(inputs, outputs, 1, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, D, H, W) from `x` (N, inputs, D, H, W)."""
        return _convolve(self.conv, x)


class Stage(nn.Module):
    """One resolution of an encoder: a convolution, and a residual of two more."""

    def __init__(self, first: nn.Module, width: int, pre_norm: bool) -> None:
        super().__init__()
        self.first = first
        self.residual = nn.Sequential(
            ConvBlock(width, width, pre_norm=pre_norm), ConvBlock(width, width, pre_norm=pre_norm)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, width, ...) from the output of the stage before."""
        x = self.first(x)
        y: Tensor = x + self.residual(x)
        return y


class Encoder(nn.Module):
    """Encodes one modality at ever lower resolutions.

    Args:
        widths: channels per level, the highest resolution first.
        pre_norm: see `ConvBlock`.
    """

    def __init__(self, widths: Sequence[int], pre_norm: bool = False) -> None:
        super().__init__()
        first: nn.Module = InputConv(1, widths[0]) if pre_norm else ConvBlock(1, widths[0])
        stages = [Stage(first, widths[0], pre_norm)]
        for inputs, outputs in itertools.pairwise(widths):
            stages.append(Stage(ConvBlock(inputs, outputs, stride=2, pre_norm=pre_norm), outputs, pre_norm))
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the levels of `x` (N, 1, D, H, W): level i is (N, widths[i], D / 2^i, H / 2^i, W / 2^i)."""
        levels: list[Tensor] = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        return levels


class ModalityEncoders(nn.Module):
    """An encoder for each modality, equal in form, with weights of its own.

    Args:
        widths: channels per level, the highest resolution first.
        pre_norm: see `ConvBlock`.
    """

    def __init__(self, widths: Sequence[int], pre_norm: bool = False) -> None:
        super().__init__()
        self.encoders = nn.ModuleList(Encoder(widths, pre_norm) for _ in range(NUM_MODALITIES))

    def forward(self, images: Tensor, available: Tensor) -> list[Tensor]:
        """Encode the available modalities only.

        Args:
            images: (B, M, D, H, W); missing channels are not read.
            available: bool (B, M), with at least one True.

        Returns:
            (B, M, widths[i], D / 2^i, H / 2^i, W / 2^i) for each level i, exact zeros where missing.
        """
        modality, sample = available.T.nonzero(as_tuple=True)
        pairs = sample * NUM_MODALITIES + modality
        rows = torch.split(images.flatten(0, 1).index_select(0, pairs)[:, None], available.sum(0).tolist())
        encoded = [encoder(row) for encoder, row in zip(self.encoders, rows, strict=True) if len(row)]
        return [spread(torch.cat(level), pairs, len(images)) for level in zip(*encoded, strict=True)]


def up_blocks(widths: Sequence[int], pre_norm: bool = False) -> nn.ModuleList:
    """Return for each level but the deepest what brings the enlarged level below it to its channels."""
    pairs = itertools.pairwise(widths)
    return nn.ModuleList(ConvBlock(deep, width, pre_norm=pre_norm) for width, deep in pairs)


def join_blocks(widths: Sequence[int], pre_norm: bool = False) -> nn.ModuleList:
    """Return for each level but the deepest what joins its own features and those from below."""
    return nn.ModuleList(
        nn.Sequential(
            ConvBlock(2 * width, width, pre_norm=pre_norm), ConvBlock(width, width, kernel=1, pre_norm=pre_norm)
        )
        for width in widths[:-1]
    )


class SharedDecoder(nn.Module):
    """Decodes the levels of a single modality; all modalities share it.

    Args:
        widths: channels per level, the highest resolution first.
        pre_norm: see `ConvBlock`.
    """

    def __init__(self, widths: Sequence[int], pre_norm: bool = False) -> None:
        super().__init__()
        self.ups = up_blocks(widths, pre_norm)
        self.joins = join_blocks(widths, pre_norm)
        self.head = nn.Conv3d(widths[0], NUM_CLASSES, 1)

    def forward(self, levels: Sequence[Tensor]) -> Tensor:
        """Return logits (N, C, D, H, W) of one modality's `levels`, each (N, widths[i], D / 2^i, H / 2^i, W / 2^i).

        Not deterministic in its backward pass on CUDA, see `upsample`.
        """
        *skips, x = levels
        for level in reversed(range(len(skips))):
            up = self.ups[level](upsample(x))
            x = self.joins[level](torch.cat((skips[level], up), 1))
        logits: Tensor = self.head(x)
        return logits


class AuxiliaryDecoder(nn.Module):
    """Decodes fused levels from the deepest upwards, with an auxiliary head at each level but the last.

    Args:
        fusions: what fuses the modalities at each level, the highest resolution first.
        widths: channels per level, in the same order.
        pre_norm: see `ConvBlock`.
    """

    def __init__(self, fusions: Iterable[nn.Module], widths: Sequence[int], pre_norm: bool = False) -> None:
        super().__init__()
        self.fusions = nn.ModuleList(fusions)
        self.ups = up_blocks(widths, pre_norm)
        self.joins = join_blocks(widths, pre_norm)
        self.heads = nn.ModuleList(nn.Conv3d(width, NUM_CLASSES, 1) for width in widths)

    def decode(self, x: Tensor, fuse: Callable[[int, Tensor], Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Return logits (B, C, D, H, W) and, in training, the auxiliary ones, deepest first.

        Args:
            x: the deepest level, fused.
            fuse: returns a level, fused, from its number and from what was decoded below it.
        """
        auxiliary: list[Tensor] = []
        for level in reversed(range(len(self.ups))):
            if self.training:
                auxiliary.append(self.heads[level + 1](x))
            up = self.ups[level](upsample(x))
            x = self.joins[level](torch.cat((fuse(level, up), up), 1))
        return self.heads[0](x), auxiliary


def single_logits(decoder: SharedDecoder, features: Sequence[Tensor], available: Tensor) -> Tensor:
    """Decode each available modality from its own features alone.

    Args:
        decoder: shared by all modalities.
        features: (B, M, widths[i], D / 2^i, H / 2^i, W / 2^i) for each level i.
        available: bool (B, M), with at least one True.

    Returns:
        Logits (B, M, NUM_CLASSES, D, H, W), exact zeros where missing.
    """
    pairs = available.flatten().nonzero(as_tuple=True)[0]
    logits = decoder([level.flatten(0, 1).index_select(0, pairs) for level in features])
    return spread(logits, pairs, len(available))


def masked_concat(features: Tensor, available: Tensor) -> Tensor:
    """Return (B, M * C, D, H, W) from `features` (B, M, C, D, H, W), exact zeros where `available` (B, M) is False."""
    here = available[:, :, None, None, None, None]
    return torch.where(here, features, features.new_zeros(())).flatten(1, 2)


def _conv(inputs: int, outputs: int, stride: int, kernel: int) -> nn.Conv3d:
    """Return a convolution without padding: `reflect` does that, for single voxels too."""
    conv = nn.Conv3d(inputs, outputs, kernel, stride)
    nn.init.kaiming_normal_(conv.weight, a=SLOPE, nonlinearity="leaky_relu")
    return conv


def _convolve(conv: nn.Conv3d, x: Tensor) -> Tensor:
    y: Tensor = conv(reflect(x) if conv.kernel_size[0] > 1 else x)
    return y


def spread(rows: Tensor, pairs: Tensor, batch: int) -> Tensor:
    """Return (batch, M, ...) with `rows` (N, ...) at the flat (sample, modality) `pairs` (N,), zeros elsewhere."""
    empty = rows.new_zeros(batch * NUM_MODALITIES, *rows.shape[1:])
    return empty.index_copy(0, pairs, rows).reshape(batch, NUM_MODALITIES, *rows.shape[1:])
