"""A study as a network sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.volume import Grid
from GSSCore.vocabulary import Subset, mask_subset

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Preprocessed:
    """What a network sees of a study.

    Attributes:
        images: float32 (4, D, H, W), axes R, A, S, channels in the order of `MODALITIES`; z-scores inside each
            modality's non-zero voxels, exactly 0 outside them and for a missing modality.
        available: bool (4,), True where the modality is there.
        brain: bool (D, H, W), where any of them was non-zero.
        grid: the crop at the network's spacing, axes R, A, S.
        study_grid: the reference's own grid.
    """

    images: NDArray[np.float32]
    available: Mask
    brain: Mask
    grid: Grid
    study_grid: Grid

    @property
    def modalities(self) -> Subset:
        """The modalities that are there; fewer than there are files, where one shows next to nothing."""
        return mask_subset(self.available.tolist())
