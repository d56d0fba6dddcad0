"""From two scans of one head to the rigid transform between them, with what speaks for and against it."""

from __future__ import annotations

import numpy as np

from GSSCore.cancellation import IsCancelled, never
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.registration.checks import brain_figures, fault, largest_turn, most_apart, warning
from GSSCore.registration.placing import placed
from GSSCore.registration.registration import Registration
from GSSCore.registration.rigid import rms_distance
from GSSCore.registration.scan import Scan
from GSSCore.registration.search import Found, Search
from GSSCore.registration.settings import RegistrationSettings
from GSSCore.registration.watch import OutOfTime, Watch

STAY_MM = 0.5
STAY_GAIN = 0.01
"""A scan that lies within `STAY_MM` of where it fits best, and whose mutual information gains no larger share by moving
there, stays where it is."""


def register(
    fixed: Volume,
    moving: Volume,
    fixed_distance: Volume,
    moving_distance: Volume,
    *,
    fixed_name: str,
    moving_name: str,
    settings: RegistrationSettings | None = None,
    cancelled: IsCancelled = never,
) -> Registration:
    """Return where the moving scan lies in the fixed one.

    Args:
        fixed: the reference, on any grid, any contrast.
        moving: another scan of the same head, on a grid of its own.
        fixed_distance: how far points lie inside the brain in mm, positive inside, in RAS mm of `fixed`.
        moving_distance: the same of `moving`.
        fixed_name: what messages call the fixed scan, such as `T1ce`.
        moving_name: what they call the moving one.
        settings: how long it may take.
        cancelled: asked in each iteration.

    Returns:
        The transform and its checks. Where it can't be relied on, `fault` says why.

    Raises:
        Cancelled: soon after `cancelled` has said so.
    """
    watch = Watch((settings or RegistrationSettings()).registration_seconds, cancelled)
    scans = Scan.of(fixed, fixed_distance), Scan.of(moving, moving_distance)
    for scan, name in zip(scans, (fixed_name, moving_name), strict=True):
        if scan.box is None or not len(scan.brain_points):
            return _failed(
                Message(
                    "registration.no-brain", "{name}: no brain was found in it; check that it is a head.", name=name
                ),
                watch,
            )
    try:
        found = Search(*scans, watch).run()
    except OutOfTime:
        return _failed(
            Message(
                "registration.time",
                "{moving}: it could not be registered to {fixed} within {seconds:.0f} s; allow it more time, or leave "
                "it out.",
                moving=moving_name,
                fixed=fixed_name,
                seconds=watch.most,
            ),
            watch,
        )
    return _checked(scans, found, watch, fixed_name, moving_name)


def _checked(scans: tuple[Scan, Scan], found: Found, watch: Watch, fixed_name: str, moving_name: str) -> Registration:
    """Return what was found with its checks; the scan stays where it is when it gains nothing by moving."""
    moved = rms_distance(found.to_moving, np.eye(4), scans[0].corners)
    stays = moved < STAY_MM and found.information < (1.0 + STAY_GAIN) * found.information_before
    to_moving = np.eye(4) if stays else found.to_moving
    figures = {
        "inverse_consistency_mm": found.inverse_consistency_mm,
        "restart_mm": found.restart_mm,
        "mutual_information": found.information_before if stays else found.information,
        "mutual_information_before": found.information_before,
        "mirrored": found.mirrored,
        "rotation_degrees": largest_turn(to_moving),
        "moved_mm": 0.0 if stays else moved,
        **brain_figures(*scans, to_moving),
    }
    most = most_apart(*scans)
    why = fault(figures, most, fixed_name, moving_name)
    warned = None if why else warning(figures, fixed_name, moving_name)
    checked = Registration(to_moving, {**figures, "most_apart_mm": most}, why, watch.seconds, warned)
    return placed(checked, max(scan.thickest_mm for scan in scans), fixed_name, moving_name)


def _failed(why: Message, watch: Watch) -> Registration:
    return Registration(np.eye(4), {}, why, watch.seconds, message=why)
