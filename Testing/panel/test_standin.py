"""The stand-ins are as strict as what they stand in for: what PythonQt and Slicer would not take, they do not."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
import qt
import slicer
import slicer.util
import vtk
from slicer.i18n import getContext
from slicer.parameterNodeWrapper import Choice, WithinRange, parameterNodeWrapper

from standin import host

FORM = """<ui version="4.0"><class>Form</class>
<widget class="qMRMLWidget" name="Form"><layout class="QVBoxLayout" name="layout">
<item><widget class="{kind}" name="selector"><property name="nodeTypes"><stringlist>
<string>vtkMRMLScalarVolumeNode</string></stringlist></property>
<property name="SlicerParameterName" stdset="0"><string>{parameter}</string></property></widget></item>
<item><widget class="QCheckBox" name="box"><property name="text"><string>Box</string></property></widget></item>
</layout></widget>
<customwidgets><customwidget><class>qMRMLNodeComboBox</class><extends>QWidget</extends></customwidget>
<customwidget><class>qMRMLWidget</class><extends>QWidget</extends><container>1</container></customwidget></customwidgets>
<connections>{connections}</connections></ui>"""
CONNECTION = """<connection><sender>Form</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal>
<receiver>{receiver}</receiver><slot>setMRMLScene(vtkMRMLScene*)</slot></connection>"""

pytestmark = pytest.mark.usefixtures("slicer_stand_in")


def form(
    folder: Path, kind: str = "qMRMLNodeComboBox", parameter: str = "volume", receiver: str = "selector"
) -> tuple[Any, Any]:
    """Load a form, and return it with its widgets by name."""
    connections = CONNECTION.format(receiver=receiver) if receiver else ""
    path = folder / "Form.ui"
    path.write_text(FORM.format(kind=kind, parameter=parameter, connections=connections), encoding="utf-8")
    loaded = slicer.util.loadUI(str(path))
    return loaded, slicer.util.childWidgetVariables(loaded)


@parameterNodeWrapper
class Parameters:
    """Some parameters."""

    volume: slicer.vtkMRMLScalarVolumeNode
    flag: bool = True
    size: Annotated[float, WithinRange(0.0, 5.0)] = 1.0
    kind: Annotated[str, Choice(["a", "b"])] = "a"


def parameters() -> Any:
    return Parameters(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode"))


def volume(name: str = "v") -> Any:
    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)


# --- Qt --------------------------------------------------------------------------------------------------------------


def test_a_property_hides_its_getter() -> None:
    label = qt.QLabel()
    label.text = "x"
    assert label.text == "x"
    with pytest.raises(TypeError):
        label.text()


def test_methods_keep_their_parentheses() -> None:
    table = qt.QTableWidget()
    table.setRowCount(3)
    assert table.rowCount == 3
    assert callable(table.resizeRowsToContents)


@pytest.mark.parametrize("name", ["txt", "foo", "Text"])
def test_nothing_can_be_added_to_a_widget(name: str) -> None:
    with pytest.raises(AttributeError, match="nothing can be added"):
        setattr(qt.QLabel(), name, 1)


def test_a_method_cannot_be_overwritten() -> None:
    with pytest.raises(AttributeError, match="can't be overwritten"):
        qt.QLabel().setText = "x"


def test_a_property_takes_no_value_of_another_kind() -> None:
    with pytest.raises(AttributeError, match="takes no"):
        qt.QProgressBar().maximum = [1]


def test_an_unknown_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError):
        qt.QLabel().texts  # noqa: B018


@pytest.mark.parametrize("signal", ["clickd(bool)", "clicked(int)", "clicked", "pressed(bool)"])
def test_an_unknown_signal_is_an_error(signal: str) -> None:
    with pytest.raises(ValueError, match="has no signal"):
        qt.QPushButton().connect(signal, print)


def test_signals_connect_by_name_and_by_attribute() -> None:
    button, heard = qt.QPushButton(), []
    button.connect("clicked(bool)", lambda checked: heard.append("by name"))
    button.clicked.connect(lambda *_: heard.append("by attribute"))
    button.click()
    assert heard == ["by name", "by attribute"]


@pytest.mark.parametrize("name", ["Signal", "Slot", "QThread", "QProcess", "pyqtSignal"])
def test_the_module_has_no_names_that_the_panel_must_not_use(name: str) -> None:
    assert not hasattr(qt, name)


def test_file_names_come_alone_and_not_with_their_filter() -> None:
    qt.QFileDialog.answer = "/x"
    assert qt.QFileDialog.getSaveFileName(None, "Save", "", "") == "/x"


# --- forms and selectors ---------------------------------------------------------------------------------------------


def test_an_unknown_class_in_a_form_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="qMRMLVolumeSelector is no widget"):
        form(tmp_path, kind="qMRMLVolumeSelector")


def test_a_connection_to_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="nobody is connected and not there"):
        form(tmp_path, receiver="nobody")


def test_a_selector_without_a_scene_is_an_error(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path, receiver="")
    loaded.setMRMLScene(slicer.mrmlScene)
    with pytest.raises(RuntimeError, match="selector has no scene"):
        ui.selector.currentNode()


def test_a_selector_gets_the_scene_from_its_form(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path)
    loaded.setMRMLScene(slicer.mrmlScene)
    assert ui.selector.currentNode() is None
    node = volume()
    assert ui.selector.currentNode() is node, "the first node, as None is not enabled"
    slicer.mrmlScene.RemoveNode(node)
    assert ui.selector.currentNode() is None


def test_the_defaults_of_a_selector_are_the_originals(tmp_path: Path) -> None:
    _, ui = form(tmp_path)
    assert not ui.selector.noneEnabled
    assert ui.selector.showChildNodeTypes
    assert ui.selector.addEnabled and ui.selector.removeEnabled and not ui.selector.renameEnabled
    assert ui.selector.nodeTypes == ("vtkMRMLScalarVolumeNode",)


def test_derived_classes_are_offered_unless_that_is_switched_off(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path)
    loaded.setMRMLScene(slicer.mrmlScene)
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    assert ui.selector.nodeCount() == 1
    ui.selector.showChildNodeTypes = False
    assert ui.selector.nodeCount() == 0


def test_both_overloads_of_a_change_are_told(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path)
    loaded.setMRMLScene(slicer.mrmlScene)
    heard: list[Any] = []
    ui.selector.connect("currentNodeChanged(vtkMRMLNode*)", heard.append)
    ui.selector.connect("currentNodeChanged(bool)", heard.append)
    node = volume()
    assert heard == [node, True]
    with pytest.raises(ValueError, match="has no signal"):
        ui.selector.connect("currentNodeChanged()", heard.append)


def test_hidden_nodes_are_not_offered(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path)
    loaded.setMRMLScene(slicer.mrmlScene)
    node = slicer.vtkMRMLScalarVolumeNode()
    node.SetHideFromEditors(True)
    slicer.mrmlScene.AddNode(node)
    assert ui.selector.nodeCount() == 0


# --- parameters ------------------------------------------------------------------------------------------------------


def test_parameters_are_text_and_references_in_the_node() -> None:
    wrapped, node = parameters(), volume()
    wrapped.volume, wrapped.flag, wrapped.size = node, False, 2.5
    inside = wrapped.parameterNode
    assert (inside.GetParameter("flag"), inside.GetParameter("size")) == ("False", "2.5")
    assert inside.GetNodeReference("volume") is node
    assert (wrapped.flag, wrapped.size, wrapped.kind) == (False, 2.5, "a")


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("size", 6.0, ValueError),
        ("size", "2", TypeError),
        ("kind", "c", ValueError),
        ("flag", 1, TypeError),
        ("volume", "v", TypeError),
        ("sise", 1.0, AttributeError),
    ],
)
def test_a_wrong_value_or_name_is_an_error(name: str, value: Any, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        setattr(parameters(), name, value)


def test_a_form_shows_and_sets_parameters(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path)
    loaded.setMRMLScene(slicer.mrmlScene)
    wrapped, first, second = parameters(), volume("1"), volume("2")
    tag = wrapped.connectGui(ui)
    ui.selector.setCurrentNode(second)
    assert wrapped.volume is second
    wrapped.volume = first
    assert ui.selector.currentNode() is first
    wrapped.disconnectGui(tag)
    ui.selector.setCurrentNode(second)
    assert wrapped.volume is first


def test_an_unknown_parameter_in_a_form_is_an_error(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path, parameter="volum")
    loaded.setMRMLScene(slicer.mrmlScene)
    with pytest.raises(ValueError, match="there is no parameter 'volum'"):
        parameters().connectGui(ui)


def test_a_widget_that_cannot_show_a_parameter_is_an_error(tmp_path: Path) -> None:
    loaded, ui = form(tmp_path, parameter="size")
    loaded.setMRMLScene(slicer.mrmlScene)
    with pytest.raises(RuntimeError, match="qMRMLNodeComboBox can't show"):
        parameters().connectGui(ui)


def test_observers_of_a_wrapper_hear_of_changes() -> None:
    wrapped, heard = parameters(), []
    tag = wrapped.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: heard.append(True))
    wrapped.flag = False
    wrapped.RemoveObserver(tag)
    wrapped.flag = True
    assert heard == [True]


# --- the application -------------------------------------------------------------------------------------------------


def test_what_the_application_lacks_is_an_error() -> None:
    with pytest.raises(AttributeError):
        slicer.app.quit()
    with pytest.raises(KeyError):
        slicer.app.connect("started()", print)


def test_dialogs_are_remembered_and_answered(slicer_stand_in: SimpleNamespace) -> None:
    slicer_stand_in.dialogs.answer = False
    assert slicer.util.confirmOkCancelDisplay("Sure?") is False
    assert slicer_stand_in.dialogs.asked == ["Sure?"]


def test_python_slicer_is_a_launcher_that_waits_for_python() -> None:
    import shutil
    import subprocess

    launcher = shutil.which("PythonSlicer")
    assert launcher is not None
    run = subprocess.run(
        [launcher, "-c", "import sys; print('here'); sys.exit(7)"], capture_output=True, encoding="utf-8"
    )
    assert (run.returncode, run.stdout) == (7, "here\n")


def test_contexts_of_texts_are_slicers() -> None:
    assert getContext(str(host.ROOT / "GSSSegmentation" / "GSSSegmentation.py")) == "GSSSegmentation"
    inside = host.ROOT / "GSSSegmentation" / "GSSSegmentationLib" / "panel.py"
    assert getContext(str(inside)) == "GSSSegmentationLib.panel"


def test_sample_data_are_registered_with_text_and_not_with_paths() -> None:
    with pytest.raises(TypeError, match="strings or lists"):
        sys.modules["SampleData"].SampleDataLogic.registerCustomSampleDataSource(
            uris=Path("x"), fileNames="x", nodeNames="x"
        )


def test_every_run_says_that_it_is_a_stand_in() -> None:
    assert "stand-in" in host.NOTICE
    assert host.CAPTION == "rendered outside Slicer"
