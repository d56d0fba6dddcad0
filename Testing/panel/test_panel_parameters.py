"""The parameter node: what was chosen is saved with the scene, and unknown values become the default."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util

from GSSCore.vocabulary import Modality
from opened import MODULE, Opened
from scenes import SHAPE, add_volume
from standin import host

ENDINGS = ("ComboBox", "CheckBox", "SpinBox", "PathEdit")


def test_what_was_chosen_is_saved_with_the_scene_and_restored(
    ready: Opened, volumes: dict[str, Any], tmp_path: Path
) -> None:
    ready.ui.nestedComboBox.currentIndex = 1
    ready.ui.referenceComboBox.currentIndex = 4
    ready.ui.confidenceCheckBox.checked = False
    ready.ui.minimumComponentMlSpinBox.value = 1.5
    for node in volumes.values():
        node.AddDefaultStorageNode()
        node.GetStorageNode().SetFileName(str(tmp_path / f"{node.GetName()}.nrrd"))
        assert node.GetStorageNode().WriteData(node)
    slicer.mrmlScene.SetRootDirectory(str(tmp_path))
    slicer.mrmlScene.SetURL(str(tmp_path / "scene.mrml"))
    assert slicer.mrmlScene.Commit()
    host.close_scene()
    assert ready.ui.nestedComboBox.currentIndex == 0
    slicer.mrmlScene.SetURL(str(tmp_path / "scene.mrml"))
    assert slicer.mrmlScene.Connect()
    ready.widget.parent._place.enter()
    assert ready.ui.flairSelector.currentNode().GetName() == "FLAIR"
    assert ready.ui.t2Selector.currentNode().GetName() == "T2"
    assert ready.ui.nestedComboBox.currentIndex == 1
    assert ready.ui.referenceComboBox.currentIndex == 4
    assert not ready.ui.confidenceCheckBox.checked
    assert ready.ui.minimumComponentMlSpinBox.value == 1.5


def test_a_choice_made_by_a_script_is_shown(opened: Opened, volumes: dict[str, Any]) -> None:
    parameters = opened.widget.logic.getParameterNode()
    parameters.flair, parameters.nested, parameters.device = volumes["flair"], True, "cuda"
    assert opened.ui.flairSelector.currentNode() is volumes["flair"]
    assert opened.ui.nestedComboBox.currentIndex == 1
    assert opened.ui.deviceComboBox.currentIndex == 2


@pytest.mark.parametrize(
    ("name", "text", "default"),
    [
        ("reference", "t1gd", "automatic"),
        ("nested", "", False),
        ("confidence", "perhaps", True),
        ("device", "xpu", "auto"),
        ("minimumComponentMl", "few", 0.0),
        ("etMinimumMl", "-3", 0.0),
        ("etMinimumMl", "nan", 0.0),
    ],
)
def test_what_a_scene_says_and_nobody_knows_becomes_the_default(
    name: str, text: str, default: Any, slicer_stand_in: SimpleNamespace
) -> None:
    from slicer.ScriptedLoadableModule import ScriptedLoadableModuleLogic

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


def test_a_choice_that_does_not_exist_is_refused(opened: Opened) -> None:
    parameters = opened.widget.logic.getParameterNode()
    with pytest.raises(ValueError, match="none of"):
        parameters.device = "gpu"


def test_every_option_of_the_panel_has_a_widget_with_its_meaning_and_range(opened: Opened) -> None:
    from GSSSegmentationLib.parameters import parameter_name
    from GSSSegmentationLib.settings import IN_PANEL, panel_options, tooltip

    widgets = {n.removesuffix(end): w for n, w in vars(opened.ui).items() for end in ENDINGS if n.endswith(end)}
    assert {option.name for option in panel_options()} == set(IN_PANEL)
    for option in panel_options():
        widget = widgets[parameter_name(option)]
        assert widget.toolTip == tooltip(option)
        if option.kind is float:
            expected = {"ml": (0.0, 50.0), "s": (1.0, 3600.0)}
            assert (widget.minimum, widget.maximum) == expected[option.declared.unit]
