"""Anti-aliased outlines of masks, drawn just inside the edge so that those of neighbours lie side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Mask

SUPERSAMPLING = 4
"""Sub-pixels per pixel and axis: a contour's edge has 17 shades."""
HALF = 127
"""A mask of 0 to 255 is inside above this."""
TOUCHING = 48
"""Pixels that a line covers by more than this hang together."""


@dataclass(frozen=True, eq=False)
class Outline:
    """How much of each pixel a line covers.

    Attributes:
        coverage: uint8 (rows, columns), 255 where the line covers all.
        corner: x and y of its first pixel in the picture of the whole mask.
    """

    coverage: NDArray[np.uint8]
    corner: tuple[int, int]


def outline(mask: Mask, size: tuple[int, int], width: float, hollow: float = 0.0) -> Outline | None:
    """Return the outline of a mask that is shown at another size.

    The mask is slightly smoothed, enlarged by a cubic interpolation and cut at one half, which makes a smooth line of
    a staircase; single voxels and thin sheets, which that would lose, are enlarged as they are. What lies within
    `width` of the rim is the line.

    Args:
        mask: bool (rows, columns).
        size: pixels (x, y) at which the whole mask is shown.
        width: of the line in pixels.
        hollow: width of a gap in its middle, which makes two lines of it.

    Returns:
        The line within the box of what is inside; None for an empty mask.
    """
    from PIL import Image

    if not mask.any():
        return None
    left, right = _pixels(np.flatnonzero(mask.any(axis=0)), size[0] / mask.shape[1], size[0])
    top, bottom = _pixels(np.flatnonzero(mask.any(axis=1)), size[1] / mask.shape[0], size[1])
    fine = ((right - left) * SUPERSAMPLING, (bottom - top) * SUPERSAMPLING)
    rows, columns = mask.shape
    # In this order of multiplication and division, the far ends are exact: Pillow refuses a box that overhangs.
    box = (left * columns / size[0], top * rows / size[1], right * columns / size[0], bottom * rows / size[1])

    def enlarged(weights: NDArray[np.uint8]) -> Mask:
        return np.asarray(Image.fromarray(weights).resize(fine, Image.Resampling.BICUBIC, box)) > HALF

    smooth = _smoothed(mask)
    inside = enlarged(smooth)
    lost = mask & (smooth <= HALF)
    if lost.any():
        inside |= enlarged(lost * np.uint8(255))
    line = _rim_of(inside, (width - hollow) / 2 if hollow else width)
    if hollow:
        line |= _rim_of(_eroded(inside, round((width + hollow) / 2 * SUPERSAMPLING)), (width - hollow) / 2)
    coverage = Image.fromarray(line * np.uint8(255)).reduce(SUPERSAMPLING)
    return Outline(np.asarray(coverage), (left, top))


def _rim_of(inside: Mask, width: float) -> Mask:
    """Return what lies within `width` pixels of the edge of an enlarged mask, inside of it."""
    return inside & ~_eroded(inside, max(1, round(width * SUPERSAMPLING)))


def dashed(line: Outline, dash: float, gap: float) -> Outline:
    """Return a closed line broken into dashes, each as long wherever the line runs.

    Args:
        line: of one or more closed contours; one too short for two dashes stays as it is.
        dash, gap: length of what is drawn and of what is left out, in pixels.
    """
    from scipy.ndimage import distance_transform_edt

    along = _lengths(line.coverage > TOUCHING, 2.0 * (dash + gap), dash + gap)
    if not (along >= 0).any():
        return line
    nearest = distance_transform_edt(along < 0, return_distances=False, return_indices=True)
    drawn = along[tuple(nearest)] % (dash + gap) < dash
    return Outline(np.where(drawn, line.coverage, 0).astype(np.uint8), line.corner)


def _lengths(mask: Mask, shortest: float, period: float) -> NDArray[np.float64]:
    """Return how far along its contour each pixel on the outer rim of a line lies; -1 elsewhere.

    The lengths of a contour are stretched a little so that it holds a whole number of periods; those of one that is
    shorter than `shortest` are all 0.
    """
    lengths = np.full(mask.shape, -1.0)
    for loop in _loops(mask):
        places = np.array(loop)
        steps = np.hypot(*(np.roll(places, -1, axis=0) - places).T)
        total = float(steps.sum())
        if total < shortest:
            lengths[tuple(places.T)] = 0.0
            continue
        run = np.concatenate([[0.0], np.cumsum(steps)[:-1]])
        lengths[tuple(places.T)] = run * (round(total / period) * period / total)
    return lengths


def _loops(mask: Mask) -> Iterator[list[tuple[int, int]]]:
    """Yield the outer rim of each connected part, pixel by pixel (row, column), clockwise."""
    from scipy.ndimage import find_objects, label

    parts, _ = label(mask, np.ones((3, 3)))
    for number, (rows, columns) in enumerate(find_objects(parts), 1):
        part = np.pad(parts[rows, columns] == number, 1)
        yield [(rows.start + row - 1, columns.start + column - 1) for row, column in _rim(part)]


def _rim(part: Mask) -> list[tuple[int, int]]:
    """Return the outer rim of one connected part with nothing at its border, by Moore's neighbour tracing.

    By hand: neither scipy nor Pillow traces contours.
    """
    inside = {(int(row), int(column)) for row, column in np.argwhere(part)}
    start = here = min(inside)
    rim, came_from = [start], 0  # the pixel to the left of the first one in reading order lies outside
    first_step: int | None = None
    for _ in range(4 * len(inside) + 8):
        turn = next((t for n in range(1, 9) if _next(here, t := (came_from + n) % 8) in inside), None)
        if turn is None or (here == start and turn == first_step):
            break
        first_step = turn if first_step is None else first_step
        here = _next(here, turn)
        rim.append(here)
        # The last pixel outside that was looked at, seen from the new one.
        came_from = (turn - 2 - turn % 2) % 8
    return rim[:-1] if len(rim) > 1 else rim


_AROUND = ((0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1))
"""The eight neighbours, clockwise from the left."""


def _next(place: tuple[int, int], turn: int) -> tuple[int, int]:
    return place[0] + _AROUND[turn][0], place[1] + _AROUND[turn][1]


def _smoothed(mask: Mask) -> NDArray[np.uint8]:
    """Return the mask, 0 to 255, after the binomial filter 1 2 1 in both directions; outside of it lies nothing."""
    wide = np.pad(mask.astype(np.uint16), 1)
    rows = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    return np.asarray((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) * 255 // 16, np.uint8)


def _pixels(found: NDArray[np.intp], scale: float, end: int) -> tuple[int, int]:
    """Return the first pixel and the last but one of the voxels `found` along an axis, with a voxel's margin."""
    first, last = found[[0, -1]]
    return max(0, int((first - 1) * scale)), min(end, int(np.ceil((last + 2) * scale)))


def _eroded(mask: Mask, radius: int) -> Mask:
    """Return what lies deeper than `radius` inside, by diamonds and squares in turn, which make an octagon.

    By hand: `scipy.ndimage.binary_erosion` gives the same mask and takes some twenty times as long.
    """
    deep = np.pad(mask, 1)
    for step in range(radius):
        inner = deep[1:-1, 1:-1].copy()
        if step % 2:
            rows = deep[:-2] & deep[1:-1] & deep[2:]
            inner &= rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]
        else:
            inner &= deep[:-2, 1:-1] & deep[2:, 1:-1] & deep[1:-1, :-2] & deep[1:-1, 2:]
        deep[1:-1, 1:-1] = inner
    return np.asarray(deep[1:-1, 1:-1])
