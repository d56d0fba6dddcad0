"""From raw scans to what a network sees: each scan interpolated once, onto the network's grid in the atlas's pose."""

from __future__ import annotations

import numpy as np

from GSSCore.brain_extraction.distance import brain_points, interpolated
from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Floats, Spacing
from GSSCore.imaging.intensities import z_score
from GSSCore.imaging.resampling import resample
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.preprocessing.cut import NOTHING_LEFT, cut_out, rounded
from GSSCore.preprocessing.preprocessed import Preprocessed, ReferenceFrame
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.alignment import Alignment
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Modality, subset_mask


def preprocess_scans(study: Study, alignment: Alignment, preprocessing: PreprocessingSettings) -> Preprocessed:
    """Turn a study of raw scans into a network's input.

    The grid has the network's spacing and the axes of the atlas, and holds the whole brain. Scans, their registration,
    the pose and the grid make one transform for each scan, so that no value is interpolated twice. What lies outside
    the brain becomes 0; each modality is z-scored over what it shows of the brain.

    Raises:
        InputError: when nothing is left of the brain, or the grid would have more voxels than are made.
    """
    grid = _grid(alignment, preprocessing.spacing)
    distance = Volume(alignment.distance.array, alignment.pose @ alignment.distance.affine)
    inside = interpolated(distance, grid) > 0.0
    images = np.zeros((len(MODALITIES), *grid.shape), np.float32)
    brain = np.zeros(grid.shape, np.bool_)
    for modality in study.available:
        shown = _shown(alignment, modality, grid)
        brain |= inside & (shown != 0)
        images[modality.channel] = z_score(np.where(inside, shown, np.float32(0.0)))
    reference = rounded(study.orientation.grid_in_ras(study.grid))
    cut = cut_out({m: study.orientation.to_ras(image) for m, image in study.images.items()}, reference)
    to_crop = np.asarray(np.linalg.inv(grid.affine) @ alignment.pose @ reference.affine, np.float64)
    i, j, k = (max(1, round(float(length))) for length in np.linalg.norm(to_crop[:3, :3], axis=0))
    frame = ReferenceFrame(study.grid, study.orientation, cut.box, cut.brain, to_crop, (i, j, k))
    return Preprocessed(images, np.array(subset_mask(study.available)), brain, grid, frame)


def _shown(alignment: Alignment, modality: Modality, grid: Grid) -> Floats:
    """Return what a scan shows on a grid in the atlas's pose, float32 (D, H, W); 0 where it does not reach."""
    scan = alignment.scans[modality]
    to_atlas = alignment.pose @ np.linalg.inv(alignment.to_scan[modality])
    return np.asarray(resample(Volume(scan.array, to_atlas @ scan.affine), grid, order=1), np.float32)


def _grid(alignment: Alignment, spacing: Spacing) -> Grid:
    """Return the grid of a spacing that holds the brain in the atlas's pose."""
    points = brain_points(alignment.distance)
    if not len(points):
        raise InputError(NOTHING_LEFT)
    return Grid.around(points @ alignment.pose[:3, :3].T + alignment.pose[:3, 3], spacing)
