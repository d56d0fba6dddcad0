"""The module as a user sees it, for the tests of the panel."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import slicer

MODULE = Path(__file__).resolve().parents[2] / "GSSSegmentation" / "GSSSegmentation.py"
LIMIT = 120.0
"""Seconds after which a test gives up waiting."""


class Opened:
    """The module as a user sees it: the widgets of its panel by name, and what a user does with them."""

    def __init__(self, module: Any, widget: Any) -> None:
        self.module, self.widget = module, widget

    @property
    def ui(self) -> Any:
        return self.widget.ui

    @property
    def panel(self) -> Any:
        return self.widget.panel

    @property
    def state(self) -> str:
        return str(self.panel.state.value)

    def choose(self, **nodes: Any) -> None:
        """Choose volumes in the selectors."""
        for name, node in nodes.items():
            getattr(self.ui, f"{name}Selector").setCurrentNode(node)

    def press(self, name: str) -> None:
        """Press a button, which does nothing while it is disabled."""
        getattr(self.ui, f"{name}Button").click()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let Qt work until something is so."""
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end, f"it never happened; {self.state}: {self.ui.statusLabel.text}"
            slicer.app.processEvents()
            time.sleep(0.01)

    def wait_for(self, *states: str) -> None:
        """Let Qt work until the panel is in one of these states."""
        self.wait(lambda: self.state in states)


def child_of(opened: Opened) -> int:
    """Return the number of the child process that runs."""
    return int(opened.panel._run._child.pid)


def temporary_folders() -> list[Path]:
    """Return the temporary folders of the module."""
    return sorted(Path(slicer.app.temporaryPath).glob("GSSSegmentation-*"))
