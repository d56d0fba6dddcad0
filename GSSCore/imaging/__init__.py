"""Images with their place in the patient: reading, writing, orientation, resampling, intensities.

A `Volume` is an array (I, J, K) and an affine from voxel index to RAS millimetres, whatever the file's own convention
was.

Modules:
    arrays: names of arrays, sizes and boxes.
    boxes: the voxels that something takes up.
    volume: `Volume` and the `Grid` it lives on.
    reading: a file in, a checked volume out; `headers`, `nifti`, `nrrd`, `metaimage` and `streams` serve it.
    writing: a volume out, as NIfTI.
    orientation: any axis order into R, A, S and back.
    resampling: from one grid to another, in physical space.
    intensities: z-scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.imaging.orientation import Orientation, axis_codes
    from GSSCore.imaging.reading import read_volume
    from GSSCore.imaging.resampling import resample
    from GSSCore.imaging.volume import Grid, Volume
    from GSSCore.imaging.writing import write_nifti

__all__ = ["Grid", "Orientation", "Volume", "axis_codes", "read_volume", "resample", "write_nifti"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "orientation": ("Orientation", "axis_codes"),
        "reading": ("read_volume",),
        "resampling": ("resample",),
        "volume": ("Grid", "Volume"),
        "writing": ("write_nifti",),
    },
)
