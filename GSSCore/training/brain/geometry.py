"""Where the voxels of a sample come from: a turn, a stretch, a shift, a smooth bend, and one head fitted to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from scipy.spatial.transform import Rotation
from torch import Tensor

from GSSCore.imaging.arrays import Array, Doubles, Mask, Size
from GSSCore.imaging.boxes import bounding_box
from GSSCore.training.fields import smooth_field

ROTATION_DEGREES = 30.0
"""Heads lie in the scanner as they like, and slabs are planned obliquely."""
STRETCH = (0.88, 1.18)
SHIFT_VOXELS = (10.0, 28.0)
FAR_SHARE = 0.25
"""How far the brain lies from the middle at most, and the share of samples in which it may lie as far as the second:
a first look at a whole scan finds it anywhere, a second one is centred on it."""
BEND_VOXELS = 1.2
"""Standard deviation of the smooth bend."""
NODES_APART = 16
"""Voxels between the nodes of the bend."""


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a sample's voxels come from.

    Attributes:
        matrix: (3, 3), from offsets in the sample to offsets in the head, in voxels.
        shift: (3,), in voxels of the head.
        bend: (3, i, j, k) nodes of a displacement, in voxels.
    """

    matrix: Doubles
    shift: Doubles
    bend: Doubles


def draw_placement(rng: np.random.Generator, size: Size) -> Placement:
    """Return a random placement; half of them are mirrored left to right."""
    angles = rng.uniform(-ROTATION_DEGREES, ROTATION_DEGREES, 3)
    matrix = Rotation.from_euler("xyz", angles, degrees=True).as_matrix() @ np.diag(rng.uniform(*STRETCH, 3))
    if rng.random() < 0.5:
        matrix = matrix @ np.diag((-1.0, 1.0, 1.0))
    nodes = tuple(max(2, n // NODES_APART) for n in size)
    bend = rng.normal(0.0, BEND_VOXELS, (3, *nodes))
    most = SHIFT_VOXELS[rng.random() < FAR_SHARE]
    return Placement(matrix, rng.uniform(-most, most, 3), bend)


def positions(placement: Placement, centre: Doubles, size: Size) -> Tensor:
    """Return where in a head each voxel of a sample comes from, float32 (*size, 3), in voxels of the head.

    Args:
        placement: as drawn.
        centre: (3,), the voxel of the head that becomes the sample's middle, but for the shift.
        size: of the sample.
    """
    axes = [torch.arange(n, dtype=torch.float32) - (n - 1) / 2.0 for n in size]
    offsets = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1)
    matrix = torch.from_numpy(np.asarray(placement.matrix, np.float32))
    bend = smooth_field(placement.bend, size).movedim(0, -1)
    middle = torch.from_numpy(np.asarray(centre + placement.shift, np.float32))
    return offsets @ matrix.T + middle + bend


def sample_at(array: Array, where: Tensor, *, nearest: bool) -> Tensor:
    """Return the values of an array (C, I, J, K) or (I, J, K) at positions (D, H, W, 3); 0 beyond its edges.

    float32 (C, D, H, W), or (D, H, W).
    """
    values = torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))
    channels = values if values.ndim == 4 else values[None]
    size = torch.tensor(channels.shape[1:], dtype=torch.float32)
    # grid_sample wants the last axis first, and -1 and 1 at the outer faces of the outer voxels.
    grid = ((2.0 * where + 1.0) / size - 1.0).flip(-1)[None]
    mode = "nearest" if nearest else "bilinear"
    found = F.grid_sample(channels[None], grid, mode=mode, padding_mode="zeros", align_corners=False)[0]
    return found if values.ndim == 4 else found[0]


def fitted_positions(where: Tensor, own: Mask, other: Mask, slack: float) -> Tensor:
    """Return positions in another head at which its brain's box lies on the box of one's own brain, `slack` beyond it.

    Args:
        where: positions (D, H, W, 3) in the space of `own`.
        own: brain bool (I, J, K) that is set into the other head.
        other: the other head's brain.
        slack: voxels by which the other brain is to be larger at each side.
    """
    low, high = _ends(own)
    other_low, other_high = _ends(other)
    scale = (other_high - other_low) / (high - low + 2.0 * slack)
    shift = (other_low + other_high) / 2.0 - scale * (low + high) / 2.0
    return where * torch.from_numpy(scale.astype(np.float32)) + torch.from_numpy(shift.astype(np.float32))


def centre_of(brain: Mask) -> Doubles:
    """Return the middle of the brain's box, (3,), in voxels."""
    low, high = _ends(brain)
    return np.asarray((low + high) / 2.0)


def _ends(mask: Mask) -> tuple[Doubles, Doubles]:
    """Return the first and the last index of a mask along each axis."""
    box = bounding_box(mask)
    assert box is not None, "a head has a brain"
    return np.array([side.start for side in box], float), np.array([side.stop - 1 for side in box], float)
