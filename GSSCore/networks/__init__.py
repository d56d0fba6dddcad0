"""The networks, behind one interface, and their shipped form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.networks.base import NetworkOutput, SegmentationNetwork
    from GSSCore.networks.bundle import Network
    from GSSCore.networks.card import Card, read_card
    from GSSCore.networks.registry import create, names

__all__ = ["Card", "Network", "NetworkOutput", "SegmentationNetwork", "create", "names", "read_card"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "base": ("NetworkOutput", "SegmentationNetwork"),
        "bundle": ("Network",),
        "card": ("Card", "read_card"),
        "registry": ("create", "names"),
    },
)
