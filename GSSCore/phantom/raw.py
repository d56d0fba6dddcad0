"""The phantom as a hospital has it: whole heads, moved between the sequences, each on a grid of its own.

A session of four scans: T1ce and T1 as sagittal volumes of 1 mm, FLAIR and T2 as axial slices of 5 mm, tilted like the
planes that radiographers plan. The head lies in the scanner as it happens to, and moves a little between the scans;
headers say truly where the scanner's slices were, and nothing of the head's movements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Affine, Array, Floats, Labels, Mask, Size
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.phantom.anatomy import CENTRE_MM, turn_of
from GSSCore.phantom.contrast import SEQUENCES, WHITE, signal
from GSSCore.phantom.fields import Axes, interpolate, smooth_noise
from GSSCore.phantom.head import AROUND, MOVES, RAW_SCAN, Head, draw_of_head, make_head, require_seed, signals_of
from GSSCore.phantom.scanner import BRIGHTNESS, IN_PLANE_MM, NOISE, blur
from GSSCore.phantom.surroundings import TISSUES, draw_surroundings
from GSSCore.vocabulary import MODALITIES, Modality

HEAD_BOX_MM = ((-96.0, 96.0), (-134.0, 112.0), (-142.0, 110.0))
"""Of the head that is drawn, along R, A, S, in mm of the atlas."""
LATTICE_MM = 2.0
"""Between the points at which the distance to the brain's surface is measured, about."""
CLOSING_MM = 8.0
"""By how much grooves of the brain's surface are closed before the skull is laid about it."""
SESSION_DEGREES, SESSION_MM = (12.0, 5.0, 6.0), 12.0
"""How the head lies in the scanner: largest turns about R, A and S, and largest shift."""
MOVE_DEGREES, MOVE_MM = 2.5, 2.5
"""Largest turn about each axis, and shift along it, of the head between two scans."""
UNEVENNESS, UNEVENNESS_MM = 0.14, 80.0
"""Of the coils, whose share is larger than in prepared images, where most of it has been taken out."""


@dataclass(frozen=True)
class Protocol:
    """How one sequence is scanned.

    Attributes:
        shape: voxels in the plane, and slices.
        spacing: of the voxels in the plane, and of the slices, in mm.
        slice_mm: thickness of a slice.
        sagittal: whether the slices are sagittal; else axial, tilted about R.
    """

    shape: Size
    spacing: tuple[float, float, float]
    slice_mm: float
    sagittal: bool

    def coarser(self, factor: float) -> Protocol:
        """Return the same with voxels so many times as large, but for the slices of an axial scan."""
        by = np.array([factor, factor, factor if self.sagittal else 1.0])
        i, j, k = (int(n) for n in np.ceil(np.array(self.shape) / by))
        a, b, c = (float(mm) for mm in np.array(self.spacing) * by)
        return Protocol((i, j, k), (a, b, c), self.slice_mm * float(by[2]), self.sagittal)


PROTOCOLS = {
    Modality.FLAIR: Protocol((256, 256, 29), (0.9, 0.9, 5.5), 5.0, sagittal=False),
    Modality.T1CE: Protocol((240, 240, 176), (1.0, 1.0, 1.0), 1.0, sagittal=True),
    Modality.T1: Protocol((224, 224, 144), (1.05, 1.05, 1.2), 1.2, sagittal=True),
    Modality.T2: Protocol((288, 288, 28), (0.8, 0.8, 5.5), 5.0, sagittal=False),
}
REFERENCE = Modality.T1CE
"""Its grid is that of the truth: the finest."""


@dataclass(frozen=True, eq=False)
class RawPhantom:
    """A made-up patient as scanned.

    Attributes:
        scans: int16, heads on grids of their own, in the order of `MODALITIES`.
        truth: uint8, NCR 1, ED 2, ET 3, on the grid of the T1ce.
        brain: uint8, 1 in the brain and the fluid of its grooves, on that grid too.
        to_scan: (4, 4) for each scan, rigid, from RAS mm of the T1ce to RAS mm of that scan.
        to_atlas: (4, 4), rigid, from RAS mm of the T1ce to a head that lies as the atlas does, but for its own tilt.
        seed: what it was made from.
    """

    scans: Mapping[Modality, Volume]
    truth: Volume
    brain: Volume
    to_scan: Mapping[Modality, Affine]
    to_atlas: Affine
    seed: int


def make_raw_phantom(seed: int = 0, coarser: float = 1.0) -> RawPhantom:
    """Make the head of `make_phantom` with skull, scalp, face and neck, scanned in four sequences; numpy and scipy.

    Args:
        seed: 0 or more; it shows the brain and the tumour that `make_phantom` shows.
        coarser: makes voxels so many times as large, but for the distance of axial slices, and less work.

    Raises:
        UsageError: when the seed is negative.
    """
    require_seed(seed)
    x, y, z = (np.arange(low, high + 1e-6, coarser) for low, high in HEAD_BOX_MM)
    body = _make_body(seed, Axes(x, y, z), coarser)
    rng = np.random.default_rng((seed, MOVES))
    session = _moved(rng, np.array(SESSION_DEGREES), SESSION_MM)
    to_scanner = {m: _moved(rng, np.full(3, MOVE_DEGREES), MOVE_MM) @ session for m in MODALITIES}
    protocols = {m: PROTOCOLS[m].coarser(coarser) for m in MODALITIES}
    grids = {m: _grid(rng, to_scanner[m], protocols[m]) for m in MODALITIES}
    to_head = {m: np.asarray(np.linalg.inv(to_scanner[m]), np.float64) for m in MODALITIES}
    scans = {m: _scan(body, m, protocols[m], to_head[m], grids[m]) for m in MODALITIES}
    truth, brain = _truth(body, to_head[REFERENCE], grids[REFERENCE])
    to_scan = {m: np.asarray(to_scanner[m] @ to_head[REFERENCE], np.float64) for m in MODALITIES}
    return RawPhantom(scans, truth, brain, to_scan, to_head[REFERENCE], seed)


@dataclass(frozen=True, eq=False)
class _Body:
    """A head, all of it.

    Attributes:
        seed: what it was made from.
        axes: its voxels, (X, Y, Z), along R, A, S.
        step: their distance in mm.
        head: the brain.
        within: bool (X, Y, Z), the brain and the fluid of its grooves.
        around: `surroundings.Around`, uint8 (X, Y, Z).
    """

    seed: int
    axes: Axes
    step: float
    head: Head
    within: Mask
    around: Labels


def _make_body(seed: int, axes: Axes, step: float) -> _Body:
    head = make_head(seed, axes)
    brain = np.zeros(axes.shape, np.bool_)
    brain[head.box] = head.brain
    turn, rng = turn_of(draw_of_head(seed)), np.random.default_rng((seed, AROUND))
    depth = _depth(brain, axes, step)
    return _Body(seed, axes, step, head, brain | (depth < 0), draw_surroundings(depth, axes, turn, rng))


def _depth(brain: Mask, axes: Axes, step: float) -> Floats:
    """Return the distance in mm to the brain's surface, its grooves closed, (X, Y, Z), positive outside."""
    from scipy.ndimage import distance_transform_edt

    every = max(1, round(LATTICE_MM / step))
    apart = every * step
    grown = distance_transform_edt(~brain[::every, ::every, ::every]) * apart <= CLOSING_MM
    closed = distance_transform_edt(grown) * apart > CLOSING_MM
    depth = (distance_transform_edt(~closed) - distance_transform_edt(closed)) * apart
    depth -= 0.5 * apart * np.sign(depth)
    return interpolate(depth.astype(np.float32), [float(positions[0]) for positions in axes.each], apart, axes)


def _moved(rng: np.random.Generator, degrees: NDArray[np.float64], most_mm: float) -> Affine:
    """Draw a rigid movement (4, 4) about the middle of the brain, up to so many degrees about each axis."""
    matrix = np.eye(4)
    for axis, angle in enumerate(np.deg2rad(rng.uniform(-degrees, degrees))):
        first, second = (n for n in range(3) if n != axis)
        turn = np.eye(4)
        turn[[first, second], [first, second]] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    matrix[:3, 3] = CENTRE_MM + rng.uniform(-most_mm, most_mm, 3) - matrix[:3, :3] @ CENTRE_MM
    return matrix


def _grid(rng: np.random.Generator, to_scanner: Affine, protocol: Protocol) -> Grid:
    """Return where a scan's voxels are: about the head, sagittal ones square to the scanner, axial ones tilted."""
    in_head = CENTRE_MM + np.array([0.0, 6.0, -14.0 if protocol.sagittal else -4.0])
    middle = to_scanner[:3, :3] @ in_head + to_scanner[:3, 3]
    middle += rng.uniform(-3.0, 3.0, 3)
    if protocol.sagittal:
        axes = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    else:
        # As planned on a sagittal scout: along the head's own planes, to within some degrees.
        forward = to_scanner[1:3, 1]
        tilt = np.arctan2(forward[1], forward[0]) + np.deg2rad(rng.uniform(-4.0, 10.0))
        axes = np.array([[-1.0, 0.0, 0.0], [0.0, np.cos(tilt), -np.sin(tilt)], [0.0, np.sin(tilt), np.cos(tilt)]])
    affine = np.eye(4)
    affine[:3, :3] = axes * protocol.spacing
    affine[:3, 3] = middle - affine[:3, :3] @ ((np.array(protocol.shape) - 1) / 2.0)
    return Grid(protocol.shape, affine)


def _scan(body: _Body, modality: Modality, protocol: Protocol, to_head: Affine, grid: Grid) -> Volume:
    """Return what a scanner makes of the head: slices averaged over their thickness, noise, uneven coils, integers."""
    sequence = SEQUENCES[modality]
    rng = np.random.default_rng((body.seed, RAW_SCAN, modality.channel))
    white = signal(WHITE, sequence)
    ideal = np.array([signal(tissue, sequence) for tissue in TISSUES.values()], np.float32)[body.around]
    ideal[body.head.box][body.head.brain] = signals_of(body.seed, body.head, modality)
    for axis in range(3):
        ideal = blur(ideal, axis, IN_PLANE_MM, body.step)
    ideal *= np.exp(np.float32(UNEVENNESS) * smooth_noise(rng, body.axes, UNEVENNESS_MM))
    parts = max(1, ceil(protocol.slice_mm / body.step - 0.5))
    image = np.zeros(grid.shape, np.float32)
    for part in range(parts):
        shift = ((part + 0.5) / parts - 0.5) * protocol.slice_mm / protocol.spacing[2]
        image += _sampled(ideal, body, to_head, grid, shift)
    noise = np.float32(NOISE * white) * rng.standard_normal((2, *grid.shape), dtype=np.float32)
    image = np.hypot(image / np.float32(parts) + noise[0], noise[1])
    gain = np.float32(rng.uniform(*BRIGHTNESS) / white)
    stored: Array = np.clip(np.rint(image * gain), 0, np.iinfo(np.int16).max).astype(np.int16)
    return Volume(stored, grid.affine)


def _truth(body: _Body, to_head: Affine, grid: Grid) -> tuple[Volume, Volume]:
    """Return the tumour's labels and the brain on a scan's grid, as they are at the nearest voxel of the head."""
    marked = body.within.astype(np.uint8)
    marked[body.head.box][body.head.brain] = body.head.composition.labels() + np.uint8(1)
    found = _sampled(marked, body, to_head, grid)
    brain = (found > 0).astype(np.uint8)
    return Volume(found - brain, grid.affine), Volume(brain, grid.affine)


def _sampled(values: Array, body: _Body, to_head: Affine, grid: Grid, shift: float = 0.0) -> Array:
    """Return the head's values at a scan's voxels, moved by a share of the slices' distance; labels by the nearest."""
    from scipy.ndimage import affine_transform

    index = to_head @ grid.affine
    index[:3, 3] -= [positions[0] for positions in body.axes.each]
    index[:3] /= body.step
    start = index[:3, 3] + shift * index[:3, 2]
    order: Literal[0, 1] = 0 if values.dtype == np.uint8 else 1
    found: Array = affine_transform(values, index[:3, :3], start, grid.shape, output=values.dtype, order=order)
    return found
