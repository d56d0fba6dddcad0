"""Missing packages: the panel asks before it installs, and stays usable whatever happens meanwhile."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import slicer
import slicer.util

from GSSSegmentationLib import panel as panel_module
from GSSSegmentationLib.run import Run
from opened import Opened
from processes import SLEEPS
from standin import host


def test_missing_packages_are_asked_for_and_a_no_is_accepted(
    ready: Opened, slicer_stand_in: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from GSSSegmentationLib import dependencies

    for module in (panel_module, dependencies):
        monkeypatch.setattr(module, "missing", lambda: (dependencies.TORCH,))
    slicer_stand_in.dialogs.answer = False
    ready.press("apply")
    assert ready.state == "failed"
    assert "torch!=2.9.*,>=2.6" in slicer_stand_in.dialogs.asked[0]
    assert "several GB" in slicer_stand_in.dialogs.asked[0]
    assert "Nothing was installed" in ready.ui.statusLabel.text
    assert "-m pip install" in ready.ui.statusLabel.text


def test_while_packages_are_installed_the_panel_says_so(
    ready: Opened, slicer_stand_in: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str, bool]] = []

    def install(ask: Any) -> None:
        seen.append((ready.state, ready.ui.statusLabel.text, ready.ui.applyButton.enabled))

    monkeypatch.setattr(panel_module, "missing", lambda: ("torch",))
    monkeypatch.setattr(panel_module, "ensure_installed", install)
    ready.press("apply")
    assert seen == [("installing", "Installing packages...", False)]
    ready.wait_for("done")


@pytest.mark.parametrize("fault", [RuntimeError("no route to host"), SystemError("odd"), MemoryError("full")])
def test_an_installer_that_fails_leaves_a_panel_that_is_ready(
    fault: Exception, ready: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(ask: Any) -> None:
        raise fault

    monkeypatch.setattr(panel_module, "missing", lambda: ("torch",))
    monkeypatch.setattr(panel_module, "ensure_installed", install)
    ready.press("apply")
    assert ready.state == "failed"
    assert ready.ui.applyButton.enabled
    assert str(fault) in ready.ui.statusLabel.text


def test_an_installer_that_is_interrupted_leaves_a_panel_that_is_ready(
    ready: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(ask: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(panel_module, "missing", lambda: ("torch",))
    monkeypatch.setattr(panel_module, "ensure_installed", install)
    with pytest.raises(KeyboardInterrupt):
        ready.panel.start()
    assert ready.state == "idle"


def leaves_the_module(ready: Opened) -> None:
    host.leave_module(ready.widget)


def closes_the_scene(ready: Opened) -> None:
    host.close_scene()


def removes_a_volume(ready: Opened) -> None:
    slicer.mrmlScene.RemoveNode(ready.ui.flairSelector.currentNode())
    slicer.mrmlScene.RemoveNode(ready.ui.t2Selector.currentNode())


def reloads_the_module(ready: Opened) -> None:
    ready.widget.cleanup()


@pytest.mark.parametrize(
    ("does", "state"),
    [
        (leaves_the_module, "running"),
        (closes_the_scene, "idle"),
        (removes_a_volume, "failed"),
        (reloads_the_module, "installing"),  # its widgets are not touched any more
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_happens_while_packages_are_installed(
    does: Any, state: str, ready: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pip lets Slicer work, so that scene, module and volumes can be gone at its end."""
    monkeypatch.setattr(Run, "_command", lambda self: SLEEPS)
    monkeypatch.setattr(panel_module, "missing", lambda: ("torch",))
    monkeypatch.setattr(panel_module, "ensure_installed", lambda ask: does(ready))
    ready.press("apply")
    assert ready.state == state, ready.ui.statusLabel.text
    assert (ready.panel._run is None) == (state != "running")
    if state == "idle":
        assert ready.ui.statusLabel.text == "Stopped, as the scene was closed."
    ready.panel.abandon()
