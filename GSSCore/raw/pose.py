"""How a head lies, against the atlas: networks learn brains in one pose, and heads lie in scanners as they like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil

import numpy as np

from GSSCore.cancellation import IsCancelled, never
from GSSCore.imaging.arrays import Affine, Doubles
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.raw.atlas_fit import angle_of, fit_to_atlas
from GSSCore.study.alignment import Step

LEAST_DEGREES = 15.0
"""Smaller tilts are left alone. They are no larger than the differences between heads that are said to lie alike (SD 2
to 3 degrees about each axis), and the network, which was trained with turns, hardly minds them: on four training cases,
four modalities, Dice WT was .940 upright, and .941, .940, .939 and .938 at a pitch of 10, 15, 20 and 30 degrees; .935
and .932 at a roll of 10 and 20; TC and ET changed by no more than .01 (`docs/experiments/raw_costs.py`). A turn costs
nothing more, as raw scans are interpolated once anyway."""
OWN_PITCH_DEGREES = -10.0
"""By how much heads in the pose of SRI24, which the networks learnt, are turned about R against the atlas."""
MOST_DEGREES = 70.0
"""The starts reach as far; what seems to be turned farther is not believed."""


@dataclass(frozen=True, eq=False)
class Pose:
    """How a head is turned to lie as the networks learnt it.

    Attributes:
        to_atlas: (4, 4), rigid, from RAS mm of the reference to RAS mm in which the head lies as the atlas does; the
            identity where it is left as it lies.
        degrees: by how much the head is tilted; NaN where that could not be told.
        applied: whether `to_atlas` turns it.
        checks: figures by name: `rms_mm`, how far the brain's surface lies from the atlas's after the fit, and
            `stretch`, by which factor the atlas was stretched or shrunk most; None where there was no fit.
        fault: why it could not be told; None where it could.
    """

    to_atlas: Affine
    degrees: float
    applied: bool
    checks: Mapping[str, float | None]
    fault: Message | None


def pose_of(distance: Volume, cancelled: IsCancelled = never) -> Pose:
    """Return how a head lies, from its brain.

    Args:
        distance: signed distance to the brain's surface in mm, as everywhere in `GSSCore.brain_extraction.distance`.
        cancelled: asked between the fits.

    Raises:
        Cancelled: when `cancelled` says so.
    """
    fit = fit_to_atlas(distance, cancelled)
    checks = {"rms_mm": None if fit is None else fit.rms, "stretch": None if fit is None else fit.stretch}
    turn = np.eye(3) if fit is None else _own_turn().T @ fit.turn
    degrees = angle_of(turn)
    if fit is None or fit.doubtful or degrees > MOST_DEGREES:
        fault = Message(
            "raw.no-pose",
            "How the head lies could not be told from the brain, so it is taken as it lies; look at the brain mask.",
        )
        return Pose(np.eye(4), float("nan"), False, checks, fault)
    if degrees < LEAST_DEGREES:
        return Pose(np.eye(4), degrees, False, checks, None)
    to_atlas = np.eye(4)
    to_atlas[:3, :3] = turn
    to_atlas[:3, 3] = fit.centre - turn @ fit.centre
    return Pose(to_atlas, degrees, True, checks, None)


def step_of(pose: Pose) -> Step:
    """Return what was done about a pose, for the report."""
    message = pose.fault
    if message is None and pose.applied:
        message = Message(
            "raw.turned",
            "The head is tilted by {degrees} degrees; the network saw it upright.",
            degrees=round(pose.degrees),
        )
    if message is None:
        message = Message(
            "raw.not-turned",
            "The head lies within {degrees} degrees of the pose that the network learnt, and was not turned.",
            degrees=ceil(pose.degrees),
        )
    degrees = None if pose.fault else pose.degrees
    return Step("pose", None, pose.applied, message, {"degrees": degrees, **pose.checks})


@cache
def _own_turn() -> Doubles:
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_euler("x", OWN_PITCH_DEGREES, degrees=True).as_matrix(), np.float64)
