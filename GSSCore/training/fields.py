"""Smooth fields, from few nodes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.imaging.arrays import Reals


def smooth_field(nodes: Reals, size: Sequence[int], device: torch.device | None = None) -> Tensor:
    """Return a field (C, D, H, W), float32, interpolated linearly between its nodes.

    Args:
        nodes: (C, i, j, k); the outer ones lie on the outer voxels.
        size: D, H, W.
        device: where the field is wanted; None for the CPU.
    """
    given = torch.from_numpy(np.asarray(nodes, np.float32)).to(device)
    field: Tensor = F.interpolate(given[None], list(size), mode="trilinear", align_corners=True)[0]
    return field
