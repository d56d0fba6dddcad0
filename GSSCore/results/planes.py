"""Which planes of a study to show, and how they lie on the screen: radiological convention, millimetres kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from GSSCore.imaging.orientation import is_axis_aligned, to_ras
from GSSCore.imaging.volume import Affine, Array, Grid
from GSSCore.vocabulary import Confidence, Label, Region

Span = tuple[int, int]

_ALIGNED_DEGREES = 1.0
"""Up to here a plane has one position in mm that means something to the reader."""


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
        affine: (4, 4), of the array in the order R, A, S.
    """

    index: tuple[int, int, int]
    spans: tuple[Span, Span, Span]
    spacing: tuple[float, float, float]
    affine: Affine

    def extent_mm(self, axis: int) -> float:
        """Return how many mm of patient axis `axis` are shown."""
        low, high = self.spans[axis]
        return (high - low) * self.spacing[axis]

    def position(self, view: View) -> str:
        """Return where a view's plane is, such as `S 34 mm`; empty where the axes are oblique."""
        if not is_axis_aligned(self.affine, _ALIGNED_DEGREES):
            return ""
        mm = float((self.affine[:3, :3] @ np.array(self.index) + self.affine[:3, 3])[view.normal])
        return f"{('LR', 'PA', 'IS')[view.normal][round(mm, 3) >= 0]} {abs(mm):.0f} mm"


def choose_scene(image: Array, labels: Array, grid: Grid) -> Scene:
    """Return the planes through the tumour, or through the middle of the brain, and what of them to show.

    Args:
        image: (I, J, K), background 0, on `grid`: what is shown reaches as far as it.
        labels: (I, J, K), on `grid`.
        grid: in any orientation; the same voxels give the same scene in every one.
    """
    in_ras, affine = to_ras(image, grid.affine)
    index = _through_tumour(to_ras(labels, grid.affine)[0]) or _through_middle(in_ras)
    r, a, s = (round(mm, 4) for mm in Grid(in_ras.shape, affine).spacing)
    return Scene(index, _spans(in_ras, index), (r, a, s), np.round(affine, 6))


def _through_tumour(labels: Array) -> tuple[int, int, int] | None:
    """Return the planes with the largest area of tumour, where its core counts twice; None without any tumour."""
    box = tumour_box(labels)
    if box is None:
        return None
    part = labels[box]
    weight = (part != Label.BACKGROUND) + np.isin(part, Region.TC.labels).astype(np.uint8)
    i, j, k = (
        span.start + int(weight.sum(axis=tuple({0, 1, 2} - {axis}), dtype=np.int64).argmax())
        for axis, span in enumerate(box)
    )
    return i, j, k


def _through_middle(image: Array) -> tuple[int, int, int]:
    """Return the planes through the centre of mass of the non-zero voxels, or of the volume if there are none."""
    steps = [max(1, n // 64) for n in image.shape]
    places = np.nonzero(image[tuple(slice(None, None, step) for step in steps)])
    if not len(places[0]):
        return image.shape[0] // 2, image.shape[1] // 2, image.shape[2] // 2
    i, j, k = (min(n - 1, round(float(p.mean())) * step) for p, step, n in zip(places, steps, image.shape, strict=True))
    return i, j, k


def _spans(image: Array, index: tuple[int, int, int]) -> tuple[Span, Span, Span]:
    """Return the box of the non-zero pixels of the three planes together; of everything if there are none."""
    everything = ((0, image.shape[0]), (0, image.shape[1]), (0, image.shape[2]))
    found: list[list[int]] = [[], [], []]
    for view in VIEWS:
        lit = view.cut(image, index[view.normal], everything)[::-1, ::-1] != 0
        found[view.across] += np.flatnonzero(lit.any(axis=0))[[0, -1]].tolist() if lit.any() else []
        found[view.down] += np.flatnonzero(lit.any(axis=1))[[0, -1]].tolist() if lit.any() else []
    r, a, s = ((min(ends), max(ends) + 1) if ends else whole for ends, whole in zip(found, everything, strict=True))
    return r, a, s


def tumour_box(labels: Array) -> tuple[slice, slice, slice] | None:
    """Return the box of all voxels that aren't background; None when there is none."""
    across, along = np.bitwise_or.reduce(labels, axis=2), np.bitwise_or.reduce(labels, axis=0)
    spans = [np.flatnonzero(face) for face in (across.any(axis=1), across.any(axis=0), along.any(axis=0))]
    if not all(span.size for span in spans):
        return None
    i, j, k = (slice(int(span[0]), int(span[-1]) + 1) for span in spans)
    return i, j, k


def tumour_shares(levels: Array, labels: Array) -> dict[Confidence, float]:
    """Return which share of the tumour's voxels has each level of confidence; empty without a tumour.

    Args:
        levels: uint8, see `vocabulary.Confidence`.
        labels: uint8, of the same shape.
    """
    box = tumour_box(labels)
    if box is None:
        return {}
    counts = np.bincount(levels[box][labels[box] != Label.BACKGROUND], minlength=len(Confidence))
    return {level: float(counts[level] / counts.sum()) for level in Confidence}
