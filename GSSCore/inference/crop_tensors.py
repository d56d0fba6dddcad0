"""A crop as tensors of the size that a network wants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from GSSCore.imaging.arrays import Size
from GSSCore.imaging.boxes import box_at, common, size_of
from GSSCore.inference.windows import padded_shape
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
    whole = preprocessed.grid.shape
    box = common(box_at([max(0, (n - side) // 2) for n in whole], (side, side, side)), box_at((0, 0, 0), whole))
    part = replace(preprocessed, images=preprocessed.images[(slice(None), *box)], brain=preprocessed.brain[box])
    images = padded(part, padded_shape(size_of(box), stride), torch.device("cpu"), torch.float32)
    return images, torch.from_numpy(preprocessed.available)[None]
