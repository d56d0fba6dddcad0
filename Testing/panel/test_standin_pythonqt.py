"""The stand-in for PythonQt is as strict as PythonQt."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ctk
import pytest
import qt
import slicer
import slicer.util

from standin.pythonqt import DesktopServices, Executed, FileDialog

FORM = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0"><class>Form</class><widget class="{root}" name="Form"><layout class="QVBoxLayout" name="rows">
<item><widget class="{kind}" name="inner"/></item></layout></widget>
<customwidgets><customwidget><class>{root}</class><extends>QWidget</extends><header>a.h</header>
<container>1</container></customwidget><customwidget><class>{kind}</class><extends>QWidget</extends><header>b.h</header>
</customwidget></customwidgets><resources/><connections>{connections}</connections></ui>"""
CONNECTION = (
    "<connection><sender>Form</sender><signal>{signal}</signal><receiver>{receiver}</receiver>"
    "<slot>setMRMLScene(vtkMRMLScene*)</slot></connection>"
)
SCENE = "mrmlSceneChanged(vtkMRMLScene*)"


def load(folder: Path, root: str = "qMRMLWidget", kind: str = "qMRMLNodeComboBox", connections: str = "") -> Any:
    file = folder / "form.ui"
    file.write_text(FORM.format(root=root, kind=kind, connections=connections), encoding="utf-8")
    return slicer.util.loadUI(str(file))


# --- properties and attributes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("widget", "name"),
    [
        (qt.QLineEdit, "text"), (qt.QComboBox, "currentText"), (qt.QComboBox, "currentIndex"), (qt.QComboBox, "count"),
        (qt.QCheckBox, "checked"), (qt.QSpinBox, "value"), (qt.QWidget, "enabled"), (qt.QWidget, "visible"),
        (qt.QWidget, "toolTip"), (ctk.ctkPathLineEdit, "currentPath"), (slicer.qMRMLNodeComboBox, "currentNodeID"),
    ],
)  # fmt: skip
def test_a_property_hides_its_getter(widget: Any, name: str) -> None:
    made = widget()
    with pytest.raises(TypeError, match="not callable"):
        getattr(made, name)()


def test_a_property_is_set_by_assignment() -> None:
    edit = qt.QLineEdit()
    edit.text = "typed"
    assert edit.text == "typed"


def test_a_setter_is_a_method() -> None:
    edit = qt.QLineEdit()
    edit.setText("typed")
    assert edit.text == "typed"
    with pytest.raises(AttributeError, match="can't be overwritten"):
        edit.setText = "typed"


def test_a_read_only_property_says_so() -> None:
    with pytest.raises(AttributeError, match="can't be written"):
        qt.QComboBox().count = 3


def test_a_property_takes_only_its_type() -> None:
    with pytest.raises(AttributeError, match="takes no 3: it is a QString"):
        qt.QLabel().text = 3
    with pytest.raises(AttributeError, match="it is a int"):
        qt.QSpinBox().value = "three"


def test_a_list_of_texts_comes_back_as_a_tuple() -> None:
    selector = slicer.qMRMLNodeComboBox()
    selector.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    assert selector.nodeTypes == ("vtkMRMLScalarVolumeNode",)


@pytest.mark.parametrize("kind", [qt.QPushButton, qt.QTimer, ctk.ctkCollapsibleButton, slicer.qMRMLNodeComboBox])
@pytest.mark.parametrize("name", ["tooltip", "_mine"])
def test_nothing_can_be_added_to_a_cpp_object(kind: Any, name: str) -> None:
    with pytest.raises(AttributeError, match="nothing can be added"):
        setattr(kind(), name, "x")


def test_an_object_of_a_derived_python_class_has_attributes() -> None:
    class Button(qt.QPushButton):
        pass

    button = Button("x")
    button.mine = 3
    assert (button.mine, button.text, button.className()) == (3, "x", "QPushButton")


def test_an_unknown_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute named 'tooltip'"):
        _ = qt.QPushButton().tooltip


def test_a_dynamic_property_is_an_attribute() -> None:
    button = qt.QPushButton()
    button.setProperty("Mine", "a")
    button.Mine = "b"
    assert (button.Mine, button.property("Mine")) == ("b", "b")
    assert button.property("Nobodys") is None


def test_the_name_is_the_objects_name() -> None:
    button = qt.QPushButton()
    button.name = "applyButton"
    assert button.objectName == "applyButton"


def test_children_are_found_by_name_and_class() -> None:
    box = qt.QGroupBox()
    button = qt.QPushButton("x", box)
    button.name = "inside"
    assert box.findChild(qt.QPushButton, "inside") is button
    assert box.findChild(None, "inside") is button
    assert box.findChild(qt.QLabel, "inside") is None
    assert box.children() == (button,)
    assert box.inside is button
    assert button in box.findChildren(qt.QWidget)


def test_classes_are_related_as_in_cpp() -> None:
    assert isinstance(qt.QPushButton(), qt.QWidget)
    assert isinstance(ctk.ctkCollapsibleButton(), qt.QWidget)
    assert not isinstance(qt.QTimer(), qt.QWidget)


def test_there_is_no_signal_to_declare_nor_any_other_name_of_pyside() -> None:
    for name in ("Signal", "Slot", "Property", "QtWidgets"):
        assert not hasattr(qt, name)


# --- signals ---------------------------------------------------------------------------------------------------------


def test_signals_are_connected_by_text_and_by_attribute() -> None:
    button, pressed = qt.QPushButton(), []
    button.connect("clicked(bool)", lambda checked: pressed.append("text"))
    button.connect("clicked()", lambda: pressed.append("short"))
    button.clicked.connect(lambda: pressed.append("attribute"))
    button.click()
    assert sorted(pressed) == ["attribute", "short", "text"]


def test_a_signal_is_disconnected() -> None:
    button, pressed = qt.QPushButton(), []
    take = pressed.append
    button.connect("clicked(bool)", take)
    assert button.disconnect("clicked(bool)", take)
    assert not button.disconnect("clicked(bool)", take)
    button.click()
    assert pressed == []


@pytest.mark.parametrize("signal", ["click()", "clicked(int)", "clicked", "currentNodeChanged(vtkMRMLNode*)"])
def test_an_unknown_signal_is_an_error(signal: str) -> None:
    with pytest.raises(ValueError, match="has no signal"):
        qt.QPushButton().connect(signal, print)


def test_only_what_can_be_called_is_connected() -> None:
    with pytest.raises(TypeError, match="can't be called"):
        qt.QPushButton().connect("clicked(bool)", None)


def test_a_timer_calls_a_function() -> None:
    timer, called = qt.QTimer(), []
    timer.setInterval(1)
    timer.connect("timeout()", lambda: called.append(1))
    timer.start()
    while not called:
        slicer.app.processEvents()
    timer.stop()
    assert not timer.active


# --- dialogs, files, settings ----------------------------------------------------------------------------------------


def test_a_dialog_is_executed_with_an_underscore_and_deleted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Executed, "answers", [qt.QMessageBox.Yes])
    box = qt.QMessageBox()
    assert box.exec_() == qt.QMessageBox.Yes
    box.deleteLater()
    with pytest.raises(RuntimeError, match="waits for an answer"):
        qt.QMessageBox().exec_()


def test_a_file_dialog_returns_a_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileDialog, "answer", "/a/b.txt")
    assert qt.QFileDialog.getSaveFileName(None, "Save", "", "") == "/a/b.txt"


def test_an_address_is_opened_as_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DesktopServices, "opened", [])
    qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile("/a/b.html"))
    assert DesktopServices.opened == ["/a/b.html"]
    with pytest.raises(TypeError):
        qt.QDesktopServices.openUrl("/a/b.html")


def test_a_boolean_comes_back_from_the_settings_as_a_text(slicer_stand_in: SimpleNamespace) -> None:
    settings = qt.QSettings()
    settings.setValue("Tiny/Wanted", False)
    assert settings.value("Tiny/Wanted") == "false"
    assert settings.value("Tiny/Unknown", False) is False
    assert slicer.util.settingsValue("Tiny/Wanted", True, converter=slicer.util.toBool) is False
    assert slicer.app.settings().value("Tiny/Wanted") == "false"
    assert slicer_stand_in.app.temporaryPath in settings.fileName()


def test_the_clipboard_keeps_text() -> None:
    slicer.app.clipboard().setText("copied")
    assert slicer.app.clipboard().text() == "copied"


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["qMRMLVolumeThresholdWidget", "ctkDoubleRangeSlider", "QtNoSuchWidget"])
def test_a_class_that_is_not_known_is_an_error(kind: str, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=kind):
        load(tmp_path, kind=kind)


def test_a_form_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="file not found"):
        slicer.util.loadUI(str(tmp_path / "none.ui"))


def test_the_scene_goes_through_the_forms_connections(tmp_path: Path) -> None:
    form = load(tmp_path, connections=CONNECTION.format(signal=SCENE, receiver="inner"))
    assert form.inner.mrmlScene() is None
    form.setMRMLScene(slicer.mrmlScene)
    assert form.inner.mrmlScene() is slicer.mrmlScene
    form.setMRMLScene(None)


def test_a_scene_that_is_not_connected_is_noticed(tmp_path: Path) -> None:
    form = load(tmp_path)
    form.setMRMLScene(slicer.mrmlScene)
    assert not form.inner.enabled
    for use in (form.inner.currentNode, form.inner.addNode, form.inner.nodeCount):
        with pytest.raises(RuntimeError, match="inner has no scene"):
            use()
    form.setMRMLScene(None)


def test_a_connection_with_a_widget_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="nowhere is connected and not there"):
        load(tmp_path, connections=CONNECTION.format(signal=SCENE, receiver="nowhere"))


def test_another_connection_of_mrml_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="make no connection"):
        load(tmp_path, connections=CONNECTION.format(signal="mrmlSceneSet(vtkMRMLScene*)", receiver="inner"))


def test_a_root_that_gives_no_scene_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="gives no scene"):
        load(tmp_path, root="QWidget", connections=CONNECTION.format(signal=SCENE, receiver="inner"))


def test_widgets_are_found_by_their_names(tmp_path: Path) -> None:
    ui = slicer.util.childWidgetVariables(load(tmp_path))
    assert ui.inner.className() == "qMRMLNodeComboBox"
    assert ui.Form.className() == "qMRMLWidget"
    with pytest.raises(AttributeError):
        _ = ui.outer


def test_an_emptied_path_is_told_by_its_validity_alone() -> None:
    import ctk

    edit, paths, valid = ctk.ctkPathLineEdit(), [], []
    edit.connect("currentPathChanged(QString)", paths.append)
    edit.connect("validInputChanged(bool)", valid.append)
    for path in ("/a", "/b", "", "/c"):
        edit.currentPath = path
    assert (paths, valid) == (["/a", "/b", "/c"], [True, False, True])
