"""How a network wants its input. Apart from `preprocessing`, so that reading a card needs neither numpy nor torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from GSSCore.errors import InputError


@dataclass(frozen=True)
class PreprocessingSettings:
    """How a network wants its input; part of the network's card.

    Attributes:
        spacing: in mm, along R, A, S.
    """

    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if len(self.spacing) != 3 or not all(math.isfinite(mm) and mm > 0 for mm in self.spacing):
            raise InputError(
                f"The spacing {self.spacing} of the preprocessing is not three lengths in mm: correct the card."
            )

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return {"spacing": list(self.spacing)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> PreprocessingSettings:
        """Return the settings that `to_json` wrote.

        Raises:
            InputError: when something else is in them, or the spacing is not three positive lengths.
        """
        spacing = values.get("spacing")
        if set(values) != {"spacing"} or not isinstance(spacing, (list, tuple)) or len(spacing) != 3:
            raise InputError(
                f"The preprocessing {dict(values)} is not of the form {{'spacing': [1, 1, 1]}}: correct the card."
            )
        if not all(isinstance(mm, (int, float)) and not isinstance(mm, bool) for mm in spacing):
            raise InputError(
                f"The spacing {spacing} of the preprocessing is not three numbers in mm: correct the card."
            )
        r, a, s = map(float, spacing)
        return cls((r, a, s))
