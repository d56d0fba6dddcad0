"""What speaks for and against a registration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from GSSCore.imaging.arrays import Affine
from GSSCore.messages import Message
from GSSCore.registration.rigid import apply, degrees_of, inverse
from GSSCore.registration.scan import Scan

MAX_INCONSISTENCY_MM = 1.0
OF_THICKNESS = 0.25
"""Two ways, or two starts, may end so far from each other: 1 mm, or this share of thicker slices."""
MIN_DICE = 0.90
MAX_DEGREES = 25.0
"""About any of R, A and S; nobody turns the head so far between two series."""
MIN_COVERAGE, LEAST_COVERAGE = 0.90, 0.50
"""Share of the reference's brain that the other scan shows: below the first the reader is warned, below the second
there is too little to judge by."""
MIRRORED = 1.05
"""A mirrored scan that fits so many times as well as the scan itself: its left and right are exchanged."""


def brain_figures(fixed: Scan, moving: Scan, to_moving: Affine) -> dict[str, float]:
    """Return `coverage` of the fixed brain by the moving scan's view, and the `dice` of both brains where both show."""
    there = apply(to_moving, fixed.brain_points)
    seen = moving.shows(there)
    back = apply(inverse(to_moving), moving.brain_points)
    seen_back = fixed.shows(back)
    both = (moving.distance_at(there[seen]) > 0.0).sum() / max(1, len(there))
    both_back = (fixed.distance_at(back[seen_back]) > 0.0).sum() / max(1, len(back))
    share, share_back = seen.mean(), seen_back.mean()
    return {"coverage": float(share), "dice": float((both + both_back) / max(share + share_back, 1e-9))}


def largest_turn(to_moving: Affine) -> float:
    """Return the largest of the angles about R, A and S, in degrees."""
    return float(np.abs(degrees_of(to_moving)).max())


def most_apart(fixed: Scan, moving: Scan) -> float:
    """Return how far from each other two ways may end, in mm."""
    return max(MAX_INCONSISTENCY_MM, OF_THICKNESS * max(fixed.thickest_mm, moving.thickest_mm))


def fault(figures: Mapping[str, float], most_mm: float, fixed_name: str, moving_name: str) -> Message | None:
    """Return why a registration can't be relied on; None where all checks passed.

    Args:
        figures: as `Registration.checks` has them.
        most_mm: how far from each other two ways may end.
        fixed_name: what the sentence calls the fixed scan.
        moving_name: what it calls the moving one.
    """
    names = {"moving": moving_name, "fixed": fixed_name}
    if figures["coverage"] < LEAST_COVERAGE:
        return Message(
            "registration.little-in-common",
            "{moving}: it shows {share:.0%} of the brain in {fixed} only, too little to be registered; leave it out, "
            "or give another series.",
            share=figures["coverage"],
            **names,
        )
    if figures["dice"] < MIN_DICE:
        return Message(
            "registration.brains-differ",
            "{moving}: after registration its brain and that of {fixed} have a Dice of {dice:.2f} only; check that "
            "both are of one patient, correct the brain mask, or leave it out.",
            dice=figures["dice"],
            **names,
        )
    if figures["mirrored"] > MIRRORED:
        return Message(
            "registration.mirrored",
            "{moving}: it fits {fixed} better when left and right are exchanged, so the header of one of both is "
            "wrong; correct it, or leave the sequence out.",
            **names,
        )
    apart = max(figures["inverse_consistency_mm"], figures["restart_mm"])
    if apart > most_mm:
        return Message(
            "registration.inconsistent",
            "{moving}: registered to {fixed} in two ways, it lies {mm:.1f} mm apart, so it can't be relied on; "
            "register it by hand, or leave it out.",
            mm=apart,
            **names,
        )
    if figures["rotation_degrees"] > MAX_DEGREES:
        return Message(
            "registration.turned",
            "{moving}: it would have to be turned by {degrees:.0f} degrees to fit {fixed}, which does not happen "
            "within one session; check its header, or leave it out.",
            degrees=figures["rotation_degrees"],
            **names,
        )
    if figures["mutual_information"] < figures["mutual_information_before"]:
        return Message(
            "registration.no-better",
            "{moving}: no place was found where it fits {fixed} better than where it lies; register it by hand, or "
            "leave it out.",
            **names,
        )
    return None


def warning(figures: Mapping[str, float], fixed_name: str, moving_name: str) -> Message | None:
    """Return what the reader has to know of a registration that can be relied on; None where there is nothing."""
    if figures["coverage"] >= MIN_COVERAGE:
        return None
    return Message(
        "registration.cut",
        "{moving}: it shows {share:.0%} of the brain in {fixed} only; beyond its field of view it is missing.",
        moving=moving_name,
        fixed=fixed_name,
        share=figures["coverage"],
    )
