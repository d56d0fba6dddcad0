"""Scoring the predictions of one case. What depends on the truth alone is computed once for all subsets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from GSSCore.evaluation.rows import Row
from GSSCore.imaging.arrays import Box, Labels, Mask, Spacing
from GSSCore.imaging.boxes import bounding_box
from GSSCore.imaging.volume import Grid
from GSSCore.metrics.lesions import Lesions, LesionScores, lesion_scores
from GSSCore.metrics.overlap import EmptyRule, Overlap, region_overlaps
from GSSCore.metrics.surface import ONE_EMPTY_MM, Between, Surface
from GSSCore.vocabulary import CLASSES, REGIONS, Region, Subset


@dataclass(frozen=True, eq=False)
class _Truth:
    """A region of the truth: its surface, None where it is empty, and its lesions."""

    surface: Surface | None
    lesions: Lesions


class Scorer:
    """Scores predictions of one case.

    Args:
        case: its name.
        truth: uint8 (D, H, W), values of `vocabulary.Label`.
        grid: of the truth and of all predictions.
        quick: leave out HD95 and lesion-wise scores.
    """

    def __init__(self, case: str, truth: Labels, grid: Grid, *, quick: bool = False) -> None:
        self._case, self._truth, self._grid = case, truth, grid
        self._regions = {} if quick else {region: self._of_truth(region) for region in REGIONS}

    def rows(self, subset: Subset, prediction: Labels) -> list[Row]:
        """Return one row per region for the label map that was predicted from a subset, uint8 (D, H, W).

        Raises:
            ValueError: when the shapes differ or a value is no label.
        """
        overlaps = region_overlaps(prediction, self._truth)
        box = bounding_box(prediction > 0) if self._regions else None
        return [self._row(subset, region, overlap, prediction, box) for region, overlap in overlaps.items()]

    def _row(self, subset: Subset, region: Region, overlap: Overlap, prediction: Labels, box: Box | None) -> Row:
        hd95, lesions = self._distances(region, overlap, prediction, box) if self._regions else (None, None)
        return Row(
            self._case,
            subset,
            region,
            overlap.dice,
            overlap.truth * self._grid.voxel_ml,
            overlap.predicted * self._grid.voxel_ml,
            overlap.rule,
            overlap.sensitivity,
            hd95,
            *((None,) * 5 if lesions is None else _columns(lesions)),
        )

    def _distances(
        self, region: Region, overlap: Overlap, prediction: Labels, box: Box | None
    ) -> tuple[float, LesionScores]:
        """Return HD95 in mm and the lesion-wise scores of a region."""
        truth = self._regions[region]
        mask = _mask(prediction, region)
        surface = Surface.of(mask, box, self._spacing) if box is not None and overlap.predicted else None
        between = None if surface is None or truth.surface is None else Between(surface, truth.surface)
        lesions = lesion_scores(truth.lesions, mask, box, surface, between)
        if between is None:
            return (0.0 if overlap.rule is EmptyRule.BOTH_EMPTY else ONE_EMPTY_MM), lesions
        return between.robust(), lesions

    def _of_truth(self, region: Region) -> _Truth:
        mask = _mask(self._truth, region)
        box = bounding_box(mask)
        surface = None if box is None else Surface.of(mask, box, self._spacing)
        return _Truth(surface, Lesions.of(mask, box, surface, self._grid.voxel_ml * 1000.0))

    @property
    def _spacing(self) -> Spacing:
        return self._grid.spacing


def _mask(labels: Labels, region: Region) -> Mask:
    """Return where a label map shows a region; a look-up table is several times faster than `numpy.isin`."""
    members = np.array([label in region.labels for label in CLASSES])
    found: Mask = members[labels]
    return found


def _columns(lesions: LesionScores) -> tuple[float, float, int, int, int]:
    return lesions.dice, lesions.hd95_mm, lesions.lesions, lesions.missed, lesions.false_lesions
