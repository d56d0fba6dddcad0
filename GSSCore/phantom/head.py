"""A phantom: a brain with a tumour whose truth is known at every voxel, and the four images of a simulated scanner."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from GSSCore.errors import UsageError
from GSSCore.imaging.arrays import Affine, Array, Box, Floats, Size, Spacing
from GSSCore.imaging.boxes import bounding_box, corner_of, shifted, widened
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.phantom.anatomy import CENTRE_MM, MassEffect, make_anatomy
from GSSCore.phantom.atlas import load_atlas
from GSSCore.phantom.contrast import FLUID, SEQUENCES, VESSEL, WHITE, signal
from GSSCore.phantom.fields import Axes
from GSSCore.phantom.scanner import acquire
from GSSCore.phantom.tissue import Composition, compose, textured
from GSSCore.phantom.tumour import grow_tumour, oedema_lattice, plan_tumour
from GSSCore.study.study import ImageSource, Study
from GSSCore.vocabulary import Modality

BRATS_SHAPE = (240, 240, 155)
HEAD_HALF_MM = np.array([80.0, 100.0, 84.0])
"""Half the extent along R, A, S of a box that holds every head."""
PUSH_STRENGTH, PUSH_REACH = 0.45, 2.0
"""Of the mass effect; the reach in radii of the tumour's core."""

_PLAN, _HEAD, _GROWTH, _MOTTLE, _TEXTURE, _SCAN = range(6)
AROUND, MOVES, RAW_SCAN = range(6, 9)
"""Each random draw has a stream of its own, so that a change of one does not change the others."""


@dataclass(frozen=True, eq=False)
class Phantom:
    """A made-up patient.

    Attributes:
        study: the four images, int16, background 0.
        truth: uint8, NCR 1, ED 2, ET 3, on the study's grid: the tissue that fills most of a voxel.
        seed: what it was made from.
    """

    study: Study
    truth: Volume
    seed: int


@dataclass(frozen=True, eq=False)
class Head:
    """The brain's voxels in a box, ready to be imaged."""

    box: Box
    axes: Axes
    brain: Array
    composition: Composition


def make_phantom(
    seed: int = 0,
    shape: Size = BRATS_SHAPE,
    spacing_mm: float | Spacing = 1.0,
) -> Phantom:
    """Make a skull-stripped brain with a ring-enhancing tumour and oedema, in four contrasts; numpy only.

    The anatomy and its truth are functions of position, drawn from the seed alone: other shapes and spacings show the
    same head. Its geometry follows anatomy and its contrasts the equations of the sequences (`contrast`); neither was
    made with any network in view, and no network is trained on phantoms.

    Args:
        seed: 0 or more; the same seed gives the same bits.
        shape: voxels along the axes, which point left, posterior and superior as in BraTS; a head takes up some
            170 x 210 x 180 mm in the middle, and what lies outside is cut off.
        spacing_mm: one length, or one for each axis.

    Raises:
        UsageError: when an argument makes no sense, or no brain lies on the grid.
    """
    grid = _grid(seed, shape, spacing_mm)
    head = make_head(seed, _axes(grid))
    images = {modality: _image(seed, grid, head, modality) for modality in SEQUENCES}
    truth = np.zeros(grid.shape, np.uint8)
    truth[head.box][head.brain] = head.composition.labels()
    # Built directly, for the checks of `Study.from_arrays` are about files from elsewhere and need more than numpy.
    sources = {modality: ImageSource(None, None, grid, resampled=False) for modality in images}
    return Phantom(Study(images, grid, Modality.FLAIR, sources), Volume(truth, grid.affine), seed)


def require_seed(seed: int) -> None:
    """Raise UsageError unless a seed is 0 or more."""
    if seed < 0:
        raise UsageError(f"The phantom's seed is {seed}: give a whole number, 0 or more.")


def _grid(seed: int, shape: Size, spacing_mm: float | Spacing) -> Grid:
    """Return a grid with axes L, P, S; the brain's corner voxel is where BraTS puts it."""
    spacing = spacing_mm if isinstance(spacing_mm, tuple) else (spacing_mm,) * 3
    require_seed(seed)
    if len(shape) != 3 or min(shape) < 1 or len(spacing) != 3 or not all(0.0 < mm < 50.0 for mm in spacing):
        raise UsageError(
            f"The phantom's shape {tuple(shape)} and spacing {spacing_mm} mm are no grid: "
            "give three counts of voxels, and one or three positive lengths."
        )
    affine: Affine = np.diag(np.array([-spacing[0], -spacing[1], spacing[2], 1.0]))
    affine[1, 3] = (shape[1] - 1) * spacing[1]
    i, j, k = (int(n) for n in shape)
    return Grid((i, j, k), affine)


def _axes(grid: Grid) -> Axes:
    """Return the voxels' positions in the atlas's space: the middle of the grid is the middle of the brain."""
    steps = np.diag(grid.affine)[:3]
    x, y, z = (
        centre + step * (np.arange(n) - (n - 1) / 2.0)
        for centre, step, n in zip(CENTRE_MM, steps, grid.shape, strict=True)
    )
    return Axes(x, y, z)


def make_head(seed: int, whole: Axes) -> Head:
    """Return the brain that a seed draws, on voxels in the atlas's space.

    Raises:
        UsageError: when no brain lies there.
    """
    atlas = load_atlas()
    plan = plan_tumour(atlas, np.random.default_rng((seed, _PLAN)))
    push = MassEffect(plan.centre_mm, PUSH_REACH * plan.radius_mm, PUSH_STRENGTH)
    box, axes = whole.within(CENTRE_MM, HEAD_HALF_MM)
    anatomy = make_anatomy(atlas, axes, draw_of_head(seed), push)
    brain_box = bounding_box(anatomy.brain)
    if brain_box is None:
        raise UsageError(f"No brain lies on the phantom's grid of {whole.shape} voxels: give it more of them.")
    # Hardly any head fills the box: all that follows costs less on its own bounds.
    tight = widened(brain_box, 4, axes.shape)
    box, axes = shifted(tight, corner_of(box)), axes.cut(tight)
    anatomy = replace(anatomy, brain=anatomy.brain[tight])
    nearby = make_anatomy(atlas, oedema_lattice(plan), draw_of_head(seed), push)
    tumour = grow_tumour(plan, axes, anatomy, nearby, (seed, _GROWTH))
    return Head(box, axes, anatomy.brain, compose(anatomy, tumour, axes, (seed, _MOTTLE)))


def draw_of_head(seed: int) -> np.random.Generator:
    """Return the generator that a head's size, tilt and bends are drawn from."""
    return np.random.default_rng((seed, _HEAD))


def signals_of(seed: int, head: Head, modality: Modality) -> Floats:
    """Return the signal (N,) of each voxel of a brain in a sequence, with the unevenness of real tissue."""
    values = head.composition.signals(SEQUENCES[modality])
    return textured(values, head.brain, head.axes, np.random.default_rng((seed, _TEXTURE, modality.channel)))


def _image(seed: int, grid: Grid, head: Head, modality: Modality) -> Array:
    sequence = SEQUENCES[modality]
    values = signals_of(seed, head, modality)
    around = np.mean([signal(tissue, sequence) for tissue in (FLUID, VESSEL)])
    ideal = np.full(head.axes.shape, around, np.float32)
    ideal[head.brain] = values
    rng = np.random.default_rng((seed, _SCAN, modality.channel))
    image = np.zeros(grid.shape, np.int16)
    image[head.box] = acquire(ideal, head.brain, head.axes, signal(WHITE, sequence), sequence.slice_mm, rng)
    return image
