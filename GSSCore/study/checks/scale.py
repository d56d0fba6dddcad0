"""Whether the size of the head or brain in an image is plausible, given the spacing in its header."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.boxes import bounding_box, size_of
from GSSCore.imaging.headers import times_mm
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.study.checks.thumbnail import thinned
from GSSCore.vocabulary import Modality

HEAD_ML = (300.0, 20000.0)
"""What may be shown of a head, in ml: 1084 to 1910 ml of brain in 100 real stripped studies, whole heads have 3 to 6
litres, a field of view full of noise up to 17."""
FINE_MM = (0.3, 2.0)
"""Between these lies the finest of the three spacings of a clinical series."""
MAX_EXTENT_MM = 600.0
"""Largest extent of an image: a scanner's bore is 600 to 700 mm wide, its field of view 500 mm."""
MAX_HEAD_ML = 8000.0
"""Largest volume of a head on a background of 0."""
MAX_HEAD_FILL = 0.75
"""Largest share of its bounding box that a head fills; more is the noise of a whole field of view."""
MIN_EXTENT_MM = 5.0
"""Least extent: even a tumour is longer."""
SMALLER = (0.1, 0.01, 0.001)
LARGER = (10.0, 100.0, 1000.0)
"""Centimetres, metres and micrometres that were taken for millimetres, or the other way round."""


def require_scale(array: Array, volume: Volume, modality: Modality) -> None:
    """Refuse an image whose size is implausible; where a power of ten makes it a head, both readings are named.

    Too small is what is a head only when it is taken 10, 100 or 1000 times as large, voxels included: a crop has voxels
    of the usual size, and is left alone. Too large is what reaches further than any scanner sees, or, on a background
    of 0, holds more than any head.

    Args:
        array: (I, J, K), 0 outside the brain, with at least one voxel that is not.
        volume: its grid and name.
        modality: which one it is.

    Raises:
        InputError: see above.
    """
    shown = _Shown.of(array, volume.grid)
    if not shown.large and shown.ml >= HEAD_ML[0]:
        return
    factor = next((f for f in (SMALLER if shown.large else LARGER) if _is_head(shown.ml, volume.grid, f)), None)
    if factor is not None:
        raise InputError(_other_unit(shown, factor, volume, modality))
    if shown.extent_mm < MIN_EXTENT_MM:
        raise InputError(_too_small(shown, volume, modality))
    if shown.large:
        raise InputError(_too_large(shown, volume, modality))


@dataclass(frozen=True)
class _Shown:
    """What an image shows, as large as its header says.

    Attributes:
        ml: the volume that is not 0.
        extent_mm: the longest side of its bounding box.
        fill: its share of that box.
    """

    ml: float
    extent_mm: float
    fill: float

    @classmethod
    def of(cls, array: Array, grid: Grid) -> _Shown:
        """Measure an image (I, J, K) on a grid."""
        sample, steps = thinned(array)
        if (
            not sample.any()
        ):  # what is shown lies in the layers that were left out, as where every second slice is empty
            sample, steps = array, (1, 1, 1)
        shown = sample != 0
        lengths = [n * step for n, step in zip(size_of(bounding_box(shown)), steps, strict=True)]
        extent = max(n * mm for n, mm in zip(lengths, grid.spacing, strict=True))
        voxels = int(np.count_nonzero(shown)) * math.prod(steps)
        return cls(voxels * grid.voxel_ml, extent, voxels / max(1, math.prod(lengths)))

    @property
    def large(self) -> bool:
        """Whether it is larger than any head."""
        return self.extent_mm > MAX_EXTENT_MM or (self.ml > MAX_HEAD_ML and self.fill <= MAX_HEAD_FILL)


def _other_unit(shown: _Shown, factor: float, volume: Volume, modality: Modality) -> Message:
    spacing = volume.grid.spacing
    return Message(
        "study.scale",
        "{sequence}: with voxels of {spacing} mm, as {file} says, what it shows has {ml:.3g} ml; with voxels "
        "of {other_spacing} mm it would have {other_ml:.0f} ml, as a head does; correct the spacing or the "
        "unit of length in its header.",
        sequence=modality.display,
        file=volume.name,
        spacing=times_mm(spacing),
        ml=shown.ml,
        other_spacing=times_mm(mm * factor for mm in spacing),
        other_ml=shown.ml * factor**3,
    )


def _too_small(shown: _Shown, volume: Volume, modality: Modality) -> Message:
    return Message(
        "study.too-small",
        "{sequence}: with voxels of {spacing} mm, as {file} says, what it shows is {mm:.2g} mm long; correct "
        "the spacing or the unit of length in its header.",
        sequence=modality.display,
        file=volume.name,
        spacing=times_mm(volume.grid.spacing),
        mm=shown.extent_mm,
    )


def _too_large(shown: _Shown, volume: Volume, modality: Modality) -> Message:
    return Message(
        "study.too-large",
        "{sequence}: with voxels of {spacing} mm, as {file} says, what it shows has {ml:.3g} ml and is "
        "{mm:.0f} mm long, which no head is; correct the spacing or the unit of length in its header.",
        sequence=modality.display,
        file=volume.name,
        spacing=times_mm(volume.grid.spacing),
        ml=shown.ml,
        mm=shown.extent_mm,
    )


def _is_head(ml: float, grid: Grid, factor: float) -> bool:
    """Tell whether volume and voxels are those of a head, or of a brain, when lengths are taken times a factor."""
    fine = min(grid.spacing) * factor
    return HEAD_ML[0] <= ml * factor**3 <= HEAD_ML[1] and 0.99 * FINE_MM[0] <= fine <= 1.01 * FINE_MM[1]
