"""A crop as tensors of the size that a network wants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from GSSCore.imaging.arrays import Size
from GSSCore.imaging.boxes import box_at
from GSSCore.inference.windows import plan_windows
from GSSCore.preprocessing.preprocessed import Preprocessed


def padded(preprocessed: Preprocessed, shape: Size, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Return the images (1, M, *shape), zeros at the far ends and in missing channels."""
    images = torch.zeros((1, len(preprocessed.available), *shape), dtype=dtype, device=device)
    d, h, w = preprocessed.brain.shape
    for m in np.flatnonzero(preprocessed.available):
        images[0, m, :d, :h, :w] = torch.from_numpy(preprocessed.images[m])
    return images


def middle(preprocessed: Preprocessed, side: int, stride: int) -> tuple[Tensor, Tensor]:
    """Return a window (1, M, d, h, w) at the crop's middle, float32, and `available` bool (1, M)."""
    box = box_at([max(0, (n - side) // 2) for n in preprocessed.brain.shape], (side, side, side))
    part = replace(preprocessed, images=preprocessed.images[(slice(None), *box)], brain=preprocessed.brain[box])
    shape = plan_windows(size(part), stride).shape
    images = padded(part, shape, torch.device("cpu"), torch.float32)
    return images, torch.from_numpy(preprocessed.available)[None]


def size(preprocessed: Preprocessed) -> Size:
    """Return the crop's voxels along each axis."""
    d, h, w = preprocessed.brain.shape
    return d, h, w
