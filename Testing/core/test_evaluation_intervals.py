"""Means, standard deviations and intervals, against scipy's bootstrap on the same draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS, RESAMPLES, SEED, Summary, case_draws, summarise
from GSSCore.vocabulary import REGIONS, SUBSETS, subset_name

NAMES = [subset_name(s) for s in SUBSETS]


def values(cases: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).beta(4.0, 2.0, (cases, len(SUBSETS), len(REGIONS)))


def scipys(of_cases: np.ndarray) -> tuple[float, float]:
    found = bootstrap(
        (of_cases,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(SEED),
        vectorized=True, axis=-1,
    )  # fmt: skip
    return found.confidence_interval.low, found.confidence_interval.high


@pytest.mark.parametrize("cases", [2, 5, 16])
def test_an_interval_is_scipys(cases: int) -> None:
    given = values(cases)
    found = summarise(given, SUBSETS)
    for s, r in ((0, 0), (7, 1), (14, 2)):
        cell = found[NAMES[s]][REGIONS[r].value]
        assert (cell.low, cell.high) == pytest.approx(scipys(given[:, s, r]))
        assert (cell.mean, cell.sd) == pytest.approx((given[:, s, r].mean(), given[:, s, r].std(ddof=1)))
        assert cell.cases == cases


def test_the_mean_of_the_subsets_gets_the_interval_of_the_cases_own_means() -> None:
    given = values(9)
    found = summarise(given, SUBSETS)[MEAN_OF_SUBSETS]
    for r, region in enumerate(REGIONS):
        own = given[:, :, r].mean(axis=1)
        cell = found[region.value]
        assert (cell.low, cell.high) == pytest.approx(scipys(own))
        assert (cell.mean, cell.sd) == pytest.approx((own.mean(), own.std(ddof=1)))


def test_it_is_wider_than_that_of_subsets_that_have_nothing_to_do_with_each_other() -> None:
    rng = np.random.default_rng(1)
    apart = rng.random((12, len(SUBSETS), 3))
    alike = np.repeat(rng.random((12, 1, 3)), len(SUBSETS), axis=1)
    widths = []
    for given in (apart, alike):
        cell = summarise(given, SUBSETS)[MEAN_OF_SUBSETS]["WT"]
        assert cell.low is not None
        assert cell.high is not None
        widths.append(cell.high - cell.low)
    assert widths[1] > 2 * widths[0]


def test_a_single_case_has_a_mean_and_no_interval() -> None:
    found = summarise(values(1), SUBSETS)
    assert found["T2"]["WT"] == Summary(values(1)[0, 0, 0], None, None, None, 1)
    assert found[MEAN_OF_SUBSETS]["WT"].low is None


def test_what_a_case_has_no_value_for_is_no_part_of_anything() -> None:
    given = values(8)
    given[3:, 0, 0] = np.nan
    given[1:, 1, 0] = np.nan
    given[:, 2, 0] = np.nan
    found = summarise(given, SUBSETS)
    three, one = found["T2"]["WT"], found["T1ce"]["WT"]
    assert (three.cases, three.mean) == (3, pytest.approx(given[:3, 0, 0].mean()))
    assert three.low is not None
    assert given[:3, 0, 0].min() <= three.low <= three.mean
    assert (one.cases, one.sd, one.low) == (1, None, None)
    assert "WT" not in found["T1"]
    means = [found[name]["WT"].mean for name in NAMES if "WT" in found[name]]
    assert found[MEAN_OF_SUBSETS]["WT"].mean == pytest.approx(np.mean(means))


def test_a_draw_that_lacks_a_subset_is_no_part_of_the_mean_of_the_subsets() -> None:
    given = np.full((2, 2, 3), np.nan)
    given[0], given[1, 0] = 0.2, 0.8
    found = summarise(given, SUBSETS[:2])[MEAN_OF_SUBSETS]["WT"]
    # The first case twice: 0.2 and 0.2; both cases: 0.5 and 0.2; the second twice has nothing of the second subset.
    assert (found.mean, found.low, found.high) == pytest.approx((0.35, 0.2, 0.35))
    given[0, 0] = np.nan
    found = summarise(given[:, :, :1].repeat(3, axis=2), SUBSETS[:2])[MEAN_OF_SUBSETS]["WT"]
    assert (found.mean, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_cases_without_a_subset_in_common_may_have_no_interval_of_their_mean() -> None:
    given = np.full((15, 15, 3), np.nan)
    given[range(15), range(15)] = 0.5
    found = summarise(given, SUBSETS)[MEAN_OF_SUBSETS]["WT"]
    assert (found.mean, found.low, found.high, found.cases) == (0.5, None, None, 15)


def test_equal_cases_have_an_interval_of_no_width() -> None:
    cell = summarise(np.full((6, 15, 3), 0.25), SUBSETS)["T2"]["WT"]
    assert (cell.mean, cell.sd, cell.low, cell.high) == pytest.approx((0.25, 0.0, 0.25, 0.25))


def test_every_draw_has_as_many_cases_as_there_are() -> None:
    draws = case_draws(7, resamples=50)
    assert draws.shape == (50, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert not np.array_equal(draws, case_draws(7, resamples=50, seed=1))


def test_nothing_at_all_has_no_summary() -> None:
    assert summarise(np.empty((0, 0, 3)), ()) == {MEAN_OF_SUBSETS: {}}
