"""From a study to what a network sees: brain crop, axes R A S, the network's spacing, z-scores, background 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from GSSCore.errors import InputError
from GSSCore.imaging.intensities import z_score
from GSSCore.imaging.orientation import is_axis_aligned, to_ras
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Affine, Array, Grid, Volume, shared_corner
from GSSCore.messages import Message
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Modality, subset_mask

SPACING_TOLERANCE = 0.01
"""Relative difference from the network's spacing up to which voxels are taken as they are."""
ANGLE_TOLERANCE_DEGREES = 2.0
"""Deviation of the axes from R, A, S up to which voxels are taken as they are."""

Box = tuple[slice, slice, slice]
Mask = NDArray[np.bool_]


def preprocess(study: Study, preprocessing: PreprocessingSettings = PreprocessingSettings()) -> Preprocessed:
    """Turn a study into a network's input.

    The axes are brought into the order and directions closest to R, A, S (no interpolation, so that any orientation of
    the same voxels gives the same bits) and everything is cropped to the box of the available modalities' non-zero
    voxels. Only if the spacing differs from the network's by more than `SPACING_TOLERANCE`, or the axes deviate by more
    than `ANGLE_TOLERANCE_DEGREES`, the crop is resampled. Each modality is z-scored over its own non-zero voxels last,
    at the spacing at which the network learnt it: mean and SD would otherwise depend on the resolution, through noise.

    Raises:
        InputError: when at the network's spacing there are more voxels than are made, or none.
    """
    in_ras = {modality: to_ras(image, study.grid.affine) for modality, image in study.images.items()}
    arrays = {modality: array for modality, (array, _) in in_ras.items()}
    affine = _rounded(next(iter(in_ras.values()))[1])
    box, brain = _crop(arrays)
    grid = _cropped(Grid(brain.shape, affine), box)
    brain = np.ascontiguousarray(brain[box])
    cropped = {modality: array[box] for modality, array in arrays.items()}
    if not _fits(grid, preprocessing):
        cropped, grid = _resampled(cropped, grid, preprocessing)
        box, brain = _crop(cropped)
        grid = _cropped(grid, box)
        brain = np.ascontiguousarray(brain[box])
        cropped = {modality: array[box] for modality, array in cropped.items()}
    images = np.zeros((len(MODALITIES), *grid.shape), np.float32)
    for modality, array in cropped.items():
        images[modality.channel] = z_score(_contiguous(array))
    return Preprocessed(images, np.array(subset_mask(study.available)), brain, grid, study.grid)


def preprocess_labels(truth: Volume, preprocessed: Preprocessed) -> NDArray[np.uint8]:
    """Return a label map on `preprocessed.grid`, uint8 (D, H, W), nearest neighbour, 0 beyond the label map.

    Where the grids share their voxels, labels are copied, not interpolated.
    """
    array, affine = to_ras(truth.array, truth.affine)
    affine = _rounded(affine)
    corner = shared_corner(affine, preprocessed.grid)
    if corner is None:
        return np.asarray(resample(Volume(array, affine, truth.path), preprocessed.grid, order=0), dtype=np.uint8)
    labels = np.zeros(preprocessed.grid.shape, np.uint8)
    lows = [max(0, -c) for c in corner]
    highs = [
        max(low, min(n, size - c)) for low, n, size, c in zip(lows, labels.shape, array.shape, corner, strict=True)
    ]
    to = tuple(slice(low, high) for low, high in zip(lows, highs, strict=True))
    labels[to] = array[tuple(slice(s.start + c, s.stop + c) for s, c in zip(to, corner, strict=True))]
    return labels


def _rounded(affine: Affine) -> Affine:
    """Return the affine rounded to a nanometre: reordering axes shifts its last digits, which results must not see."""
    return np.round(affine, 6) + 0.0


def _crop(arrays: Mapping[Modality, Array]) -> tuple[Box, Mask]:
    """Return the box of all non-zero voxels of equally shaped arrays, and the mask of these voxels before cropping."""
    mask: Mask | None = None
    for array in arrays.values():
        nonzero = np.asarray(array != 0)
        mask = nonzero if mask is None else np.bitwise_or(mask, nonzero, out=mask)
    assert mask is not None, "a study has at least one modality"
    if not mask.any():
        raise InputError(
            Message(
                "preprocessing.nothing-left",
                "At the network's spacing nothing is left of the images: they show less than one of its voxels; check "
                "their spacing.",
            )
        )
    return _bounds(mask), mask


def _bounds(mask: Mask) -> Box:
    """Return the bounding box of a mask (I, J, K) that holds something, whatever its order in memory."""
    order = np.argsort(mask.strides)[::-1]
    slow = mask.transpose(order)
    # The two quick axes are read off one projection along the slowest, which runs through memory as it lies.
    face = np.bitwise_or.reduce(slow, axis=0)
    spans = {int(order[1]): face.any(axis=1), int(order[2]): face.any(axis=0)}
    spans[int(order[0])] = slow.reshape(slow.shape[0], -1).any(axis=1)
    ends = [np.flatnonzero(spans[axis])[[0, -1]] for axis in range(3)]
    i, j, k = (slice(int(first), int(last) + 1) for first, last in ends)
    return i, j, k


def _cropped(grid: Grid, box: Box) -> Grid:
    """Return the grid of a box cut out of another."""
    affine = grid.affine.copy()
    affine[:3, 3] += affine[:3, :3] @ [s.start for s in box]
    i, j, k = (s.stop - s.start for s in box)
    return Grid((i, j, k), affine)


def _contiguous(array: Array) -> NDArray[np.float32]:
    """Return a crop as C-ordered float32: sums then run in one order, whatever order the file had."""
    return np.ascontiguousarray(array, dtype=np.float32)


def _fits(grid: Grid, preprocessing: PreprocessingSettings) -> bool:
    """Tell whether voxels in RAS order can be taken as they are."""
    wanted = np.array(preprocessing.spacing)
    near = np.abs(np.array(grid.spacing) - wanted) <= SPACING_TOLERANCE * wanted
    return bool(near.all()) and is_axis_aligned(grid.affine, ANGLE_TOLERANCE_DEGREES)


def _resampled(
    arrays: Mapping[Modality, Array], grid: Grid, preprocessing: PreprocessingSettings
) -> tuple[dict[Modality, Array], Grid]:
    """Return the arrays on a grid of the network's spacing that covers the given one, and that grid."""
    target = _target(grid, preprocessing)
    return {m: resample(Volume(array, grid.affine), target, order=1) for m, array in arrays.items()}, target


def _target(grid: Grid, preprocessing: PreprocessingSettings) -> Grid:
    """Return the grid of the network's spacing that covers every voxel of `grid`, centred on it.

    Its axes are those of `grid` where they deviate little from R, A, S, else R, A, S themselves.
    """
    spacing = np.array(preprocessing.spacing)
    if is_axis_aligned(grid.affine, ANGLE_TOLERANCE_DEGREES):
        axes = grid.affine[:3, :3] / np.array(grid.spacing)
    else:
        axes = np.eye(3)
    half = np.abs(np.linalg.inv(axes) @ grid.affine[:3, :3]) @ (np.array(grid.shape) / 2.0)
    # A thousandth of a voxel of tolerance: 99.9999 mm of float32 spacing are 100 voxels, not 101.
    shape = np.maximum(1, np.ceil(2.0 * half / spacing - 1e-3)).astype(int)
    centre = grid.affine[:3, :3] @ ((np.array(grid.shape) - 1) / 2.0) + grid.affine[:3, 3]
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = centre - affine[:3, :3] @ ((shape - 1) / 2.0)
    i, j, k = (int(n) for n in shape)
    return Grid((i, j, k), _rounded(affine))
