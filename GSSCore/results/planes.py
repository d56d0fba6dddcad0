"""Which planes of a study to show, and how they lie on the screen: radiological convention, millimetres kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from GSSCore.imaging.arrays import Array, Index, Spacing
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid
from GSSCore.measurements.midline import MIDLINE_MM, find_midline
from GSSCore.messages import Translate
from GSSCore.vocabulary import Confidence, Label, Region

Span = tuple[int, int]


@dataclass(frozen=True)
class View:
    """One of the three customary ways to look at a head.

    In all three the screen's x runs against the patient axis `across` and its y against `down`: so the patient's right
    is on the left of the screen, as if looked at from the feet or from the front, and in the sagittal view the nose.

    Attributes:
        name: as a radiologist says it.
        normal: patient axis (0 R, 1 A, 2 S) that stands upright on the plane.
        across: patient axis shown horizontally.
        down: patient axis shown vertically.
        left, right, top, bottom: the letters for the four sides.
    """

    name: str
    normal: int
    across: int
    down: int
    left: str
    right: str
    top: str
    bottom: str

    def cut(self, array: Array, index: int, spans: tuple[Span, Span, Span]) -> Array:
        """Return a plane (rows, columns) as it lies on the screen.

        Args:
            array: (R, A, S).
            index: of the plane along `normal`.
            spans: first and last voxel but one to show, along R, A, S.
        """
        box: list[slice | int] = [slice(low, high) for low, high in spans]
        box[self.normal] = index
        plane: Array = array[tuple(box)]
        return plane.T[::-1, ::-1]


AXIAL = View("Axial", 2, 0, 1, "R", "L", "A", "P")
CORONAL = View("Coronal", 1, 0, 2, "R", "L", "S", "I")
SAGITTAL = View("Sagittal", 0, 1, 2, "A", "P", "S", "I")
VIEWS = (AXIAL, CORONAL, SAGITTAL)


@dataclass(frozen=True, eq=False)
class Scene:
    """Where to look.

    Attributes:
        index: of the sagittal, the coronal and the axial plane, along R, A, S.
        spans: what to show along R, A, S: first voxel and last but one.
        spacing: in mm along R, A, S.
        slices: number of the sagittal, the coronal and the axial plane and how many there are, as the reference's file
            counts its slices along that axis; the first is 1.
        right_mm: how far the point where all planes meet lies to the right of the brain's midline; None without one.
    """

    index: Index
    spans: tuple[Span, Span, Span]
    spacing: Spacing
    slices: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    right_mm: float | None

    def extent_mm(self, axis: int) -> float:
        """Return how many mm of patient axis `axis` are shown."""
        low, high = self.spans[axis]
        return (high - low) * self.spacing[axis]

    def position(self, view: View, translate: Translate = str) -> str:
        """Return where a view's plane is: its slice, and for the sagittal one the side, neither by the file's origin.

        The origin of the file may be anywhere, so that millimetres from it say nothing about a side.
        """
        tr = translate
        number, count = self.slices[view.normal]
        slice_of = tr("slice {number} of {count}").format(number=number, count=count)
        side = self.side(view, translate)
        return slice_of if side is None else f"{slice_of}, {side}"

    def side(self, view: View, translate: Translate = str) -> str | None:
        """Return where the sagittal plane is to the brain's midline; None of other views, and where that is unknown."""
        tr = translate
        if view is not SAGITTAL or self.right_mm is None:
            return None
        if abs(self.right_mm) <= MIDLINE_MM:
            return tr("near the midline")
        if self.right_mm > 0:
            return tr("{mm:.0f} mm right of the midline").format(mm=self.right_mm)
        return tr("{mm:.0f} mm left of the midline").format(mm=-self.right_mm)


def choose_scene(image: Array, labels: Array, grid: Grid, around_mm: float = 0.0) -> Scene:
    """Return the planes through the tumour, or through the middle of the brain, and what of them to show.

    Args:
        image: (I, J, K), background 0, on `grid`: what is shown reaches as far as it.
        labels: (I, J, K), on `grid`.
        grid: in any orientation; the same voxels give the same scene in every one.
        around_mm: how much more is shown on every side.
    """
    orientation = Orientation.of(grid.affine)
    in_ras = orientation.to_ras(image)
    index = _through_tumour(orientation.to_ras(labels)) or _through_middle(in_ras)
    r, a, s = (round(mm, 4) for mm in orientation.grid_in_ras(grid).spacing)
    slices = _slices(index, grid, orientation)
    spans = widened_spans(_spans(in_ras, index), around_mm, (r, a, s), in_ras.shape)
    return Scene(index, spans, (r, a, s), slices, _right_of_middle(in_ras, index, (r, a, s)))


def _slices(
    index: Index, grid: Grid, orientation: Orientation
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    r, a, s = (slice_number(index[axis], axis, grid, orientation) for axis in range(3))
    return r, a, s


def slice_number(index: int, axis: int, grid: Grid, orientation: Orientation) -> tuple[int, int]:
    """Return number and count of a plane as the file has them, which may run the other way than R, A, S.

    Args:
        index: of the plane along R, A or S.
        axis: 0 for R, 1 for A, 2 for S.
        grid: of the file.
        orientation: of that grid.
    """
    count = grid.shape[orientation.axes[axis]]
    return (count - index if orientation.flipped[axis] else index + 1), count


def _right_of_middle(image: Array, index: Index, spacing: Spacing) -> float | None:
    """Return how many mm the voxel `index` of an image (R, A, S) lies to the right of the brain's midline."""
    midline = find_midline(image, spacing)
    return None if midline is None else float(midline.right_mm(*(np.array(n) for n in index)))


def _through_tumour(labels: Array) -> Index | None:
    """Return the planes with the largest area of tumour, where its core counts twice; None without any tumour."""
    box = bounding_box(labels != Label.BACKGROUND)
    if box is None:
        return None
    part = labels[box]
    weight = (part != Label.BACKGROUND) + np.isin(part, Region.TC.labels).astype(np.uint8)
    i, j, k = (
        span.start + int(weight.sum(axis=tuple({0, 1, 2} - {axis}), dtype=np.int64).argmax())
        for axis, span in enumerate(box)
    )
    return i, j, k


def _through_middle(image: Array) -> Index:
    """Return the planes through the centre of mass of the non-zero voxels, or of the volume if there are none."""
    steps = [max(1, n // 64) for n in image.shape]
    places = np.nonzero(image[tuple(slice(None, None, step) for step in steps)])
    if not len(places[0]):
        return image.shape[0] // 2, image.shape[1] // 2, image.shape[2] // 2
    i, j, k = (min(n - 1, round(float(p.mean())) * step) for p, step, n in zip(places, steps, image.shape, strict=True))
    return i, j, k


def _spans(image: Array, index: Index) -> tuple[Span, Span, Span]:
    """Return the box of the non-zero pixels of the three planes together; of everything if there are none."""
    everything = ((0, image.shape[0]), (0, image.shape[1]), (0, image.shape[2]))
    found: list[list[int]] = [[], [], []]
    for view in VIEWS:
        lit = view.cut(image, index[view.normal], everything)[::-1, ::-1] != 0
        found[view.across] += np.flatnonzero(lit.any(axis=0))[[0, -1]].tolist() if lit.any() else []
        found[view.down] += np.flatnonzero(lit.any(axis=1))[[0, -1]].tolist() if lit.any() else []
    r, a, s = ((min(ends), max(ends) + 1) if ends else whole for ends, whole in zip(found, everything, strict=True))
    return r, a, s


def widened_spans(
    spans: tuple[Span, Span, Span], around_mm: float, spacing: Spacing, shape: tuple[int, ...]
) -> tuple[Span, Span, Span]:
    """Return spans that reach so many mm further, as far as there are voxels."""
    steps = [round(around_mm / mm) for mm in spacing]
    r, a, s = (
        (max(0, low - step), min(size, high + step))
        for (low, high), step, size in zip(spans, steps, shape, strict=True)
    )
    return r, a, s


def tumour_shares(levels: Array, labels: Array) -> dict[Confidence, float]:
    """Return which share of the tumour's voxels has each level of confidence; empty without a tumour.

    Args:
        levels: uint8, see `vocabulary.Confidence`.
        labels: uint8, of the same shape.
    """
    box = bounding_box(labels != Label.BACKGROUND)
    if box is None:
        return {}
    counts = np.bincount(levels[box][labels[box] != Label.BACKGROUND], minlength=len(Confidence))
    return {level: float(counts[level] / counts.sum()) for level in Confidence}
