"""What scanners and protocols do to an image of a head: contrast, coil, slices, noise, field of view."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.brain_extraction.network import scaled
from GSSCore.training.brain.drawn import smooth_noise

CURVE = 0.6
"""Share of the scanned heads whose intensities are bent; of these `MONOTONE` keep their order, the others need not."""
MONOTONE = 0.6
BACKGROUND = 0.03
"""Scanned heads are from 0 to 1; what is darker is air, and stays dark whatever the curve."""
BIAS = 0.5
"""Of the logarithm of the coil's field, whose nodes lie 80 mm apart."""
THICK_SHARE = 0.4
THICK = (2, 5)
"""Voxels of 2 mm that make a slice, 4 to 10 mm."""
CUT_SHARE = 0.4
CUT = 0.33
"""How much of the head may lie beyond the field of view, along one axis."""
INVERTED = 0.1


def vary_scanned(rng: np.random.Generator, image: Tensor) -> Tensor:
    """Return a scanned head (D, H, W), from 0 to 1, in another contrast, or as it is."""
    if rng.random() >= CURVE:
        return image
    heights = rng.uniform(0.0, 1.0, 6)
    if rng.random() < MONOTONE:
        heights = np.sort(heights)
    bent = torch.from_numpy(np.interp(image.numpy(), np.linspace(0.0, 1.0, 6), heights).astype(np.float32))
    return torch.where(image < BACKGROUND, image, bent)


def vary(rng: np.random.Generator, image: Tensor) -> Tensor:
    """Return an image (D, H, W) as another scanner might have made it, not scaled yet."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    size = (image.shape[0], image.shape[1], image.shape[2])
    if rng.random() < 0.5:
        share = float(rng.random())
        image = share * F.avg_pool3d(image[None, None], 3, 1, 1)[0, 0] + (1.0 - share) * image
    if rng.random() < INVERTED:
        image = image.max() - image
    image = image * smooth_noise(rng, size, 40, rng.uniform(0.0, BIAS)).exp()
    if rng.random() < THICK_SHARE:
        image = thick_slices(image, int(rng.integers(3)), int(rng.integers(THICK[0], THICK[1] + 1)))
    image = image + float(rng.uniform(0.0, 0.05)) * torch.randn(size, generator=generator)
    return scaled(image) ** float(np.exp(rng.uniform(-0.5, 0.5)))


def thick_slices(image: Tensor, axis: int, voxels: int) -> Tensor:
    """Return an image whose voxels are averaged over `voxels` along an axis, and interpolated back."""
    size = list(image.shape)
    few = list(size)
    few[axis] = -(-size[axis] // voxels)
    averaged = F.interpolate(image[None, None], few, mode="area")
    return F.interpolate(averaged, size, mode="trilinear", align_corners=False)[0, 0]


def draw_view(rng: np.random.Generator, size: tuple[int, ...]) -> tuple[slice, slice, slice]:
    """Return the part of an image that the field of view holds: all of it, or without one end along one axis."""
    view = [slice(0, n) for n in size]
    if rng.random() < CUT_SHARE:
        axis = int(rng.integers(3))
        lost = int(rng.uniform(0.0, CUT) * size[axis])
        view[axis] = slice(lost, size[axis]) if rng.random() < 0.5 else slice(0, size[axis] - lost)
    return view[0], view[1], view[2]
