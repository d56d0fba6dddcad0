"""What tells FLAIR, T1ce, T1 and T2 apart in numbers: of an image alone, and of two that show the same brain.

All are made of ranks within the brain or of ratios of percentiles, so that neither the scanner's scale nor a few hot
voxels matter, and none needs an atlas: a shifted or widened ventricle is no reason to doubt a sequence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Array, Doubles
from GSSCore.imaging.intensities import ranks
from GSSCore.vocabulary import Modality

SPACING_MM = 4.0
"""Distance of the voxels that are looked at: some 20,000 in a brain, enough for means of ranks."""
DEPTHS_MM = (0.1, 5.0, 9.0, 13.0, 20.0, 28.0, 1000.0)
"""Bounds of the shells below the brain's surface: fluid and cortex come first, white matter and ventricles last."""
PERCENTILES = (1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 99.7)
TAILS = ((0.0, 0.04), (0.0, 0.15), (0.85, 1.0), (0.96, 1.0))
"""Ranks of the darkest and the brightest voxels of one image, where another is asked how bright it is."""
MIN_VOXELS = 3000
"""With fewer voxels (190 ml), a contrast is not judged."""
_MIN_SHELL = 20
OWN, SHARED = len(DEPTHS_MM) - 1 + 6 + 4, 1 + 2 * len(TAILS)
"""How many features an image has, and how many two have together."""


@dataclass(frozen=True, eq=False)
class VoxelSample:
    """The voxels of a study that are looked at.

    Attributes:
        values: of each modality (N,), 0 where it shows nothing.
        depth: (N,), distance from the brain's surface in mm; where the image itself ends is no surface.
    """

    values: Mapping[Modality, Doubles]
    depth: Doubles

    @classmethod
    def of(cls, images: Mapping[Modality, Array], spacing: Sequence[float]) -> VoxelSample:
        """Take about every fourth millimetre of images (I, J, K) on one grid of that spacing."""
        from scipy.ndimage import distance_transform_edt

        steps = [max(1, round(SPACING_MM / mm)) for mm in spacing]
        coarse = {m: image[tuple(slice(None, None, step) for step in steps)] for m, image in images.items()}
        brain = np.logical_or.reduce([image != 0 for image in coarse.values()])
        apart = [step * mm for step, mm in zip(steps, spacing, strict=True)]
        depth = np.asarray(distance_transform_edt(brain, sampling=apart))[brain]
        return cls({m: image[brain].astype(np.float64) for m, image in coarse.items()}, depth)


def own_features(values: Doubles, depth: Doubles) -> Doubles | None:
    """Return the features (OWN,) of one image: mean rank in each shell, how far its tails reach, and where they lie.

    None where fewer than `MIN_VOXELS` show something, or half of them show the same.
    """
    there = values != 0
    if np.count_nonzero(there) < MIN_VOXELS:
        return None
    inside, deep = values[there], depth[there]
    place = ranks(inside)
    shells = [(deep >= low) & (deep < high) for low, high in pairwise(DEPTHS_MM)]
    profile = [place[shell].mean() if np.count_nonzero(shell) > _MIN_SHELL else 0.5 for shell in shells]
    cuts = np.percentile(inside, PERCENTILES)
    width = cuts[5] - cuts[1]
    if not width:
        return None
    tails = np.arcsinh((cuts - cuts[3]) / width)
    ends = [deep[place <= TAILS[0][1]], deep[place >= TAILS[-1][0]]]
    where = [_share(part) for end in ends for part in (end < DEPTHS_MM[1], end >= DEPTHS_MM[3])]
    return np.array([*profile, *tails[[0, 1, 2, 4, 6, 7]], *where])


def _share(part: NDArray[np.bool_]) -> float:
    """Return the share that is True; 0 of nothing, as where so many are equally dark that none is darkest."""
    return float(part.mean()) if part.size else 0.0


def shared_features(one: Doubles, other: Doubles) -> Doubles | None:
    """Return the features (SHARED,) of two images: their rank correlation, and each one's rank in the other's tails.

    With the two exchanged, each pair of entries after the first is. None as in `own_features`.
    """
    there = (one != 0) & (other != 0)
    if np.count_nonzero(there) < MIN_VOXELS:
        return None
    a, b = ranks(one[there]), ranks(other[there])
    if not (a.std() and b.std()):
        return None
    found = [float(np.corrcoef(a, b)[0, 1])]
    for low, high in TAILS:
        for where, asked in ((a, b), (b, a)):
            tail = (where >= low) & (where <= high)
            found.append(float(asked[tail].mean()) if tail.any() else 0.5)
    return np.array(found)
