"""What lies around the brain of the phantom: meninges, skull, scalp, face, eyes and neck, as a map of tissues.

The skull follows the brain's own surface, at distances that vary. Face and neck are put together from ellipsoids and
columns at places of the atlas, measured by eye; they need look like a head to whoever strips skulls, and no more.
Lengths are in mm of the atlas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats, Mask
from GSSCore.phantom import contrast
from GSSCore.phantom.anatomy import CENTRE_MM
from GSSCore.phantom.contrast import Tissue
from GSSCore.phantom.fields import Axes, smooth_noise


class Around(IntEnum):
    """The tissues of the map."""

    AIR = 0
    FLUID = 1
    CORD = 2
    DURA = 3
    BONE = 4
    MARROW = 5
    FAT = 6
    MUSCLE = 7
    SKIN = 8
    MUCOSA = 9
    LENS = 10
    BLOOD = 11


TISSUES: dict[Around, Tissue] = {
    Around.AIR: contrast.AIR,
    Around.FLUID: contrast.FLUID,
    Around.CORD: contrast.WHITE,
    Around.DURA: contrast.DURA,
    Around.BONE: contrast.BONE,
    Around.MARROW: contrast.MARROW,
    Around.FAT: contrast.FAT,
    Around.MUSCLE: contrast.MUSCLE,
    Around.SKIN: contrast.SKIN,
    Around.MUCOSA: contrast.MUCOSA,
    Around.LENS: contrast.LENS,
    Around.BLOOD: contrast.VESSEL,
}

NOISES_MM = {"broad": 30.0, "middle": 12.0, "fine": 5.0, "other": 6.0}
"""Lattice spacing of the random fields that make thickness and mixture vary."""
GAP_MM, DURA_MM, BONE_MM, SCALP_MM = 2.0, 1.0, 6.5, 6.5
"""Mean thickness of the fluid about the brain, of dura, skull and scalp."""
TABLE_MM = 1.5
"""Of the compact bone on either side of the marrow."""
SKIN_MM, FAT_MM = 1.8, 3.2
GLOBE, GLOBE_MM = (33.0, 62.0, -38.0), 12.3
APEX = (17.0, 22.0, -32.0)
"""Middle of the right eye, its radius, and where its orbit ends."""


@dataclass(frozen=True, eq=False)
class _Plane:
    """Voxels of one sagittal plane, (Y, Z) each.

    Attributes:
        x, y, z: where they are; `x` is the distance from the midline, as heads are symmetrical here.
        depth: distance to the brain's surface, positive outside.
        noise: the random fields, by the names of `NOISES_MM`.
        label: the map that is being drawn.
    """

    x: Floats
    y: Floats
    z: Floats
    depth: Floats
    noise: dict[str, Floats]
    label: NDArray[np.uint8]

    def ball(self, centre: Sequence[float], radii: Sequence[float]) -> Floats:
        """Return how deep a voxel lies in an ellipsoid and its mirror image, in mm of its shortest axis."""
        square = np.zeros_like(self.x)
        for at, middle, radius in zip((self.x, self.y, self.z), centre, radii, strict=True):
            square += ((at - np.float32(middle)) / np.float32(radius)) ** 2
        return np.asarray((1.0 - np.sqrt(square)) * np.float32(min(radii)))

    def column(self, x: float, y: float | Floats, width: float, length: float) -> Floats:
        """Return how deep a voxel lies in a column that runs from head to foot, half `width` by half `length`."""
        square = ((self.x - np.float32(x)) / np.float32(width)) ** 2 + ((self.y - y) / np.float32(length)) ** 2
        return np.asarray((1.0 - np.sqrt(square)) * np.float32(min(width, length)))

    def paint(self, tissue: Around, where: Mask) -> None:
        """Put a tissue there."""
        self.label[where] = tissue


def draw_surroundings(depth: Floats, axes: Axes, turn: Floats, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the tissues of a head, `Around`, uint8 (X, Y, Z), as if its brain were fluid.

    Args:
        depth: distance to the smoothed surface of the brain, (X, Y, Z), positive outside.
        axes: of the voxels.
        turn: (3, 3), from offsets in the head to offsets in the atlas, as `anatomy` draws it.
        rng: generator.
    """
    noises = {name: smooth_noise(rng, axes, scale) for name, scale in NOISES_MM.items()}
    label = np.zeros(axes.shape, np.uint8)
    face = np.stack(np.broadcast_arrays(axes.y[:, None], axes.z[None, :]), axis=-1).astype(np.float32)
    centre = CENTRE_MM.astype(np.float32)
    for i, x in enumerate(axes.x):
        offset = np.concatenate([np.full((*face.shape[:2], 1), x, np.float32), face], axis=-1) - centre
        at = offset @ turn + centre
        plane = _Plane(
            np.abs(at[..., 0]), at[..., 1], at[..., 2], depth[i], {n: f[i] for n, f in noises.items()}, label[i]
        )
        under = _under_skin(plane)
        _draw_soft(plane, under)
        _draw_face(plane, under)
        _draw_neck(plane)
        _draw_skull(plane)
        _draw_eyes(plane)
    return label


def _smooth_max(first: Floats, second: Floats, width: float) -> Floats:
    """Return the larger of two depths; where they are alike, a fillet of some `width` mm."""
    near = np.maximum(np.float32(width) - np.abs(first - second), np.float32(0.0))
    return np.asarray(np.maximum(first, second) + near**2 / np.float32(4.0 * width))


def _under_skin(p: _Plane) -> Floats:
    """Return how deep a voxel lies under the surface of the head, in mm, negative outside."""
    temple = np.maximum(p.ball((66.0, 18.0, -16.0), (24.0, 34.0, 36.0)), np.float32(0.0)) * np.float32(0.35)
    scalp = np.float32(GAP_MM + DURA_MM + BONE_MM + SCALP_MM) + temple + 0.8 * p.noise["broad"] - p.depth
    throat = np.float32(-22.0) - np.float32(0.12) * (p.z + 60.0)
    low = np.minimum(np.float32(-50.0) - p.z, np.float32(30.0)) * np.float32(0.7)
    under = _smooth_max(scalp, p.ball((0.0, 38.0, -52.0), (60.0, 52.0, 62.0)), 12.0)
    under = _smooth_max(under, p.ball((0.0, 40.0, -96.0), (47.0, 48.0, 42.0)), 14.0)
    under = _smooth_max(under, np.minimum(p.column(0.0, throat, 58.0, 62.0), low), 16.0)
    under = _smooth_max(under, p.ball((0.0, 92.0, -58.0), (13.0, 18.0, 20.0)), 10.0)
    under = _smooth_max(under, p.ball((0.0, 80.0, -92.0), (24.0, 12.0, 15.0)), 10.0)
    ear = p.ball((80.0, -30.0, -42.0), (9.0, 17.0, 28.0)) - np.maximum(
        p.ball((88.0, -26.0, -42.0), (8.0, 12.0, 20.0)), np.float32(0.0)
    )
    return np.maximum(under, ear)


def _draw_soft(p: _Plane, under: Floats) -> None:
    """Draw skin, the fat under it, and muscles parted by thin fat."""
    thick = np.float32(SKIN_MM + FAT_MM) + 1.2 * p.noise["broad"]
    thick += np.clip((np.float32(-40.0) - p.z) / np.float32(12.0), 0.0, 4.0)
    p.paint(Around.MUSCLE, under > 0)
    p.paint(Around.FAT, (under > 0) & (np.abs(p.noise["middle"]) < 0.12))
    p.paint(Around.FAT, (under > 0) & (under < thick))
    thin = np.abs(p.noise["fine"]) + np.abs(p.noise["other"]) < 0.16
    p.paint(Around.BLOOD, thin & (under > SKIN_MM) & (under < thick + 6.0))
    p.paint(Around.FAT, (p.ball((60.0, 0.0, -78.0), (9.0, 16.0, 22.0)) > 0) & (p.noise["fine"] > -0.4))
    p.paint(Around.FAT, (p.ball((44.0, 46.0, -72.0), (9.0, 14.0, 22.0)) > 0) & (under > 0))
    p.paint(Around.SKIN, (under > 0) & (under < SKIN_MM + 0.4 * p.noise["middle"]))


def _draw_face(p: _Plane, under: Floats) -> None:
    """Draw the bones of the face, the sinuses, nose, mouth and jaws."""
    deep = under > 4.0
    bone = np.maximum(p.ball((24.0, 52.0, -62.0), (24.0, 24.0, 26.0)), p.ball((0.0, 44.0, -48.0), (30.0, 30.0, 18.0)))
    p.paint(Around.MARROW, deep & (bone > 0))
    p.paint(Around.BONE, deep & (bone > 0) & ((bone < 2.5) | (p.noise["fine"] > 0.6)))
    p.paint(Around.BONE, deep & (np.abs(p.ball((40.0, 44.0, -52.0), (22.0, 28.0, 9.0))) < 1.6))
    tongue = p.ball((0.0, 40.0, -96.0), (23.0, 30.0, 20.0))
    p.paint(Around.MUSCLE, tongue > 0)
    p.paint(Around.FAT, (tongue > 4.0) & (p.noise["fine"] > 0.9))
    for height, length, half in ((-84.0, 40.0, 10.0), (-108.0, 43.0, 12.0)):
        arch = np.hypot(p.x / np.float32(30.0), np.maximum(p.y - 34.0, 0.0) / np.float32(length))
        shell = np.float32(5.5) - np.maximum(np.abs(arch - 1.0) * 32.0, np.abs(p.z - height) - (half - 5.5))
        p.paint(Around.BONE, deep & (shell > 0) & (p.y > 34.0))
        p.paint(Around.MARROW, deep & (shell > 2.2) & (p.y > 34.0) & (np.abs(p.z + 96.0) > 8.0))
    ramus = p.ball((46.0, 20.0, -84.0), (4.5, 15.0, 28.0))
    p.paint(Around.BONE, ramus > 0)
    p.paint(Around.MARROW, ramus > 1.6)
    nose = np.minimum(p.ball((0.0, 52.0, -58.0), (17.0, 36.0, 22.0)), under - 3.0)
    _hollow(p, nose, (p.x > 2.5) & (p.noise["fine"] < 0.5))
    p.paint(Around.BONE, (nose > 2.0) & (p.x < 1.2))
    _hollow(p, p.ball((28.0, 50.0, -63.0), (14.0, 17.0, 17.0)))
    _hollow(p, np.minimum(p.ball((8.0, 20.0, -38.0), (11.0, 12.0, 11.0)), p.depth - 5.0), p.x > 0.8)
    _hollow(p, np.minimum(p.ball((12.0, 46.0, -38.0), (10.0, 20.0, 10.0)), p.depth - 5.0), p.noise["other"] > -0.5)


def _hollow(p: _Plane, depth: Floats, air: Mask | None = None) -> None:
    """Draw a hollow in bone: its wall, the mucosa on it, and air, where `air` says so."""
    p.paint(Around.BONE, (depth > -1.5) & (depth <= 0))
    p.paint(Around.MUCOSA, depth > 0)
    inside = depth > 1.2 + 0.6 * p.noise["middle"]
    p.paint(Around.AIR, inside if air is None else inside & air)


def _draw_neck(p: _Plane) -> None:
    """Draw the throat, the spine with its cord, and the large vessels."""
    below = p.z < -58.0
    throat = np.minimum(p.column(0.0, 8.0 - 0.06 * (p.z + 60.0), 13.0, 9.0), np.float32(-54.0) - p.z)
    p.paint(Around.MUCOSA, throat > 0)
    p.paint(Around.AIR, throat > 2.5)
    back = np.float32(-42.0) - np.float32(0.1) * (p.z + 60.0)
    body, disc = p.column(0.0, back + 24.0, 12.0, 10.0), np.abs((p.z + 160.0) % 18.0 - 9.0) > 7.3
    arch = p.column(0.0, back - 2.0, 21.0, 19.0)
    p.paint(Around.MARROW, below & (np.maximum(body, arch) > 0))
    p.paint(Around.BONE, below & (((body > 0) & (body < 1.8)) | ((arch > 0) & (arch < 2.0)) | ((body > 0) & disc)))
    p.paint(Around.MUSCLE, below & disc & (arch > 0) & (body <= 0))
    canal = p.column(0.0, back, 11.0, 9.0)
    low = p.z < -52.0
    p.paint(Around.BONE, below & (canal > -1.5))
    p.paint(Around.DURA, low & (canal > -0.5))
    p.paint(Around.FLUID, low & (canal > 0.3))
    p.paint(Around.CORD, (p.z < -66.0) & (p.column(0.0, back, 6.8, 5.2) > 0))
    for x, ahead, radius in ((24.0, 30.0, 3.4), (32.0, 26.0, 5.2), (19.0, 8.0, 2.0)):
        p.paint(Around.BLOOD, below & (p.column(x, back + ahead, radius, radius) > 0))


def _draw_skull(p: _Plane) -> None:
    """Draw meninges, sinuses of the dura, the skull with its marrow, and the air cells behind the ears."""
    gap = np.maximum(np.float32(GAP_MM) + 0.9 * p.noise["broad"] + 0.3 * p.noise["middle"], np.float32(0.6))
    thin = np.maximum(p.ball((70.0, 6.0, -12.0), (22.0, 40.0, 36.0)), np.float32(0.0)) * np.float32(0.14)
    bone = np.maximum(np.float32(BONE_MM) + 0.9 * p.noise["broad"] - thin, np.float32(3.0))
    canal = (p.z < -50.0) & (p.column(0.0, -42.0, 12.0, 12.0) > 0)
    within = p.depth - gap - np.float32(DURA_MM)
    skull = (within >= 0) & (within < bone) & ~canal
    p.paint(Around.BONE, skull)
    marrow = skull & (within > TABLE_MM) & (within < bone - TABLE_MM) & (p.noise["fine"] > -1.7)
    p.paint(Around.MARROW, marrow)
    cells = (p.ball((56.0, -36.0, -52.0), (16.0, 15.0, 22.0)) > 0) & (p.depth > 4.0)
    p.paint(Around.BONE, cells)
    p.paint(Around.AIR, cells & (p.noise["fine"] > 0.1))
    canals = (np.hypot(p.y + 20.0, p.z + 46.0) < 3.2) & (p.x > 52.0) & (p.x < 84.0)
    p.paint(Around.AIR, canals)
    frontal = np.minimum(p.ball((11.0, 76.0, -12.0), (14.0, 9.0, 15.0)), within - TABLE_MM)
    _hollow(p, np.where(frontal > 0, frontal, np.float32(-9.0)), p.x > 1.0)
    p.paint(Around.DURA, (p.depth >= gap) & (within < 0) & ~canal)
    p.paint(Around.FLUID, p.depth < gap)
    sagittal = (
        (p.x + np.maximum(within, 0.0) < 3.5) & (p.depth > gap - 3.0) & (within < 1.0) & ((p.z > 0) | (p.y < -60.0))
    )
    transverse = (np.abs(p.z + 32.0) < 4.0) & (p.y < -48.0) & (p.depth > gap - 3.0) & (within < 1.5)
    p.paint(Around.BLOOD, sagittal | transverse)


def _draw_eyes(p: _Plane) -> None:
    """Draw eyes, their nerves and muscles, and the fat of the orbits."""
    start, end = np.array(APEX, np.float32), np.array(GLOBE, np.float32)
    axis = (end - start) / np.linalg.norm(end - start)
    offset = np.stack([p.x, p.y, p.z], axis=-1) - start
    along = offset @ axis
    across = np.sqrt(np.maximum(np.einsum("ijk,ijk->ij", offset, offset) - along**2, np.float32(0.0)))
    cone = np.where((along > 0) & (along < 52.0), 5.0 + 0.32 * along - across, np.float32(-9.0))
    cone = np.where(p.depth > 4.0, cone, np.float32(-9.0))
    globe = p.ball(GLOBE, (GLOBE_MM,) * 3)
    p.paint(Around.BONE, (cone > -1.8) & (cone <= 0) & (along < 46.0))
    p.paint(Around.FAT, cone > 0)
    height, side = offset[..., 2] - along * axis[2], offset[..., 0] - along * axis[0]
    straight = (np.minimum(np.abs(height), np.abs(side)) < 3.5) & (np.abs(across - 0.27 * along - 2.0) < 1.5)
    p.paint(Around.MUSCLE, (cone > 0) & straight & (along < 42.0))
    p.paint(Around.FLUID, (cone > -3.0) & (across < 2.8) & (along < 40.0))
    p.paint(Around.CORD, (cone > -3.0) & (across < 1.8) & (along < 40.0))
    p.paint(Around.SKIN, (globe > -1.0) & (globe <= 0.3))
    p.paint(Around.FLUID, globe > 0.3)
    lens = p.ball((GLOBE[0], GLOBE[1] + 8.0, GLOBE[2]), (4.6, 2.2, 4.6))
    p.paint(Around.LENS, lens > 0)
