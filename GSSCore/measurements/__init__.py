"""What a clinician measures on a segmentation: volumes, diameters, and on which side of the brain the tumour lies.

Everything is measured on the patient's own grid in millimetres, whatever its spacing and orientation.

Modules:
    measurements: diameters and side together, and how a report has them.
    volumes: of regions and labels.
    diameters: the longest diameter of a region in an axial slice, and its perpendicular.
    midline: the brain's midline, and the side of a tumour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.measurements.measurements import Measurements, measure
    from GSSCore.measurements.midline import Side
    from GSSCore.measurements.volumes import volumes_ml

__all__ = ["Measurements", "Side", "measure", "volumes_ml"]

__getattr__, __dir__ = lazy_names(
    __name__, {"measurements": ("Measurements", "measure"), "midline": ("Side",), "volumes": ("volumes_ml",)}
)
