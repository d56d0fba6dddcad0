"""The card of a network: architecture, training data, expected results. JSON, no torch."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.vocabulary import RESEARCH_USE, Confidence, Modality, Region, Subset, subset, subset_name

T = TypeVar("T")

CARD_VERSION = 2
TUMOUR = "brain tumours"
"""Kind of the networks that this card describes; it stands in the cards of other kinds only."""
CARD_FILE = "card.json"
WEIGHTS_FILE = "weights.safetensors"
PRETRAINED = Path(__file__).resolve().parent.parent / "pretrained"
SHIPPED = "unet"
"""Folder of `PRETRAINED` with the network that is used when none is named."""
RELIABLE_DICE = 0.6
"""Mean Dice below which a region is called unreliable: nearly half of what is drawn, or missed, is wrong."""


@dataclass(frozen=True)
class Card:
    """What is known of a network besides its weights.

    Attributes:
        name: of the network.
        version: of the network, such as `1.0`.
        network: registered `name` and `options` of the architecture.
        preprocessing: how images are preprocessed.
        parameters: number of trained values.
        sha256: of the weights file, hexadecimal.
        data: the training data, a line each, with references.
        terms: of that data.
        recipe: of the training, complete.
        licence: of the weights.
        limits: what the network is not made for, a line each.
        research_use: the notice that every reader has to see.
        subset_table: mean Dice by subset name and region, on `evaluated_on`; None before an evaluation.
        evaluated_on: the cases and the rules behind `subset_table` and `scores`.
        scores: the same evaluation with its uncertainty, by metric (such as `dice`, `hd95_mm`), subset name or `mean of
            the subsets`, and region: `mean`, `sd`, `low`, `high` (of the mean's 95 % interval), `cases`; None before
            an evaluation.
        confidence: how often each confidence level is right near the tumour, by subset name and level (`low`, `guided`,
            `agreed`): `right`, and `voxels`, the level's share of the voxels; see `GSSCore.evaluation.reliability`.
            None where it was not counted.
    """

    name: str
    version: str
    network: dict[str, Any]
    preprocessing: PreprocessingSettings
    parameters: int
    sha256: str
    data: tuple[str, ...] = ()
    terms: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    licence: str = "Apache-2.0"
    limits: tuple[str, ...] = ()
    research_use: str = RESEARCH_USE
    subset_table: dict[str, dict[str, float]] | None = None
    evaluated_on: str = ""
    scores: dict[str, dict[str, dict[str, dict[str, float | int | None]]]] | None = None
    confidence: dict[str, dict[str, dict[str, float]]] | None = None

    def expected_dice(self, modalities: Subset | tuple[Modality | str, ...]) -> dict[Region, float] | None:
        """Return the mean Dice per region that was measured for this subset; None when none was measured."""
        row = (self.subset_table or {}).get(subset_name(modalities))
        return None if row is None else {region: row[region.value] for region in Region}

    def unreliable(self, modalities: Subset | tuple[Modality | str, ...]) -> tuple[Region, ...]:
        """Return the regions whose labels are unreliable with this subset.

        These are regions with a measured Dice below `RELIABLE_DICE`, and ET whenever T1ce is missing, as only T1ce
        shows enhancement. (The shipped network's TC is among them wherever T1ce is missing: .45 to .60.)
        """
        dice = self.expected_dice(modalities)
        low = {region for region in Region if dice is not None and dice[region] < RELIABLE_DICE}
        if Modality.T1CE not in subset(modalities):
            low.add(Region.ET)
        return tuple(region for region in Region if region in low)

    def to_json(self) -> str:
        """Return the text of the card's file."""
        table = dataclasses.asdict(self) | {"card_version": CARD_VERSION, "preprocessing": self.preprocessing.to_json()}
        return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def read_card(folder: Path) -> Card:
    """Return the card of the network in `folder`.

    Raises:
        InputError: when there is none, or it is of another version, kind or form.
    """
    return read_card_as(folder, TUMOUR, CARD_VERSION, _parse)


def read_card_as(folder: Path, kind: str, version: int, parse: Callable[[dict[str, Any]], T]) -> T:
    """Return the card in `folder`, of whatever kind of network.

    Args:
        folder: of the network.
        kind: what its network must be for.
        version: of the card's form.
        parse: makes the card of its table, without version and kind; raises KeyError, TypeError, ValueError or
            AttributeError for another form.

    Raises:
        InputError: when there is none, or it is of another version, kind or form.
    """
    path = folder / CARD_FILE
    try:
        table = json.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise InputError(
            Message(
                "network.card-unreadable",
                "Network {folder}: {file} can't be read ({fault}); name a network's folder.",
                folder=folder,
                file=CARD_FILE,
                fault=str(fault),
            )
        ) from fault
    found = table.pop("kind", TUMOUR) if isinstance(table, dict) else kind
    if found != kind:
        raise InputError(
            Message(
                "network.kind",
                "Network {folder}: {file} describes a network for {found}, and one for {wanted} is wanted; name "
                "another folder.",
                folder=folder,
                file=CARD_FILE,
                found=str(found),
                wanted=kind,
            )
        )
    given = table.pop("card_version", None) if isinstance(table, dict) else None
    if given != version:
        raise InputError(
            Message(
                "network.card-version",
                "Network {folder}: {file} is of version {version}, this program reads {known}; use a network made for "
                "this version.",
                folder=folder,
                file=CARD_FILE,
                version=str(given),
                known=version,
            )
        )
    try:
        return parse(table)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise InputError(
            Message(
                "network.card-malformed",
                "Network {folder}: {file} is malformed ({fault}); get the network anew.",
                folder=folder,
                file=CARD_FILE,
                fault=str(fault),
            )
        ) from fault


def _parse(table: dict[str, Any]) -> Card:
    table["preprocessing"] = PreprocessingSettings.from_json(table["preprocessing"])
    for name in ("data", "limits"):
        table[name] = tuple(table[name])
    card = Card(**table)
    if not (isinstance(card.network["name"], str) and isinstance(card.network["options"], dict)):
        raise TypeError("network wants a name and options")
    if not (isinstance(card.sha256, str) and isinstance(card.parameters, int)):
        raise TypeError("sha256 must be text, parameters a number")
    _check_scores(card.scores or {})
    _check_confidence(card.confidence or {})
    return card


def _check_scores(scores: dict[str, Any]) -> None:
    """Raise TypeError or ValueError unless the scores have the form that `Card` describes."""
    for metric, table in scores.items():
        for name, of_regions in table.items():
            for region, given in of_regions.items():
                place = f"scores of {metric}, {name}, {Region(region).value}"
                if given.keys() != {"mean", "sd", "low", "high", "cases"}:
                    raise ValueError(f"{place} want mean, sd, low, high and cases")
                numbers = [value for value in given.values() if value is not None]
                if given["mean"] is None or not all(math.isfinite(value) for value in numbers):
                    raise ValueError(f"{place} hold what is no number")


def _check_confidence(table: dict[str, Any]) -> None:
    """Raise TypeError or ValueError unless the confidence table has the form that `Card` describes."""
    for name, of_levels in table.items():
        for level, given in of_levels.items():
            if Confidence[level.upper()] is Confidence.OUTSIDE or given.keys() != {"right", "voxels"}:
                raise ValueError(f"confidence of {name} wants right and voxels of low, guided and agreed")
            if not all(0.0 <= share <= 1.0 for share in given.values()):
                raise ValueError(f"confidence of {name}, {level}, holds what is no share")
