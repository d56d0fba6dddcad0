"""Variation of training samples: parameters are drawn first, from a given generator, and applied afterwards.

So that the same parameters always give the same sample, and each can be tested apart. The background stays exactly
zero throughout, as it is for a missing modality.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from GSSCore.imaging.arrays import Reals
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.imperfect_masks import MaskParameters, draw_mask
from GSSCore.vocabulary import MODALITIES

BIAS_NODES = 3
CURVE_KNOTS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.5, 6.5)
"""Z-scores at which an intensity curve bends: the brain's range, tumours included. Beyond, it goes on with slope 1."""
LEAST_SLOPE = 0.1
"""Of an intensity curve, so that it stays invertible."""
COVERED = 0.95
"""How much of T1ce must have T1 for the enhancement to be weakened: where T1 ends early, one would see a step."""


@dataclass(frozen=True, eq=False)
class IntensityParameters:
    """What happens to one modality; see `AugmentationSettings`.

    Attributes:
        bias: (3, 3, 3) nodes of the smooth field's logarithm, or None.
        noise_seed: where the noise comes from; None for no noise.
        blur: (axis, factor), or None.
        curve: what the `CURVE_KNOTS` become, strictly increasing, or None.
        misaligned: (2, 3) shift in voxels and angles in degrees along and about each axis, or None.
    """

    gamma: float
    scale: float
    shift: float
    bias: Reals | None
    noise: float
    noise_seed: int | None
    blur: tuple[int, int] | None
    curve: Reals | None = None
    misaligned: Reals | None = None


@dataclass(frozen=True, eq=False)
class Parameters:
    """What happens to one sample: mirrored, mapped by `matrix` (3, 3) if any, and each modality's intensities.

    `enhancement` is the share that is left of the contrast agent's effect, `mask` how the brain mask is wrong; None
    where these are left alone.
    """

    flip: bool
    matrix: Reals | None
    intensities: tuple[IntensityParameters, ...]
    enhancement: float | None = None
    mask: MaskParameters | None = None


@dataclass(frozen=True, eq=False)
class CropFrame:
    """Where a crop lies in its case: the crop's voxel o is the case's voxel `matrix` o + `offset`.

    `shape` is the case's.
    """

    matrix: Reals
    offset: Reals
    shape: tuple[int, ...]


def crop_frame(
    centre: tuple[int, int, int], crop: tuple[int, int, int], shape: tuple[int, ...], p: Parameters
) -> CropFrame:
    """Return where the crop lies that `take` takes from a case of `shape`."""
    extent = np.array(crop)
    matrix = np.eye(3) if p.matrix is None else p.matrix
    if p.flip:
        matrix = matrix * [-1.0, 1.0, 1.0]
    # Turning and mirroring leave the crop's middle where it is.
    return CropFrame(matrix, np.array(centre) - extent // 2 + (extent - 1) / 2.0 - matrix @ ((extent - 1) / 2.0), shape)


def draw(rng: np.random.Generator, settings: AugmentationSettings) -> Parameters:
    """Return random parameters. The same state of `rng` gives the same ones."""
    flip = bool(rng.random() < settings.flip)
    matrix = _draw_matrix(rng, settings) if rng.random() < settings.affine else None
    intensities = [_draw_intensity(rng, settings) for _ in MODALITIES]
    # What was added later is drawn last: a recipe without it gives the samples that it always gave.
    share, weakened = float(rng.uniform(settings.enhancement, 1.0)), rng.random() < settings.enhancement_probability
    curved = [replace(one, curve=_draw_curve(rng, settings)) for one in intensities]
    shifted = tuple(replace(one, misaligned=_draw_misaligned(rng, settings)) for one in curved)
    return Parameters(flip, matrix, shifted, share if weakened else None, draw_mask(rng, settings))


def _draw_matrix(rng: np.random.Generator, settings: AugmentationSettings) -> Reals:
    angles = rng.uniform(-settings.rotation, settings.rotation, 3)
    return _turn(angles) @ np.diag(1.0 + rng.uniform(-settings.scaling, settings.scaling, 3))


def _turn(degrees: Reals) -> Reals:
    """Return the rotation (3, 3) about the first axis, then the second, then the third."""
    matrix = np.eye(3)
    for axis, angle in enumerate(np.deg2rad(degrees)):
        turn = np.eye(3)
        a, b = [i for i in range(3) if i != axis]
        turn[a, a] = turn[b, b] = np.cos(angle)
        turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return matrix


def _draw_misaligned(rng: np.random.Generator, settings: AugmentationSettings) -> Reals | None:
    moved = rng.uniform(-settings.misaligned, settings.misaligned, (2, 3))
    return moved if rng.random() < settings.misaligned_probability else None


def _draw_intensity(rng: np.random.Generator, settings: AugmentationSettings) -> IntensityParameters:
    bias = rng.uniform(-settings.bias, settings.bias, (BIAS_NODES,) * 3)
    blur = (int(rng.integers(3)), int(rng.integers(2, max(settings.blur, 2) + 1)))
    noise, seed = float(rng.uniform(0.0, settings.noise)), int(rng.integers(2**62))
    chosen = rng.random(3) < (settings.bias_probability, settings.noise_probability, settings.blur_probability)
    return IntensityParameters(
        gamma=float(np.exp(rng.uniform(-settings.gamma, settings.gamma))),
        scale=float(1.0 + rng.uniform(-settings.scale, settings.scale)),
        shift=float(rng.uniform(-settings.shift, settings.shift)),
        bias=bias if chosen[0] else None,
        noise=noise,
        noise_seed=seed if chosen[1] else None,
        blur=blur if chosen[2] else None,
    )


def _draw_curve(rng: np.random.Generator, settings: AugmentationSettings) -> Reals | None:
    knots = np.array(CURVE_KNOTS)
    moved = knots + rng.uniform(-settings.curve, settings.curve, len(knots))
    if rng.random() >= settings.curve_probability:
        return None
    # Knots that changed places are pushed up again; the largest of what the earlier ones ask for is enough.
    return np.maximum.accumulate(moved - LEAST_SLOPE * knots) + LEAST_SLOPE * knots


def take(
    images: NDArray[Any], labels: NDArray[Any], centre: tuple[int, int, int], crop: tuple[int, int, int], p: Parameters
) -> tuple[Tensor, Tensor]:
    """Return a crop of a case, with the geometry of `p` applied.

    Args:
        images: (M, D, H, W), z-scored, background exactly zero.
        labels: (D, H, W).
        centre: voxel that becomes the crop's middle; parts beyond the case are background.
        crop: size of the result.
        p: parameters.

    Returns:
        (M, *crop) float32, and (*crop) uint8, interpolated linearly and by the nearest neighbour.
    """
    if p.matrix is None:
        image = torch.from_numpy(_cut(images, centre, crop).astype(np.float32))
        label = torch.from_numpy(_cut(labels[None], centre, crop)[0].astype(np.uint8))
    else:
        image, label = _map(images, labels, centre, crop, p.matrix)
    if p.flip:
        # The first axis runs from left to right.
        image, label = image.flip(1), label.flip(0)
    return image.contiguous(), label.contiguous()


def _cut(array: NDArray[Any], centre: tuple[int, ...], crop: tuple[int, ...]) -> NDArray[Any]:
    """Cut (C, *crop) around `centre` out of (C, D, H, W), zero beyond its edges."""
    out = np.zeros((len(array), *crop), array.dtype)
    source, target = [slice(None)], [slice(None)]
    for c, n, size in zip(centre, crop, array.shape[1:], strict=True):
        start = c - n // 2
        low, high = max(start, 0), max(min(start + n, size), 0)
        source.append(slice(low, max(high, low)))
        target.append(slice(low - start, max(high, low) - start))
    out[tuple(target)] = array[tuple(source)]
    return out


def _map(
    images: NDArray[Any], labels: NDArray[Any], centre: tuple[int, ...], crop: tuple[int, ...], matrix: Reals
) -> tuple[Tensor, Tensor]:
    """Sample the crop's voxels o at middle + matrix (o - middle), the middle being where `_cut` has it."""
    extent = np.array(crop)
    middle = np.array(centre) - extent // 2 + (extent - 1) / 2.0
    reach = np.abs(matrix) @ (extent / 2.0)
    low = np.clip(np.floor(middle - reach).astype(int) - 1, 0, np.array(labels.shape) - 1)
    high = np.minimum(np.ceil(middle + reach).astype(int) + 2, labels.shape)
    high = np.maximum(high, low + 1)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    image = torch.from_numpy(images[(slice(None), *box)].astype(np.float32))[None]
    classes = torch.from_numpy(labels[box].astype(np.float32))[None, None]
    size = np.array(image.shape[2:])
    grid = sampling_grid(matrix, middle - low, extent, size)
    # Nearest for what is or is not brain, so that the background stays exactly zero up to a sharp edge.
    hard = torch.cat((classes, (image != 0).any(1, keepdim=True).float()), 1)
    hard = F.grid_sample(hard, grid, mode="nearest", padding_mode="zeros", align_corners=False)
    image = F.grid_sample(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return image[0] * hard[0, 1:], hard[0, 0].to(torch.uint8)


def sampling_grid(matrix: Reals, middle: Reals, extent: NDArray[Any], size: NDArray[Any]) -> Tensor:
    """Return the grid by which `grid_sample` fills voxels o of an array of `extent`, counted from its middle.

    Each takes what an array of `size` has at `middle` + `matrix` o.
    """
    # grid_sample wants the coordinates of the last axis first, -1 and 1 at the outer faces of the outer voxels.
    theta = np.empty((3, 4))
    theta[:, :3] = matrix * (extent / size[:, None])
    theta[:, 3] = (2.0 * middle + 1.0) / size - 1.0
    theta = theta[::-1][:, [2, 1, 0, 3]].copy()
    return F.affine_grid(torch.from_numpy(theta)[None].float(), [1, 1, *map(int, extent)], align_corners=False)


def misalign(image: Tensor, shift: Reals, degrees: Reals) -> Tensor:
    """Return a modality's crop (D, H, W) moved by `shift` voxels and turned about its middle: badly registered.

    What comes from beyond the crop is background.
    """
    size = np.array(image.shape)
    # A voxel takes what lay where the movement came from.
    back = _turn(degrees).T
    grid = sampling_grid(back, (size - 1) / 2.0 - back @ shift, size, size)
    brain = F.grid_sample((image != 0).float()[None, None], grid, mode="nearest", align_corners=False)[0, 0]
    moved = F.grid_sample(image[None, None], grid, mode="bilinear", align_corners=False)[0, 0]
    return torch.where(brain > 0, nonzero(moved), 0.0)


def nonzero(values: Tensor) -> Tensor:
    """Return values of the brain, none of them exactly zero: such a voxel would turn into background."""
    return torch.where(values == 0, torch.finfo(values.dtype).tiny, values)


def weaken_enhancement(t1ce: Tensor, t1: Tensor, share: float) -> Tensor:
    """Return T1ce as if the contrast agent had done only a share of its work: T1 + share (T1ce - T1), on z-scores.

    Where T1 or T1ce is background, T1ce stays as it is; and everywhere, if T1 covers less than `COVERED` of it.
    """
    brain = t1ce != 0
    both = brain & (t1 != 0)
    if both.sum() < COVERED * brain.sum():
        return t1ce
    return torch.where(both, nonzero(t1 + share * (t1ce - t1)), t1ce)


def vary_intensities(image: Tensor, parameters: IntensityParameters) -> Tensor:
    """Return one modality's crop (D, H, W) varied; zero stays exactly zero, but for a brain that is moved."""
    brain = image != 0
    values = image[brain]
    if values.numel() == 0:
        return image
    if parameters.misaligned is not None:
        image = misalign(image, *parameters.misaligned)
        brain = image != 0
        values = image[brain]
    if parameters.blur is not None:
        image = _coarsen(image, brain, *parameters.blur)
        values = image[brain]
    if parameters.curve is not None:
        values = _curved(values, parameters.curve)
    values = _bend(values, parameters.gamma)
    if parameters.bias is not None:
        nodes = torch.from_numpy(parameters.bias).float()[None, None]
        field = F.interpolate(nodes, image.shape, mode="trilinear", align_corners=True)[0, 0]
        # The field multiplies intensities, whose zero lies some three standard deviations below the mean.
        values = (values + 3.0) * field[brain].exp() - 3.0
    values = values * parameters.scale + parameters.shift
    if parameters.noise_seed is not None:
        generator = torch.Generator().manual_seed(parameters.noise_seed)
        values = values + parameters.noise * torch.randn(values.shape, generator=generator)
    return torch.zeros_like(image).masked_scatter_(brain, nonzero(values))


def _curved(values: Tensor, heights: Reals) -> Tensor:
    """Return the values, those at `CURVE_KNOTS` as `heights`, those between interpolated linearly."""
    # Two more knots, far off, continue the curve with slope 1.
    knots, far = np.array(CURVE_KNOTS), 1000.0
    x = np.concatenate(([knots[0] - far], knots, [knots[-1] + far]))
    y = np.concatenate(([heights[0] - far], heights, [heights[-1] + far]))
    return torch.from_numpy(np.interp(values.numpy(), x, y).astype(np.float32))


def _bend(values: Tensor, gamma: float) -> Tensor:
    """Raise the intensities, taken between their extremes, to a power, and give them their mean and spread back."""
    low, high = values.min(), values.max()
    if gamma == 1.0 or high <= low:
        return values
    bent = ((values - low) / (high - low)).pow(gamma)
    return (bent - bent.mean()) / bent.std().clamp(min=1e-6) * values.std() + values.mean()


def _coarsen(image: Tensor, brain: Tensor, axis: int, factor: int) -> Tensor:
    """Average over `factor` voxels along one axis and interpolate back, as thick slices do."""
    size, whole = [1, 1, 1], list(image.shape)
    size[axis] = factor
    # The last slice may reach beyond the crop. Without that, the others would be stretched, off their labels.
    whole[axis] = -(-whole[axis] // factor) * factor
    padding = [0] * 6
    padding[2 * (2 - axis) + 1] = whole[axis] - image.shape[axis]
    both = F.pad(torch.stack((image, brain.float()))[None], padding)
    both = F.interpolate(F.avg_pool3d(both, size), whole, mode="trilinear", align_corners=False)[0]
    both = both.narrow(1 + axis, 0, image.shape[axis])
    return torch.where(brain, both[0] / both[1].clamp(min=1e-3), 0.0)
