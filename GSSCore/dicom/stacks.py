"""From the images of a series to stacks of slices, and where the slices of a stack lie.

A series may hold several images of one place: echoes, magnitude and phase, b-values, stacks of other orientation. Each
of them is a stack of its own. The slices of a stack are sorted by their position along its normal, never by number or
name, and have to lie evenly one behind the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from GSSCore.dicom.frames import Frame
from GSSCore.imaging.arrays import Affine, Doubles
from GSSCore.imaging.headers import LPS_SIGNS
from GSSCore.imaging.volume import affine_fault

UNEVEN = 0.05
"""How far a slice may lie, in slice distances, from where even slices would place it."""
ASIDE_MM = 0.1
"""How far, in mm, a slice may lie beside the line through the first and the last slice."""
PARALLEL = 1e-4
"""How much the components of two directions may differ that count as one: 0.006 degrees."""
TWICE = 1.5
"""From how many times the declared distance on every other slice, at least, must be missing; of 2-D series with gaps
that declare only a thickness, `TWICE_2D`."""
TWICE_2D = 2.6


@dataclass(frozen=True, eq=False)
class Geometry:
    """Where the slices of a stack lie: voxel (i, j, k) is column i and row j of slice k.

    Attributes:
        affine: (4, 4), voxel index to RAS in mm.
        spacing_mm: of the slices.
        coverage_mm: from the outer edge of the first to that of the last slice.
    """

    affine: Affine
    spacing_mm: float
    coverage_mm: float


class NoStack(Exception):
    """The slices make no volume; the first argument is a code word for why, others fill in its sentence."""


def split(frames: Iterable[Frame]) -> list[list[Frame]]:
    """Return the stacks in the images of a series, each in no order."""
    groups: dict[tuple[object, ...], list[list[Frame]]] = {}
    for frame in frames:
        alike = groups.setdefault(_kind(frame), [])
        group = next((group for group in alike if _parallel(group[0], frame)), None)
        if group is None:
            alike.append([frame])
        else:
            group.append(frame)
    return [group for alike in groups.values() for group in alike]


def in_order(frames: Sequence[Frame]) -> list[Frame]:
    """Return the slices of a stack sorted along its normal; those that don't tell where they are stay as they come."""
    normal = _normal(frames[0])
    if normal is None or any(frame.position is None for frame in frames):
        return list(frames)
    heights = [float(normal @ np.array(frame.position)) for frame in frames]
    return [frames[place] for place in np.argsort(heights, kind="stable")]


def geometry_of(frames: Sequence[Frame], *, three_dimensional: bool) -> Geometry:
    """Return where the slices of a stack, sorted, lie.

    Args:
        frames: slices as `in_order` has them.
        three_dimensional: whether they were acquired as one volume, without gaps between slices.

    Raises:
        NoStack: when they are too few, lie unevenly, twice at one place, or not one behind the other.
    """
    first = frames[0]
    normal, positions = _normal(first), [frame.position for frame in frames]
    if normal is None or None in positions or not first.row_spacing or not first.column_spacing:
        raise NoStack("no-place")
    if len(frames) < 2:
        raise NoStack("one-slice")
    placed = np.array(positions, np.float64)
    step = _step(placed, normal)
    spacing = float(normal @ step)
    _require_complete(frames, spacing, three_dimensional)
    columns = (np.array(first.along_row) * first.column_spacing, np.array(first.along_column) * first.row_spacing, step)
    affine = np.eye(4)
    affine[:3, :3] = np.array(columns).T
    affine[:3, 3] = placed[0]
    affine[:3] *= np.array(LPS_SIGNS)[:, None]
    fault = affine_fault(affine + 0.0)
    if fault is not None:
        raise NoStack("sheared" if "shear" in fault else "no-place")
    return Geometry(affine + 0.0, spacing, spacing * len(frames))


def _step(placed: Doubles, normal: Doubles) -> Doubles:
    """Return the vector from one slice to the next. Raises NoStack where there is no such vector."""
    heights = placed @ normal
    gaps = np.diff(heights)
    usual = float(np.median(gaps))
    if gaps.min() < 0.01:
        same = int((gaps < 0.01).sum())
        raise NoStack("doubled", same)
    if gaps.max() > usual * (2.0 - 2 * UNEVEN) and np.abs(gaps / usual - np.rint(gaps / usual)).max() < 2 * UNEVEN:
        raise NoStack("missing", int(np.rint(gaps / usual).sum()) - len(gaps))
    step = (placed[-1] - placed[0]) / len(gaps)
    off = placed - placed[0] - np.arange(len(placed))[:, None] * step
    if np.abs(off @ normal).max() > UNEVEN * float(normal @ step):
        raise NoStack("uneven", float(gaps.min()), float(gaps.max()))
    if np.linalg.norm(off - np.outer(off @ normal, normal), axis=1).max() > ASIDE_MM:
        raise NoStack("aside")
    return np.asarray(step)


def _require_complete(frames: Sequence[Frame], spacing: float, three_dimensional: bool) -> None:
    """Refuse slices that are evenly spaced and much farther apart than the header declares."""
    first = frames[0]
    declared = max(first.between or 0.0, first.thickness or 0.0)
    most = TWICE if three_dimensional or first.between else TWICE_2D
    if declared > 0.0 and spacing > most * declared:
        raise NoStack("sparse", spacing, declared)


def _kind(frame: Frame) -> tuple[object, ...]:
    """Return what tells stacks of one series apart besides their orientation."""
    return (
        frame.rows,
        frame.columns,
        frame.row_spacing,
        frame.column_spacing,
        frame.echo_ms,
        frame.inversion_ms,
        frame.b_value,
        frame.image_type,
        frame.space,
    )


def _parallel(one: Frame, other: Frame) -> bool:
    """Tell whether two images have the same orientation."""
    pairs = ((one.along_row, other.along_row), (one.along_column, other.along_column))
    if any((a is None) is not (b is None) for a, b in pairs):
        return False
    return all(a is None or b is None or np.abs(np.subtract(a, b)).max() < PARALLEL for a, b in pairs)


def _normal(frame: Frame) -> Doubles | None:
    """Return the unit normal of an image; None where its directions are no unit vectors at right angles."""
    if frame.along_row is None or frame.along_column is None:
        return None
    row, column = np.array(frame.along_row), np.array(frame.along_column)
    lengths = np.linalg.norm([row, column], axis=1)
    if np.abs(lengths - 1.0).max() > 0.01 or abs(float(row @ column)) > 0.01:
        return None
    normal = np.cross(row, column)
    return np.asarray(normal / np.linalg.norm(normal))
