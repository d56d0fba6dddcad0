"""A modality on the reference's grid: taken as it is where its voxels are the reference's, else interpolated."""

from __future__ import annotations

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array
from GSSCore.imaging.headers import times, times_mm
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.study.checks.space import no_overlap, require_overlap
from GSSCore.vocabulary import Modality

SAME_VOXELS = 0.01
"""In voxels: how far two grids may lie apart and still be the same one. Headers differ by as much through rounding."""


def on_grid(
    array: Array, volume: Volume, modality: Modality, grid: Grid, reference: Modality, reference_name: str
) -> tuple[Array, Message | None]:
    """Return a modality's array on the reference's grid, and a warning if it had to be interpolated for that.

    Args:
        array: (I, J, K), what is taken of the volume.
        volume: its grid and name.
        modality: which one it is.
        grid: the reference's.
        reference, reference_name: the reference and its file, for messages.

    Raises:
        InputError: when it shows nothing where the reference lies.
    """
    own = volume.grid
    tolerance = SAME_VOXELS * min(grid.spacing)
    if own.matches(grid, tolerance):
        return array, None
    turned = _turned(array, own, grid, tolerance)
    if turned is not None:
        return turned, None
    require_overlap(volume, modality, grid, reference, reference_name)
    image = resample(Volume(array, own.affine, volume.path), grid, order=1)
    if not image.any():
        raise InputError(no_overlap(volume, modality, reference, reference_name))
    return image, _resampled(own, modality, grid, reference)


def described(grid: Grid) -> str:
    """Return shape and spacing in words: `240 x 240 x 155 voxels of 1 x 1 x 1 mm`."""
    return f"{times(grid.shape)} voxels of {times_mm(grid.spacing)} mm"


def _turned(array: Array, own: Grid, grid: Grid, tolerance: float) -> Array | None:
    """Return the array in the axis order of `grid` if its voxels are at the very same places, else None."""
    given, wanted = Orientation.of(own.affine), Orientation.of(grid.affine)
    if not given.grid_in_ras(own).matches(wanted.grid_in_ras(grid), tolerance):
        return None
    return wanted.from_ras(given.to_ras(array))


def _resampled(own: Grid, modality: Modality, grid: Grid, reference: Modality) -> Message:
    """Return the warning about a modality that was interpolated; one of the same size has its distance named."""
    if described(own) == described(grid):
        return Message(
            "study.resampled-beside",
            "{sequence} lies on a grid of the same size as that of {reference}, but up to {mm:.3g} mm away from it, "
            "and was resampled onto it.",
            sequence=modality.display,
            reference=reference.display,
            mm=float(np.linalg.norm(own.corners() - grid.corners(), axis=1).max()),
        )
    return Message(
        "study.resampled",
        "{sequence} lies on another grid ({shape} voxels of {spacing} mm) and was resampled onto that of {reference} "
        "({reference_shape} voxels of {reference_spacing} mm).",
        sequence=modality.display,
        shape=times(own.shape),
        spacing=times_mm(own.spacing),
        reference=reference.display,
        reference_shape=times(grid.shape),
        reference_spacing=times_mm(grid.spacing),
    )
