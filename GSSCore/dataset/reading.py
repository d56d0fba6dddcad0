"""A case as networks see it: images prepared, and the truth on the same crop."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from GSSCore.dataset.case import Case
from GSSCore.errors import InputError
from GSSCore.preparation import Prepared, prepare, prepare_labels
from GSSCore.preparation_settings import Preparation
from GSSCore.truth import LabelMap, read_truth

logger = logging.getLogger(__name__)

TRUTH_LOST = 0.01
"""Share of a truth's volume outside the brain's crop from which on the log says so."""


def prepare_case(case: Case, preparation: Preparation, labels: LabelMap) -> tuple[Prepared, NDArray[np.uint8]]:
    """Return the prepared images of a case, and its truth, uint8 (D, H, W), on the same crop.

    Raises:
        InputError: when the images or the truth are refused, or all of the truth lies outside the brain.
    """
    study = case.study()
    for warning in study.warnings:
        logger.warning("case %s: %s", case.name, warning)
    prepared = prepare(study, preparation)
    try:
        truth = read_truth(case.truth, labels)
    except InputError as fault:
        raise InputError(f"case {case.name}: {fault}") from fault
    on_crop = prepare_labels(truth, prepared)
    whole = int(np.count_nonzero(truth.array)) * truth.grid.voxel_ml
    inside = int(np.count_nonzero(on_crop)) * prepared.grid.voxel_ml
    if whole and not inside:
        raise InputError(
            f"case {case.name}: the segmentation {truth.name} lies elsewhere than the images: register it with them"
        )
    if whole - inside > TRUTH_LOST * whole:
        logger.warning(
            "case %s: %.1f of the truth's %.1f ml lie outside the brain and do not count",
            case.name,
            whole - inside,
            whole,
        )
    return prepared, on_crop
