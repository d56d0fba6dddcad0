"""Starts the stand-ins, opens modules and panels, and takes pictures of them.

slicer_stand_in = host.start()           # once in a process, before the module is imported
module, widget = host.open_module(path)  # as when a user selects the module
"""

from __future__ import annotations

import importlib.util
import os
import sys
import types
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import slicer
import slicer.util
from PySide6 import QtCore, QtGui, QtWidgets

NOTICE = "Slicer's application is a stand-in here: PySide6 under PythonQt's rules, real MRML from slicer-core"
CAPTION = "rendered outside Slicer"

ROOT = Path(__file__).resolve().parents[2]

_NONES = [None] * 5_000_000
"""PySide6 6.12 gives away a reference to None that it does not own at each processEvents and blockSignals. Until Python
3.12, where None became immortal, the process aborts when none is left."""


def start() -> SimpleNamespace:
    """Put the stand-ins in place, and return what a test needs to reach: application and dialogs."""
    from GSSSegmentationLib.headless import ensure_scene
    from standin import application, languages, parameter_nodes, pythonqt, scripted_modules

    if getattr(slicer, "app", None) is not None:
        return SimpleNamespace(app=slicer.app, dialogs=slicer.standin_dialogs)
    qt_application = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["Slicer"])
    qt_application.setStyle("Fusion")  # type: ignore[attr-defined]
    slicer.standin_application = qt_application
    ensure_scene()
    sys.modules["qt"] = pythonqt.make_qt()
    from standin import widgets

    sys.modules["ctk"] = widgets.make_ctk()
    for kind in widgets.MRML:
        setattr(slicer, kind.__name__, kind)
    slicer.selfTests = {}
    slicer.app, dialogs = application.Application(), application.Dialogs()
    _provide_python_slicer(Path(slicer.app.temporaryPath) / "bin")
    slicer.standin_dialogs = dialogs
    slicer.util.confirmOkCancelDisplay = dialogs.confirmOkCancelDisplay
    slicer.util.errorDisplay = dialogs.errorDisplay
    _module("slicer.ScriptedLoadableModule", scripted_modules)
    _module("slicer.parameterNodeWrapper", parameter_nodes)
    _module("slicer.i18n", languages)
    sys.modules["SampleData"] = types.SimpleNamespace(SampleDataLogic=application.SampleDataLogic)  # type: ignore[assignment]
    return SimpleNamespace(app=slicer.app, dialogs=dialogs)


def open_module(path: Path) -> tuple[Any, Any]:
    """Import a module's file, make the module and its panel, enter it; return the Python module and the widget."""
    name = path.stem
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent = ModuleParent(str(path))
    getattr(module, name)(parent)
    slicer.app.send("startupCompleted()")
    setattr(slicer.modules, name.lower(), parent)
    place = Place(name)
    parent.place = place
    place.reload()
    QtWidgets.QWidget.show(place.parent)
    return module, place.widget


class ModuleParent:
    """What a module's class is given as its parent: qSlicerScriptedLoadableModule, as far as it is used."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.title = ""
        self.categories: list[str] = []
        self.dependencies: list[str] = []
        self.contributors: list[str] = []
        self.helpText = self.acknowledgementText = ""
        self.place: Any = None

    def widgetRepresentation(self) -> Any:
        """Return where the panel is."""
        return self.place.parent


class Place:
    """Where a panel lives: qSlicerScriptedLoadableModuleWidget."""

    def __init__(self, name: str) -> None:
        import qt

        self.name = name
        self.widget: Any = None
        self.parent = _Parent()
        qt.QVBoxLayout(self.parent)
        self.parent._place = self
        self.parent.setMRMLScene(slicer.mrmlScene)

    def reload(self) -> None:
        """Make the panel anew."""
        kind = getattr(sys.modules[self.name], f"{self.name}Widget")
        self.widget = kind(self.parent)
        setattr(slicer.modules, f"{self.name}Widget", self.widget)
        self.widget.setup()
        self.enter()

    def enter(self) -> None:
        """The user selects the module."""
        self.parent._entered = True
        self.widget.enter()

    def exit(self) -> None:
        """The user selects another module."""
        self.parent._entered = False
        self.widget.exit()


def _make_parent() -> Any:
    from standin.widgets import qMRMLWidget

    class Parent(qMRMLWidget):  # type: ignore[misc, valid-type]
        """The widget that a panel is put into."""

        _entered = False

        @property
        def isEntered(self) -> bool:
            """Whether the module is the selected one."""
            return self._entered

        def reload(self) -> None:
            """Make the panel anew, as reloadScriptedModule asks."""
            self._place.reload()

    return Parent()


def _Parent() -> Any:
    return _make_parent()


_CLOSED: list[Any] = []
"""Panels that are gone: PySide6 and VTK don't survive that Python collects widgets which observe a scene."""


def close_module(widget: Any) -> None:
    """Unload the module: the panel is told, and lets go of the scene."""
    widget.cleanup()
    widget.parent.setMRMLScene(None)
    for child in widget.parent.findChildren():
        if hasattr(child, "setMRMLScene"):
            child.setMRMLScene(None)
    QtWidgets.QWidget.hide(widget.parent)
    _CLOSED.append((widget, widget.parent))


def close_scene() -> None:
    """Close the scene, as the user does."""
    slicer.mrmlScene.Clear(0)
    slicer.app.processEvents()


def picture(widget: Any, width: int = 400) -> QtGui.QImage:
    """Return a picture of a panel at a width, with a strip that says where it was made."""
    panel = widget.parent
    QtWidgets.QWidget.setFixedWidth(panel, width)
    QtWidgets.QWidget.show(panel)
    for _ in range(3):
        slicer.app.processEvents()
        height = QtWidgets.QWidget.layout(panel).totalHeightForWidth(width)
        if height <= 0:
            height = QtWidgets.QWidget.sizeHint(panel).height()
        QtWidgets.QWidget.resize(panel, width, height)
    shot = QtWidgets.QWidget.grab(panel)
    strip = 20
    image = QtGui.QImage(shot.width(), shot.height() + strip, QtGui.QImage.Format.Format_RGB32)
    image.fill(QtGui.QColor(255, 255, 255))
    painter = QtGui.QPainter(image)
    painter.drawPixmap(0, 0, shot)
    painter.setPen(QtGui.QColor(110, 118, 128))
    painter.drawText(QtCore.QRect(0, shot.height(), shot.width(), strip), QtCore.Qt.AlignmentFlag.AlignCenter, CAPTION)
    painter.end()
    return image


def _provide_python_slicer(folder: Path) -> None:
    """Put a PythonSlicer on the path: like the real one a launcher, which starts Python and waits for it."""
    folder.mkdir()
    launcher = folder / "PythonSlicer"
    launcher.write_text(f'#!/bin/sh\n"{sys.executable}" "$@"\nexit $?\n', encoding="utf-8")
    launcher.chmod(0o755)
    os.environ["PATH"] = os.pathsep.join([str(folder), os.environ["PATH"]])


def _module(name: str, content: Any) -> None:
    sys.modules[name] = content
    setattr(slicer, name.rpartition(".")[2], content)
