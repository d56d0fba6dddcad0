"""The brain's midline, and on which side of it a tumour lies.

The midline is the plane about which the brain's outline mirrors best onto itself, so it follows a head that is
turned or tilted. Only the outline counts, not the intensities: a tumour inside hardly changes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import product

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Array, Mask, Spacing

Points = NDArray[np.float64]

MIDLINE_MM = 5.0
"""What lies no farther from the midline than this may belong to either side."""
BRAIN_WIDTH_MM = (100.0, 190.0)
"""Narrower or wider than this, what is shown is no whole brain and has no midline; 122 to 154 mm in 100 studies."""
LEAST_LIKENESS = 0.92
"""A brain whose outline, mirrored, covers less of it than this has no two equal halves: a part of it is missing."""
LEAST_SHARE = 0.05
"""A side has a part in the tumour from this share of its volume on; less may be false alarms."""

_STEP_MM = 6.0
"""The outline is looked at on a grid of about this spacing."""
_SEARCH = ((12.0, 24.0, 0.0), (6.0, 6.0, 4.0), (3.0, 3.0, 2.0), (1.5, 1.5, 1.0))
"""Rounds of the search: step and reach of both angles in degrees, reach of the shift in mm, around the best so far."""


@dataclass(frozen=True)
class Midline:
    """A plane.

    Attributes:
        point: in mm from the corner of the first voxel, along R, A, S; the middle of the brain, moved onto the plane.
        normal: unit vector along R, A, S, towards the right.
        spacing: of the grid in mm along R, A, S.
    """

    point: Points
    normal: Points
    spacing: Spacing

    def right_mm(self, r: Array, a: Array, s: Array) -> Points:
        """Return how far voxels, by their indices along R, A, S, lie to the right of the plane; to the left below 0."""
        away = [
            ((np.asarray(index) + 0.5) * mm - at) * towards
            for index, mm, at, towards in zip((r, a, s), self.spacing, self.point, self.normal, strict=True)
        ]
        return np.asarray(away[0] + away[1] + away[2])


def find_midline(brain: Array, spacing: Spacing) -> Midline | None:
    """Return the midline of a brain; None where no whole brain is shown, or one that lacks a part.

    Args:
        brain: (R, A, S), other than 0 inside.
        spacing: in mm along R, A, S.
    """
    steps = [max(1, round(_STEP_MM / mm)) for mm in spacing]
    coarse = brain[tuple(slice(step // 2, None, step) for step in steps)] != 0
    size = np.array(spacing) * steps
    lit = np.flatnonzero(coarse.any(axis=(1, 2)))
    width = (lit[-1] - lit[0] + 1) * size[0] if lit.size else 0.0
    if not BRAIN_WIDTH_MM[0] <= width <= BRAIN_WIDTH_MM[1]:
        return None
    index = np.argwhere(coarse)
    middle = index.mean(axis=0)
    points = ((index - middle) * size).astype(np.float32)
    likeness, (turn, tilt, shift) = _most_alike(coarse, points, middle, size)
    if likeness < LEAST_LIKENESS:
        return None
    normal = _normal(turn, tilt)
    offset = np.array([step // 2 for step in steps])
    at = (middle * steps + offset + 0.5) * spacing + shift * normal
    return Midline(at, normal, spacing)


def _most_alike(mask: Mask, points: Points, middle: Points, size: Points) -> tuple[float, tuple[float, float, float]]:
    """Return the best likeness of a brain with its mirror image, and the plane: turn and tilt in degrees, shift in mm.

    Args:
        mask: bool (R, A, S).
        points: (N, 3) in mm, the voxels in it, from their middle.
        middle: index of that middle.
        size: of a voxel in mm.
    """
    # A mirror image reaches no farther from the middle than the brain itself: with a margin as wide, none is outside.
    margin = np.ceil(np.linalg.norm(points, axis=1).max() / size).astype(int) + np.array(mask.shape) // 2 + 2
    wide = np.ascontiguousarray(np.pad(mask, [(int(n), int(n)) for n in margin]))
    flat, strides = wide.ravel(), np.array(wide.strides)
    across, origin = np.ascontiguousarray(points.T), (middle + margin).astype(np.float32)[:, None]
    scale = (1.0 / size).astype(np.float32)[:, None]
    best: tuple[float, tuple[float, float, float]] = (-1.0, (0.0, 0.0, 0.0))
    for step, reach, shift in _SEARCH:
        angles = np.arange(-reach, reach + step / 2, step)
        shifts = (-shift, 0.0, shift) if shift else (0.0,)
        start = best[1]
        for change in sorted(product(angles, angles, shifts), key=lambda c: sum(abs(value) for value in c)):
            turn, tilt, moved = (float(old + new) for old, new in zip(start, change, strict=True))
            normal = _normal(turn, tilt).astype(np.float32)
            beyond = 2.0 * (normal @ across - np.float32(moved))
            place = np.rint((across - normal[:, None] * beyond) * scale + origin).astype(np.int32)
            found = float(flat[strides @ place].mean())
            if found > best[0]:
                best = found, (turn, tilt, moved)
    return best


def _normal(turn: float, tilt: float) -> Points:
    """Return the unit vector that is to the right for a head that is turned about S and tilted about A, in degrees."""
    yaw, roll = np.radians(turn), np.radians(tilt)
    return np.array([np.cos(yaw) * np.cos(roll), np.sin(yaw) * np.cos(roll), np.sin(roll)])


class Side(str, Enum):
    """Where a tumour lies; the patient's own right and left."""

    RIGHT = "right"
    LEFT = "left"
    CROSSES = "crosses"
    BOTH = "both"
    MIDLINE = "midline"

    @property
    def display(self) -> str:
        """The side, in words."""
        return _SIDE_DISPLAY[self]


_SIDE_DISPLAY = {
    Side.RIGHT: "right",
    Side.LEFT: "left",
    Side.CROSSES: "crosses the midline",
    Side.BOTH: "separate parts on both sides",
    Side.MIDLINE: "at the midline",
}


def side_of(tumour: Mask, away: Points) -> Side | None:
    """Return on which side a tumour (R, A, S) lies; None without a tumour.

    A side counts where it has at least `LEAST_SHARE` of the tumour farther than `MIDLINE_MM` from the midline. If both
    do, the tumour crosses where one connected part does so by itself.

    Args:
        tumour: bool (R, A, S).
        away: how far each of its voxels, in the order of `np.nonzero`, lies to the right of the midline in mm.
    """
    from scipy.ndimage import label

    if not away.size:
        return None
    right, left = away > MIDLINE_MM, away < -MIDLINE_MM
    counts = bool(right.mean() >= LEAST_SHARE), bool(left.mean() >= LEAST_SHARE)
    if counts == (True, True):
        parts, number = label(tumour, np.ones((3, 3, 3)))
        which = parts[np.nonzero(tumour)]
        on_right, on_left = (np.bincount(which[side], minlength=number + 1) for side in (right, left))
        least = LEAST_SHARE * away.size
        return Side.CROSSES if ((on_right >= least) & (on_left >= least)).any() else Side.BOTH
    return {(True, False): Side.RIGHT, (False, True): Side.LEFT, (False, False): Side.MIDLINE}[counts]
