"""Starts the stand-ins, opens modules and panels, and takes pictures of them; see README.md.

slicer_stand_in = host.start()           # once in a process, before the module is imported
module, widget = host.open_module(path)  # as when a user selects the module
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import slicer
import slicer.util
from PySide6 import QtCore, QtGui, QtWidgets

from standin.places import ModuleParent, Place

NOTICE = "Slicer's application is a stand-in here: PySide6 under PythonQt's rules, real MRML from slicer-core"
CAPTION = "rendered outside Slicer"
STRIP_HEIGHT = 20

ROOT = Path(__file__).resolve().parents[2]


def start() -> SimpleNamespace:
    """Put the stand-ins in place, and return what a test needs to reach: application, dialogs, packages."""
    if getattr(slicer, "app", None) is None:
        _start()
    from standin import packages

    return SimpleNamespace(app=slicer.app, dialogs=slicer.standin_dialogs, packages=packages)


def _start() -> None:
    from GSSSegmentationLib.headless import ensure_scene
    from standin import application, languages, names, packages, parameter_nodes, pythonqt, scripted_modules

    _keep_constants()
    qt_application = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["Slicer"])
    qt_application.setStyle("Fusion")  # type: ignore[attr-defined]
    slicer.standin_application = qt_application
    names.remove_leaks()
    ensure_scene()
    sys.modules["qt"] = pythonqt.make_qt()
    from standin import widgets

    sys.modules["ctk"] = widgets.make_ctk()
    widgets.allow_in_forms()
    for kind in widgets.MRML:
        setattr(slicer, kind.__name__, kind)
    slicer.qSlicerScriptedLoadableModule = ModuleParent
    slicer.qSlicerScriptedLoadableModuleWidget = Place.kind_of_parent()
    slicer.selfTests = {}
    slicer.app = application.Application()
    slicer.standin_dialogs = dialogs = application.Dialogs()
    slicer.util._messageDisplay, slicer.util.messageBox = dialogs.display, dialogs.box
    _provide_python_slicer(Path(slicer.app.temporaryPath) / "bin")
    _module("slicer.ScriptedLoadableModule", scripted_modules)
    _module("slicer.parameterNodeWrapper", parameter_nodes)
    _module("slicer.i18n", languages)
    _module("slicer.packaging", packages)
    sample_data = ModuleType("SampleData", "Stands in for the Sample Data module.")
    vars(sample_data)["SampleDataLogic"] = application.SampleDataLogic
    sys.modules["SampleData"] = sample_data


def open_module(path: Path, at_startup: bool = True) -> tuple[Any, Any]:
    """Import a module's file, make the module and its panel, enter it; return the Python module and the widget.

    The application says that it has started after the module was made and before its panel is; to one that is added
    while it runs, not `at_startup`, it says nothing.
    """
    name = path.stem
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent = ModuleParent(str(path))
    setattr(slicer.modules, f"{name}Instance", getattr(module, name)(parent))
    setattr(slicer.modules, name.lower(), parent)
    if at_startup:
        slicer.app.send("startupCompleted()")
    parent.place = Place(name)
    parent.place.reload()
    parent.place.enter()
    QtWidgets.QWidget.show(parent.place.parent)
    return module, parent.place.widget


def leave_module(widget: Any) -> None:
    """Select another module."""
    widget.parent._place.exit()


def enter_module(widget: Any) -> None:
    """Select the module again."""
    widget.parent._place.enter()


def reload_module(widget: Any) -> Any:
    """Press the developer's reload button, and return the new panel."""
    name = widget.moduleName
    widget.onReload()
    return getattr(slicer.modules, f"{name}Widget")


_CLOSED: list[Any] = []
"""Panels that are gone: PySide6 and VTK don't survive that Python collects widgets which observe a scene."""


def close_module(widget: Any) -> None:
    """Unload the module: the panel is told, and lets go of the scene."""
    widget.cleanup()
    slicer.app.moduleManager().disconnect("moduleAboutToBeUnloaded(QString)", widget._onModuleAboutToBeUnloaded)
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


def save_scene(file: Path) -> None:
    """Save the scene, its nodes' parameters and references, in a .mrml file; volumes need files of their own before."""
    slicer.mrmlScene.SetRootDirectory(str(file.parent))
    slicer.mrmlScene.SetURL(str(file))
    if not slicer.mrmlScene.Commit():
        raise OSError(f"{file} was not written")


def load_scene(file: Path) -> None:
    """Close the scene and load another."""
    close_scene()
    slicer.mrmlScene.SetURL(str(file))
    if not slicer.mrmlScene.Connect():
        raise OSError(f"{file} was not read")
    slicer.app.processEvents()


def picture(widget: Any, width: int = 400, caption: str = CAPTION) -> QtGui.QImage:
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
    image = QtGui.QImage(shot.width(), shot.height() + STRIP_HEIGHT, QtGui.QImage.Format.Format_RGB32)
    image.fill(QtGui.QColor(255, 255, 255))
    painter = QtGui.QPainter(image)
    painter.drawPixmap(0, 0, shot)
    painter.setPen(QtGui.QColor(110, 118, 128))
    strip = QtCore.QRect(0, shot.height(), shot.width(), STRIP_HEIGHT)
    painter.drawText(strip, QtCore.Qt.AlignmentFlag.AlignCenter, caption)
    painter.end()
    return image


def grab(widget: Any, file: Path, width: int = 400, caption: str = CAPTION) -> Path:
    """Write such a picture into a PNG file."""
    if not picture(widget, width, caption).save(str(file)):
        raise OSError(f"{file} was not written")
    return file


def _keep_constants() -> None:
    """Give None, True and False so many references that they can't run out of them.

    PySide6 6.12 takes one away from what many a call returns: it relies on constants that never die, as they are from
    Python 3.12 on. Before, Python ends with "deallocating None" after some thousand calls.
    """
    if sys.version_info < (3, 12):
        for constant in (None, True, False, ()):
            ctypes.c_ssize_t.from_address(id(constant)).value += 1 << 40


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
