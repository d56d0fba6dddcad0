"""The panel in a real Qt, on stand-ins for Slicer's application, with real MRML. In a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from standin import host

STANDIN = host.start()

import slicer  # noqa: E402
from GSSCore.phantom import Phantom  # noqa: E402
from scenes import add_volume  # noqa: E402
from studies import network, phantom, study_folder  # noqa: E402, F401

MODULE = host.ROOT / "GSSSegmentation" / "GSSSegmentation.py"
LIMIT = 120.0
"""Seconds after which a test gives up waiting."""


def pytest_report_header() -> str:
    return host.NOTICE


@pytest.fixture
def slicer_stand_in() -> Iterator[SimpleNamespace]:
    """Application and dialogs, with nothing in the scene and nothing remembered."""
    host.close_scene()
    STANDIN.dialogs.answer, STANDIN.dialogs.asked, STANDIN.dialogs.shown = True, [], []
    STANDIN.app.settings().setValue("language", "")
    yield STANDIN
    STANDIN.app.forget_translations()
    host.close_scene()


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


@pytest.fixture
def opened(slicer_stand_in: SimpleNamespace) -> Iterator[Opened]:
    """The module, opened."""
    opened = Opened(*host.open_module(MODULE))
    yield opened
    host.close_module(opened.widget)


@pytest.fixture
def volumes(slicer_stand_in: SimpleNamespace, phantom: Phantom) -> dict[str, Any]:  # noqa: F811
    """The phantom as volume nodes, by the names of the selectors."""
    return {
        modality.value: add_volume(np.asarray(image), phantom.study.grid.affine, modality.display)
        for modality, image in phantom.study.images.items()
    }


@pytest.fixture
def ready(opened: Opened, volumes: dict[str, Any], network: Path) -> Opened:  # noqa: F811
    """The module with FLAIR and T2 chosen, and a network that is quick."""
    opened.choose(flair=volumes["flair"], t2=volumes["t2"])
    opened.ui.networkPathEdit.currentPath = str(network)
    return opened
