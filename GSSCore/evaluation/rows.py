"""One score of an evaluation. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from GSSCore.dice import EmptyRule
from GSSCore.vocabulary import Region, Subset


@dataclass(frozen=True)
class Row:
    """One score.

    Attributes:
        case: the name.
        subset: the modalities that the network was given.
        region: what was scored.
        dice: 0 to 1.
        truth_ml, predicted_ml: volumes on the crop.
        rule: the rule for empty sides that made the score, if any.
    """

    case: str
    subset: Subset
    region: Region
    dice: float
    truth_ml: float
    predicted_ml: float
    rule: EmptyRule = EmptyRule.NONE
