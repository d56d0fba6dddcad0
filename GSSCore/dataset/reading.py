"""A case as a network sees it: preprocessed images, and the truth on the same crop."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from GSSCore.dataset.case import Case, of_case
from GSSCore.errors import InputError
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid, Volume, shared_corner
from GSSCore.messages import Message
from GSSCore.preprocessing.pipeline import preprocess, preprocess_labels
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.grid import described
from GSSCore.study.labels import LabelMap, read_truth
from GSSCore.study.study import Study

logger = logging.getLogger(__name__)

TRUTH_LOST = 0.01
"""Share of the truth's volume outside the crop above which the log warns."""


def preprocess_case(
    case: Case, preprocessing: PreprocessingSettings, labels: LabelMap
) -> tuple[Preprocessed, NDArray[np.uint8]]:
    """Return the preprocessed images of a case, and its truth, uint8 (D, H, W), on the same crop.

    Raises:
        InputError: when the images or the truth are refused, no image is on the grid of the truth, or all of the truth
            lies outside the brain.
    """
    study = case.study()
    for warning in study.warnings:
        logger.warning("case %s: %s", case.name, warning)
    preprocessed = preprocess(study, preprocessing)
    try:
        truth = read_truth(case.truth, labels)
    except InputError as fault:
        raise of_case(case.name, fault) from fault
    _require_grid(truth, study, case)
    on_crop = preprocess_labels(truth, preprocessed)
    whole = int(np.count_nonzero(truth.array)) * truth.grid.voxel_ml
    inside = int(np.count_nonzero(on_crop)) * preprocessed.grid.voxel_ml
    if whole and not inside:
        raise InputError(
            Message(
                "dataset.truth-outside",
                "Case {case}: all of the segmentation {file} lies outside the brain: give the one of these images.",
                case=case.name,
                file=truth.name,
            )
        )
    if whole - inside > TRUTH_LOST * whole:
        logger.warning(
            "case %s: %.1f of the truth's %.1f ml lie outside the brain and do not count",
            case.name,
            whole - inside,
            whole,
        )
    return preprocessed, on_crop


def _require_grid(truth: Volume, study: Study, case: Case) -> None:
    """Refuse a truth whose grid is that of none of its images; the order of the axes does not matter."""
    if any(_same_voxels(truth.grid, source.grid) for source in study.sources.values()):
        return
    raise InputError(
        Message(
            "dataset.truth-grid",
            "Case {case}: the segmentation {file} ({grid}) is on the grid of none of its images ({sequence}: {other}): "
            "resample it onto theirs, or give the one that was drawn on them.",
            case=case.name,
            file=truth.name,
            grid=_placed(truth.grid),
            sequence=study.reference.display,
            other=_placed(study.grid),
        )
    )


def _same_voxels(one: Grid, other: Grid) -> bool:
    first, second = (Orientation.of(grid.affine).grid_in_ras(grid) for grid in (one, other))
    return first.shape == second.shape and shared_corner(first.affine, second) == (0, 0, 0)


def _placed(grid: Grid) -> str:
    """Return shape, spacing and place in words."""
    centre = ", ".join(f"{mm:.4g}" for mm in grid.corners().mean(axis=0))
    return f"{described(grid)} around {centre} mm"
