"""The weights of any trained network: half-precision safetensors, whose SHA-256 its card tells; never a pickle."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.networks.card import CARD_FILE, WEIGHTS_FILE


def require_network(place: Path) -> None:
    """Refuse a folder without a card in it, and name the right one where that can be told.

    Raises:
        InputError: with what is there instead.
    """
    try:
        missing = not (place / CARD_FILE).exists()
    except OSError as fault:
        raise InputError(
            Message(
                "network.unreadable",
                "Network: {folder} can't be read ({reason}); check its permissions.",
                folder=place,
                reason=str(fault.strerror),
            )
        ) from fault
    if missing:
        raise InputError(_no_network(place))


def half_precision(module: nn.Module) -> tuple[bytes, str]:
    """Return the content of a module's weights file, and its SHA-256, hexadecimal."""
    data = save({name: tensor.half().contiguous() for name, tensor in sorted(module.state_dict().items())})
    return data, hashlib.sha256(data).hexdigest()


def load_weights(module: nn.Module, place: Path, sha256: str, architecture: str) -> None:
    """Load the weights of a network's folder into a module.

    Args:
        module: of the right architecture; its weights become float32.
        place: the folder.
        sha256: of the file, as the card says.
        architecture: its name, for messages.

    Raises:
        InputError: when the file is missing, is not that of the card, or does not fit in name, shape or values.
    """
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
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(
            Message(
                "network.other-weights",
                "Network {folder}: {file} is not what the card says (SHA-256 differs): get the network anew.",
                folder=place,
                file=WEIGHTS_FILE,
            )
        )
    _fill(module, data, place, architecture)


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
    return Message(
        "network.no-folder",
        "Network: there is no folder {folder}; name the folder of a network, with {card} in it.",
        folder=place,
        card=CARD_FILE,
    )


def _fill(module: nn.Module, data: bytes, place: Path, architecture: str) -> None:
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
                network=architecture,
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
