"""The longest diameter of a region in an axial slice, and the longest line at a right angle to it.

The definition follows the bidimensional measure of RANO (Wen et al. 2010, J Clin Oncol 28:1963; RANO 2.0, Wen et al.
2023, J Clin Oncol 41:5187): both lines are measured in one slice, on one lesion. Here a lesion is a part of the region
that hangs together within the slice, by edges or corners of its voxels, and it is the slice and the part with the
longest diameter of all. A voxel is the whole rectangle that it covers, so that one voxel of 1 x 1 mm measures 1.41 mm.
Like a reader's lines, the lines end at the region's edge and may cross what lies between, such as a cavity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Mask

Points = NDArray[np.float64]

_TIE_MM = 1e-6
"""Lines that differ by less are equally long; of them, the one with the longest perpendicular counts."""
_IN_PLANE = np.zeros((3, 3, 3), bool)
_IN_PLANE[:, :, 1] = True
_LINES_AT_ONCE = 256


@dataclass(frozen=True)
class Diameters:
    """Two lines at a right angle in one axial slice.

    Attributes:
        longest_mm: length of the longest diameter.
        perpendicular_mm: length of the longest line at a right angle to it.
        slice_index: of the slice, along the third axis of the mask.
    """

    longest_mm: float
    perpendicular_mm: float
    slice_index: int


def diameters(mask: Mask, spacing: tuple[float, float]) -> Diameters | None:
    """Return the diameters of a region; None for an empty one.

    Args:
        mask: bool (R, A, S).
        spacing: in mm along R and A, which stand at a right angle.
    """
    from scipy.ndimage import find_objects, label

    if not mask.any():
        return None
    parts, _ = label(mask, _IN_PLANE)
    boxes = find_objects(parts)
    # No part is longer than the diagonal of its box: once the rest can't reach the best, it need not be looked at.
    bounds = [float(np.hypot((r.stop - r.start) * spacing[0], (a.stop - a.start) * spacing[1])) for r, a, _ in boxes]
    best: list[tuple[float, int, Mask, Points]] = []
    for number in sorted(range(len(boxes)), key=lambda n: -bounds[n]):
        if best and bounds[number] < best[0][0] - _TIE_MM:
            break
        part = parts[boxes[number]][:, :, 0] == number + 1
        length, directions = _longest(part, spacing)
        if not best or length > best[0][0] + _TIE_MM:
            best = []
        if not best or length >= best[0][0] - _TIE_MM:
            best.append((length, boxes[number][2].start, part, directions))
    found = [
        (_across(part, spacing, direction), length, place)
        for length, place, part, directions in best
        for direction in directions
    ]
    across, length, place = max(found)
    return Diameters(length, across, place)


def _longest(part: Mask, spacing: tuple[float, float]) -> tuple[float, Points]:
    """Return the length of the longest diameter of a part (R, A), and the directions (N, 2) of all that are as long."""
    from scipy.spatial import ConvexHull

    rows = np.flatnonzero(part.any(axis=1))
    first, last = part[rows].argmax(axis=1), part.shape[1] - part[rows, ::-1].argmax(axis=1)
    ends = [(rows + r, a) for r in (0, 1) for a in (first, last)]
    corners = np.concatenate([np.stack(pair, axis=1) for pair in ends]) * np.array(spacing)
    hull = corners[ConvexHull(corners).vertices]
    lines = (hull[:, None] - hull[None])[np.triu_indices(len(hull), 1)]
    lengths = np.hypot(lines[:, 0], lines[:, 1])
    longest = float(lengths.max())
    return longest, lines[lengths >= longest - _TIE_MM] / longest


def _across(part: Mask, spacing: tuple[float, float], direction: Points) -> float:
    """Return the length of the longest line at a right angle to `direction` between two points of a part (R, A).

    Along `direction`, the far ends of the part change linearly between the corners of its voxels, and what lies between
    them is convex there, so that the longest line goes through a corner.
    """
    half = np.array(spacing) / 2
    rim = part & ~_within(part)
    centres = (np.argwhere(rim) + 0.5) * spacing
    across = np.array([-direction[1], direction[0]])
    signs = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)])
    places = np.unique(((centres[:, None] + signs * half) @ direction).ravel().round(9))
    along, aside = centres @ direction, centres @ across
    longest = 0.0
    for start in range(0, len(places), _LINES_AT_ONCE):
        offset = places[start : start + _LINES_AT_ONCE, None] - along
        low, high = _chord(offset, direction, across, half)
        hit = low <= high + 1e-9
        top = np.where(hit, aside + high, -np.inf).max(axis=1)
        bottom = np.where(hit, aside + low, np.inf).min(axis=1)
        longest = max(longest, float((top - bottom).max()))
    return longest


def _chord(offset: Points, direction: Points, across: Points, half: Points) -> tuple[Points, Points]:
    """Return where lines enter and leave a rectangle, as lengths along `across` from its middle; low > high for a miss.

    Args:
        offset: of the lines from the middle, along `direction`.
        direction, across: unit vectors (2,) at a right angle; the lines run along `across`.
        half: half the sides (2,) of the rectangle.
    """
    low, high = np.full_like(offset, -np.inf), np.full_like(offset, np.inf)
    for axis in (0, 1):
        shift = offset * direction[axis]
        if abs(across[axis]) < 1e-9:
            missed = np.abs(shift) > half[axis] + 1e-6
            low, high = np.where(missed, np.inf, low), np.where(missed, -np.inf, high)
            continue
        ends = np.stack([(-half[axis] - shift) / across[axis], (half[axis] - shift) / across[axis]])
        low, high = np.maximum(low, ends.min(axis=0)), np.minimum(high, ends.max(axis=0))
    return low, high


def _within(part: Mask) -> Mask:
    """Return the voxels of which all four neighbours belong to the part."""
    wide = np.pad(part, 1)
    return np.asarray(wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:])
