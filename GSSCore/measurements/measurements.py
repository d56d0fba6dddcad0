"""Diameters and side of a segmentation together, and how they are written into a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from GSSCore.imaging.arrays import Array
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid
from GSSCore.measurements.diameters import Diameters, diameters
from GSSCore.measurements.midline import Side, find_midline, side_of
from GSSCore.vocabulary import REGIONS, Label, Region


@dataclass(frozen=True)
class Measurements:
    """What was measured.

    Attributes:
        diameters: of each region that is there; the slices are counted as the file counts them, from 1.
        side: where the whole tumour lies; None without a tumour, or where the brain's midline can't be told.
        right_share: share of the whole tumour to the right of the midline; None as for `side`.
    """

    diameters: Mapping[Region, Diameters]
    side: Side | None
    right_share: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the measurements as JSON values: millimetres to a tenth, for they are no better than a voxel."""
        return {
            "diameters_mm": {region.value: self._diameters(region) for region in REGIONS},
            "side": None if self.side is None else self.side.value,
            "right_share": None if self.right_share is None else round(self.right_share, 3),
        }

    def _diameters(self, region: Region) -> dict[str, Any] | None:
        found = self.diameters.get(region)
        if found is None:
            return None
        longest, perpendicular = round(found.longest_mm, 1), round(found.perpendicular_mm, 1)
        return {"longest": longest, "perpendicular": perpendicular, "slice": found.slice_index}


def measure(labels: Array, grid: Grid, brain: Array) -> Measurements:
    """Measure a segmentation.

    Args:
        labels: uint8 (I, J, K) on `grid`.
        grid: in any orientation. Axial slices are those of the grid, by the axis that lies closest to head and feet.
        brain: (I, J, K), an image whose background is 0.
    """
    orientation = Orientation.of(grid.affine)
    in_ras = orientation.to_ras(labels)
    r, a, s = orientation.grid_in_ras(grid).spacing
    box = bounding_box(in_ras != Label.BACKGROUND)
    if box is None:
        return Measurements({}, None, None)
    part = in_ras[box]
    count, flipped = grid.shape[orientation.axes[2]], orientation.flipped[2]
    found = {}
    for region in REGIONS:
        measured = diameters(np.isin(part, region.labels), (r, a))
        if measured is not None:
            place = measured.slice_index + int(box[2].start)
            number = count - place if flipped else place + 1
            found[region] = Diameters(measured.longest_mm, measured.perpendicular_mm, number)
    midline = find_midline(orientation.to_ras(brain), (r, a, s))
    if midline is None:
        return Measurements(found, None, None)
    tumour = part != Label.BACKGROUND
    places = (index + span.start for index, span in zip(np.nonzero(tumour), box, strict=True))
    away = midline.right_mm(*places)
    return Measurements(found, side_of(tumour, away), float((away > 0).mean()))
