"""A head from the atlas: each seed bends and scales it differently, and a tumour displaces its tissue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats, Mask
from GSSCore.phantom.atlas import FLUID, Atlas
from GSSCore.phantom.fields import Axes, smooth_noise

CENTRE_MM = np.array([0.0, -17.0, 8.0])
"""Middle of the brain in the atlas's space; every head is scaled and turned about it."""
SIZE, SIZE_SD, TILT_SD_DEGREES = 0.94, 0.025, 2.5
BENDS_MM = ((45.0, 2.2), (18.0, 0.9))
"""Lattice spacing and standard deviation of the random displacements: of lobes, and of gyri."""
SULCI = (2.0, 4.5)
"""Range of the weight of fluid when tissue borders are sharpened; it grows with age. Narrow sulci, whose places differ
between brains, have nearly vanished in an average of 152 brains."""


@dataclass(frozen=True, eq=False)
class MassEffect:
    """How a growing tumour pushes tissue away from its centre.

    Attributes:
        centre_mm: (3,) in the head's space.
        reach_mm: distance over which the push fades.
        strength: share of its distance from the centre by which tissue near it was displaced outwards, below 0.5.
    """

    centre_mm: NDArray[np.float64]
    reach_mm: float
    strength: float

    def effacement(self, brain: Mask, axes: Axes) -> Floats:
        """Return the share (N,) of their width that sulci and ventricles keep, at the True voxels of a box."""
        x, y, z = axes.offsets(self.centre_mm)
        square = (x**2 + y**2 + z**2)[brain] / np.float32(0.5 * self.reach_mm**2)
        return np.asarray(1.0 - np.float32(0.9) * np.exp(-square), np.float32)


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Tissue shares of a head's brain voxels, in the order of `brain`'s True voxels.

    Attributes:
        brain: bool (X, Y, Z), the box.
        shares: float32 (N, 3), grey matter, white matter, fluid; they add up to 1.
        atlas_mm: float32 (N, 3), where each voxel lies in the atlas.
    """

    brain: Mask
    shares: Floats
    atlas_mm: Floats

    def on_box(self, values: Floats) -> Floats:
        """Return values (N,) on the box (X, Y, Z), 0 outside the brain."""
        out = np.zeros(self.brain.shape, np.float32)
        out[self.brain] = values
        return out


def make_anatomy(atlas: Atlas, axes: Axes, rng: np.random.Generator, push: MassEffect) -> Anatomy:
    """Return the head that `rng` draws, on the box that `axes` describe."""
    turn = turn_of(rng)
    bends = _bends(rng, axes)
    brain = np.zeros(axes.shape, np.bool_)
    found: list[Floats] = []
    sampled: list[Floats] = []
    face = np.stack(np.broadcast_arrays(axes.y[:, None], axes.z[None, :]), axis=-1).reshape(-1, 2)
    for i, x in enumerate(axes.x):
        positions = np.column_stack([np.full(len(face), x), face]).astype(np.float32)
        positions = _before_push(positions, push)
        positions = (positions - CENTRE_MM.astype(np.float32)) @ turn + CENTRE_MM.astype(np.float32)
        positions += bends[:, i].reshape(3, -1).T
        candidates = np.flatnonzero(atlas.may_hold_brain(positions))
        shares = atlas.sample(positions[candidates])
        inside = shares.sum(axis=1) > 0.5
        brain[i].reshape(-1)[candidates[inside]] = True
        found.append(positions[candidates[inside]])
        sampled.append(shares[inside])
    weight = np.float32(rng.uniform(*SULCI)) * push.effacement(brain, axes)
    return Anatomy(brain, _sharpened(np.concatenate(sampled), weight), np.concatenate(found))


def turn_of(rng: np.random.Generator) -> Floats:
    """Return the small random rotation and scaling of a head, (3, 3); it is the first thing that is drawn of it.

    An offset from `CENTRE_MM` in the head, a row, times it is the offset in the atlas.
    """
    scale = np.diag(1.0 / SIZE + SIZE_SD * np.clip(rng.standard_normal(3), -2.0, 2.0))
    for first, second in ((0, 1), (0, 2), (1, 2)):
        angle = np.deg2rad(TILT_SD_DEGREES * np.clip(rng.standard_normal(), -2.0, 2.0))
        turn = np.eye(3)
        turn[[first, second], [first, second]] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        scale = scale @ turn
    return scale.astype(np.float32)


def _bends(rng: np.random.Generator, axes: Axes) -> Floats:
    """Return displacements (3, X, Y, Z) in mm."""
    bends = np.zeros((3, *axes.shape), np.float32)
    for scale, sd in BENDS_MM:
        for axis in range(3):
            bends[axis] += np.float32(sd) * smooth_noise(rng, axes, scale)
    return bends


def _before_push(positions: Floats, push: MassEffect) -> Floats:
    """Return where the tissue at `positions` (N, 3) was before the tumour grew."""
    offset = positions - push.centre_mm.astype(np.float32)
    square = np.einsum("ij,ij->i", offset, offset) / np.float32(push.reach_mm**2)
    offset *= (np.float32(push.strength) * np.exp(-square))[:, None]
    return np.asarray(positions - offset)


def _sharpened(shares: Floats, fluid: Floats) -> Floats:
    """Return shares (N, 3) with narrower borders between tissues, fluid weighted by `fluid` (N,), adding up to 1."""
    sharp: Floats = shares * shares
    sharp[:, FLUID] *= fluid
    sharp /= sharp.sum(axis=1, keepdims=True)
    return sharp


def neighbourhood(atlas: Atlas, position_mm: NDArray[np.float64], radius: int) -> NDArray[np.float32]:
    """Return the mean shares (3,) of the tissues in a cube around a position of the atlas.

    Args:
        atlas: the tissue map.
        position_mm: (3,).
        radius: of the cube, in voxels of the atlas.
    """
    index = np.rint(atlas.index(position_mm[None].astype(np.float32))[0]).astype(int)
    box = tuple(slice(max(0, i - radius), i + radius + 1) for i in index)
    return np.asarray(atlas.shares[box].reshape(-1, 3).mean(axis=0))
