"""Images with their place in the patient: reading, writing, orientation, resampling, intensities.

A `Volume` is an array (I, J, K) and an affine from voxel index to RAS millimetres, whatever the file's own convention
was. Nothing but numpy is imported before it is needed.

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

from GSSCore.imaging.volume import Grid, Volume

__all__ = ["Grid", "Volume"]
