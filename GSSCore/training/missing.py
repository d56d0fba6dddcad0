"""Which modalities are missing: from a case for good, or from a sample only."""

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
    """Return the cases with what is missing from each for good, in every epoch, taken away as the recipe says."""
    if data.missing == "random":
        return list(cases)
    if data.missing_split == "expected":
        return split_as_expected(cases, data.missing_rates, seed)
    return assign_missing(cases, data.missing_rates, seed)


def split_as_expected(
    cases: Sequence[PreprocessedCase], rates: Mapping[str, float], seed: int
) -> list[PreprocessedCase]:
    """Return the cases, so many of each subset as the rates let expect; only which case gets which is drawn.

    The protocol of PASSION (Shi et al. 2024): independent draws would make the training sets of two seeds differ in
    what they can teach, before any method has done anything.

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

    Each modality is in as many cases as its rate says, rounded. Among the counts that add up so, those are taken that
    are nearest to what independent rates let expect, in sum of absolute differences, with the cases that would have
    nothing spread over the others so that the rates hold.
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
    """Return whole numbers near to `wanted` that add up to `cases`, and over each modality's members to `totals`."""
    n = len(wanted)
    # Variables: the counts, and how far each is from what is wanted. Tiny different costs decide between equals.
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
    """Return the cases with what is inherently missing from each taken away, by rates per modality.

    A case that would be left with nothing keeps one of its modalities, drawn in proportion to how often that one is
    kept at all. Depends on the seed and the case's name only, not on the other cases.
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
    """Return a random non-empty subset: with the given probability all, else any of them alike."""
    if rng.random() < full_probability:
        return modalities
    choices = [s for s in SUBSETS if set(s) <= set(modalities)]
    return choices[rng.integers(len(choices))]
