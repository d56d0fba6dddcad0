"""Clips voxels so bright or so dark that they alone would set the scale of an image."""

from __future__ import annotations

import numpy as np

from GSSCore.imaging.arrays import Array
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.study.checks.background import border_share
from GSSCore.study.checks.thumbnail import thinned
from GSSCore.vocabulary import Modality

FAR = 30.0
"""How far from the median an intensity may be, in widths of the range that holds 90 % of the brain's voxels.

In 100 real studies it is 2.5 widths at most below the median and 6.8 above it, the latter in the T1ce of one of the two
whose intensities are as published; in 25 raw ones and whole heads 3.6. A single voxel at 30 widths changes the standard
deviation of a whole brain by less than 1 %.
"""
MAX_TAILS = 10.0
"""How much wider than its middle half that range may be: 8.4 times in 408 images of real studies. Beyond, voxels far
outside are so many that the range is theirs, and the width is that of the middle half, from which no real voxel is
further than 17 widths."""
MIN_ZERO_BORDER = 0.9
"""Such ranges are looked at where this share of the border is 0, as of any stripped brain: in a field of view full of
noise, it is the brain that is far outside."""
MIN_VOXELS = 1000
"""With fewer voxels, percentiles mean little."""


def clip_outliers(array: Array, volume: Volume, modality: Modality) -> tuple[Array, Message | None]:
    """Return the array with voxels far outside set to the nearest intensity that is not, and a warning if there were.

    The z-score that a network sees is that of all voxels, so that one of 1e7 would leave no contrast anywhere else. The
    percentiles withstand such a voxel as well as slices of them, up to a quarter of the brain. Zero stays zero, and
    where nothing is far outside the array itself is returned.

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
    low, first, median, third, high = (float(q) for q in np.percentile(inside, (5.0, 25.0, 50.0, 75.0, 95.0)))
    if not low < high:
        return array, None
    width = high - low
    if width > MAX_TAILS * (third - first) > 0 and border_share(sample, 0.0) >= MIN_ZERO_BORDER:
        width = third - first
    least, most = median - FAR * width, median + FAR * width
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
