"""Whether higher confidence is right more often: counted voxel by voxel, against a slow reference."""

from __future__ import annotations

import numpy as np
import pytest

from GSSCore.evaluation.reliability import (
    ASCENDING,
    ReliabilityRow,
    ReliabilityScorer,
    misordered,
    near,
    reliability_csv,
    reliability_markdown,
    reliability_table,
)
from GSSCore.vocabulary import MODALITIES, Confidence, Modality, subset

SPACING = (1.0, 2.0, 1.5)
SHAPE = (14, 9, 11)
ALL = MODALITIES
T2 = subset([Modality.T2])


def slow_near(mask: np.ndarray, mm: float) -> np.ndarray:
    result = np.zeros(mask.shape, bool)
    inside = np.argwhere(mask) * SPACING
    for voxel in np.ndindex(mask.shape):
        result[voxel] = any(np.linalg.norm(inside - np.array(voxel) * SPACING, axis=1) <= mm)
    return result


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("mm", [0.0, 2.0, 5.0])
def test_near_is_what_the_distances_say(seed: int, mm: float) -> None:
    mask = np.random.default_rng(seed).random(SHAPE) < 0.004
    assert np.array_equal(near(mask, SPACING, mm), slow_near(mask, mm))


def test_nothing_is_near_an_empty_mask() -> None:
    assert not near(np.zeros(SHAPE, bool), SPACING).any()


@pytest.mark.parametrize("seed", range(3))
def test_rows_count_voxels_near_either_tumour(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, prediction = (
        np.where(rng.random(SHAPE) < 0.01, rng.integers(1, 4, SHAPE), 0).astype(np.uint8) for _ in range(2)
    )
    levels = rng.integers(0, 4, SHAPE).astype(np.uint8)
    counted = slow_near(truth > 0, 5.0) | slow_near(prediction > 0, 5.0)
    rows = ReliabilityScorer("a", truth, SPACING).rows(ALL, prediction, levels)
    assert [row.level for row in rows] == list(ASCENDING)
    for row in rows:
        chosen = counted & (levels == row.level)
        assert (row.voxels, row.right) == (chosen.sum(), (truth[chosen] == prediction[chosen]).sum())


def rows(*right: int, subset: tuple[Modality, ...] = ALL, case: str = "a") -> list[ReliabilityRow]:
    """100 voxels of each level that has a number, so many of them right; none of a level with -1."""
    return [
        ReliabilityRow(case, subset, level, 100 if r >= 0 else 0, max(r, 0))
        for level, r in zip(ASCENDING, right, strict=True)
    ]


def test_cases_are_added_up_by_voxels() -> None:
    table = reliability_table([*rows(40, 60, 90), *rows(20, 80, 100, case="b"), *rows(50, -1, 75, subset=T2)])
    assert list(table) == ["T2", "FLAIR+T1ce+T1+T2"]
    assert table["FLAIR+T1ce+T1+T2"] == {
        "low": {"right": 0.3, "voxels": pytest.approx(1 / 3, abs=1e-5)},
        "guided": {"right": 0.7, "voxels": pytest.approx(1 / 3, abs=1e-5)},
        "agreed": {"right": 0.95, "voxels": pytest.approx(1 / 3, abs=1e-5)},
    }
    assert set(table["T2"]) == {"low", "agreed"}


@pytest.mark.parametrize(
    ("right", "wrong"), [((40, 60, 90), False), ((60, 40, 90), True), ((40, 90, 90), True), ((50, -1, 40), True)]
)
def test_a_wrong_order_of_levels_is_named(right: tuple[int, int, int], wrong: bool) -> None:
    given = rows(*right)
    assert misordered(reliability_table(given)) == (["FLAIR+T1ce+T1+T2"] if wrong else [])
    assert ("is not right more often: FLAIR+T1ce+T1+T2" in reliability_markdown(given, "x")) == wrong


def test_texts_hold_every_count_and_the_warning() -> None:
    given = rows(40, -1, 90, subset=T2)
    text = reliability_markdown(given, "Confidence of x")
    assert "| ○ | ○ | ○ | ● | 0.400 (50.0 %) | – | 0.900 (50.0 %) |" in text
    assert "not for clinical use" in text
    assert reliability_csv(given).splitlines() == [
        "case,subset,level,voxels,right", "a,T2,low,100,40", "a,T2,guided,0,0", "a,T2,agreed,100,90",
    ]  # fmt: skip


def test_levels_are_those_of_the_vocabulary_but_for_the_outside() -> None:
    assert set(ASCENDING) == set(Confidence) - {Confidence.OUTSIDE}
