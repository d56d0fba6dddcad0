"""A case as training reads it: arrays on the disk, and the modalities that it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from GSSCore.vocabulary import Subset

IMAGES, LABELS = "images.npy", "labels.npy"
"""Files of a preprocessed case."""


@dataclass(frozen=True)
class PreprocessedCase:
    """A preprocessed case on the disk.

    Attributes:
        name: of the case.
        folder: holds `images.npy`, (4, D, H, W) float16, and `labels.npy`, (D, H, W) uint8.
        modalities: those that the case has; others are not used, whatever the images hold.
    """

    name: str
    folder: Path
    modalities: Subset

    @property
    def images(self) -> NDArray[np.float16]:
        """The z-scores, memory-mapped; zero where missing or background. Opened at each call: it can't be pickled."""
        array: NDArray[np.float16] = np.load(self.folder / IMAGES, mmap_mode="r")
        return array

    @cached_property
    def labels(self) -> NDArray[np.uint8]:
        """The label map, in memory."""
        array: NDArray[np.uint8] = np.load(self.folder / LABELS)
        return array

    @cached_property
    def tumour(self) -> NDArray[np.int64]:
        """Flat indices of the voxels of the tumour."""
        return np.flatnonzero(self.labels)
