"""Imperfect brain masks: in some places they cut into the brain, in others they leave a rim of skull and scalp.

Experts have checked the masks of the public data sets; raw scans get theirs from a network. One mask serves a whole
study, so all modalities of a sample are varied in the same way. Parameters are drawn first and applied afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_cdt
from torch import Tensor

from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.fields import smooth_field
from GSSCore.vocabulary import MODALITIES

NODES = 5
"""Nodes of the smooth field along each axis of a crop: some 25 mm from one to the next, about a lobe."""
BRIGHTNESS = (-3.0, 4.0)
"""Z-scores between which the rim lies: bone and air are darker than any brain, fat in T1 and muscle brighter."""
TEXTURE = 0.5
"""Standard deviation of the rim's noise, in z-scores."""


@dataclass(frozen=True, eq=False)
class MaskParameters:
    """How a sample's brain mask is wrong.

    Attributes:
        depth: (5, 5, 5) nodes of a smooth field, in voxels: how deep the mask cuts into the brain where positive, how
            far it reaches beyond where negative.
        brightness: z-score of the rim in each modality.
        seed: seed of the rim's texture.
    """

    depth: NDArray[np.floating[Any]]
    brightness: tuple[float, ...]
    seed: int


def draw_mask(rng: np.random.Generator, settings: AugmentationSettings) -> MaskParameters | None:
    """Return random parameters, or None for a mask that is left as it is; draws equally often either way."""
    depth = rng.uniform(-settings.mask, settings.mask, (NODES,) * 3)
    brightness = tuple(float(z) for z in rng.uniform(*BRIGHTNESS, len(MODALITIES)))
    seed, chosen = int(rng.integers(2**62)), rng.random() < settings.mask_probability
    return MaskParameters(depth, brightness, seed) if chosen else None


def spoil_mask(images: Tensor, labels: Tensor, parameters: MaskParameters) -> tuple[Tensor, Tensor]:
    """Return a sample as if its brain mask were wrong.

    Args:
        images: (M, D, H, W), zero where missing and outside the brain.
        labels: (D, H, W) uint8.
        parameters: how the mask is wrong.

    Returns:
        New images and labels. What is cut away is background in both. The rim is background in the labels, and lies in
        the modalities that the sample has. The faces of the crop do not count as the brain's border.
    """
    brain = (images != 0).any(0)
    depth = smooth_field(parameters.depth[None], labels.shape, images.device)[0]
    most = int(np.ceil(np.abs(parameters.depth).max()))
    cut = brain & (_steps(~brain, most) <= depth)
    rim = ~brain & (_steps(brain, most) <= -depth)
    generator = torch.Generator(images.device).manual_seed(parameters.seed)
    texture = TEXTURE * torch.randn(int(rim.sum()), generator=generator, device=images.device)
    spoilt = torch.where(cut, 0.0, images)
    for channel, brightness in enumerate(parameters.brightness):
        if images[channel].any():
            spoilt[channel][rim] = brightness + texture
    return spoilt, torch.where(cut, 0, labels)


def _steps(mask: Tensor, most: int) -> Tensor:
    """Return how far each voxel (D, H, W) lies from the mask, in steps through faces, edges and corners.

    At most `most` + 1, everywhere for an empty mask; the mask itself has 0, and nothing beyond the array belongs to it.
    """
    if mask.device.type != "cpu":  # scipy is quicker on a CPU, and can't be used elsewhere
        return _steps_by_growing(mask, most)
    steps = distance_transform_cdt(~mask.numpy(), "chessboard")  # -1 everywhere for an empty mask
    return torch.from_numpy(np.where(steps < 0, most + 1, np.minimum(steps, most + 1)))


def _steps_by_growing(mask: Tensor, most: int) -> Tensor:
    """Return what `_steps` returns, from a mask that grows step by step."""
    grown = mask.float()[None, None]
    steps = (grown == 0).int()
    for _ in range(most):
        grown = F.max_pool3d(grown, 3, 1, 1)
        steps += grown == 0
    return steps[0, 0]
