"""Whose grid the result of raw scans gets."""

from __future__ import annotations

from collections.abc import Mapping

from GSSCore.study.given import Given, named_modality
from GSSCore.vocabulary import Modality

RAW_REFERENCE_ORDER = (Modality.T1CE, Modality.T1, Modality.FLAIR, Modality.T2)
"""Of equally fine scans: those in three dimensions, which the tumour's core is read from, come first."""
AS_FINE = 1.1
"""Scans whose largest spacing is at most so many times the least count as equally fine."""


def raw_reference(given: Mapping[Modality, Given], chosen: Modality | str | None = None) -> Modality:
    """Return the modality that was chosen, or the one whose largest distance between voxels is least."""
    if chosen is not None:
        return named_modality(chosen)
    coarsest = {modality: max(one.volume.grid.spacing) for modality, one in given.items()}
    least = min(coarsest.values())
    return next(m for m in RAW_REFERENCE_ORDER if m in coarsest and coarsest[m] <= AS_FINE * least)
