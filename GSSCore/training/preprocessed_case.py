"""A case as training reads it: arrays on the disk, and which modalities count as there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from GSSCore.vocabulary import Subset

IMAGES, LABELS = "images.npy", "labels.npy"
"""Files of a prepared case."""


@dataclass(frozen=True)
class PreprocessedCase:
    """A case on disk, prepared: `images.npy` (4, D, H, W) float16 and `labels.npy` (D, H, W) uint8 in `folder`."""

    name: str
    folder: Path
    modalities: Subset

    @property
    def images(self) -> NDArray[np.float16]:
        """Memory-mapped, z-scored, zero where missing or background. Opened anew: a mapping is not for pickling."""
        array: NDArray[np.float16] = np.load(self.folder / IMAGES, mmap_mode="r")
        return array

    @cached_property
    def labels(self) -> NDArray[np.uint8]:
        """The label map, in memory."""
        array: NDArray[np.uint8] = np.load(self.folder / LABELS)
        return array

    @cached_property
    def tumour(self) -> NDArray[np.int64]:
        """Flat indices of the tumour's voxels."""
        return np.flatnonzero(self.labels)
