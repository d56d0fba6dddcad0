"""How a network wants its input. A file of its own, so that reading a card needs neither numpy nor torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from GSSCore.errors import InputError
from GSSCore.messages import Message


@dataclass(frozen=True)
class PreprocessingSettings:
    """How a network wants its input; part of the network's card.

    Attributes:
        spacing: in mm, along R, A, S.
    """

    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if len(self.spacing) != 3 or not all(math.isfinite(mm) and mm > 0 for mm in self.spacing):
            raise _wrong(self.spacing)

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
                Message(
                    "preprocessing.form",
                    "The card's preprocessing is {values} and must have a spacing of three lengths in mm, and nothing "
                    "else: correct the card.",
                    values=str(dict(values)),
                )
            )
        if not all(isinstance(mm, (int, float)) and not isinstance(mm, bool) for mm in spacing):
            raise _wrong(spacing)
        r, a, s = map(float, spacing)
        return cls((r, a, s))


def _wrong(spacing: object) -> InputError:
    return InputError(
        Message(
            "preprocessing.spacing",
            "The spacing {spacing} of the card's preprocessing is not three positive lengths in mm: correct the card.",
            spacing=str(spacing),
        )
    )
