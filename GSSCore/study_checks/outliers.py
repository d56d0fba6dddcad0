"""Voxels so bright, or so dark, that they alone would set the scale of an image."""

from __future__ import annotations

import numpy as np

from GSSCore.imaging.volume import Array, Volume
from GSSCore.messages import Message
from GSSCore.study_checks.thumbnail import thinned
from GSSCore.vocabulary import Modality

FAR = 30.0
"""How far from the median an intensity may be, in widths of the range that holds 90 % of the brain's voxels.

In 100 real studies it is 2.5 widths at most below the median and 6.8 above it, the latter in the T1ce of one of the two
whose intensities are as published; in 25 raw ones and whole heads 3.6. A single voxel at 30 widths changes the standard
deviation of a whole brain by less than 1 %.
"""
MIN_VOXELS = 1000
"""With fewer voxels than this there are no percentiles to speak of."""


def clip_outliers(array: Array, volume: Volume, modality: Modality) -> tuple[Array, Message | None]:
    """Return the array with voxels far outside set to the nearest intensity that is not, and a warning if there were.

    The z-score that a network sees is that of all voxels, so that one of 1e7 would leave no contrast anywhere else. The
    percentiles withstand such a voxel as well as a whole slice of them. Zero stays zero, and where nothing is far
    outside the array itself is returned.

    Args:
        array: (I, J, K), finite, 0 outside the brain.
        volume: names the array.
        modality: which one it is.
    """
    sample, _ = thinned(array)
    inside = sample[sample != 0].astype(np.float64)
    if inside.size < MIN_VOXELS:
        whole = array[array != 0].astype(np.float64)
        if whole.size < MIN_VOXELS:
            return array, None
        inside = whole
    low, median, high = (float(q) for q in np.percentile(inside, (5.0, 50.0, 95.0)))
    if not low < high:
        return array, None
    least, most = median - FAR * (high - low), median + FAR * (high - low)
    if float(array.min()) >= least and float(array.max()) <= most:
        return array, None
    far = ((array < least) | (array > most)) & (array != 0)
    count = int(np.count_nonzero(far))
    if not count:
        return array, None
    rest = array[~far & (array != 0)]
    clipped = np.where(far, np.clip(array, rest.min(), rest.max()), array)
    return clipped, Message(
        "study.outliers",
        "{sequence}: {file} has voxels (number: {count}) far outside the intensities of all others, which were clipped "
        "to the range of these, {least:.4g} to {most:.4g}; check it for artefacts.",
        sequence=modality.display,
        count=count,
        file=volume.name,
        least=float(rest.min()),
        most=float(rest.max()),
    )
