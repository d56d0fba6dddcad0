"""The panel in a real Qt, on stand-ins for Slicer's application, with real MRML. In a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from standin import host

STANDIN = host.start()

from GSSCore.phantom import Phantom  # noqa: E402
from kept_answers import answers, kept_answers  # noqa: E402, F401
from opened import MODULE, Opened  # noqa: E402
from scenes import add_volume  # noqa: E402
from studies import network, phantom, raw_phantom, study_folder  # noqa: E402, F401


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


@pytest.fixture
def before_reload() -> Iterator[None]:
    """Put the modules back that a reload replaces: the other test files hold what they imported from them."""
    before = our_modules()
    yield
    for name in our_modules():
        del sys.modules[name]
    sys.modules.update(before)


def our_modules() -> dict[str, Any]:
    return {n: m for n, m in sys.modules.items() if n.split(".")[0] in ("GSSSegmentationLib", "GSSCore")}
