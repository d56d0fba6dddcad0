"""The accuracy that a network's card gives for the sequences at hand. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from GSSCore.networks.card import PRETRAINED, SHIPPED, Card, read_card
from GSSCore.vocabulary import Modality, Region, subset


@dataclass(frozen=True)
class ExpectedAccuracy:
    """What a card says of a subset of the sequences.

    Attributes:
        network: name and version.
        dice: mean Dice by region; None when nothing was measured.
        doubtful: regions that can't be relied on, by the library's rule (`Card.unreliable`).
    """

    network: str
    dice: dict[Region, float] | None
    doubtful: tuple[Region, ...]


def network_card(folder: Path | None) -> Card:
    """Return the card of the network in a folder, or of the shipped one. Raises InputError without a card."""
    return read_card(PRETRAINED / SHIPPED if folder is None else folder)


def expected_accuracy(card: Card, modalities: Iterable[Modality]) -> ExpectedAccuracy:
    """Return the accuracy to expect of a network with these sequences, at least one."""
    available = subset(modalities)
    return ExpectedAccuracy(f"{card.name} {card.version}", card.expected_dice(available), card.unreliable(available))
