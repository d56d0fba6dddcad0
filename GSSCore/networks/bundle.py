"""A trained network in a folder: half-precision `weights.safetensors` and `card.json`. Neither can run code."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.files import encoded, write_file, write_files
from GSSCore.messages import Message
from GSSCore.networks.base import SegmentationNetwork, parameter_count
from GSSCore.networks.card import CARD_FILE, PRETRAINED, SHIPPED, WEIGHTS_FILE, Card, read_card
from GSSCore.networks.registry import create, names
from GSSCore.networks.weights import half_precision, load_weights, require_network
from GSSCore.preprocessing.settings import PreprocessingSettings


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network, ready to segment.

    Attributes:
        module: in evaluation mode, float32, on the CPU.
        card: tells what is known of the network.
        folder: where it was read from; None for a network that has not been saved.
    """

    module: SegmentationNetwork
    card: Card
    folder: Path | None = None

    @property
    def preprocessing(self) -> PreprocessingSettings:
        """How images are preprocessed for this network."""
        return self.card.preprocessing

    @classmethod
    def load(cls, folder: Path | str | None = None) -> Network:
        """Return the network in `folder`, or the shipped one.

        Raises:
            InputError: when a file is missing, the weights are not those of the card (by SHA-256), or do not fit the
                architecture in name or shape.
        """
        place = PRETRAINED / SHIPPED if folder is None else Path(folder)
        _require_no_name(place)
        require_network(place)
        card = read_card(place)
        module = create(card.network["name"], **card.network["options"])
        load_weights(module, place, card.sha256, module.name)
        return cls(module.eval(), card, place)

    def save(self, folder: Path | str) -> Network:
        """Write the network to `folder` in half precision; return it with the hash and the size in its card updated.

        Raises:
            EnvironmentRefused: when the folder can't be written; an older network in it stays as it was.
        """
        place = Path(folder)
        data, sha256 = half_precision(self.module)
        card = dataclasses.replace(self.card, sha256=sha256, parameters=parameter_count(self.module))
        write_files(place, {WEIGHTS_FILE: data, CARD_FILE: encoded(card.to_json())})
        return Network(self.module, card, place)


def write_card(folder: Path, card: Card) -> None:
    """Write the card of the network in `folder`, atomically.

    Raises:
        EnvironmentRefused: when the folder can't be written; the older card stays.
    """
    write_file(folder / CARD_FILE, encoded(card.to_json()))


def _require_no_name(place: Path) -> None:
    """Refuse the name of a network where a folder is wanted, and say what to name instead. Raises InputError."""
    if str(place) not in (SHIPPED, *names()) or place.exists():
        return
    if str(place) == SHIPPED:
        raise InputError(
            Message(
                "network.shipped-name",
                "Network: there is no folder {folder}; the shipped network of that name is taken where none is named, "
                "so leave this out, or name the folder of another network.",
                folder=place,
            )
        )
    raise InputError(
        Message(
            "network.architecture-name",
            "Network: there is no folder {folder}; that is the name of an architecture, of which no trained "
            "network is shipped: train one, and name its folder.",
            folder=place,
        )
    )
