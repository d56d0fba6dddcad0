"""A glioblastoma: an irregular enhancing ring round a necrotic core, with oedema that spreads along white matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from GSSCore.errors import GSSError
from GSSCore.imaging.arrays import Floats
from GSSCore.phantom.anatomy import Anatomy, neighbourhood
from GSSCore.phantom.atlas import FLUID, GREY, WHITE, Atlas
from GSSCore.phantom.fields import Axes, interpolate, smooth_noise, smooth_step

RADIUS_MM = (12.0, 19.0)
ELONGATION = 0.22
LOBES = (1, 3)
RIM_MM = 3.0
"""Median thickness of the enhancing ring."""
OEDEMA_MM = (12.0, 26.0)
"""How far oedema reaches along white matter."""
SPEED = {WHITE: 1.0, GREY: 0.12, FLUID: 0.03}
"""Relative speed at which oedema spreads: it respects cortex and stops at ventricles and sulci."""
LATTICE_MM = 2.0
MARGIN_MM = 46.0
"""Margin beyond the radius of the core of the cube in which oedema may spread."""
_CANDIDATES = 2000


@dataclass(frozen=True, eq=False)
class TumourPlan:
    """Where a tumour is and how large, drawn before anything is grown.

    Attributes:
        centre_mm: (3,), in the head's space.
        radius_mm: of the core's main part, mean over directions.
        metric: (3, 3), turns an offset in mm into one in which the main part is a ball of that radius.
        lobes: (centre offset in mm (3,), radius in mm) of further parts.
        reach_mm: of the oedema along white matter.
    """

    centre_mm: NDArray[np.float64]
    radius_mm: float
    metric: NDArray[np.float64]
    lobes: tuple[tuple[NDArray[np.float64], float], ...]
    reach_mm: float


@dataclass(frozen=True, eq=False)
class Tumour:
    """Shares of tumour tissue per voxel of a box, float32 (X, Y, Z) each, not yet cut to the brain.

    Attributes:
        necrosis, rim: of the voxel.
        oedema: of what is neither necrosis nor rim.
    """

    necrosis: Floats
    rim: Floats
    oedema: Floats


def plan_tumour(atlas: Atlas, rng: np.random.Generator) -> TumourPlan:
    """Draw a tumour in the white matter of one hemisphere, away from the midline and the posterior fossa."""
    for _ in range(_CANDIDATES):
        centre = np.array([rng.choice([-1.0, 1.0]) * rng.uniform(24, 46), rng.uniform(-65, 40), rng.uniform(2, 42)])
        near, far = neighbourhood(atlas, centre, 3), neighbourhood(atlas, centre, 8)
        if near[WHITE] > 0.6 and far[FLUID] < 0.04 and far.sum() > 0.9:
            break
    else:
        raise GSSError("The tissue map holds no place for a tumour: it is damaged, install the package anew.")
    radius = rng.uniform(*RADIUS_MM)
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    stretch = np.exp(ELONGATION * rng.uniform(-1.0, 1.0, 3))
    metric = turn @ np.diag(1.0 / stretch) @ turn.T
    lobes = []
    for _ in range(rng.integers(LOBES[0], LOBES[1] + 1)):
        direction = rng.standard_normal(3)
        offset = direction / np.linalg.norm(direction) * radius * rng.uniform(0.75, 1.0)
        lobes.append((offset, radius * rng.uniform(0.38, 0.6)))
    return TumourPlan(centre, radius, metric, tuple(lobes), rng.uniform(*OEDEMA_MM))


def grow_tumour(plan: TumourPlan, axes: Axes, anatomy: Anatomy, nearby: Anatomy, seed: tuple[int, ...]) -> Tumour:
    """Grow the planned tumour into a head.

    Args:
        plan: where and how large.
        axes: the voxels of the box.
        anatomy: the head on that box.
        nearby: the same head on `oedema_lattice(plan)`.
        seed: of the tumour's irregularities.
    """
    box, part = axes.within(plan.centre_mm, _half(plan))
    fluid = anatomy.on_box(anatomy.shares[:, FLUID])[box]
    depth = _depth(plan, part, np.random.default_rng((*seed, 1))) - 5.0 * fluid
    thickness = RIM_MM * np.exp(0.45 * smooth_noise(np.random.default_rng((*seed, 2)), part, 7.0))
    core, necrosis = smooth_step(depth + 0.5), smooth_step(depth - thickness + 0.5)
    oedema = _oedema(plan, part, nearby, np.random.default_rng((*seed, 3))) * smooth_step(3.0 * (0.75 - fluid))
    whole = [np.zeros(axes.shape, np.float32) for _ in range(3)]
    for target, values in zip(whole, (necrosis, core - necrosis, oedema), strict=True):
        target[box] = values
    return Tumour(*whole)


def oedema_lattice(plan: TumourPlan) -> Axes:
    """Return the lattice on which oedema spreads: a cube round the tumour, always the same for one plan."""
    steps = np.arange(-np.ceil(_half(plan) / LATTICE_MM), np.ceil(_half(plan) / LATTICE_MM) + 1) * LATTICE_MM
    x, y, z = (centre + steps for centre in plan.centre_mm)
    return Axes(x, y, z)


def _half(plan: TumourPlan) -> float:
    return plan.radius_mm + MARGIN_MM


def _depth(plan: TumourPlan, axes: Axes, rng: np.random.Generator) -> Floats:
    """Return how deep a voxel lies under the core's surface, in mm, negative outside."""
    x, y, z = axes.offsets(plan.centre_mm)
    square = np.zeros(axes.shape, np.float32)
    for a, b, c in plan.metric.astype(np.float32):
        square += (a * x + b * y + c * z) ** 2
    depth = np.float32(plan.radius_mm) - np.sqrt(square)
    for centre, radius in plan.lobes:
        x, y, z = axes.offsets(plan.centre_mm + centre)
        np.maximum(depth, np.float32(radius) - np.sqrt(x**2 + y**2 + z**2), out=depth)
    depth += 1.8 * smooth_noise(rng, axes, 9.0)
    depth += 0.7 * smooth_noise(rng, axes, 4.0)
    return np.asarray(depth)


def _oedema(plan: TumourPlan, axes: Axes, nearby: Anatomy, rng: np.random.Generator) -> Floats:
    """Return the share of oedematous tissue on the box, from 0 to 1 over a border of some 5 mm."""
    lattice = oedema_lattice(plan)
    speed = nearby.on_box(nearby.shares @ np.array([SPEED[tissue] for tissue in (GREY, WHITE, FLUID)], np.float32))
    speed = np.maximum(speed * np.exp(0.35 * smooth_noise(rng, lattice, 9.0)), 1e-3)
    x, y, z = lattice.offsets(plan.centre_mm)
    start = x**2 + y**2 + z**2 < plan.radius_mm**2
    # Counted from a ball somewhat smaller than the core, so that bulges of the core have a seam of oedema as well.
    late = np.float32(plan.reach_mm + 12.0)
    early = late - spread(np.float32(1.0) / speed, start, LATTICE_MM, float(late))
    early = interpolate(early, [places[0] for places in lattice.each], LATTICE_MM, axes)
    return smooth_step((early - np.float32(12.0)) / np.float32(5.0) + np.float32(0.5))


def spread(slowness: Floats, start: NDArray[np.bool_], step_mm: float, limit: float) -> Floats:
    """Return the least travel time from `start` to every voxel: shortest paths over the 26 neighbours.

    Relaxation after Bellman and Ford, all voxels at once, until nothing changes. By hand: scipy's shortest paths need a
    graph of millions of edges, and a fast marching method needs a further package.

    Args:
        slowness: (X, Y, Z), time per mm; along an edge the mean of its two ends counts.
        start: where time is 0.
        step_mm: distance of neighbours along an axis.
        limit: times are cut there.
    """
    time = np.where(start, np.float32(0.0), np.float32(limit))
    edges = [_Edge(slowness, direction, step_mm) for direction in _DIRECTIONS]
    while True:
        before = time.copy()
        for edge in edges:
            edge.relax(time)
        if np.array_equal(before, time):
            return time


_DIRECTIONS = tuple((i, j, k) for i in (0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1) if (i, j, k) > (0, 0, 0))
"""Half of the 26 neighbours: the others are their opposites."""


class _Edge:
    """All pairs of voxels that are neighbours in one direction, and what it costs to pass from one to the other."""

    def __init__(self, slowness: Floats, direction: tuple[int, int, int], step_mm: float) -> None:
        self._here = tuple(slice(max(0, -d), -d if d > 0 else None) for d in direction)
        self._there = tuple(slice(max(0, d), d if d < 0 else None) for d in direction)
        length = step_mm * float(np.linalg.norm(direction))
        self._cost = (slowness[self._here] + slowness[self._there]) * np.float32(length / 2.0)

    def relax(self, time: Floats) -> None:
        here, there = time[self._here], time[self._there]
        np.minimum(there, here + self._cost, out=there)
        np.minimum(here, there + self._cost, out=here)
