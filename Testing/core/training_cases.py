"""Tiny prepared cases on disk, for the tests of training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from GSSCore.training.prepared_case import PreparedCase
from GSSCore.vocabulary import MODALITIES, Subset

SHAPE = (20, 36, 24)


def make_cases(folder: Path, modalities: Sequence[Subset] = (MODALITIES,) * 3) -> list[PreparedCase]:
    """Write a case for each subset of modalities: noise, brighter where the tumour is."""
    rng = np.random.default_rng(0)
    made = []
    for number, has in enumerate(modalities):
        place = folder / f"case{number}"
        place.mkdir()
        labels = np.zeros(SHAPE, np.uint8)
        labels[6:14, 10:20, 8:16] = rng.integers(0, 4, (8, 10, 8))
        images = rng.normal(size=(4, *SHAPE)) + labels
        np.save(place / "images.npy", images.astype(np.float16))
        np.save(place / "labels.npy", labels)
        made.append(PreparedCase(place.name, place, has))
    return made
