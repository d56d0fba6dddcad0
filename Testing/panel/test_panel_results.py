"""The result in the panel and in the views, its report, and the log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSSegmentationLib.run import Run
from opened import Opened, temporary_folders
from processes import SLEEPS
from standin import host
from standin.pythonqt import DesktopServices, FileDialog

pytestmark = pytest.mark.usefixtures("kept_answers")


def test_the_table_is_copied_for_a_spreadsheet(ready: Opened) -> None:
    assert not ready.ui.copyButton.enabled
    ready.press("apply")
    ready.wait_for("done")
    ready.press("copy")
    rows = [line.split("\t") for line in slicer.app.clipboard().text().split("\n")]
    assert rows[0] == ["Region", "Volume (ml)", "Expected Dice"]
    assert [row[0].rstrip(" ?") for row in rows[1:]] == ["WT", "TC", "ET", "NCR", "ED"]


def test_the_report_opens_in_the_browser_and_names_the_volumes(ready: Opened) -> None:
    DesktopServices.opened.clear()
    ready.press("apply")
    ready.wait_for("done")
    ready.press("report")
    page = Path(DesktopServices.opened[0]).read_text(encoding="utf-8")
    assert "FLAIR (volume in the scene)" in page
    assert "not for clinical use" in page


def test_warnings_of_the_run_stand_beside_the_table(ready: Opened, volumes: dict[str, Any]) -> None:
    values = slicer.util.arrayFromVolume(volumes["t2"])
    values[:] = np.roll(values, 20, axis=2)
    ready.ui.inputComboBox.currentIndex = 1  # else they would be registered
    ready.press("apply")
    ready.wait_for("done")
    assert "register all sequences" in ready.ui.warningsLabel.text
    assert ready.ui.warningsLabel.visible


def test_views_show_the_reference_and_are_reset(ready: Opened, volumes: dict[str, Any]) -> None:
    composite = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    resets = slicer.app.layouts.resets
    ready.press("apply")
    ready.wait_for("done")
    assert composite.GetBackgroundVolumeID() == volumes["flair"].GetID()
    assert slicer.app.layouts.resets == resets + 1


def test_who_works_elsewhere_keeps_his_views(ready: Opened, volumes: dict[str, Any]) -> None:
    composite = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    resets = slicer.app.layouts.resets
    ready.press("apply")
    host.leave_module(ready.widget)
    ready.wait_for("done")
    assert composite.GetBackgroundVolumeID() is None
    assert slicer.app.layouts.resets == resets
    host.enter_module(ready.widget)
    assert ready.ui.volumesTable.rowCount == 5


def test_the_views_can_be_left_alone(ready: Opened) -> None:
    composite = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    ready.ui.showResultCheckBox.checked = False
    ready.press("apply")
    ready.wait_for("done")
    assert composite.GetBackgroundVolumeID() is None
    assert not ready.ui.threeDButton.checked


def test_surfaces_are_shown_and_hidden_by_a_button(ready: Opened) -> None:
    ready.ui.showResultCheckBox.checked = False
    ready.press("apply")
    ready.wait_for("done")
    node = ready.ui.outputSelector.currentNode()
    assert not node.GetSegmentation().ContainsRepresentation("Closed surface")
    ready.press("threeD")
    assert node.GetSegmentation().ContainsRepresentation("Closed surface")
    assert node.GetDisplayNode().GetVisibility3D()
    ready.press("threeD")
    assert not node.GetDisplayNode().GetVisibility3D()
    slicer.mrmlScene.RemoveNode(node)
    ready.press("threeD")


def test_no_head_of_the_table_is_cut_off(ready: Opened) -> None:
    ready.press("apply")
    ready.wait_for("done")
    head = ready.ui.volumesTable.horizontalHeader()
    for column in range(3):
        assert head.sectionSize(column) >= head.sectionSizeHint(column), column


def test_reports_do_not_pile_up(ready: Opened) -> None:
    before = temporary_folders()
    for _ in range(2):
        ready.press("apply")
        ready.wait_for("done")
        (report,) = [folder for folder in temporary_folders() if folder not in before]
    assert (report / "report" / "report.html").is_file()
    host.close_scene()
    assert temporary_folders() == before


def test_a_cancelled_run_leaves_no_folder(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    before = temporary_folders()
    monkeypatch.setattr(Run, "_command", lambda self: SLEEPS)
    ready.press("apply")
    ready.press("apply")
    ready.wait_for("idle")
    assert temporary_folders() == before


def test_without_a_main_window_the_result_is_there_all_the_same(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicer.app, "layouts", None)
    ready.press("apply")
    ready.wait_for("done")


def test_the_log_can_be_saved(ready: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not ready.ui.saveLogButton.enabled
    monkeypatch.setattr(Run, "_command", lambda self: [sys.executable, "-c", "raise RuntimeError('upset')"])
    ready.press("apply")
    ready.wait_for("failed")
    FileDialog.answer = str(tmp_path / "log.txt")
    ready.press("saveLog")
    assert "RuntimeError: upset" in (tmp_path / "log.txt").read_text(encoding="utf-8")
    FileDialog.answer = ""
    ready.press("saveLog")
