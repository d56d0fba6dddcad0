"""The card of a brain network: architecture, training data, results. JSON, no torch."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from GSSCore.networks.card import read_card_as
from GSSCore.vocabulary import RESEARCH_USE

BRAIN = "brain extraction"
"""Kind of the networks that this card describes."""
CARD_VERSION = 1
SHIPPED = "brain"
"""Folder of `GSSCore.networks.card.PRETRAINED` with the brain network that is used when none is named."""


@dataclass(frozen=True)
class BrainCard:
    """What is known of a brain network besides its weights.

    Attributes:
        name: of the network.
        version: of the network, such as `1.0`.
        options: of `GSSCore.brain_extraction.BrainNetwork`.
        parameters: number of trained values.
        sha256: of the weights file, hexadecimal.
        data: the training data, a line each, with references.
        terms: of that data.
        recipe: of the training, complete.
        licence: of the weights.
        limits: what the network is not made for, a line each.
        research_use: the notice that every reader has to see.
        scores: what was measured, by kind of head and measure; None before that.
        evaluated_on: the heads and the rules behind `scores`.
    """

    name: str
    version: str
    options: dict[str, Any]
    parameters: int = 0
    sha256: str = ""
    data: tuple[str, ...] = ()
    terms: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    licence: str = "Apache-2.0"
    limits: tuple[str, ...] = ()
    research_use: str = RESEARCH_USE
    scores: dict[str, dict[str, float]] | None = None
    evaluated_on: str = ""

    def to_json(self) -> str:
        """Return the text of the card's file."""
        table = {"card_version": CARD_VERSION, "kind": BRAIN} | dataclasses.asdict(self)
        return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def read_brain_card(folder: Path) -> BrainCard:
    """Return the card of the brain network in `folder`. Raises InputError as `GSSCore.networks.read_card` does."""
    return read_card_as(folder, BRAIN, CARD_VERSION, _parse)


def _parse(table: dict[str, Any]) -> BrainCard:
    for name in ("data", "limits"):
        table[name] = tuple(table[name])
    card = BrainCard(**table)
    if not (isinstance(card.options, dict) and isinstance(card.sha256, str) and isinstance(card.parameters, int)):
        raise TypeError("options must be a table, sha256 text, parameters a number")
    return card
