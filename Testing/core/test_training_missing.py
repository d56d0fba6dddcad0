"""What is missing from cases for good, and from samples: as often as asked, and chosen by the seed alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from GSSCore.errors import InputError
from GSSCore.training.augmentation_settings import NO_AUGMENTATION
from GSSCore.training.data import TrainingData
from GSSCore.training.missing import assign_missing, draw_subset, expected_counts, split_as_expected
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import DataRecipe
from GSSCore.vocabulary import MODALITIES, SUBSETS, Modality, subset, subset_mask
from training_cases import make_cases

RATES = {"flair": 0.6, "t1ce": 0.4, "t1": 0.2, "t2": 0.8}


def complete(number: int) -> list[PreprocessedCase]:
    return [PreprocessedCase(f"case{i}", Path(), MODALITIES) for i in range(number)]


def test_every_subset_is_drawn_and_all_modalities_as_often_as_asked() -> None:
    rng = np.random.default_rng(0)
    counts = Counter(draw_subset(rng, MODALITIES, 0.2) for _ in range(6000))
    assert set(counts) == set(SUBSETS)
    assert counts[MODALITIES] / 6000 == pytest.approx(0.2 + 0.8 / 15, abs=0.02)
    assert counts[SUBSETS[0]] / 6000 == pytest.approx(0.8 / 15, abs=0.015)


def test_only_subsets_of_what_a_case_has_are_drawn() -> None:
    rng = np.random.default_rng(0)
    has = subset(["t1ce", "t2"])
    assert {draw_subset(rng, has, 0.2) for _ in range(100)} == {subset(["t1ce"]), subset(["t2"]), has}


def test_missing_rates_hold_over_many_cases_and_leave_nobody_with_nothing(tmp_path: Path) -> None:
    rates = {"flair": 0.6, "t1ce": 0.4, "t1": 0.2, "t2": 0.8}
    many = [PreprocessedCase(f"case{i}", tmp_path, MODALITIES) for i in range(3000)]
    assigned = assign_missing(many, rates, seed=1)
    assert assigned == assign_missing(many, rates, seed=1)
    assert assigned != assign_missing(many, rates, seed=2)
    assert all(case.modalities for case in assigned)
    for modality in MODALITIES:
        share = sum(modality not in case.modalities for case in assigned) / 3000
        assert share == pytest.approx(rates[modality.value], abs=0.04)
    lone = assign_missing([PreprocessedCase("x", tmp_path, (Modality.T2,))], rates, seed=1)
    assert lone[0].modalities == (Modality.T2,)


@pytest.mark.parametrize("cases", [30, 84, 219])
def test_an_expected_split_holds_the_rates_exactly_and_is_near_to_independent_ones(cases: int) -> None:
    counts = expected_counts(cases, RATES)
    assert sum(counts) == cases
    for modality in MODALITIES:
        having = sum(count for s, count in zip(SUBSETS, counts, strict=True) if modality in s)
        assert having == round(cases * (1.0 - RATES[modality.value]))
    for s, count in zip(SUBSETS, counts, strict=True):
        share = np.prod([1 - rate if m in s else rate for m, rate in RATES.items()])
        assert abs(count - cases * share) <= 1.0 + 0.05 * cases, (s, count)


def test_the_split_of_84_cases_is_that_of_the_protocol() -> None:
    counts = dict(zip(SUBSETS, expected_counts(84, RATES), strict=True))
    assert counts[MODALITIES] == 3
    having = {m: sum(count for s, count in counts.items() if m in s) for m in MODALITIES}
    assert having == {Modality.FLAIR: 34, Modality.T1CE: 50, Modality.T1: 67, Modality.T2: 17}


def test_seeds_draw_other_cases_for_the_same_counts() -> None:
    cases = complete(84)
    one, same, other = (split_as_expected(cases, RATES, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert Counter(c.modalities for c in one) == Counter(c.modalities for c in other)
    assert [c.name for c in one] == [c.name for c in cases]


def test_rates_that_leave_too_little_are_refused() -> None:
    with pytest.raises(InputError, match="lower the rates"):
        expected_counts(10, dict.fromkeys(MODALITIES, 0.9))


def test_an_expected_split_wants_complete_cases() -> None:
    cases = [*complete(3), PreprocessedCase("half", Path(), subset(["t1", "t2"]))]
    with pytest.raises(InputError, match="half lacks a modality"):
        split_as_expected(cases, RATES, 1)


def test_dropping_takes_random_subsets_of_what_a_case_keeps_and_never_more(tmp_path: Path) -> None:
    cases = make_cases(tmp_path)
    kept = {case.name: case.modalities for case in assign_missing(cases, RATES, 4)}
    seen: dict[str, set[tuple[bool, ...]]] = {name: set() for name in kept}
    recipe = DataRecipe(crop=(16, 32, 16), missing="dropped", missing_rates=RATES, full_probability=0.0)
    data = TrainingData(cases, recipe, NO_AUGMENTATION, 4, samples=200)
    for number in range(200):
        sample = data[number]
        seen[sample.names[0]].add(tuple(sample.available.tolist()))
    for name, masks in seen.items():
        assert masks == {subset_mask(s) for s in SUBSETS if set(s) <= set(kept[name])}
