"""Varying the intensities of a crop, one modality at a time. The background stays exactly zero."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.imaging.arrays import Reals
from GSSCore.training.augmentation import CURVE_KNOTS, IntensityParameters, rotation
from GSSCore.training.crop import sampling_grid
from GSSCore.training.fields import smooth_field

COVERED = 0.95
"""Least share of the brain in T1ce that T1 must cover to weaken the enhancement: else the border of T1 would show."""


def misalign(image: Tensor, shift: Reals, degrees: Reals) -> Tensor:
    """Return a modality's crop (D, H, W) moved by `shift` voxels and rotated about its middle, as if badly registered.

    Voxels from beyond the crop are background.
    """
    size = np.array(image.shape)
    # A voxel takes its value from where the inverse movement leads.
    back = rotation(degrees).T
    grid = sampling_grid(back, (size - 1) / 2.0 - back @ shift, size, size, image.device)
    brain = F.grid_sample((image != 0).float()[None, None], grid, mode="nearest", align_corners=False)[0, 0]
    moved = F.grid_sample(image[None, None], grid, mode="bilinear", align_corners=False)[0, 0]
    return torch.where(brain > 0, nonzero(moved), 0.0)


def nonzero(values: Tensor) -> Tensor:
    """Return brain values with exact zeros replaced by a tiny number, as a zero would become background."""
    return torch.where(values == 0, torch.finfo(values.dtype).tiny, values)


def weaken_enhancement(t1ce: Tensor, t1: Tensor, share: float) -> Tensor:
    """Return T1ce with a share of the contrast agent's effect: T1 + share (T1ce - T1), on z-scores.

    T1ce stays as it is where T1 or T1ce is background, and everywhere if T1 covers less than `COVERED` of its brain.
    """
    brain = t1ce != 0
    both = brain & (t1 != 0)
    if both.sum() < COVERED * brain.sum():
        return t1ce
    return torch.where(both, nonzero(t1 + share * (t1ce - t1)), t1ce)


def vary_intensities(image: Tensor, parameters: IntensityParameters) -> Tensor:
    """Return a modality's crop (D, H, W), varied. The background stays exactly zero, unless the brain is moved."""
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
        field = smooth_field(parameters.bias[None], image.shape, image.device)[0]
        # The field multiplies intensities. Their zero lies some three standard deviations below the mean.
        values = (values + 3.0) * field[brain].exp() - 3.0
    values = values * parameters.scale + parameters.shift
    if parameters.noise_seed is not None:
        generator = torch.Generator(image.device).manual_seed(parameters.noise_seed)
        values = values + parameters.noise * torch.randn(values.shape, generator=generator, device=image.device)
    return torch.zeros_like(image).masked_scatter_(brain, nonzero(values))


def _curved(values: Tensor, heights: Reals) -> Tensor:
    """Return the values mapped by the curve that takes `CURVE_KNOTS` to `heights` and is linear between them."""
    # Two more knots, far off, continue the curve with slope 1.
    knots, far = np.array(CURVE_KNOTS), 1000.0
    x = np.concatenate(([knots[0] - far], knots, [knots[-1] + far]))
    y = np.concatenate(([heights[0] - far], heights, [heights[-1] + far]))
    slopes = np.append(np.diff(y) / np.diff(x), 1.0)
    # In double precision, so that a device and another give the same.
    corners, ups, slopes_at = (torch.from_numpy(one).to(values.device) for one in (x, y, slopes))
    exact = values.double()
    below = torch.searchsorted(corners, exact, right=True) - 1
    return (slopes_at[below] * (exact - corners[below]) + ups[below]).float()


def _bend(values: Tensor, gamma: float) -> Tensor:
    """Raise intensities, scaled to 0 to 1, to a power; then restore their mean and standard deviation."""
    low, high = values.min(), values.max()
    if gamma == 1.0 or high <= low:
        return values
    bent = ((values - low) / (high - low)).pow(gamma)
    return (bent - bent.mean()) / bent.std().clamp(min=1e-6) * values.std() + values.mean()


def _coarsen(image: Tensor, brain: Tensor, axis: int, factor: int) -> Tensor:
    """Average over `factor` voxels along one axis and interpolate back, as thick slices do."""
    size, whole = [1, 1, 1], list(image.shape)
    size[axis] = factor
    # The last slice may reach beyond the crop. Without this padding the slices would be stretched, off their labels.
    whole[axis] = -(-whole[axis] // factor) * factor
    padding = [0] * 6
    padding[2 * (2 - axis) + 1] = whole[axis] - image.shape[axis]
    both = F.pad(torch.stack((image, brain.float()))[None], padding)
    both = F.interpolate(F.avg_pool3d(both, size), whole, mode="trilinear", align_corners=False)[0]
    both = both.narrow(1 + axis, 0, image.shape[axis])
    return torch.where(brain, both[0] / both[1].clamp(min=1e-3), 0.0)
