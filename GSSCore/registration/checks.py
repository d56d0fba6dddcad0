"""What speaks for and against a registration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from GSSCore.imaging.arrays import Affine
from GSSCore.messages import Message
from GSSCore.registration.rigid import apply, degrees_of, inverse
from GSSCore.registration.scan import Scan

Figures = Mapping[str, float | None]

MAX_INCONSISTENCY_MM = 1.0
MIN_DICE = 0.90
MAX_DEGREES = 25.0
MIN_COVERAGE = 0.90


def brain_figures(fixed: Scan, moving: Scan, to_moving: Affine) -> dict[str, float | None]:
    """Return `coverage` of the fixed brain by the moving scan's view, and the `dice` of both brains where both show."""
    there = apply(to_moving, fixed.brain_points)
    seen = moving.shows(there)
    back = apply(inverse(to_moving), moving.brain_points)
    seen_back = fixed.shows(back)
    both = (moving.distance_at(there[seen]) > 0.0).sum() / max(1, len(there))
    both_back = (fixed.distance_at(back[seen_back]) > 0.0).sum() / max(1, len(back))
    share, share_back = seen.mean(), seen_back.mean()
    dice = (both + both_back) / (share + share_back) if share + share_back else None
    return {"coverage": float(share), "dice": None if dice is None else float(dice)}


def largest_turn(to_moving: Affine) -> float:
    """Return the largest of the angles about R, A and S, in degrees."""
    return float(np.abs(degrees_of(to_moving)).max())


def fault(figures: Figures, fixed_name: str, moving_name: str) -> Message | None:
    """Return why a registration can't be relied on; None where all checks passed."""
    names = {"moving": moving_name, "fixed": fixed_name}
    inconsistent, dice = figures["inverse_consistency_mm"], figures["dice"]
    restart, degrees = figures["restart_mm"], figures["rotation_degrees"]
    before, now = figures["mutual_information_before"], figures["mutual_information"]
    assert inconsistent is not None and restart is not None and degrees is not None
    assert before is not None and now is not None
    if inconsistent > MAX_INCONSISTENCY_MM or restart > MAX_INCONSISTENCY_MM:
        return Message(
            "registration.inconsistent",
            "{moving}: registered to {fixed} in two ways, it lies {mm:.1f} mm apart, so it can't be relied on; "
            "register it by hand, or leave it out.",
            mm=max(inconsistent, restart),
            **names,
        )
    if dice is None or dice < MIN_DICE:
        return Message(
            "registration.brains-differ",
            "{moving}: after registration its brain and that of {fixed} have a Dice of {dice:.2f} only; check that "
            "both are of one patient and show the whole head, or leave it out.",
            dice=dice or 0.0,
            **names,
        )
    if degrees > MAX_DEGREES:
        return Message(
            "registration.turned",
            "{moving}: it would have to be turned by {degrees:.0f} degrees to fit {fixed}, which does not happen "
            "within one session; check its header, or leave it out.",
            degrees=degrees,
            **names,
        )
    if now <= before and degrees > 0.0:
        return Message(
            "registration.no-better",
            "{moving}: no place was found where it fits {fixed} better than where it lies; register it by hand, or "
            "leave it out.",
            **names,
        )
    return None
