"""A case's scores: each metric against its reference, truth-side work once, nothing measured that was not asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from GSSCore.evaluation import scoring
from GSSCore.evaluation.rows import Metric
from GSSCore.evaluation.scoring import Scorer
from GSSCore.imaging.volume import Grid
from GSSCore.metrics.lesions import MISSED_MM
from GSSCore.metrics.overlap import EmptyRule
from GSSCore.metrics.surface import ONE_EMPTY_MM, hausdorff
from GSSCore.vocabulary import MODALITIES, REGIONS, SUBSETS, Region

SHAPE = (26, 22, 18)
SPACING = (0.9, 1.1, 2.0)
GRID = Grid(SHAPE, np.diag([*SPACING, 1.0]))
MEMBERS = {Region.WT: (1, 2, 3), Region.TC: (1, 3), Region.ET: (3,)}


def tumour(seed: int) -> np.ndarray:
    """A label map of nested blocks, and some specks."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(SHAPE, np.uint8)
    low = rng.integers(1, 6, 3)
    for label, shrink in ((2, 0), (1, 2), (3, 3)):
        spans = [slice(int(a) + shrink, int(a) + 11 - shrink) for a in low]
        labels[tuple(spans)] = label
    labels[rng.random(SHAPE) < 0.002] = 3
    return labels


@pytest.mark.parametrize("seed", range(4))
def test_dice_and_sensitivity_are_simpleitks(seed: int) -> None:
    prediction, truth = tumour(seed), tumour(seed + 10)
    for row in Scorer("A", truth, GRID).rows(MODALITIES, prediction):
        measure = sitk.LabelOverlapMeasuresImageFilter()
        images = [
            sitk.GetImageFromArray(np.isin(labels, MEMBERS[row.region]).astype(np.uint8))
            for labels in (prediction, truth)
        ]
        measure.Execute(*images)
        assert row.dice == pytest.approx(measure.GetDiceCoefficient(1))
        assert row.sensitivity == pytest.approx(1.0 - measure.GetFalseNegativeError(1))


@pytest.mark.parametrize("seed", range(4))
def test_hd95_and_volumes_are_in_physical_units(seed: int) -> None:
    prediction, truth = tumour(seed), tumour(seed + 10)
    for row in Scorer("A", truth, GRID).rows(MODALITIES, prediction):
        masks = [np.isin(labels, MEMBERS[row.region]) for labels in (prediction, truth)]
        assert row.hd95_mm == hausdorff(masks[0], masks[1], SPACING)
        assert row.predicted_ml == pytest.approx(masks[0].sum() * np.prod(SPACING) / 1000)
        assert row.truth_ml == pytest.approx(masks[1].sum() * np.prod(SPACING) / 1000)


def test_rows_tell_case_subset_and_region() -> None:
    rows = Scorer("A", tumour(0), GRID).rows(SUBSETS[4], tumour(1))
    assert [(row.case, row.subset, row.region) for row in rows] == [("A", SUBSETS[4], region) for region in REGIONS]


def test_the_truth_itself_is_perfect() -> None:
    for row in Scorer("A", tumour(0), GRID).rows(MODALITIES, tumour(0)):
        assert [row.value(metric) for metric in Metric] == [1.0, 1.0, 0.0, pytest.approx(1.0), 0.0]


def test_an_empty_side_is_scored_by_each_metrics_rule() -> None:
    nothing, something = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    something[3:9, 3:9, 3:9] = 3
    expected = {
        EmptyRule.BOTH_EMPTY: (nothing, nothing, [1.0, None, 0.0, 1.0, 0.0]),
        EmptyRule.TRUTH_EMPTY: (something, nothing, [0.0, None, ONE_EMPTY_MM, 0.0, MISSED_MM]),
        EmptyRule.PREDICTION_EMPTY: (nothing, something, [0.0, 0.0, ONE_EMPTY_MM, 0.0, MISSED_MM]),
    }
    for rule, (prediction, truth, values) in expected.items():
        for row in Scorer("A", truth, GRID).rows(MODALITIES, prediction):
            assert row.rule is rule
            assert [row.value(metric) for metric in Metric] == values


def test_quick_leaves_out_distances_and_lesions_and_changes_nothing_else() -> None:
    full, quick = (Scorer("A", tumour(0), GRID, quick=q).rows(MODALITIES, tumour(1)) for q in (False, True))
    for one, other in zip(full, quick, strict=True):
        kept = (one.dice, one.sensitivity, one.truth_ml, one.predicted_ml)
        assert (other.dice, other.sensitivity, other.truth_ml, other.predicted_ml) == kept
        left_out = (other.hd95_mm, other.lesion_dice, other.lesion_hd95_mm, other.lesions, other.missed)
        assert left_out == (None,) * 5


def test_what_concerns_the_truth_is_done_once_for_all_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Region] = []
    original: Callable[..., object] = scoring.Lesions.of
    monkeypatch.setattr(scoring.Lesions, "of", lambda *words: (found.append(words[0]), original(*words))[1])
    scorer = Scorer("A", tumour(0), GRID)
    for seed, subset in enumerate(SUBSETS):
        scorer.rows(subset, tumour(seed))
    assert len(found) == len(REGIONS)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_dice_and_hd95_do_not_care_which_of_two_is_the_truth(one: int, other: int) -> None:
    forth, back = (Scorer("A", tumour(t), GRID).rows(MODALITIES, tumour(p)) for t, p in ((one, other), (other, one)))
    for first, second in zip(forth, back, strict=True):
        assert (first.dice, first.hd95_mm) == (second.dice, second.hd95_mm)
        assert 0.0 <= first.dice <= 1.0


def test_a_label_map_of_another_shape_is_an_error() -> None:
    with pytest.raises(ValueError, match="one shape"):
        Scorer("A", tumour(0), GRID).rows(MODALITIES, tumour(0)[1:])
