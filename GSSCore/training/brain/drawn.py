"""Heads drawn from label maps, in a contrast that no scanner need ever have shown (Billot et al. 2023, SynthSeg).

Each label outside the brain gets an intensity of its own. The labels of the brain share three, of white matter, grey
matter and fluid, each a little apart: so much is common to all contrasts. In half of the heads grows something that is
none of these, wherever in the brain, its border included.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.imaging.arrays import Doubles, Size
from GSSCore.training.brain.geometry import sample_at
from GSSCore.training.brain.heads import LabelledHead, Tissue
from GSSCore.training.fields import smooth_field

AIR_IS_DARK = 0.9
"""Share of the heads whose background is darker than a tenth; in the others it may be anything up to a half."""
NOISE = (0.01, 0.08)
TEXTURE = (0.0, 0.06)
"""Standard deviation of the voxels' noise, and of patches of some 8 mm."""
TUMOUR_SHARE = 0.5
DURA_SHARE = 0.25
TUMOUR_RADIUS = (4.0, 18.0)
"""In voxels of 2 mm, along each axis."""


def draw_head(rng: np.random.Generator, head: LabelledHead, where: Tensor) -> tuple[Tensor, Tensor]:
    """Return the image of a head drawn at positions (D, H, W, 3), float32 (D, H, W), and its brain, bool (D, H, W)."""
    labels = sample_at(head.labels, where, nearest=True).long()
    brain = sample_at(head.brain.astype(np.uint8), where, nearest=False) > 0.5
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    image = torch.from_numpy(_intensities(rng, head).astype(np.float32))[labels]
    image = image + rng.uniform(*NOISE) * torch.randn(image.shape, generator=generator)
    image = image + smooth_noise(rng, tuple(image.shape), 4, rng.uniform(*TEXTURE))  # type: ignore[arg-type]
    if rng.random() < TUMOUR_SHARE:
        image = grow_tumour(rng, image, brain)
    if rng.random() < DURA_SHARE:
        image = enhance_dura(rng, image, brain)
    return image, brain


def _intensities(rng: np.random.Generator, head: LabelledHead) -> Doubles:
    """Return an intensity for each label."""
    white, grey, fluid = rng.uniform(0.2, 1.0), rng.uniform(0.2, 1.0), rng.uniform(0.02, 1.0)
    air = rng.uniform(0.0, 0.1 if rng.random() < AIR_IS_DARK else 0.5)
    own = rng.uniform(0.05, 1.0, len(head.tissue))
    shared = np.array([air, 0.0, white, grey, fluid])[head.tissue]
    values = np.where(head.tissue == Tissue.OTHER, own, shared + 0.1 * (own - 0.5))
    return np.where(head.tissue == Tissue.AIR, air, values)


def grow_tumour(rng: np.random.Generator, image: Tensor, brain: Tensor) -> Tensor:
    """Return the image with one blob in the brain, in half of the cases with a core, of intensities of their own."""
    inside = torch.nonzero(brain)
    if len(inside) == 0:
        return image
    centre = inside[int(rng.integers(len(inside)))].float()
    radius = torch.from_numpy(rng.uniform(*TUMOUR_RADIUS, 3).astype(np.float32))
    axes = [torch.arange(n, dtype=torch.float32) for n in image.shape]
    i, j, k = (((axis - c) / r) ** 2 for axis, c, r in zip(axes, centre, radius, strict=True))
    depth = i[:, None, None] + j[None, :, None] + k[None, None, :]
    depth = depth + smooth_noise(rng, tuple(image.shape), 8, 0.2)  # type: ignore[arg-type]
    image = torch.where((depth < 1.0) & brain, float(rng.uniform(0.0, 1.2)), image)
    if rng.random() < 0.5:
        image = torch.where((depth < 0.4) & brain, float(rng.uniform(0.0, 1.2)), image)
    return image


def enhance_dura(rng: np.random.Generator, image: Tensor, brain: Tensor) -> Tensor:
    """Return the image with bright patches on the brain's surface, as dura and vessels show after contrast agent."""
    solid = brain.float()[None, None]
    width = 2 * int(rng.integers(1, 3)) + 1
    shell = (F.max_pool3d(solid, width, 1, width // 2)[0, 0] > 0) & ~brain
    patches = smooth_noise(rng, (image.shape[0], image.shape[1], image.shape[2]), 6, 1.0) > float(
        rng.uniform(-0.5, 1.0)
    )
    return torch.where(shell & patches, float(rng.uniform(0.6, 1.3)), image)


def smooth_noise(rng: np.random.Generator, size: Size, apart: int, deviation: float) -> Tensor:
    """Return noise (D, H, W) with nodes `apart` voxels from each other, normal, interpolated linearly between them."""
    return smooth_field(rng.normal(0.0, deviation, (1, *(max(2, n // apart) for n in size))), size)[0]
