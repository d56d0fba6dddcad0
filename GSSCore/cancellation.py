"""Cancellation: asked between the steps of the work, and before every layer of a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from GSSCore.errors import Cancelled
from GSSCore.messages import Message

if TYPE_CHECKING:
    from torch import nn
    from torch.utils.hooks import RemovableHandle

IsCancelled = Callable[[], bool]


def never() -> bool:
    """The answer to "cancelled?" where nobody can cancel."""
    return False


def check(cancelled: IsCancelled) -> None:
    """Raise Cancelled when `cancelled` says so."""
    if cancelled():
        raise Cancelled(Message("inference.cancelled", "The segmentation was cancelled; nothing was written."))


def ask_before_layers(network: nn.Module, cancelled: IsCancelled) -> list[RemovableHandle]:
    """Let each layer of a network ask whether to stop: a window may take many seconds on a slow machine.

    Returns:
        What ends the asking, of a network that is used again for somebody else.
    """

    def ask(*_: Any) -> None:
        check(cancelled)

    return [module.register_forward_pre_hook(ask) for module in network.modules()]
