"""The networks by name."""

from __future__ import annotations

from typing import Any

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.networks.architectures.m2ftrans import M2FTrans
from GSSCore.networks.architectures.mmformer import MmFormer
from GSSCore.networks.architectures.rfnet import RFNet
from GSSCore.networks.architectures.shaspec import ShaSpec
from GSSCore.networks.architectures.unet import UNet
from GSSCore.networks.base import SegmentationNetwork

_NETWORKS: dict[str, type[SegmentationNetwork]] = {
    network.name: network for network in (UNet, MmFormer, RFNet, M2FTrans, ShaSpec)
}


def names() -> tuple[str, ...]:
    """Return the names that `create` knows, the default network first."""
    return tuple(_NETWORKS)


def create(name: str, **options: Any) -> SegmentationNetwork:
    """Return a new, randomly initialised network.

    Raises:
        InputError: for an unknown name, or options that the network does not take.
    """
    if name not in _NETWORKS:
        raise InputError(
            Message(
                "network.unknown",
                "There is no network called '{name}': choose one of {names}.",
                name=name,
                names=", ".join(names()),
            )
        )
    try:
        return _NETWORKS[name](**options)
    except (TypeError, ValueError) as fault:
        raise InputError(
            Message(
                "network.options",
                "Network {name}: its options are not what it takes ({fault}): correct them.",
                name=name,
                fault=str(fault),
            )
        ) from fault
