"""Raw scans in the panel: the line that says what was found, the controls of advanced, progress, and the result."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore.phantom import RawPhantom
from GSSSegmentationLib.input_look import expected_seconds, in_round_seconds
from GSSSegmentationLib.run import Run
from GSSSegmentationLib.settings import Settings
from known_raw import let_the_child_know
from opened import MODULE, Opened
from processes import SLEEPS
from scenes import add_volume
from standin import host


@pytest.fixture
def scans(slicer_stand_in: SimpleNamespace, raw_phantom: RawPhantom) -> dict[str, Any]:
    """FLAIR and T1ce of the raw phantom, by the names of the selectors."""
    return {
        modality.value: add_volume(scan.array, scan.affine, f"raw {modality.display}")
        for modality, scan in raw_phantom.scans.items()
        if modality.value in ("flair", "t1ce")
    }


def mask_node(name: str = "brain") -> Any:
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    node.GetSegmentation().AddEmptySegment("brain", "Brain")
    node.GetSegmentation().SetSourceRepresentationName("Binary labelmap")
    node.GetSegmentation().GetSegment("brain").AddRepresentation("Binary labelmap", slicer.vtkOrientedImageData())
    return node


def test_nothing_is_said_before_a_volume_is_chosen(opened: Opened) -> None:
    assert opened.ui.foundLabel.text == ""
    assert not opened.ui.foundLabel.visible


def test_prepared_volumes_are_told_as_such(opened: Opened, volumes: dict[str, Any]) -> None:
    opened.choose(**volumes)
    assert opened.ui.foundLabel.text == (
        "The images are skull-stripped and lie on each other: they are taken as they are."
    )


def test_raw_volumes_are_told_with_the_time_they_may_take(opened: Opened, scans: dict[str, Any]) -> None:
    opened.choose(**scans)
    seconds = in_round_seconds(expected_seconds(2))
    assert opened.ui.foundLabel.text == (
        f"The images show whole heads: they are registered and brain-extracted. About {seconds} s."
    )
    assert opened.ui.foundLabel.visible
    assert "no Dice is expected here" in opened.ui.expectedAccuracyLabel.text
    assert "0." not in opened.ui.expectedAccuracyLabel.text


def test_half_prepared_volumes_name_the_heads(opened: Opened, scans: dict[str, Any], volumes: dict[str, Any]) -> None:
    opened.choose(flair=volumes["flair"], t1ce=scans["t1ce"])
    assert opened.ui.foundLabel.text.startswith("The images of T1ce show a whole head, the others a brain:")


def test_what_the_user_says_settles_it(opened: Opened, scans: dict[str, Any], volumes: dict[str, Any]) -> None:
    opened.choose(**scans)
    opened.ui.inputComboBox.currentIndex = 1
    assert opened.ui.foundLabel.text == "The images are taken as prepared, as was asked."
    opened.choose(flair=volumes["flair"], t1ce=None)
    opened.ui.inputComboBox.currentIndex = 2
    assert opened.ui.foundLabel.text.startswith("The images are treated as raw scans, as was asked.")


def test_nothing_is_said_where_apply_can_not_be_pressed(opened: Opened, scans: dict[str, Any]) -> None:
    opened.choose(flair=scans["flair"], t1ce=scans["flair"])
    assert not opened.ui.foundLabel.visible


def test_a_change_of_the_voxels_is_seen(opened: Opened, scans: dict[str, Any]) -> None:
    opened.choose(flair=scans["flair"])
    assert "whole heads" in opened.ui.foundLabel.text
    values = slicer.util.arrayFromVolume(scans["flair"])
    from_middle = [np.linspace(-1.0, 1.0, n) for n in values.shape]
    # Round, for a brain with flat faces would be looked at as a part of one.
    brain = sum(axis**2 for axis in np.meshgrid(*from_middle, indexing="ij")) < 0.5**2
    values[:] = np.where(brain, np.maximum(values, 1), 0)
    slicer.util.arrayFromVolumeModified(scans["flair"])
    host.leave_module(opened.widget)
    host.enter_module(opened.widget)
    assert "skull-stripped" in opened.ui.foundLabel.text


def test_a_volume_under_a_transform_that_is_not_affine_is_left_to_the_run(
    opened: Opened, scans: dict[str, Any]
) -> None:
    grid = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLGridTransformNode")
    scans["flair"].SetAndObserveTransformNodeID(grid.GetID())
    opened.choose(flair=scans["flair"])
    assert not opened.ui.foundLabel.visible
    assert opened.ui.applyButton.enabled


def test_a_brain_mask_is_a_segmentation_or_a_label_map(opened: Opened, scans: dict[str, Any]) -> None:
    opened.choose(**scans)
    labels = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    mask = mask_node()
    assert opened.ui.brainMaskSelector.nodeCount() == 2
    opened.choose(brainMask=mask)
    assert opened.widget.logic.getParameterNode().brainMask is mask
    assert opened.ui.applyButton.enabled
    opened.choose(brainMask=labels)
    assert not opened.ui.applyButton.enabled
    assert opened.ui.applyButton.toolTip == "The brain mask 'labels' is empty: draw it."
    opened.choose(brainMask=None)
    assert opened.ui.applyButton.enabled
    opened.choose(brainMask=mask)
    slicer.mrmlScene.RemoveNode(mask)
    assert opened.widget.logic.getParameterNode().brainMask is None
    assert opened.ui.applyButton.enabled


def test_a_mask_of_prepared_volumes_is_an_obstacle(opened: Opened, volumes: dict[str, Any]) -> None:
    opened.choose(**volumes)
    opened.choose(brainMask=mask_node())
    assert opened.ui.foundLabel.text.startswith("A brain mask was given, and is used.")
    opened.ui.inputComboBox.currentIndex = 1
    assert "where it has no effect" in opened.ui.applyButton.toolTip


def test_the_controls_reach_the_child_process(
    opened: Opened, scans: dict[str, Any], network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.choose(**scans)
    opened.ui.networkPathEdit.currentPath = str(network)
    opened.ui.inputComboBox.currentIndex = 2
    opened.ui.allSequencesCheckBox.checked = True
    opened.ui.registrationSecondsSpinBox.value = 45
    seen: list[list[str]] = []
    original = Run._command

    def command(self: Run) -> list[str]:
        seen.append(original(self))
        return SLEEPS

    monkeypatch.setattr(Run, "_command", command)
    opened.press("apply")
    opened.press("apply")
    opened.wait_for("idle")
    (words,) = seen
    assert words[words.index("--input") + 1] == "raw"
    assert words[words.index("--registration-seconds") + 1] == "45.0"
    assert "--all-sequences" in words
    assert "--reference" not in words, "which is the finest is for the run to find out"


def test_the_time_for_registration_is_a_time(opened: Opened) -> None:
    box = opened.ui.registrationSecondsSpinBox
    assert (box.minimum, box.maximum, box.value) == (1.0, 3600.0, Settings().registration_seconds)


def test_raw_scans_go_through_the_panel(
    opened: Opened, scans: dict[str, Any], network: Path, raw_phantom: RawPhantom, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    let_the_child_know(tmp_path, raw_phantom, monkeypatch)
    composite = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    opened.choose(**scans)
    opened.ui.networkPathEdit.currentPath = str(network)
    opened.ui.confidenceCheckBox.checked = False
    opened.ui.registeredVolumesCheckBox.checked = True
    opened.press("apply")
    opened.wait_for("done", "failed")
    assert opened.state == "done", opened.ui.statusLabel.text
    segmentation = opened.ui.outputSelector.currentNode()
    brain = segmentation.GetNodeReference("GSSSegmentation.brain")
    assert brain.GetName() == "raw T1ce brain"
    assert composite.GetBackgroundVolumeID() == scans["t1ce"].GetID(), "the finest is the reference"
    assert slicer.util.getNode("raw FLAIR registered").GetParentTransformNode() is not None
    assert "T1ce is" not in opened.ui.warningsLabel.text
    assert opened.panel._form.pace != 1.0, "the next estimate is by this computer's pace"
    opened.choose(brainMask=brain)
    assert opened.ui.applyButton.enabled


@pytest.mark.parametrize(
    ("stage", "english", "german"),
    [
        ("brain", "Finding the brain in each scan", "Gehirn wird in jeder Aufnahme gesucht"),
        ("registration", "Registering the scans to each other", "Aufnahmen werden aufeinander registriert"),
        ("pose", "Turning the head upright", "Kopf wird gerade gerichtet"),
        ("bias_field", "Correcting uneven brightness", "Ungleichmäßige Helligkeit wird korrigiert"),
    ],
)
def test_each_stage_has_words(stage: str, english: str, german: str, slicer_stand_in: SimpleNamespace) -> None:
    from GSSSegmentationLib.panel_texts import progress_text
    from GSSSegmentationLib.run import RunProgress

    now = RunProgress(stage, 0.4, 25.0)
    assert progress_text(now) == f"{english}, about 25 s left"
    slicer.app.settings().setValue("language", "de")
    opened = Opened(*host.open_module(MODULE))
    assert progress_text(now).startswith(german)
    host.close_module(opened.widget)


def test_the_line_is_said_in_the_users_language(slicer_stand_in: SimpleNamespace, scans: dict[str, Any]) -> None:
    slicer.app.settings().setValue("language", "de")
    opened = Opened(*host.open_module(MODULE))
    opened.choose(**scans)
    assert opened.ui.foundLabel.text.startswith("Die Bilder zeigen ganze Köpfe:")
    assert opened.ui.foundLabel.text.endswith(" s.")
    host.close_module(opened.widget)
