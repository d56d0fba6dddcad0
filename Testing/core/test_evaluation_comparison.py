"""Comparisons pair cases, say what they leave out, and give scipy's p-values and Holm's correction."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap, wilcoxon

from evaluation_rows import random_rows
from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.evaluation.comparison import (
    Comparison,
    Line,
    compare,
    comparison_csv,
    comparison_markdown,
    holm,
    signed_rank,
    write_comparison,
)
from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.vocabulary import REGIONS, SUBSETS, Modality, Region, subset_name


def line(comparison: Comparison, subset: str, region: Region) -> Line:
    return next(one for one in comparison.lines if (one.subset, one.region) == (subset, region))


def better(rows: list[Row], by: float) -> list[Row]:
    """The same rows with more Dice, each case by a little more than the one before."""
    return [replace(row, dice=row.dice + by * (1 + int(row.case[4:]) / 100)) for row in rows]


def test_every_subset_and_region_and_the_mean_of_the_subsets_has_a_line() -> None:
    found = compare(random_rows(8), random_rows(8, seed=1), Metric.DICE)
    names = [*(subset_name(s) for s in SUBSETS), MEAN_OF_SUBSETS]
    assert [(one.subset, one.region) for one in found.lines] == [(name, region) for name in names for region in REGIONS]
    assert all(one.difference.cases == 8 for one in found.lines)


def test_differences_are_the_second_minus_the_first_with_scipys_interval_and_p() -> None:
    a, b = random_rows(9), random_rows(9, seed=1)
    found = compare(a, b, Metric.HD95)
    for s, r in ((0, 0), (9, 2)):
        pairs = np.array([
            after.hd95_mm - before.hd95_mm
            for before, after in zip(a, b, strict=True)
            if (before.subset, before.region) == (SUBSETS[s], REGIONS[r])
        ])  # fmt: skip
        one = line(found, subset_name(SUBSETS[s]), REGIONS[r])
        assert one.mean_b - one.mean_a == pytest.approx(one.difference.mean)
        assert one.difference.mean == pytest.approx(pairs.mean())
        drawn = bootstrap((pairs,), np.mean, n_resamples=10000, method="percentile", rng=np.random.default_rng(0))
        assert (one.difference.low, one.difference.high) == pytest.approx(tuple(drawn.confidence_interval))
        assert one.p == pytest.approx(wilcoxon(pairs, method="exact").pvalue)


def test_the_mean_of_the_subsets_is_tested_on_each_cases_mean() -> None:
    a, b = random_rows(9), random_rows(9, seed=1)
    of_cases = [
        np.mean([y.dice - x.dice for x, y in zip(a, b, strict=True) if (x.case, x.region) == (f"case{n}", Region.TC)])
        for n in range(9)
    ]
    one = line(compare(a, b, Metric.DICE), MEAN_OF_SUBSETS, Region.TC)
    assert one.difference.mean == pytest.approx(np.mean(of_cases))
    assert one.p == pytest.approx(wilcoxon(of_cases, method="exact").pvalue)


def test_an_evaluation_does_not_differ_from_itself() -> None:
    found = compare(random_rows(8), random_rows(8), Metric.LESION_DICE)
    for one in found.lines:
        assert (one.difference.mean, one.difference.low, one.difference.high) == (0.0, 0.0, 0.0)
        assert (one.zeros, one.p, one.p_holm) == (one.difference.cases, None, None)


def test_a_consistent_gain_is_found_and_its_p_corrected_over_all_lines() -> None:
    found = compare(random_rows(16), better(random_rows(16), 0.01), Metric.DICE)
    for one in found.lines:
        assert one.difference.low is not None
        assert one.difference.low > 0.0
        assert one.p == pytest.approx(2 / 2**16)
        assert one.p_holm == pytest.approx(48 * 2 / 2**16)


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        # By hand: ranks 1 to 6, of which 1 is negative; P(W <= 1) is 2 of 64, twice for both sides.
        ([-1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 4 / 64),
        ([0.0, 0.0, -1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 4 / 64),
        ([1.0, 2.0, 3.0, 4.0, 5.0], None),
        ([0.0] * 20 + [1.0, 2.0, 3.0, 4.0, 5.0], None),
    ],
)
def test_the_signed_rank_test_drops_zeros_and_wants_six_others(
    differences: list[float], expected: float | None
) -> None:
    assert signed_rank(np.array(differences)) == (None if expected is None else pytest.approx(expected))


def test_ties_and_many_pairs_take_the_normal_approximation() -> None:
    tied = np.array([1.0, -1.0, 2.0, 3.0, 3.0, 4.0, 5.0])
    many = np.random.default_rng(0).normal(0.2, 1.0, 80)
    for differences in (tied, many):
        expected = wilcoxon(differences, correction=True, method="asymptotic").pvalue
        assert signed_rank(differences) == pytest.approx(expected)


def test_holm_steps_down_and_leaves_out_what_has_no_p() -> None:
    assert holm([0.01, None, 0.04, 0.03, 0.5]) == pytest.approx([0.04, None, 0.09, 0.09, 0.5])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0.0, 1.0), max_size=12))
def test_holm_never_makes_a_p_smaller_and_keeps_their_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    pairs = sorted(zip(p_values, corrected, strict=True))
    assert all(p <= c <= 1.0 for p, c in pairs)
    assert all(before[1] <= after[1] for before, after in pairwise(pairs))


class TestWhatIsLeftOut:
    def test_cases_of_one_evaluation_only_are_named(self) -> None:
        a = [row for row in random_rows(9) if row.case != "case2"]
        b = [row for row in random_rows(9, seed=1) if row.case not in ("case0", "case8")]
        found = compare(a, b, Metric.DICE)
        assert (found.only_a, found.only_b) == (("case0", "case8"), ("case2",))
        assert len(found.cases) == 6
        text = comparison_markdown(found, "a", "b")
        assert "Only in A, and left out: case0, case8." in text
        assert "Only in B, and left out: case2." in text

    def test_pairs_without_a_value_do_not_count(self) -> None:
        found = compare(random_rows(8), random_rows(8, seed=1), Metric.SENSITIVITY)
        assert line(found, "T2", Region.WT).difference.cases == 8
        assert line(found, "T2", Region.ET).difference.cases == 7

    def test_subsets_of_one_evaluation_only_have_no_line(self) -> None:
        b = [row for row in random_rows(7, seed=1) if Modality.T1CE not in row.subset]
        found = compare(random_rows(7), b, Metric.DICE)
        assert {one.subset for one in found.lines} == {
            MEAN_OF_SUBSETS, *(subset_name(s) for s in SUBSETS if Modality.T1CE not in s)
        }  # fmt: skip

    def test_the_mean_of_a_single_subset_is_not_tested_twice(self) -> None:
        a, b = ([r for r in random_rows(7, seed) if r.subset == (Modality.T2,)] for seed in (0, 1))
        assert [one.subset for one in compare(a, b, Metric.DICE).lines] == ["T2"] * 3

    def test_another_truth_is_mentioned(self) -> None:
        b = [replace(row, truth_ml=row.truth_ml * 1.05) if row.case == "case1" else row for row in random_rows(6)]
        found = compare(random_rows(6), b, Metric.DICE)
        assert found.other_truth == ("case1",)
        assert "not strictly comparable: case1." in comparison_markdown(found, "a", "b")

    def test_nothing_in_common_is_refused(self) -> None:
        other = [replace(row, case=f"other{row.case}") for row in random_rows(3)]
        with pytest.raises(InputError, match="no case in common"):
            compare(random_rows(3), other, Metric.DICE)
        one, two = ([r for r in random_rows(3) if r.subset == s] for s in SUBSETS[:2])
        with pytest.raises(InputError, match="No case has Dice for a subset in both evaluations"):
            compare(one, two, Metric.DICE)

    def test_a_metric_that_was_not_measured_is_refused(self) -> None:
        with pytest.raises(InputError, match="Evaluation 2 of the two holds no HD95: make it without --quick"):
            compare(random_rows(3), random_rows(3, quick=True), Metric.HD95)


def test_few_cases_have_no_p_and_it_is_said() -> None:
    text = comparison_markdown(compare(random_rows(3), random_rows(3, seed=1), Metric.DICE), "a", "b")
    assert "none (–) with fewer than 6 others. Holm: corrected over the 0 tests" in text
    assert text.count("| – | – |") == 48


def test_the_page_has_a_table_per_region_and_says_which_way_is_better() -> None:
    found = compare(random_rows(8), random_rows(8, seed=1), Metric.HD95)
    text = comparison_markdown(found, "runs/gss_1", "runs/<none>")
    assert text.startswith("# HD95, mm: B minus A\n\n- A: runs/gss\\_1\n- B: runs/\\<none\\>\n\n8 cases in both.")
    assert "negative where B is better" in text
    assert [row for row in text.splitlines() if row.startswith("## ")] == ["## WT", "## TC", "## ET"]
    assert text.count("| mean of the subsets |") == 3
    one = line(found, "T2", Region.WT)
    assert f"| ○ | ○ | ○ | ● | 8 | {one.mean_a:.1f} | {one.mean_b:.1f} | {one.difference.mean:+.2f} |" in text


def test_csv_has_a_line_for_each_of_the_pages() -> None:
    found = compare(random_rows(8), random_rows(8, seed=1), Metric.DICE)
    table = list(csv.DictReader(io.StringIO(comparison_csv(found))))
    assert len(table) == 48
    assert list(table[0]) == [
        "metric", "subset", "region", "pairs", "mean_a", "mean_b", "difference", "low", "high", "zeros", "p", "p_holm",
    ]  # fmt: skip
    assert float(table[0]["difference"]) == pytest.approx(found.lines[0].difference.mean, abs=1e-6)


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    found = compare(random_rows(8), random_rows(8, seed=1), Metric.DICE)
    write_comparison(tmp_path / "out", found, "a", "b")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["comparison.csv", "comparison.md"]
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentRefused):
        write_comparison(tmp_path / "file", found, "a", "b")
