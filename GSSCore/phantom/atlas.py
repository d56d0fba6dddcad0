"""The tissue map that ships with the phantom: shares of grey matter, white matter and fluid at 2 mm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats, Mask

TISSUE_FILE = Path(__file__).resolve().parent / "data" / "tissue.npz"
SPACING_MM = 2.0
STEPS = 63
"""Largest value in the file; it stands for a share of 1."""
GREY, WHITE, FLUID = range(3)
"""The channels of the map."""
_CHUNK = 250_000


@dataclass(frozen=True, eq=False)
class Atlas:
    """Tissue shares on a lattice of 2 mm, axes R, A, S.

    Attributes:
        shares: float32 (X, Y, Z, 3), 0 to 1, in the order grey matter, white matter, fluid; their sum is the brain.
        corner_mm: (3,) position of the first voxel's centre.
        near: bool (X, Y, Z), where trilinear interpolation may find brain.
    """

    shares: Floats
    corner_mm: NDArray[np.float64]
    near: Mask

    def index(self, positions: Floats) -> Floats:
        """Return fractional voxel indices (N, 3) of positions (N, 3) in mm, kept inside the lattice."""
        index: Floats = (positions - self.corner_mm.astype(np.float32)) / np.float32(SPACING_MM)
        top = np.array(self.near.shape, np.float32) - 1.001
        np.maximum(index, np.float32(0.0), out=index)
        np.minimum(index, top, out=index)
        return index

    def sample(self, positions: Floats) -> Floats:
        """Return the shares (N, 3) at positions (N, 3) in mm, trilinear."""
        out = np.empty((len(positions), 3), np.float32)
        flat = self.shares.reshape(-1, 3)
        _, ny, nz = self.near.shape
        steps = [(i * ny + j) * nz + k for i in (0, 1) for j in (0, 1) for k in (0, 1)]
        for low in range(0, len(positions), _CHUNK):
            index = self.index(positions[low : low + _CHUNK])
            whole = index.astype(np.int32)
            part = index - whole
            base = (whole[:, 0] * ny + whole[:, 1]) * nz + whole[:, 2]
            x, y, z = ((1.0 - part[:, axis], part[:, axis]) for axis in range(3))
            weights = [x[i] * y[j] * z[k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
            total = np.zeros((len(base), 3), np.float32)
            for step, weight in zip(steps, weights, strict=True):
                total += flat.take(base + step, axis=0) * weight[:, None]
            out[low : low + _CHUNK] = total
        return out

    def may_hold_brain(self, positions: Floats) -> Mask:
        """Tell for positions (N, 3) in mm where there may be brain: False is certain, True is not."""
        i, j, k = self.index(positions).astype(np.int32).T
        _, ny, nz = self.near.shape
        return np.asarray(self.near.reshape(-1)[(i * ny + j) * nz + k])


@cache
def load_atlas() -> Atlas:
    """Read the shipped tissue map and mirror its half to a whole head."""
    with np.load(TISSUE_FILE, allow_pickle=False) as file:
        half, corner = file["shares"], file["corner_mm"]
    shares = np.moveaxis(np.concatenate([half[:, :0:-1], half], axis=1), 0, -1).astype(np.float32) / STEPS
    near = shares.sum(axis=-1) > 0
    for axis in range(3):
        # An index is rounded down, so that a voxel stands for the cell between itself and its next neighbours.
        near |= np.roll(near, -1, axis)
    corner = corner - [SPACING_MM * (half.shape[1] - 1), 0.0, 0.0]
    return Atlas(np.ascontiguousarray(shares), corner, near)
