"""From a study to what a network sees: brain crop, axes R A S, the network's spacing, z-scores, background 0."""

from __future__ import annotations

import numpy as np

from GSSCore.imaging.arrays import Array, Floats, Labels, Spacing
from GSSCore.imaging.boxes import box_at, common, shifted
from GSSCore.imaging.intensities import z_score
from GSSCore.imaging.orientation import Orientation, is_axis_aligned
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume, shared_corner
from GSSCore.preprocessing.cut import Cut, cut_out, rounded
from GSSCore.preprocessing.preprocessed import Preprocessed, ReferenceFrame
from GSSCore.preprocessing.scans import preprocess_scans
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Modality, subset_mask

SPACING_TOLERANCE = 0.01
"""Relative difference from the network's spacing up to which voxels are taken as they are."""
ANGLE_TOLERANCE_DEGREES = 2.0
"""Deviation of the axes from R, A, S up to which voxels are taken as they are."""


def preprocess(study: Study, preprocessing: PreprocessingSettings = PreprocessingSettings()) -> Preprocessed:
    """Turn a study into a network's input.

    The axes are brought into the order and directions closest to R, A, S (no interpolation, so that any orientation of
    the same voxels gives the same bits) and everything is cropped to the box of the available modalities' non-zero
    voxels. Only if the spacing differs from the network's by more than `SPACING_TOLERANCE`, or the axes deviate by more
    than `ANGLE_TOLERANCE_DEGREES`, the crop is resampled. Each modality is z-scored over its own non-zero voxels last,
    at the spacing at which the network learnt it: mean and SD would otherwise depend on the resolution, through noise.
    Raw scans take a way of their own, see `GSSCore.preprocessing.scans`.

    Raises:
        InputError: when at the network's spacing there are more voxels than are made, or none.
    """
    if study.alignment is not None:
        return preprocess_scans(study, study.alignment, preprocessing)
    orientation = study.orientation
    arrays = {modality: orientation.to_ras(image) for modality, image in study.images.items()}
    reference = rounded(orientation.grid_in_ras(study.grid))
    cut = cut_out(arrays, reference)
    aligned = is_axis_aligned(cut.grid.affine, ANGLE_TOLERANCE_DEGREES)
    fits = aligned and _has_spacing(cut.grid, preprocessing.spacing)
    crop = cut if fits else cut_out(*_resampled(cut, _target(cut.grid, preprocessing.spacing, aligned)))
    images = np.zeros((len(MODALITIES), *crop.grid.shape), np.float32)
    for modality, array in crop.arrays.items():
        images[modality.channel] = z_score(_contiguous(array))
    to_crop = None if fits else np.asarray(np.linalg.inv(crop.grid.affine) @ reference.affine, np.float64)
    frame = ReferenceFrame(study.grid, orientation, cut.box, cut.brain, to_crop)
    return Preprocessed(images, np.array(subset_mask(study.available)), crop.brain, crop.grid, frame)


def preprocess_labels(truth: Volume, preprocessed: Preprocessed) -> Labels:
    """Return a label map on `preprocessed.grid`, uint8 (D, H, W), nearest neighbour, 0 beyond the label map.

    Where the grids share their voxels, labels are copied, not interpolated.
    """
    orientation = Orientation.of(truth.affine)
    array, grid = orientation.to_ras(truth.array), rounded(orientation.grid_in_ras(truth.grid))
    corner = shared_corner(grid.affine, preprocessed.grid)
    if corner is None:
        return np.asarray(resample(Volume(array, grid.affine, truth.path), preprocessed.grid, order=0), dtype=np.uint8)
    labels = np.zeros(preprocessed.grid.shape, np.uint8)
    covered = common(box_at((0, 0, 0), labels.shape), box_at([-n for n in corner], array.shape))
    labels[covered] = array[shifted(covered, corner)]
    return labels


def _contiguous(array: Array) -> Floats:
    """Return a crop as C-ordered float32: sums then run in one order, whatever order the file had."""
    return np.ascontiguousarray(array, dtype=np.float32)


def _has_spacing(grid: Grid, spacing: Spacing) -> bool:
    """Tell whether a grid has this spacing, closely enough for its voxels to be taken as they are."""
    wanted = np.array(spacing)
    return bool((np.abs(np.array(grid.spacing) - wanted) <= SPACING_TOLERANCE * wanted).all())


def _resampled(cut: Cut, target: Grid) -> tuple[dict[Modality, Array], Grid]:
    """Return the arrays on another grid, and that grid."""
    return {m: resample(Volume(array, cut.grid.affine), target, order=1) for m, array in cut.arrays.items()}, target


def _target(grid: Grid, wanted: Spacing, aligned: bool) -> Grid:
    """Return the grid of the network's spacing that covers every voxel of `grid`, centred on it.

    Its axes are those of `grid` where they deviate little from R, A, S (`aligned`), else R, A, S themselves.
    """
    spacing = np.array(wanted)
    axes = grid.affine[:3, :3] / np.array(grid.spacing) if aligned else np.eye(3)
    half = np.abs(np.linalg.inv(axes) @ grid.affine[:3, :3]) @ (np.array(grid.shape) / 2.0)
    # A thousandth of a voxel of tolerance: 99.9999 mm of float32 spacing are 100 voxels, not 101.
    shape = np.maximum(1, np.ceil(2.0 * half / spacing - 1e-3)).astype(int)
    centre = grid.affine[:3, :3] @ ((np.array(grid.shape) - 1) / 2.0) + grid.affine[:3, 3]
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = centre - affine[:3, :3] @ ((shape - 1) / 2.0)
    i, j, k = (int(n) for n in shape)
    return rounded(Grid((i, j, k), affine))
