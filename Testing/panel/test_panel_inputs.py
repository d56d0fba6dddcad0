"""What the user chooses: selectors, reasons why Apply is disabled, the proposal, and the expected accuracy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore.vocabulary import MODALITIES, SUBSETS, Modality
from opened import Opened
from scenes import SHAPE, add_volume


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

    affine = np.diag([20.0, 20.0, 20.0, 1.0])  # a volume that covers a head
    node = add_volume(np.ones(SHAPE, np.int16), affine, "12: Series")
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


def test_nothing_is_promised_before_a_volume_is_chosen(opened: Opened) -> None:
    assert opened.ui.expectedAccuracyLabel.text == ""


@pytest.mark.parametrize("available", SUBSETS, ids=lambda s: "+".join(m.value for m in s))
def test_the_card_is_quoted_for_every_subset(
    available: tuple[Modality, ...], opened: Opened, volumes: dict[str, Any]
) -> None:
    from GSSCore.networks.card import PRETRAINED, SHIPPED, read_card

    opened.choose(**{m.value: volumes[m.value] for m in available})
    dice = read_card(PRETRAINED / SHIPPED).expected_dice(available)
    assert dice is not None
    text = opened.ui.expectedAccuracyLabel.text
    assert "+".join(m.display for m in available) in text
    for region, value in dice.items():
        assert f"{region.value} {value:.2f}" in text
    assert ("ET is a guess" in text) == (Modality.T1CE not in available)


def test_a_network_without_a_measurement_says_so(ready: Opened) -> None:
    assert "noise 0: nothing was measured of its accuracy with FLAIR+T2." in ready.ui.expectedAccuracyLabel.text


def test_the_panel_is_usable_at_400_pixels(opened: Opened) -> None:
    from PySide6 import QtWidgets

    opened.ui.advancedCollapsibleButton.collapsed = False
    form = opened.ui.flairSelector.window()
    assert QtWidgets.QWidget.minimumSizeHint(form).width() <= 400
