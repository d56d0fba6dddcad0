"""Which modalities are missing: from a case in every epoch, or from a sample only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import DataRecipe
from GSSCore.vocabulary import MODALITIES, SUBSETS, Subset, subset, subset_mask


def inherently_incomplete(cases: Sequence[PreprocessedCase], data: DataRecipe, seed: int) -> list[PreprocessedCase]:
    """Return the cases without the modalities that the recipe takes away from them in every epoch."""
    if data.missing == "random":
        return list(cases)
    if data.missing_split == "expected":
        return split_as_expected(cases, data.missing_rates, seed)
    return assign_missing(cases, data.missing_rates, seed)


def split_as_expected(
    cases: Sequence[PreprocessedCase], rates: Mapping[str, float], seed: int
) -> list[PreprocessedCase]:
    """Return the cases with the expected number of cases per subset; the seed draws which case gets which subset.

    This is the protocol of PASSION (Shi et al. 2024). With independent draws, the training sets of two seeds would
    differ in the numbers of their subsets, and so in what any method can learn from them.

    Raises:
        InputError: when a case lacks a modality already.
    """
    for case in cases:
        if case.modalities != MODALITIES:
            raise InputError(
                Message(
                    "training.split-needs-complete",
                    "Case {case} lacks a modality already, but missing_split = 'expected' is for complete cases: leave "
                    "the case out, or write missing_split = 'drawn'.",
                    case=case.name,
                )
            )
    subsets = [s for s, count in zip(SUBSETS, expected_counts(len(cases), rates), strict=True) for _ in range(count)]
    order = np.random.default_rng(seed).permutation(len(cases))
    by_case = dict(zip(order.tolist(), subsets, strict=True))
    return [replace(case, modalities=by_case[number]) for number, case in enumerate(cases)]


def expected_counts(cases: int, rates: Mapping[str, float]) -> list[int]:
    """Return how many of `cases` have each of `SUBSETS`, for missing rates by modality.

    Each modality is in as many cases as its rate says, rounded. Of all counts with these sums, the result has the least
    sum of absolute differences to the expected counts. These are those of independent rates, with the cases without any
    modality spread over the subsets so that the rates hold.
    """
    kept = np.array([1.0 - rates.get(m.value, 0.0) for m in MODALITIES])
    members = np.array([subset_mask(s) for s in SUBSETS], float).T
    shares = np.prod(np.where(members.T > 0, kept, 1.0 - kept), axis=1)
    for _ in range(1000):  # iterative proportional fitting, to the rates and to 1
        for here, wanted in zip(members > 0, kept, strict=True):
            shares[here] *= wanted / max(shares[here].sum(), 1e-12)
            shares[~here] *= (1.0 - wanted) / max(shares[~here].sum(), 1e-12)
    return _nearest_counts(cases * shares, np.round(cases * kept), members, cases)


def _nearest_counts(
    wanted: NDArray[np.float64], totals: NDArray[np.float64], members: NDArray[np.float64], cases: int
) -> list[int]:
    """Return integers near `wanted` whose sum is `cases`, and whose sum over each modality's members is in `totals`."""
    n = len(wanted)
    # Variables: the counts, and their distances from `wanted`. Tiny costs that differ decide between equal solutions.
    costs = np.concatenate((1e-6 * np.arange(n), np.ones(n)))
    sums = np.hstack((np.vstack((members, np.ones(n))), np.zeros((len(members) + 1, n))))
    exact = np.append(totals, cases)
    above, below = np.hstack((np.eye(n), -np.eye(n))), np.hstack((np.eye(n), np.eye(n)))
    found = milp(
        costs,
        integrality=np.concatenate((np.ones(n), np.zeros(n))),
        bounds=Bounds(0.0, np.inf),
        constraints=[
            LinearConstraint(sums, exact, exact),
            LinearConstraint(above, -np.inf, wanted),
            LinearConstraint(below, wanted, np.inf),
        ],
    )
    if found.x is None:
        raise InputError(
            Message(
                "training.split-impossible",
                "No split of {cases} cases has every modality as often as its missing rate says and leaves no case "
                "with nothing: lower the rates, or take more cases.",
                cases=cases,
            )
        )
    return [round(count) for count in found.x[:n]]


def assign_missing(cases: Sequence[PreprocessedCase], rates: dict[str, float], seed: int) -> list[PreprocessedCase]:
    """Return the cases without the modalities that are drawn, by rates per modality, to be missing from them.

    A case that would lose all its modalities keeps one, drawn with probabilities proportional to the rates of keeping.
    The result depends on the seed and the case's name only, not on the other cases.
    """
    kept = np.array([1.0 - rates.get(m.value, 0.0) for m in MODALITIES])
    return [_take_away(case, kept, seed) for case in cases]


def _take_away(case: PreprocessedCase, kept: NDArray[np.float64], seed: int) -> PreprocessedCase:
    rng = np.random.default_rng([seed, *case.name.encode("utf-8", "surrogateescape")])
    present = np.array(subset_mask(case.modalities))
    stays = (rng.random(len(MODALITIES)) < kept) & present
    if not stays.any():
        weights = kept * present
        stays[rng.choice(len(MODALITIES), p=weights / weights.sum())] = True
    left = subset(m for m, here in zip(MODALITIES, stays, strict=True) if here)
    return replace(case, modalities=left)


def draw_subset(rng: np.random.Generator, modalities: Subset, full_probability: float) -> Subset:
    """Return a random non-empty subset: with the given probability all modalities, else any subset, equally likely."""
    if rng.random() < full_probability:
        return modalities
    choices = [s for s in SUBSETS if set(s) <= set(modalities)]
    return choices[rng.integers(len(choices))]
