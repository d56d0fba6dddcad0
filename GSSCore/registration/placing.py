"""Where a scan is put: where it fits best, where the scanner's own coordinates have it, or nowhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from GSSCore.messages import Message
from GSSCore.registration.checks import OF_THICKNESS
from GSSCore.registration.registration import Registration

SLICE_GAIN = 0.05
"""In thick slices, a place that is less than `OF_THICKNESS` of a slice away and gains less than this share of mutual
information is no better than the scanner's coordinates: how slices happen to meet makes as much difference."""
KEPT_MM, KEPT_GAIN, KEPT_DICE = 3.0, 0.10, 0.93
"""A scan whose registration can't be relied on may still lie well by the scanner's own coordinates: the best place that
was found is no further away than the first, mutual information gains no larger share there than the second, and the
brains agree by the third. In one session patients rarely move further, and a thick slice shows no less."""


def placed(found: Registration, thickest_mm: float, fixed_name: str, moving_name: str) -> Registration:
    """Return a registration with where the scan is put, and the sentence that tells it.

    Args:
        found: where the scan fits best, with its checks and their verdict.
        thickest_mm: largest distance between voxels in either scan.
        fixed_name: what the sentence calls the fixed scan.
        moving_name: what it calls the moving one.
    """
    names = {"sequence": moving_name, "reference": fixed_name}
    if found.fault is None:
        if not _is_as_good(found, OF_THICKNESS * thickest_mm, SLICE_GAIN):
            told = Message("raw.registered", "{sequence} was registered to {reference}.", **names)
            return replace(found, message=told)
        told = Message(
            "raw.as-scanned", "{sequence} lies on {reference} by the scanner's coordinates already.", **names
        )
        return replace(found, to_moving=np.eye(4), message=told)
    if _is_as_good(found, KEPT_MM, KEPT_GAIN) and (found.checks.get("dice") or 0.0) >= KEPT_DICE:
        told = Message(
            "raw.kept",
            "{sequence}: registration does not tell where it lies in {reference} to the millimetre, so it stays where "
            "the scanner's coordinates put it; check that both lie on each other.",
            **names,
        )
        return replace(found, to_moving=np.eye(4), fault=None, message=told, warning=told)
    return replace(found, message=found.fault)


def _is_as_good(found: Registration, most_mm: float, gain: float) -> bool:
    """Tell whether the scanner's coordinates are as good as the place that was found: close, and nearly as like."""
    names = ("moved_mm", "mutual_information", "mutual_information_before")
    moved, now, before = (found.checks.get(name) for name in names)
    if moved is None or now is None or before is None:
        return False
    return moved <= most_mm and now <= (1.0 + gain) * before
