"""What may be expected of a network with the sequences at hand, from its card. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from GSSCore.networks.card import PRETRAINED, SHIPPED, Card, read_card
from GSSCore.vocabulary import REGIONS, Modality, Region, subset

TRUSTED_DICE = 0.6
"""Below this mean Dice a region is called not to be relied on: nearly half of what is drawn, or missed, is wrong."""


@dataclass(frozen=True)
class Expectation:
    """What a card says of a subset.

    Attributes:
        network: name and version.
        dice: mean Dice by region; None when nothing was measured.
        doubtful: regions that can't be relied on, ET without T1ce among them always.
    """

    network: str
    dice: dict[Region, float] | None
    doubtful: tuple[Region, ...]


def card_of(folder: Path | None) -> Card:
    """Return the card of the network in a folder, or of the shipped one. Raises InputError when there is none."""
    return read_card(PRETRAINED / SHIPPED if folder is None else folder)


def expectation(card: Card, modalities: Iterable[Modality]) -> Expectation:
    """Return what may be expected of a network with these sequences; at least one is given."""
    available = subset(modalities)
    dice = card.expected_dice(available)
    doubtful = [region for region in REGIONS if dice is not None and dice[region] < TRUSTED_DICE]
    if Modality.T1CE not in available and Region.ET not in doubtful:
        doubtful.append(Region.ET)
    return Expectation(f"{card.name} {card.version}", dice, tuple(doubtful))
