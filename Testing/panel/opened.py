"""The module as a user has it before him, for the tests of the panel."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import slicer

MODULE = Path(__file__).resolve().parents[2] / "GSSSegmentation" / "GSSSegmentation.py"
LIMIT = 120.0
"""Seconds after which a test gives up waiting."""
SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
"""A child process that takes its time."""


class Opened:
    """The module as a user has it before him: its panel's widgets by name, and what he does with them."""

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


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def temporary_folders() -> list[Path]:
    """Return the temporary folders of the module."""
    return sorted(Path(slicer.app.temporaryPath).glob("GSSSegmentation-*"))
