"""Cancel, failures, and what closes while a run goes on: the panel says so, and is ready again."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSSegmentationLib.run import Run
from opened import Opened, child_of
from processes import SLEEPS, alive
from scenes import SHAPE, add_volume, scene_state
from standin import host


def test_cancel_stops_the_process_and_leaves_the_scene(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "_command", lambda self: SLEEPS)
    before = scene_state(slicer.mrmlScene)
    ready.press("apply")
    pid = child_of(ready)
    ready.press("apply")
    assert ready.state == "cancelling"
    assert not ready.ui.applyButton.enabled
    ready.wait_for("idle")
    assert not alive(pid)
    assert ready.ui.statusLabel.text == "Cancelled. The scene is as it was."
    assert scene_state(slicer.mrmlScene).keys() == before.keys()
    assert ready.ui.applyButton.enabled


def test_cancel_reaches_the_python_behind_the_launcher(ready: Opened) -> None:
    """PythonSlicer starts Python as a process of its own: both must go."""
    ready.press("apply")
    launcher = child_of(ready)
    children = Path(f"/proc/{launcher}/task/{launcher}/children")
    ready.wait(lambda: bool(children.read_text(encoding="utf-8").split()))
    (python,) = map(int, children.read_text(encoding="utf-8").split())
    ready.press("apply")
    ready.wait_for("idle")
    ready.wait(lambda: not alive(launcher) and not alive(python))


def test_a_killed_process_is_reported(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "_command", lambda self: SLEEPS)
    ready.press("apply")
    os.kill(child_of(ready), signal.SIGKILL)
    ready.wait_for("failed")
    assert "killed by signal 9, as happens when memory runs out" in ready.ui.statusLabel.text
    assert ready.ui.applyButton.enabled


def test_a_crash_is_reported_with_its_last_lines_in_the_log(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "_command", lambda self: [sys.executable, "-c", "raise RuntimeError('upset')"])
    ready.press("apply")
    ready.wait_for("failed")
    assert "RuntimeError: upset" in ready.ui.statusLabel.text
    assert "RuntimeError: upset" in ready.ui.logTextEdit.plainText


def test_a_refusal_names_the_volume_and_adds_nothing(ready: Opened) -> None:
    flat = add_volume(np.full(SHAPE, 5, np.int16), np.eye(4), "a flat one")
    nodes = slicer.mrmlScene.GetNumberOfNodes()
    ready.choose(t1=flat)
    ready.press("apply")
    ready.wait_for("failed")
    assert "T1" in ready.ui.statusLabel.text
    assert "'a flat one'" in ready.ui.statusLabel.text
    assert slicer.mrmlScene.GetNumberOfNodes() == nodes


def test_a_refusal_before_the_start_is_shown_too(ready: Opened) -> None:
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "flat")
    transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(np.diag([1.0, 1.0, 0.0, 1.0])))
    ready.ui.t2Selector.currentNode().SetAndObserveTransformNodeID(transform.GetID())
    ready.press("apply")
    assert ready.state == "failed"
    assert "can't be resampled under the transform 'flat'" in ready.ui.statusLabel.text


def test_whatever_goes_wrong_at_the_start_is_said(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    for fault in (MemoryError("full"), RuntimeError("odd"), OSError(5, "Input/output error")):
        with monkeypatch.context() as broken:
            broken.setattr(Run, "start", lambda self, fault=fault: (_ for _ in ()).throw(fault))
            ready.press("apply")
        assert ready.state == "failed"
        assert ready.ui.statusLabel.text == f"Unexpected fault: {fault!r}"
        assert ready.ui.applyButton.enabled


def test_temporary_files_that_vanish_end_the_run(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    monkeypatch.setattr(Run, "_command", lambda self: SLEEPS)
    ready.press("apply")
    pid = child_of(ready)
    shutil.rmtree(ready.panel._run._folder)
    ready.wait_for("failed")
    assert not alive(pid)


def test_progress_that_cannot_be_read_ends_the_run(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = 'import time; print(\'{"stage": "read", "whole": "half"}\', flush=True); time.sleep(60)'
    monkeypatch.setattr(Run, "_command", lambda self: [sys.executable, "-c", odd])
    ready.press("apply")
    pid = child_of(ready)
    ready.wait_for("failed")
    assert "Unexpected fault: ValueError" in ready.ui.statusLabel.text
    assert not alive(pid)


def test_a_failure_opens_the_log(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ready.ui.advancedCollapsibleButton.collapsed
    monkeypatch.setattr(Run, "_command", lambda self: [sys.executable, "-c", "raise RuntimeError('upset')"])
    ready.press("apply")
    ready.wait_for("failed")
    assert not ready.ui.advancedCollapsibleButton.collapsed


def test_after_a_failure_the_next_run_starts_clean(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Run, "_command", lambda self: [sys.executable, "-c", "raise SystemExit(5)"])
        ready.press("apply")
        ready.wait_for("failed")
    ready.press("apply")
    assert ready.ui.statusLabel.styleSheet == ""
    ready.wait_for("done")


def test_closing_the_scene_while_it_runs_is_safe(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "_command", lambda self: SLEEPS)
    ready.press("apply")
    pid = child_of(ready)
    host.close_scene()
    assert not alive(pid)
    assert ready.state == "idle"
    assert ready.ui.statusLabel.text == "Stopped, as the scene was closed."
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0
    ready.choose(flair=add_volume(np.ones(SHAPE, np.int16), np.eye(4), "new"))
    assert ready.panel.volumes(), "the panel works in the new scene"


def test_leaving_the_module_lets_the_run_go_on(ready: Opened) -> None:
    ready.press("apply")
    ready.widget.parent._place.exit()
    ready.wait_for("done")
    ready.widget.parent._place.enter()
    assert ready.ui.outputSelector.currentNode().GetName() == "FLAIR tumour"


def test_unloading_the_module_while_it_runs_stops_the_process(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "_command", lambda self: SLEEPS)
    ready.press("apply")
    pid = child_of(ready)
    slicer.app.moduleManager().send("moduleAboutToBeUnloaded(QString)", "GSSSegmentation")
    assert not alive(pid)


def test_removing_the_reference_while_it_runs_is_reported(ready: Opened, volumes: dict[str, Any]) -> None:
    ready.press("apply")
    slicer.mrmlScene.RemoveNode(volumes["flair"])
    ready.wait_for("failed")
    assert "has left the scene" in ready.ui.statusLabel.text


def test_closing_the_scene_after_a_run_clears_the_result(ready: Opened) -> None:
    ready.press("apply")
    ready.wait_for("done")
    host.close_scene()
    assert not ready.ui.resultsCollapsibleButton.visible
    assert ready.ui.volumesTable.rowCount == 0
    assert ready.state == "idle"
    assert not ready.ui.statusLabel.visible, "nothing is done in the new scene"


def test_closing_the_scene_after_a_failure_takes_it_back(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "_command", lambda self: [sys.executable, "-c", "raise SystemExit(5)"])
    ready.press("apply")
    ready.wait_for("failed")
    host.close_scene()
    assert ready.state == "idle"
    assert not ready.ui.statusLabel.visible
