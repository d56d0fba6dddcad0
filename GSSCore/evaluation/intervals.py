"""Means over cases and their 95 % intervals, which come from resampling the cases. Needs no torch.

The percentile bootstrap (Efron 1979): cases are drawn with replacement, as many as there are, 10,000 times. The
interval holds the middle 95 % of the means. A drawn case comes with all its subsets and regions, so that the interval
of a mean over subsets respects that a case's scores are alike, and all numbers of a table rest on the same draws. This
is written by hand, as `scipy.stats.bootstrap`, which draws the same cases from the same seed, can't skip values that
are not defined. With few cases such intervals are somewhat too narrow; a single case has none.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from GSSCore.imaging.arrays import Doubles
from GSSCore.vocabulary import REGIONS, Subset, subset_name

RESAMPLES = 10_000
SEED = 0
LEVEL = 0.95
MEAN_OF_SUBSETS = "mean of the subsets"
"""Takes the place of a subset's name."""

"""Values that are not defined are NaN."""


@dataclass(frozen=True)
class Summary:
    """What the values of some cases come to.

    Attributes:
        mean: over the cases.
        sd: standard deviation of a case, from n - 1; None for a single case.
        low, high: ends of the mean's 95 % interval; None for a single case, and for a mean of subsets where no draw has
            a value for each subset.
        cases: number of cases with a value.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    cases: int


Summaries = dict[str, dict[str, Summary]]
"""By subset name and region name; `MEAN_OF_SUBSETS` comes last. Entries without any value are left out."""


def summarise(values: Doubles, subsets: tuple[Subset, ...]) -> Summaries:
    """Return the summary of each subset and region, and of the mean of the subsets.

    Each subset counts the same in that mean, however many cases it has.

    Args:
        values: (cases, subsets, regions), NaN where a case has no value.
        subsets: the names of the second axis.
    """
    if not values.size:
        return {MEAN_OF_SUBSETS: {}}
    draws = case_draws(len(values))
    of_draws = _drawn_means(values, draws)
    means = defined_mean(values, 0)
    # The mean of the subsets comes last: of the means over cases, of every draw, and of every case. A draw that leaves
    # one subset without a value would give the mean of fewer subsets; it becomes NaN and does not count.
    lacking = (np.isnan(of_draws) & ~np.isnan(means)).any(axis=1)
    mean_of_draws = np.where(lacking, np.nan, defined_mean(of_draws, 1))
    of_draws = np.concatenate([of_draws, mean_of_draws[:, None]], axis=1)
    means = np.concatenate([means, defined_mean(means, 0)[None]])
    values = np.concatenate([values, defined_mean(values, 1)[:, None]], axis=1)
    return {
        name: {
            region.value: _summary(means[s, r], values[:, s, r], of_draws[:, s, r])
            for r, region in enumerate(REGIONS)
            if not np.isnan(means[s, r])
        }
        for s, name in enumerate([*map(subset_name, subsets), MEAN_OF_SUBSETS])
    }


def case_draws(cases: int, resamples: int = RESAMPLES, seed: int = SEED) -> Doubles:
    """Return how often each case is drawn, (resamples, cases)."""
    drawn = np.random.default_rng(seed).integers(0, cases, (resamples, cases))
    drawn += np.arange(resamples)[:, None] * cases
    return np.bincount(drawn.ravel(), minlength=resamples * cases).reshape(resamples, cases).astype(np.float64)


def _drawn_means(values: Doubles, draws: Doubles) -> Doubles:
    """Return the mean of each draw, (draws, subsets, regions), NaN where none of the drawn cases has a value."""
    columns = values.reshape(len(values), -1)
    there = ~np.isnan(columns)
    with np.errstate(invalid="ignore"):
        means = (draws @ np.where(there, columns, 0.0)) / (draws @ there)
    return means.reshape(len(draws), *values.shape[1:])


def _summary(mean: float, values: Doubles, of_draws: Doubles) -> Summary:
    values, of_draws = values[~np.isnan(values)], of_draws[~np.isnan(of_draws)]
    if len(values) < 2:
        return Summary(float(mean), None, None, None, len(values))
    sd = float(values.std(ddof=1))
    if not len(of_draws):
        return Summary(float(mean), sd, None, None, len(values))
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(of_draws, [tail, 1.0 - tail])
    return Summary(float(mean), sd, float(low), float(high), len(values))


def defined_mean(values: Doubles, axis: int) -> Doubles:
    """Return the mean along an axis of the values that are defined, NaN where none is."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.asarray(np.nanmean(values, axis), np.float64)
