"""The networks, behind one interface, and their shipped form.

The names below are loaded when they are first asked for: what only wants a network's card does without torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from GSSCore.networks.base import NetworkOutput, SegmentationNetwork
    from GSSCore.networks.bundle import Network
    from GSSCore.networks.registry import create, names

__all__ = ["Network", "NetworkOutput", "SegmentationNetwork", "create", "names"]

_HOMES = {
    "NetworkOutput": "base",
    "SegmentationNetwork": "base",
    "Network": "bundle",
    "create": "registry",
    "names": "registry",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
