"""A brain with a tumour in another person's head: the brain's border is known exactly, the tumour lies inside it.

The other head is stretched until its brain's box is a little larger than the one that is set in; what is left between
both is filled with fluid and counts as brain, as in the masks of whole heads, which hold the fluid as well.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.training.brain.drawn import draw_head
from GSSCore.training.brain.geometry import fitted_positions, sample_at
from GSSCore.training.brain.heads import BareBrain, LabelledHead, ScannedHead

SLACK_VOXELS = (0.5, 2.0)
"""Of 2 mm, at each side: fluid between the brain and the skull."""
SEAM = 0.5
"""Share of the composites whose seam is blurred."""


def set_in(
    rng: np.random.Generator, bare: BareBrain, host: ScannedHead | LabelledHead, where: Tensor
) -> tuple[Tensor, Tensor]:
    """Return one modality of a brain within another head, float32 (D, H, W), and the brain's mask, bool (D, H, W).

    Args:
        rng: decides what is random.
        bare: the brain.
        host: the head around it.
        where: positions (D, H, W, 3) in the space of `bare`.
    """
    bare_brain = bare.brain
    own = sample_at(bare_brain.astype(np.uint8), where, nearest=True) > 0
    shown = bare.images[[channel for channel, image in enumerate(bare.images) if image.any()]]
    image = sample_at(shown[int(rng.integers(len(shown)))], where, nearest=False) / 127.0
    there = fitted_positions(where, bare_brain, host.brain, rng.uniform(*SLACK_VOXELS))
    if isinstance(host, LabelledHead):
        around, around_brain = draw_head(rng, host, there)
    else:
        around = sample_at(host.image, there, nearest=False) / 255.0
        around_brain = sample_at(host.brain.astype(np.uint8), there, nearest=True) > 0
        around = around * float(rng.uniform(0.4, 1.6))
    fluid = float(rng.uniform(0.0, 1.0)) + 0.03 * torch.randn(
        image.shape, generator=torch.Generator().manual_seed(int(rng.integers(2**62)))
    )
    brain = own | around_brain
    whole = torch.where(own, image, torch.where(around_brain, fluid, around))
    if rng.random() < SEAM:
        whole = torch.where(_border(own), F.avg_pool3d(whole[None, None], 3, 1, 1)[0, 0], whole)
    return whole, brain


def _border(mask: Tensor) -> Tensor:
    """Return the voxels within one voxel of a mask's surface, bool (D, H, W)."""
    solid = mask.float()[None, None]
    grown, shrunk = F.max_pool3d(solid, 3, 1, 1), -F.max_pool3d(-solid, 3, 1, 1)
    return (grown > shrunk)[0, 0]
