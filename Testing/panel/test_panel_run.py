"""Apply: a run from the panel to the segments, with progress and settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore.vocabulary import Modality
from GSSSegmentationLib.run import Run
from opened import Opened
from processes import SLEEPS
from scenes import SHAPE, add_volume, label_map


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


@pytest.mark.usefixtures("kept_answers")
def test_a_second_run_updates_the_first_ones_output(ready: Opened) -> None:
    ready.press("apply")
    ready.wait_for("done")
    first = ready.ui.outputSelector.currentNode()
    ready.ui.nestedComboBox.currentIndex = 1
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
    assert "gss-unet" in ready.ui.expectedAccuracyLabel.text


def test_a_relative_network_folder_is_found_by_the_child_process(
    ready: Opened, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(network.parent)
    ready.ui.networkPathEdit.currentPath = network.name
    ready.press("apply")
    ready.wait_for("done", "failed")
    assert ready.state == "done", ready.ui.statusLabel.text


@pytest.mark.usefixtures("kept_answers")
def test_confidence_can_be_switched_off(ready: Opened) -> None:
    ready.ui.confidenceCheckBox.checked = False
    ready.press("apply")
    ready.wait_for("done")
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLLabelMapVolumeNode") == 0


def test_settings_reach_the_child_process(ready: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.ui.deviceComboBox.currentIndex = 1
    ready.ui.minimumComponentMlSpinBox.value = 0.5
    ready.ui.etMinimumMlSpinBox.value = 0.25
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
        "--device": "cpu", "--minimum-component-ml": "0.5", "--et-minimum-ml": "0.25", "--reference": "t2",
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
