"""A trained network in a folder: half-precision `weights.safetensors` and `card.json`. Neither can run code."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from GSSCore.errors import InputError
from GSSCore.files import encoded, write_file, write_files
from GSSCore.messages import Message
from GSSCore.networks.base import SegmentationNetwork, parameter_count
from GSSCore.networks.card import CARD_FILE, PRETRAINED, SHIPPED, WEIGHTS_FILE, Card, read_card
from GSSCore.networks.registry import create, names
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
        try:
            _require_folder(place)
        except OSError as fault:
            raise InputError(
                Message(
                    "network.unreadable",
                    "Network: {folder} can't be read ({reason}); check its permissions.",
                    folder=place,
                    reason=str(fault.strerror),
                )
            ) from fault
        card = read_card(place)
        try:
            data = (place / WEIGHTS_FILE).read_bytes()
        except OSError as fault:
            raise InputError(
                Message(
                    "network.weights-unreadable",
                    "Network {folder}: {file} can't be read ({fault}): get the network anew.",
                    folder=place,
                    file=WEIGHTS_FILE,
                    fault=str(fault),
                )
            ) from fault
        if hashlib.sha256(data).hexdigest() != card.sha256:
            raise InputError(
                Message(
                    "network.other-weights",
                    "Network {folder}: {file} is not what the card says (SHA-256 differs): get the network anew.",
                    folder=place,
                    file=WEIGHTS_FILE,
                )
            )
        module = create(card.network["name"], **card.network["options"])
        _fill(module, data, place)
        return cls(module.eval(), card, place)

    def save(self, folder: Path | str) -> Network:
        """Write the network to `folder` in half precision; return it with the hash and the size in its card updated.

        Raises:
            EnvironmentRefused: when the folder can't be written; an older network in it stays as it was.
        """
        place = Path(folder)
        data = save({k: v.half().contiguous() for k, v in sorted(self.module.state_dict().items())})
        card = dataclasses.replace(
            self.card, sha256=hashlib.sha256(data).hexdigest(), parameters=parameter_count(self.module)
        )
        write_files(place, {WEIGHTS_FILE: data, CARD_FILE: encoded(card.to_json())})
        return Network(self.module, card, place)


def write_card(folder: Path, card: Card) -> None:
    """Write the card of the network in `folder`, atomically.

    Raises:
        EnvironmentRefused: when the folder can't be written; the older card stays.
    """
    write_file(folder / CARD_FILE, encoded(card.to_json()))


def _require_folder(place: Path) -> None:
    """Refuse a folder without a network in it, and name the right one where that can be told."""
    if not (place / CARD_FILE).exists():
        raise InputError(_no_network(place))


def _no_network(place: Path) -> Message:
    """Return the refusal of a place that holds no card."""
    if (place / "network" / CARD_FILE).is_file():
        return Message(
            "network.training-folder",
            "Network: {folder} is the folder of a training; name the network in it, {network}.",
            folder=place,
            network=place / "network",
        )
    if place.is_file():
        return Message(
            "network.file",
            "Network: {file} is a file; name the folder of a network, with {card} in it.",
            file=place,
            card=CARD_FILE,
        )
    if place.is_dir():
        return Message(
            "network.no-card",
            "Network: the folder {folder} holds no {card}; name the folder of a network.",
            folder=place,
            card=CARD_FILE,
        )
    if str(place) == SHIPPED:
        return Message(
            "network.shipped-name",
            "Network: there is no folder {folder}; the shipped network of that name is taken where none is named, "
            "so leave this out, or name the folder of another network.",
            folder=place,
        )
    if str(place) in names():
        return Message(
            "network.architecture-name",
            "Network: there is no folder {folder}; that is the name of an architecture, of which no trained "
            "network is shipped: train one, and name its folder.",
            folder=place,
        )
    return Message(
        "network.no-folder",
        "Network: there is no folder {folder}; name the folder of a network, with {card} in it.",
        folder=place,
        card=CARD_FILE,
    )


def _fill(module: SegmentationNetwork, data: bytes, place: Path) -> None:
    """Load the weights of a safetensors file into the module, or raise InputError."""
    try:
        tensors: dict[str, Tensor] = load(data)
    except SafetensorError as fault:
        raise InputError(
            Message(
                "network.damaged",
                "Network {folder}: {file} is damaged ({fault}): get the network anew.",
                folder=place,
                file=WEIGHTS_FILE,
                fault=str(fault),
            )
        ) from fault
    wanted = module.state_dict()
    if tensors.keys() != wanted.keys():
        raise InputError(
            Message(
                "network.misfit",
                "Network {folder}: {file} does not fit {network} ({name}): get the network anew.",
                folder=place,
                file=WEIGHTS_FILE,
                network=module.name,
                name=min(tensors.keys() ^ wanted.keys()),
            )
        )
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape or not tensor.is_floating_point():
            raise InputError(
                Message(
                    "network.shape",
                    "Network {folder}: {name} is {found}, not {wanted}: get the network anew.",
                    folder=place,
                    name=name,
                    found=f"{tuple(tensor.shape)} {tensor.dtype}",
                    wanted=str(tuple(wanted[name].shape)),
                )
            )
        if not bool(torch.isfinite(tensor).all()):
            raise InputError(
                Message(
                    "network.not-finite",
                    "Network {folder}: {name} holds values that are not finite: get the network anew.",
                    folder=place,
                    name=name,
                )
            )
    module.load_state_dict(tensors)
