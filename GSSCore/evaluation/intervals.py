"""Means over cases, and how far they may be trusted: 95 % intervals by resampling the cases. Needs no torch.

The percentile bootstrap (Efron 1979): cases are drawn with replacement, as many as there are, 10,000 times; the
interval holds the middle 95 % of the means. What is drawn are cases, with all their subsets and regions together, so
that a mean over subsets gets an interval that knows how alike a case's scores are, and so that all numbers of a table
rest on the same draws. `scipy.stats.bootstrap` draws the same cases from the same seed, but can't skip what a case has
no value for. With few cases such intervals are somewhat too narrow; with one there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from GSSCore.imaging.arrays import Doubles
from GSSCore.vocabulary import REGIONS, Subset, subset_name

RESAMPLES = 10_000
SEED = 0
LEVEL = 0.95
MEAN_OF_SUBSETS = "mean of the subsets"
"""The name that goes in place of a subset's."""

"""Values that are not defined are NaN."""


@dataclass(frozen=True)
class Summary:
    """What the values of some cases come to.

    Attributes:
        mean: over the cases.
        sd: standard deviation of a case, from n - 1; None for a single case.
        low, high: ends of the mean's 95 % interval; None for a single case, and for a mean of subsets where no draw has
            a value for each of them.
        cases: that have a value.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    cases: int


Summaries = dict[str, dict[str, Summary]]
"""By subset name, the last one being `MEAN_OF_SUBSETS`, and region name; what no case has a value for is left out."""


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
    # Last in the table comes the mean of the subsets: of the means over cases, of every draw, and of every case. A draw
    # that leaves one of the subsets without a value would be the mean of other subsets; as NaN it does not count.
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
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, values, 0.0).sum(axis) / there.sum(axis), np.float64)
