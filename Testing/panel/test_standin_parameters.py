"""The stand-in for parameterNodeWrapper keeps values as the original does, and ties widgets to them both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
import qt
import slicer
import slicer.util
import vtk
from slicer.parameterNodeWrapper import Choice, isParameterNodeWrapper, parameterNodeWrapper

from standin import host, parameter_nodes

TINY = Path(__file__).parent / "tiny_module" / "StandInTiny.py"
VOLUME, SEGMENTATION = "vtkMRMLScalarVolumeNode", "vtkMRMLSegmentationNode"


@pytest.fixture
def tiny(slicer_stand_in: SimpleNamespace) -> Iterator[Any]:
    """The panel of the tiny module."""
    _, widget = host.open_module(TINY)
    yield widget
    host.close_module(widget)


@pytest.fixture
def parameters(tiny: Any) -> Any:
    return tiny.parameters


def add(kind: str = VOLUME) -> Any:
    return slicer.mrmlScene.AddNewNodeByClass(kind)


def wrapper(**annotations: Any) -> Any:
    """Return a wrapper of a new node, with these attributes."""
    kind = parameterNodeWrapper(type("Some", (), {"__annotations__": annotations}))
    return kind(add("vtkMRMLScriptedModuleNode"))


# --- values ----------------------------------------------------------------------------------------------------------


def test_values_are_kept_as_the_originals_texts(parameters: Any) -> None:
    parameters.threshold, parameters.inverted, parameters.count = 12.5, True, 7
    parameters.speed = type(parameters.speed).FAST
    parameters.folder = Path("/a")
    texts = {name: parameters.parameterNode.GetParameter(name) for name in parameters.parameterNode.GetParameterNames()}
    assert texts == {
        "image": "", "result.1": "True", "threshold": "12.5", "count": "7", "inverted": "True", "label": "tumour",
        "view": "axial", "speed": "FAST", "folder": "/a",
    }  # fmt: skip


def test_nodes_are_kept_as_references(parameters: Any) -> None:
    image, result = add(), add(SEGMENTATION)
    parameters.image, parameters.result = image, result
    node = parameters.parameterNode
    assert node.GetNodeReference("image") is image
    assert node.GetNodeReference("result.0") is result
    assert not node.HasParameter("result.1")
    parameters.image = parameters.result = None
    assert (parameters.image, parameters.result) == (None, None)
    assert node.GetParameter("result.1") == "True"


def test_each_type_has_its_default(parameters: Any) -> None:
    assert (parameters.image, parameters.result, parameters.threshold, parameters.count) == (None, None, 100.0, 3)
    assert (parameters.inverted, parameters.label, parameters.view) == (False, "tumour", "axial")
    assert (parameters.speed.name, parameters.folder) == ("SLOW", Path())


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("threshold", 501.0, ValueError), ("threshold", "1", TypeError), ("threshold", None, ValueError),
        ("count", 1.5, TypeError), ("label", 3, TypeError), ("inverted", 1, TypeError), ("view", "oblique", ValueError),
        ("image", "an id", TypeError), ("folder", "/a", TypeError), ("speed", "FAST", TypeError),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_changes_nothing(parameters: Any, name: str, value: Any, error: type) -> None:
    before = getattr(parameters, name)
    with pytest.raises(error):
        setattr(parameters, name, value)
    assert getattr(parameters, name) == before


def test_a_node_of_another_class_is_refused(parameters: Any) -> None:
    for name in ("image", "result"):
        with pytest.raises(TypeError):
            setattr(parameters, name, add("vtkMRMLModelNode"))


def test_a_choice_without_a_default_is_an_error(slicer_stand_in: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="none of"):
        wrapper(view=Annotated[str, Choice(["axial"])])


def test_a_type_that_is_not_known_is_an_error(slicer_stand_in: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match="keeps no"):
        wrapper(data=bytes)
    with pytest.raises(TypeError, match="does not know the bar"):
        wrapper(data=str | None)


def test_a_name_of_the_wrappers_own_is_an_error() -> None:
    with pytest.raises(ValueError, match="setValue"):
        wrapper(setValue=str)


def test_an_unknown_name_is_an_error(parameters: Any) -> None:
    with pytest.raises(AttributeError, match="no parameter 'treshold'"):
        parameters.treshold = 3.0
    with pytest.raises(ValueError, match="no parameter 'treshold'"):
        parameters.getValue("treshold")


def test_what_the_node_is_given_by_others_is_read(parameters: Any) -> None:
    parameters.parameterNode.SetParameter("threshold", "3")
    assert parameters.threshold == 3.0
    assert parameters.isCached("threshold")


def test_two_wrappers_of_a_node_agree(tiny: Any) -> None:
    other = tiny.logic.getParameterNode()
    other.threshold = 4.0
    assert tiny.parameters.threshold == 4.0
    assert isParameterNodeWrapper(other)


def test_a_node_that_goes_is_no_value_any_more(parameters: Any) -> None:
    image = add()
    parameters.image = image
    slicer.mrmlScene.RemoveNode(image)
    assert parameters.image is None


def test_several_changes_are_one_event(parameters: Any) -> None:
    told: list[int] = []
    parameters.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: told.append(1))
    with slicer.util.NodeModify(parameters):
        parameters.threshold = 1.0
        parameters.count = 9
        assert parameters.count == 9
    assert len(told) == 1


def test_an_observer_reads_the_new_value(parameters: Any) -> None:
    seen: list[float] = []
    parameters.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: seen.append(parameters.threshold))
    parameters.threshold = 5.0
    assert seen[-1] == 5.0


# --- widgets ---------------------------------------------------------------------------------------------------------


def test_parameters_reach_their_widgets(tiny: Any) -> None:
    parameters, ui, image = tiny.parameters, tiny.ui, add()
    parameters.image, parameters.threshold, parameters.count, parameters.inverted = image, 250.0, 8, True
    parameters.label, parameters.view, parameters.folder = "core", "coronal", Path("/b")
    parameters.speed = type(parameters.speed).FAST
    assert ui.imageSelector.currentNode() is image
    assert (ui.thresholdBox.value, ui.countBox.value, ui.invertedBox.checked) == (250.0, 8, True)
    assert (ui.labelEdit.text, ui.viewBox.currentText, ui.folderEdit.currentPath) == ("core", "coronal", "/b")
    assert ui.speedBox.currentText == "FAST"


def test_widgets_reach_their_parameters(tiny: Any) -> None:
    parameters, ui, image, result = tiny.parameters, tiny.ui, add(), add(SEGMENTATION)
    ui.imageSelector.setCurrentNode(image)
    ui.resultSelector.setCurrentNode(result)
    ui.thresholdBox.value, ui.countBox.value = 30.0, 2
    ui.invertedBox.checked = True
    ui.labelEdit.text = "edge"
    ui.viewBox.currentIndex = ui.speedBox.currentIndex = 1
    ui.folderEdit.currentPath = "/c"
    assert (parameters.image, parameters.result) == (image, result)
    assert (parameters.threshold, parameters.count, parameters.inverted) == (30.0, 2, True)
    assert (parameters.label, parameters.view, parameters.speed.name) == ("edge", "coronal", "FAST")
    assert parameters.folder == Path("/c")


def test_a_number_box_gets_the_parameters_range(tiny: Any) -> None:
    assert (tiny.ui.thresholdBox.minimum, tiny.ui.thresholdBox.maximum) == (-100.0, 500.0)
    tiny.ui.thresholdBox.value = 900.0
    assert tiny.parameters.threshold == 500.0


def test_a_combo_box_gets_the_choices_whatever_it_had(tiny: Any) -> None:
    assert [tiny.ui.viewBox.itemText(row) for row in range(tiny.ui.viewBox.count)] == ["axial", "coronal"]
    assert [tiny.ui.speedBox.itemText(row) for row in range(tiny.ui.speedBox.count)] == ["SLOW", "FAST"]


def test_disconnected_widgets_are_left_alone(tiny: Any) -> None:
    parameters = tiny.parameters
    tiny.follow(None)
    parameters.threshold = 7.0
    tiny.ui.countBox.value = 5
    assert tiny.ui.thresholdBox.value == 100.0
    assert parameters.count == 3


def test_a_slicer_that_returns_no_tag_keeps_widgets_connected(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in Slicer without its pull request 8667, where `disconnectGui` does nothing."""
    monkeypatch.setattr(parameter_nodes, "CONNECT_GUI_RETURNS_TAG", False)
    parameters = tiny.logic.getParameterNode()
    tiny.follow(parameters)
    assert tiny.connection is None
    tiny.follow(None)
    tiny.ui.countBox.value = 5
    assert parameters.count == 5


@pytest.mark.parametrize("widget", [qt.QTextBrowser, qt.QLabel, qt.QProgressBar])
def test_a_widget_that_the_original_does_not_tie_is_an_error(parameters: Any, widget: Any) -> None:
    with pytest.raises(RuntimeError, match="can't show"):
        parameters.connectParametersToGui({"threshold": widget()})


def test_a_path_line_takes_paths_and_no_texts(tiny: Any) -> None:
    with pytest.raises(RuntimeError, match="can't show"):
        tiny.parameters.connectParametersToGui({"label": tiny.ui.folderEdit})


def test_a_combo_box_without_a_choice_is_an_error(parameters: Any) -> None:
    with pytest.raises(RuntimeError, match="needs a Choice"):
        parameters.connectParametersToGui({"label": qt.QComboBox()})


def test_a_widget_with_an_unknown_parameter_is_an_error(tiny: Any) -> None:
    tiny.ui.applyButton.setProperty("SlicerParameterName", "nothing")
    with pytest.raises(ValueError, match="no parameter 'nothing'"):
        tiny.parameters.connectGui(tiny.ui)


# --- scenes ----------------------------------------------------------------------------------------------------------


def test_parameters_are_saved_with_the_scene_and_restored(tiny: Any, tmp_path: Path) -> None:
    segmentation = add(SEGMENTATION)
    segmentation.SetName("kept")
    tiny.parameters.threshold, tiny.parameters.view, tiny.parameters.result = 42.0, "coronal", segmentation
    host.save_scene(tmp_path / "scene.mrml")
    host.close_scene()
    assert (tiny.parameters.threshold, tiny.parameters.result) == (100.0, None)
    host.load_scene(tmp_path / "scene.mrml")
    host.enter_module(tiny)
    assert (tiny.parameters.threshold, tiny.parameters.view) == (42.0, "coronal")
    assert tiny.parameters.result.GetName() == "kept"
    assert tiny.ui.thresholdBox.value == 42.0
    assert tiny.ui.resultSelector.currentNode() is tiny.parameters.result
