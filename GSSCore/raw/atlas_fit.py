"""The atlas's brain fitted to a brain by its shape alone: turned, shifted, and stretched along its own axes.

Distances to the surface are compared at points in and about the brain, from several starts. The images are not asked:
in trials on three training cases their mutual information with the atlas's tissues changed the turn by 1 to 2 degrees,
for at least twice the time. `docs/experiments/pose_accuracy.py` measures how well turns are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from GSSCore.brain_extraction.distance import REACH_MM, SPACING_MM, signed_distance
from GSSCore.cancellation import IsCancelled, check
from GSSCore.imaging.arrays import Affine, Doubles, Floats
from GSSCore.imaging.volume import Volume
from GSSCore.phantom.atlas import load_atlas

STARTS_DEGREES = ((-50.0, -30.0, -10.0, 10.0, 30.0), (-25.0, 0.0, 25.0), (-25.0, 0.0, 25.0))
"""About R, A and S."""
FOLLOWED = 3
"""How many of the starts are followed: the best ones."""
COARSE, FINE = 1500, 8000
"""Points that are compared: from the starts, and at the end."""
STEPS, FEW_STEPS = 10, 8
"""Largest number of steps of these."""
APART_MM, MARGIN_MM = 4.0, 14.0
"""Distance between neighbouring points, about, and how far about the brain they are taken."""
LEAST_ML = 500.0
"""What is smaller is no brain, or too little of one."""
MOST_RMS_MM, LEAST_STRETCH, MOST_STRETCH = 3.0, 0.7, 1.45
"""Beyond these a fit is doubtful."""
AGREE_DEGREES, AGREE_SHARE = 12.0, 1.1
"""So is one where another, whose residual is larger by no more than this factor, lies farther away than that."""
_REACH = 1.0
"""In these units: how far about a place its slopes are measured."""
_SCALES = np.array([5.0] * 9)
"""By how much parameters are varied: degrees, mm and per cent."""


@dataclass(frozen=True, eq=False)
class AtlasFit:
    """How a brain lies in the atlas.

    Attributes:
        turn: (3, 3), rotation from the head to the atlas.
        centre: (3,), middle of the brain in RAS mm, about which it turns.
        rms: root mean square of the residuals in mm.
        stretch: largest factor by which the atlas was stretched or shrunk along an axis, above 1.
        doubtful: whether it fits too badly, or another turn fits as well.
    """

    turn: Doubles
    centre: Doubles
    rms: float
    stretch: float
    doubtful: bool


def fit_to_atlas(distance: Volume, cancelled: IsCancelled) -> AtlasFit | None:
    """Return how a brain lies in the atlas; None where there is no brain.

    Args:
        distance: signed distance to the brain's surface.
        cancelled: asked between the fits.

    Raises:
        Cancelled: when `cancelled` says so.
    """
    points = _points(distance)
    if points is None:
        return None
    fits = _fits(points.some(COARSE), cancelled)
    best = _followed(fits[0].parameters, points.some(FINE), FEW_STEPS)
    others = [fit for fit in fits[1:] if fit.rms < AGREE_SHARE * fits[0].rms]
    apart = max((angle_of(fit.turn.T @ best.turn) for fit in others), default=0.0)
    stretches = np.exp(best.parameters[6:] / 100.0)
    unlike = best.rms > MOST_RMS_MM or stretches.min() < LEAST_STRETCH or stretches.max() > MOST_STRETCH
    stretch = float(np.maximum(stretches, 1.0 / stretches).max())
    return AtlasFit(best.turn, points.centre, best.rms, stretch, bool(unlike or apart > AGREE_DEGREES))


def angle_of(turn: Doubles) -> float:
    """Return the angle of a rotation (3, 3) in degrees."""
    return float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1.0) / 2.0, -1.0, 1.0))))


# --- what is compared ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Points:
    """Places in and about a brain.

    Attributes:
        centre: (3,), middle of the brain in RAS mm.
        offset: (3, N), from there, in mm.
        distance: (N,), to the brain's surface, in mm.
    """

    centre: Doubles
    offset: Doubles
    distance: Doubles

    def some(self, count: int) -> _Points:
        """Return so many of them, always the same ones: drawn, for a regular stride may follow the rows of the grid."""
        if len(self.distance) <= count:
            return self
        chosen = np.random.default_rng(0).choice(len(self.distance), count, replace=False)
        return _Points(self.centre, self.offset[:, chosen], self.distance[chosen])


def _points(distance: Volume) -> _Points | None:
    """Return what was seen in and about a brain; None where there is no brain."""
    steps = np.array([max(1, round(APART_MM / mm)) for mm in distance.grid.spacing])
    values = distance.array[:: steps[0], :: steps[1], :: steps[2]]
    seen = values > -REACH_MM
    place = distance.affine[:3, :3] @ (np.array(np.nonzero(seen)) * steps[:, None]) + distance.affine[:3, 3:]
    found = values[seen].astype(np.float64)
    inside = place[:, found > 0]
    if inside.shape[1] * distance.grid.voxel_ml * float(np.prod(steps)) < LEAST_ML:
        return None
    centre = inside.mean(axis=1)
    low, high = inside.min(axis=1) - MARGIN_MM, inside.max(axis=1) + MARGIN_MM
    near = np.all((place > low[:, None]) & (place < high[:, None]), axis=0)
    return _Points(centre, place[:, near] - centre[:, None], found[near])


@dataclass(frozen=True, eq=False)
class _AtlasBrain:
    """The atlas's brain: signed distance (X, Y, Z), from RAS mm to its voxels (4, 4), and its middle (3,) in RAS mm."""

    distance: Floats
    to_index: Affine
    centre: Doubles


@cache
def _atlas_brain() -> _AtlasBrain:
    atlas, margin = load_atlas(), round(REACH_MM / SPACING_MM) + 2
    brain = np.pad(atlas.shares.sum(axis=-1) > 0.5, margin)
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
    affine[:3, 3] = atlas.corner_mm - margin * SPACING_MM
    centre = affine[:3, :3] @ np.array(np.nonzero(brain)).mean(axis=1) + affine[:3, 3]
    return _AtlasBrain(signed_distance(brain, (SPACING_MM,) * 3), np.asarray(np.linalg.inv(affine)), centre)


# --- the fit ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Fit:
    """One fit.

    Attributes:
        parameters: (9,), rotation vector in degrees, shift in mm, logarithms of the stretches in per cent.
        rms: root mean square of the residuals in mm.
    """

    parameters: Doubles
    rms: float

    @property
    def turn(self) -> Doubles:
        """The rotation (3, 3) from the head to the atlas."""
        return _turn(self.parameters)


def _turn(parameters: Doubles) -> Doubles:
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(np.radians(parameters[:3])).as_matrix(), np.float64)


def _residuals(parameters: Doubles, points: _Points) -> Doubles:
    """Return how the distances at the points differ from the atlas's, (N,) in mm."""
    from scipy.ndimage import map_coordinates

    atlas = _atlas_brain()
    matrix = np.exp(parameters[6:] / 100.0)[:, None] * _turn(parameters)
    place = matrix @ points.offset + (atlas.centre + parameters[3:6])[:, None]
    index = atlas.to_index[:3, :3] @ place + atlas.to_index[:3, 3:]
    found = map_coordinates(atlas.distance, index, order=1, mode="nearest")
    return np.asarray(found - points.distance, np.float64)


def _slopes(parameters: Doubles, points: _Points) -> Doubles:
    """Return how the residuals change with each parameter, (N, 9), over `_REACH` on either side.

    Between the voxels of the atlas its distance is linear, so that slopes at a point, which change from voxel to voxel,
    lead steps astray.
    """
    columns = [
        (_residuals(parameters + step, points) - _residuals(parameters - step, points)) / (2.0 * _REACH)
        for step in _REACH * np.eye(9)
    ]
    return np.stack(columns, axis=1)


def _rms(residuals: Doubles) -> float:
    return float(np.sqrt(np.mean(np.square(residuals))))


def _fits(points: _Points, cancelled: IsCancelled) -> list[_Fit]:
    """Return the fits that the best starts lead to, the best first."""
    from scipy.spatial.transform import Rotation

    starts = []
    for angles in product(*STARTS_DEGREES):
        parameters = np.zeros(9)
        parameters[:3] = np.degrees(Rotation.from_euler("xyz", angles, degrees=True).as_rotvec())
        starts.append(_Fit(parameters, _rms(_residuals(parameters, points))))
    fits = []
    for start in sorted(starts, key=lambda fit: fit.rms)[:FOLLOWED]:
        check(cancelled)
        fits.append(_followed(start.parameters, points, STEPS))
    return sorted(fits, key=lambda fit: fit.rms)


def _followed(start: Doubles, points: _Points, steps: int) -> _Fit:
    """Return the least-squares fit that a start leads to in so many steps."""
    from scipy.optimize import least_squares

    found = least_squares(_residuals, start, _slopes, args=(points,), x_scale=_SCALES, max_nfev=steps)
    return _Fit(np.asarray(found.x, np.float64), _rms(found.fun))
