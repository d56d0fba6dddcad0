"""The panel as a user meets it: choose, apply, watch, cancel, look at the result."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore.vocabulary import MODALITIES, SUBSETS, Modality
from GSSSegmentationLib import panel as panel_module
from GSSSegmentationLib.headless import in_application
from GSSSegmentationLib.run import Run
from opened import Opened
from scenes import SHAPE, add_volume, label_map, scene_state
from standin import host
from standin.application import SampleDataLogic
from standin.pythonqt import DesktopServices, FileDialog

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


def child_of(opened: Opened) -> int:
    return int(opened.panel._run._child.pid)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


# --- choosing --------------------------------------------------------------------------------------------------------


def test_without_volumes_apply_is_disabled_and_says_why(opened: Opened) -> None:
    assert not opened.ui.applyButton.enabled
    assert "Choose at least one of FLAIR, T1ce, T1 and T2." in opened.ui.applyButton.toolTip


def test_one_volume_is_enough(opened: Opened, volumes: dict[str, Any]) -> None:
    opened.choose(t1=volumes["t1"])
    assert opened.ui.applyButton.enabled
    assert opened.ui.applyButton.toolTip == "Segments the tumour."


def test_the_same_volume_twice_is_an_obstacle(opened: Opened, volumes: dict[str, Any]) -> None:
    opened.choose(flair=volumes["flair"], t2=volumes["flair"])
    assert not opened.ui.applyButton.enabled
    assert opened.ui.applyButton.toolTip == "FLAIR + T2 are the same volume."


def test_every_obstacle_is_named_at_once(opened: Opened, volumes: dict[str, Any], tmp_path: Path) -> None:
    empty = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    opened.choose(flair=volumes["flair"], t2=volumes["flair"], t1=empty)
    opened.ui.referenceComboBox.currentIndex = 2
    opened.ui.networkPathEdit.currentPath = str(tmp_path)
    assert opened.ui.applyButton.toolTip.split("\n") == [
        "FLAIR + T2 are the same volume.",
        "The T1 volume has no image.",
        "The reference T1ce is not chosen.",
        "The network folder holds no network.",
    ]


def test_removing_the_volume_from_the_scene_disables_apply(opened: Opened, volumes: dict[str, Any]) -> None:
    opened.choose(flair=volumes["flair"])
    slicer.mrmlScene.RemoveNode(volumes["flair"])
    assert opened.ui.flairSelector.currentNode() is None
    assert not opened.ui.applyButton.enabled


def test_label_maps_are_not_offered(opened: Opened, volumes: dict[str, Any]) -> None:
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    assert opened.ui.flairSelector.nodeCount() == 4


def test_every_selector_may_be_none(opened: Opened) -> None:
    for modality in MODALITIES:
        assert getattr(opened.ui, f"{modality.value}Selector").noneEnabled
    assert opened.ui.outputSelector.noneEnabled


def test_every_control_has_a_tool_tip(opened: Opened) -> None:
    controls = ("Selector", "ComboBox", "CheckBox", "SpinBox", "PathEdit", "Button", "Table", "TextEdit", "Bar")
    for name, widget in vars(opened.ui).items():
        if name.endswith(controls) and not name.endswith("CollapsibleButton"):
            assert widget.toolTip, name


def test_the_panel_says_what_it_is_not_for(opened: Opened) -> None:
    assert opened.ui.researchUseLabel.text == "Research tool, not for clinical use."
    assert opened.ui.scopeLabel.text.startswith("For adult glioma before surgery.")


def test_advanced_things_are_folded_away(opened: Opened) -> None:
    assert opened.ui.advancedCollapsibleButton.collapsed
    assert not opened.ui.inputsCollapsibleButton.collapsed


# --- finding ---------------------------------------------------------------------------------------------------------


def test_find_proposes_volumes_by_their_names(opened: Opened, volumes: dict[str, Any]) -> None:
    opened.press("find")
    for name, node in volumes.items():
        assert getattr(opened.ui, f"{name}Selector").currentNode() is node
    assert opened.ui.proposalLabel.text.startswith("Proposed; please check:")
    assert "T1ce: T1ce (by its name)" in opened.ui.proposalLabel.text


def test_find_says_when_more_than_one_would_do(opened: Opened, volumes: dict[str, Any]) -> None:
    add_volume(np.ones(SHAPE, np.int16), np.eye(4), "T2 old")
    opened.press("find")
    assert opened.ui.t2Selector.currentNode() is None
    assert "T2: more than one would do, T2, T2 old. Choose one." in opened.ui.proposalLabel.text


def test_find_says_when_nothing_was_found(opened: Opened) -> None:
    add_volume(np.ones(SHAPE, np.int16), np.eye(4), "MRBrainTumor1")
    opened.press("find")
    assert "No loaded volume says" in opened.ui.proposalLabel.text


def test_find_asks_the_dicom_database_where_there_is_one(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    class Database:
        def fileForInstance(self, uid: str) -> str:
            return "/1.dcm"

        def fileValue(self, file: str, tag: str) -> str:
            return {"0008,103E": "AX T1", "0018,0010": "Gadovist"}.get(tag, "")

    node = add_volume(np.ones(SHAPE, np.int16), np.eye(4), "12: Series")
    node.SetAttribute("DICOM.instanceUIDs", "1.2.3")
    monkeypatch.setattr(slicer, "dicomDatabase", Database(), raising=False)
    opened.press("find")
    assert opened.ui.t1ceSelector.currentNode() is node
    assert "series description AX T1, contrast agent Gadovist" in opened.ui.proposalLabel.text


def test_a_proposal_is_shown_as_long_as_it_is_chosen(opened: Opened, volumes: dict[str, Any]) -> None:
    opened.press("find")
    opened.choose(t1ce=None)
    assert "T1ce" not in opened.ui.proposalLabel.text
    assert "FLAIR: FLAIR (by its name)" in opened.ui.proposalLabel.text
    opened.choose(flair=None, t1=None, t2=None)
    assert opened.ui.proposalLabel.text == ""
    assert not opened.ui.proposalLabel.visible


# --- what to expect --------------------------------------------------------------------------------------------------


def test_nothing_is_promised_before_a_volume_is_chosen(opened: Opened) -> None:
    assert opened.ui.expectationLabel.text == ""


@pytest.mark.parametrize("available", SUBSETS, ids=lambda s: "+".join(m.value for m in s))
def test_the_card_is_quoted_for_every_subset(
    available: tuple[Modality, ...], opened: Opened, volumes: dict[str, Any]
) -> None:
    from GSSCore.networks.card import PRETRAINED, SHIPPED, read_card

    opened.choose(**{m.value: volumes[m.value] for m in available})
    dice = read_card(PRETRAINED / SHIPPED).expected_dice(available)
    assert dice is not None
    text = opened.ui.expectationLabel.text
    assert "+".join(m.display for m in available) in text
    for region, value in dice.items():
        assert f"{region.value} {value:.2f}" in text
    assert ("ET is a guess" in text) == (Modality.T1CE not in available)


def test_a_network_without_a_measurement_says_so(ready: Opened) -> None:
    assert "noise 0: nothing was measured of its accuracy with FLAIR+T2." in ready.ui.expectationLabel.text


# --- running ---------------------------------------------------------------------------------------------------------


def test_apply_segments_and_shows_the_result(ready: Opened, volumes: dict[str, Any]) -> None:
    ready.press("apply")
    assert ready.state == "running"
    assert ready.ui.applyButton.text == "Cancel"
    assert ready.ui.progressBar.visible
    assert not ready.ui.inputsCollapsibleButton.enabled
    ready.wait_for("done", "failed")
    assert ready.state == "done", ready.ui.statusLabel.text
    node = ready.ui.outputSelector.currentNode()
    assert node.GetName() == "FLAIR tumour"
    assert label_map(node, volumes["flair"]).any()
    assert ready.ui.statusLabel.text == "Done: FLAIR + T2."
    assert ready.ui.applyButton.text == "Apply"
    assert not ready.ui.progressBar.visible
    assert ready.ui.inputsCollapsibleButton.enabled
    assert node.GetSegmentation().ContainsRepresentation("Closed surface")


def test_progress_goes_up_and_says_what_is_done(ready: Opened) -> None:
    ready.press("apply")
    values, texts = [], set()

    def over() -> bool:
        values.append(ready.ui.progressBar.value)
        texts.add(ready.ui.statusLabel.text.split(",")[0])
        return ready.state != "running"

    ready.wait(over)
    running = values[:-1]
    assert running == sorted(running)
    assert "Starting..." in texts
    assert texts & {"Segmenting", "Making the confidence map", "Reading and checking the volumes", "Preparing"}


def test_slicer_reacts_while_it_runs(ready: Opened, volumes: dict[str, Any]) -> None:
    ready.press("apply")
    node = add_volume(np.ones(SHAPE, np.int16), np.eye(4), "added meanwhile")
    ready.wait_for("done")
    assert node.GetScene() is not None


def test_a_second_run_updates_the_first_ones_output(ready: Opened) -> None:
    ready.press("apply")
    ready.wait_for("done")
    first = ready.ui.outputSelector.currentNode()
    ready.ui.segmentsComboBox.currentIndex = 1
    ready.press("apply")
    ready.wait_for("done")
    assert ready.ui.outputSelector.currentNode() is first
    ids = [first.GetSegmentation().GetNthSegmentID(index) for index in range(3)]
    assert ids == ["WT", "TC", "ET"]


def test_the_network_can_be_taken_back(ready: Opened) -> None:
    """CTK's widget says nothing of a path that is empty, but that it is no valid one."""
    parameters = ready.widget.logic.getParameterNode()
    assert parameters.network
    ready.ui.networkPathEdit.currentPath = ""
    assert parameters.network == ""
    assert "gss-unet" in ready.ui.expectationLabel.text


def test_a_relative_network_folder_is_found_by_the_child_process(
    ready: Opened, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(network.parent)
    ready.ui.networkPathEdit.currentPath = network.name
    ready.press("apply")
    ready.wait_for("done", "failed")
    assert ready.state == "done", ready.ui.statusLabel.text


def test_confidence_can_be_switched_off(ready: Opened) -> None:
    ready.ui.confidenceCheckBox.checked = False
    ready.press("apply")
    ready.wait_for("done")
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLLabelMapVolumeNode") == 0


def test_settings_reach_the_child_process(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.ui.deviceComboBox.currentIndex = 1
    ready.ui.minimumComponentSpinBox.value = 0.5
    ready.ui.minimumEnhancingSpinBox.value = 0.25
    ready.ui.referenceComboBox.currentIndex = 4
    seen: list[list[str]] = []
    original = Run._command

    def command(self: Run) -> list[str]:
        seen.append(original(self))
        return SLEEPS

    monkeypatch.setattr(Run, "_command", command)
    ready.press("apply")
    ready.press("apply")
    ready.wait_for("idle")
    words = seen[0]
    assert words[0].endswith("PythonSlicer")
    for name, value in {
        "--device": "cpu", "--minimum-component": "0.5", "--minimum-et": "0.25", "--reference": "t2",
        "--network": ready.ui.networkPathEdit.currentPath,
    }.items():  # fmt: skip
        assert words[words.index(name) + 1] == value


def test_a_published_case_is_segmented(opened: Opened, real_cases: Path) -> None:
    from GSSSegmentationLib.batch import load_volume

    name = "BraTS2021_00006"
    for modality in (Modality.FLAIR, Modality.T1CE):
        load_volume(real_cases / "original" / name / f"{name}_{modality.value}.nii.gz", modality)
    opened.press("find")
    opened.press("apply")
    opened.wait_for("done", "failed")
    assert opened.state == "done", opened.ui.statusLabel.text
    rows = [[opened.ui.volumesTable.item(r, c).text() for c in range(3)] for r in range(5)]
    assert [row[0] for row in rows] == ["WT", "TC", "ET", "NCR", "ED"]
    assert 100 < float(rows[0][1]) < 200
    assert float(rows[0][2]) > 0.8


# --- cancelling and failing ------------------------------------------------------------------------------------------


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
    ready.wait(lambda: bool(children.read_text().split()))
    (python,) = map(int, children.read_text().split())
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


# --- closing ---------------------------------------------------------------------------------------------------------


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


# --- packages --------------------------------------------------------------------------------------------------------


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


def test_opening_the_module_loads_no_torch() -> None:
    import subprocess

    code = (
        "import sys; sys.path[:0] = ['GSSSegmentation', 'Testing', '.']\n"
        "from standin import host; host.start()\n"
        "host.open_module(host.ROOT / 'GSSSegmentation' / 'GSSSegmentation.py')\n"
        "print('torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=host.ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split()[-1] == "False"


# --- result ----------------------------------------------------------------------------------------------------------


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
    ready.press("apply")
    ready.wait_for("done")
    assert "register all modalities" in ready.ui.warningsLabel.text
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


def temporary_folders() -> list[Path]:
    return sorted(Path(slicer.app.temporaryPath).glob("GSSSegmentation-*"))


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


# --- parameters, sample data, reload, self test -----------------------------------------------------------------------


def test_what_was_chosen_is_saved_with_the_scene_and_restored(
    ready: Opened, volumes: dict[str, Any], tmp_path: Path
) -> None:
    ready.ui.segmentsComboBox.currentIndex = 1
    ready.ui.referenceComboBox.currentIndex = 4
    ready.ui.confidenceCheckBox.checked = False
    ready.ui.minimumComponentSpinBox.value = 1.5
    for node in volumes.values():
        node.AddDefaultStorageNode()
        node.GetStorageNode().SetFileName(str(tmp_path / f"{node.GetName()}.nrrd"))
        assert node.GetStorageNode().WriteData(node)
    slicer.mrmlScene.SetRootDirectory(str(tmp_path))
    slicer.mrmlScene.SetURL(str(tmp_path / "scene.mrml"))
    assert slicer.mrmlScene.Commit()
    host.close_scene()
    assert ready.ui.segmentsComboBox.currentIndex == 0
    slicer.mrmlScene.SetURL(str(tmp_path / "scene.mrml"))
    assert slicer.mrmlScene.Connect()
    ready.widget.parent._place.enter()
    assert ready.ui.flairSelector.currentNode().GetName() == "FLAIR"
    assert ready.ui.t2Selector.currentNode().GetName() == "T2"
    assert ready.ui.segmentsComboBox.currentIndex == 1
    assert ready.ui.referenceComboBox.currentIndex == 4
    assert not ready.ui.confidenceCheckBox.checked
    assert ready.ui.minimumComponentSpinBox.value == 1.5


def test_a_choice_made_by_a_script_is_shown(opened: Opened, volumes: dict[str, Any]) -> None:
    parameters = opened.widget.logic.getParameterNode()
    parameters.flair, parameters.segments, parameters.device = volumes["flair"], "nested", "cuda"
    assert opened.ui.flairSelector.currentNode() is volumes["flair"]
    assert opened.ui.segmentsComboBox.currentIndex == 1
    assert opened.ui.deviceComboBox.currentIndex == 2


@pytest.mark.parametrize(
    ("name", "text", "default"),
    [
        ("reference", "t1gd", "automatic"),
        ("segments", "", "sub-regions"),
        ("device", "xpu", "auto"),
        ("minimumComponent", "few", 0.0),
        ("minimumEnhancing", "-3", 0.0),
        ("minimumEnhancing", "nan", 0.0),
    ],
)
def test_what_a_scene_says_and_nobody_knows_becomes_the_default(
    name: str, text: str, default: Any, slicer_stand_in: SimpleNamespace
) -> None:
    from slicer.ScriptedLoadableModule import ScriptedLoadableModuleLogic

    from opened import MODULE

    class GSSSegmentationLogic(ScriptedLoadableModuleLogic):
        pass

    node = GSSSegmentationLogic().getParameterNode()
    node.SetParameter(name, text)
    node.SetNodeReferenceID("flair", slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode").GetID())
    opened = Opened(*host.open_module(MODULE))
    assert getattr(opened.widget.logic.getParameterNode(), name) == default
    assert opened.panel.volumes() == {}
    assert "Choose at least one" in opened.ui.applyButton.toolTip
    host.close_module(opened.widget)


def test_a_choice_that_an_imported_scene_brings_becomes_the_default(opened: Opened) -> None:
    parameters = opened.widget.logic.getParameterNode()
    parameters.parameterNode.SetParameter("device", "xpu")
    assert opened.widget.logic.getParameterNode().device == "auto"
    assert opened.ui.deviceComboBox.currentIndex == 0


@pytest.mark.parametrize("returns_tag", [True, False])
def test_entering_again_ties_nothing_anew(
    returns_tag: bool, slicer_stand_in: SimpleNamespace, volumes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Slicer each tie leaves an observer of the parameter node behind, and with it all that it holds."""
    from opened import MODULE
    from standin import parameter_nodes

    monkeypatch.setattr(parameter_nodes, "CONNECT_GUI_RETURNS_TAG", returns_tag)
    ties: list[Any] = []
    original = parameter_nodes._Wrapper.connectParametersToGui
    monkeypatch.setattr(
        parameter_nodes._Wrapper, "connectParametersToGui", lambda self, gui: ties.append(self) or original(self, gui)
    )
    opened = Opened(*host.open_module(MODULE))
    for _ in range(5):
        host.leave_module(opened.widget)
        host.enter_module(opened.widget)
    assert len(ties) == 1
    opened.choose(flair=volumes["flair"])
    assert opened.panel.volumes() == {Modality.FLAIR: volumes["flair"]}
    host.close_scene()
    assert opened.panel.volumes() == {}
    assert [len(one._connected) for one in ties] == [0, 1], "the widgets are untied from what the old scene had"
    opened.choose(flair=add_volume(np.ones(SHAPE, np.int16), np.eye(4), "new"))
    assert opened.panel.volumes()
    host.close_module(opened.widget)


def test_a_module_that_is_added_while_slicer_runs_has_all(
    slicer_stand_in: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from GSSSegmentationLib import terminology
    from opened import MODULE

    monkeypatch.setattr(slicer.modules, "sampleDataSources", {}, raising=False)
    monkeypatch.setattr(terminology, "_loaded", [])
    _, widget = host.open_module(MODULE, at_startup=False)
    assert terminology._loaded
    assert len(SampleDataLogic.sampleDataSourcesByCategory("GSS Segmentation")) == 1
    host.close_module(widget)


def test_sample_data_are_registered_once_also_after_a_reload(opened: Opened) -> None:
    new = host.reload_module(opened.widget)
    (source,) = SampleDataLogic.sampleDataSourcesByCategory("GSS Segmentation")
    assert source.customDownloader is sys.modules["GSSSegmentationLib.sample_data"].make_phantom_nodes
    new.cleanup()


def test_the_self_test_is_skipped_without_torch(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    import unittest

    monkeypatch.setattr(opened.module, "missing", lambda: ("torch",))
    monkeypatch.setattr(opened.module, "listed", ", ".join)
    case = opened.module.GSSSegmentationTest("test_a_phantom_is_segmented_from_two_sequences")
    with pytest.raises(unittest.SkipTest, match="torch is not installed"):
        case.test_a_phantom_is_segmented_from_two_sequences()
    result = unittest.TestResult()
    case.run(result)
    assert result.skipped and result.wasSuccessful()
    slicer.selfTests["GSSSegmentation"](msec=0)


def test_a_choice_that_does_not_exist_is_refused(opened: Opened) -> None:
    parameters = opened.widget.logic.getParameterNode()
    with pytest.raises(ValueError, match="none of"):
        parameters.device = "gpu"


def test_sample_data_and_find_give_a_result_in_two_clicks(
    opened: Opened, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source,) = SampleDataLogic.sampleDataSourcesByCategory("GSS Segmentation")
    assert Path(source.thumbnailFileName).is_file()
    nodes = source.customDownloader(source)
    assert [node.GetName() for node in nodes] == [f"GSS phantom {m.display}" for m in MODALITIES]
    opened.ui.networkPathEdit.currentPath = str(network)
    opened.press("find")
    opened.press("apply")
    opened.wait_for("done")


def test_reload_makes_a_new_panel_with_new_helpers(opened: Opened) -> None:
    before = sys.modules["GSSSegmentationLib.panel"]
    opened.widget.onReload()
    after = sys.modules["GSSSegmentationLib.panel"]
    assert after is not before
    new = slicer.modules.GSSSegmentationWidget
    assert new is not opened.widget
    assert isinstance(new.panel, after.Panel)
    new.cleanup()


def test_the_module_says_what_it_is(opened: Opened) -> None:
    parent = slicer.modules.gsssegmentation
    assert parent.title == "GSS Segmentation"
    assert parent.categories == ["Segmentation"]
    assert "not for clinical use" in parent.helpText


def test_the_modules_own_self_test_passes(opened: Opened) -> None:
    assert in_application(), "the stand-in is taken for Slicer"
    slicer.mrmlScene.Clear(0)
    slicer.selfTests["GSSSegmentation"](msec=0)


def test_the_panel_is_usable_at_400_pixels(opened: Opened) -> None:
    from PySide6 import QtWidgets

    opened.ui.advancedCollapsibleButton.collapsed = False
    form = opened.ui.flairSelector.window()
    assert QtWidgets.QWidget.minimumSizeHint(form).width() <= 400
