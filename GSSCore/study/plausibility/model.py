"""How well features fit each sequence: two linear discriminants, whose numbers lie in a file beside this one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.imaging.arrays import Doubles
from GSSCore.vocabulary import MODALITIES, Modality

MODEL_FILE = Path(__file__).resolve().parent / "discriminants.json"
PAIRS: tuple[tuple[Modality, Modality], ...] = tuple(permutations(MODALITIES, 2))
"""What two images may be, in the order of the classes of the second discriminant."""


@dataclass(frozen=True, eq=False)
class Discriminant:
    """Linear scores of features that are first kept within what was seen.

    Attributes:
        low, high: (features,), the least and the largest value that counts.
        weights: (classes, features).
        offsets: (classes,).
    """

    low: Doubles
    high: Doubles
    weights: Doubles
    offsets: Doubles

    def scores(self, features: Doubles) -> Doubles:
        """Return the score (..., classes) of features (..., features): a difference is a log-likelihood ratio."""
        return np.asarray(np.clip(features, self.low, self.high) @ self.weights.T + self.offsets)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values, of five digits."""
        return {name: _short(getattr(self, name)) for name in ("low", "high", "weights", "offsets")}


@cache
def load_discriminants() -> tuple[Discriminant, Discriminant]:
    """Return the discriminant of one image, by `MODALITIES`, and that of two, by `PAIRS`."""
    table = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    one, two = (Discriminant(**{k: np.array(v) for k, v in table[name].items()}) for name in ("one", "two"))
    return one, two


def fitted(features: Doubles, winsor_percent: float = 1.0, ridge: float = 0.02) -> Discriminant:
    """Return Fisher's discriminant for features (cases, classes, features) of studies whose classes are known.

    Args:
        features: all of them finite.
        winsor_percent: share of the values at either end that is pulled in, so that no odd study rules.
        ridge: added to the correlation matrix's diagonal.
    """
    low, high = np.percentile(features.reshape(-1, features.shape[2]), [winsor_percent, 100 - winsor_percent], axis=0)
    kept = np.clip(features, low, high)
    means = kept.mean(axis=0)
    rest = (kept - means).reshape(-1, kept.shape[2])
    spread = rest.std(axis=0)
    inverse = np.linalg.inv(np.cov((rest / spread).T) + ridge * np.eye(len(spread))) / np.outer(spread, spread)
    weights = means @ inverse
    return Discriminant(low, high, weights, -0.5 * np.einsum("ck,ck->c", weights, means))


def _short(values: Doubles) -> Any:
    return json.loads(json.dumps(values.tolist()), parse_float=lambda text: float(f"{float(text):.5g}"))
