"""The widgets of CTK and MRML that a panel uses, on plain Qt widgets, with real MRML nodes and scenes.

An allow-list: any other class in a .ui file is an error. Properties, defaults and signals are the originals' as far as
they are here at all. Simpler than the originals: the collapsible button draws a plain bar, the slider is a spin box.
"""

from __future__ import annotations

import types
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import Property, Signal

from standin.custom_widget import CustomWidget, stored
from standin.node_selector import qMRMLNodeComboBox
from standin.pythonqt import Executed, UiLoader
from standin.rules import wrapped

HEAD_HEIGHT = 24


class qMRMLWidget(CustomWidget):
    """A widget that hands the scene on."""

    _cpp = True
    _internal = frozenset({"_scene"})
    mrmlSceneChanged = Signal(object)
    _signals = {"mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged"}

    def setMRMLScene(self, scene: Any) -> None:
        """Take a scene."""
        self._scene = scene
        self.mrmlSceneChanged.emit(scene)

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return vars(self).get("_scene")


class qSlicerWidget(qMRMLWidget):
    """The same, in Slicer's own library."""

    _cpp = True


class ctkCollapsibleButton(CustomWidget):
    """A bar with a title; its content can be hidden."""

    _cpp = True
    contentsCollapsed = Signal(bool)
    toggled = Signal(bool)

    def __init__(self, *arguments: Any) -> None:
        title = next((argument for argument in arguments if isinstance(argument, str)), "")
        super().__init__(next((argument for argument in arguments if isinstance(argument, QtWidgets.QWidget)), None))
        QtWidgets.QWidget.setContentsMargins(self, 4, HEAD_HEIGHT + 2, 4, 4)
        self.text = title

    def _apply(self) -> None:
        for child in QtCore.QObject.children(self):
            if isinstance(child, QtWidgets.QWidget):
                child.setVisible(not self.collapsed)
        self.contentsCollapsed.emit(self.collapsed)
        self.toggled.emit(not self.collapsed)
        self.updateGeometry()

    text = stored(str, "text", "", lambda self: self.update())
    collapsed = stored(bool, "collapsed", False, lambda self: self._apply())
    collapsedHeight = stored(int, "collapsedHeight", 0)
    flat = stored(bool, "flat", False)

    def childEvent(self, event: Any) -> None:
        """Hide what is added while the content is hidden."""
        if event.added() and isinstance(event.child(), QtWidgets.QWidget) and vars(self).get("_collapsed"):
            event.child().setVisible(False)

    def paintEvent(self, event: Any) -> None:
        """Draw bar and title."""
        painter = QtGui.QPainter(self)
        painter.fillRect(0, 0, self.width, HEAD_HEIGHT - 2, QtGui.QColor(214, 219, 226))
        painter.setPen(QtGui.QColor(30, 36, 44) if self.enabled else QtGui.QColor(140, 146, 154))
        painter.drawText(8, HEAD_HEIGHT - 8, f"{'+' if self.collapsed else '-'}  {self.text}")
        painter.end()

    def mousePressEvent(self, event: Any) -> None:
        """Fold or unfold at a click on the bar."""
        if event.position().y() < HEAD_HEIGHT:
            self.collapsed = not self.collapsed


class _Around(CustomWidget):
    """A widget around one plain widget."""

    _cpp = True
    _internal = frozenset({"_inner"})

    def _hold(self, inner: Any) -> None:
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(inner)
        self._inner = inner


class ctkPathLineEdit(_Around):
    """A line for a path; as in the original, an emptied one says so by `validInputChanged` alone, as it is no path."""

    _cpp = True
    _internal = frozenset({"_inner", "_valid"})
    Dirs, Files, Drives, Readable, Writable, Executable, Hidden = 0x1, 0x2, 0x4, 0x10, 0x20, 0x40, 0x100
    NoDotAndDotDot = 0x6000
    currentPathChanged = Signal(str)
    validInputChanged = Signal(bool)
    filters = stored(int, "filters", Dirs | Files | Drives | NoDotAndDotDot | Readable | Executable)
    nameFilters = stored("QStringList", "nameFilters", [])
    settingKey = stored(str, "settingKey", "")
    label = stored(str, "label", "")
    showBrowseButton = stored(bool, "showBrowseButton", True)
    showHistoryButton = stored(bool, "showHistoryButton", True)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._valid = False
        self._hold(QtWidgets.QLineEdit())
        self._inner.textChanged.connect(self._text_changed)

    currentPath = Property(
        str, lambda self: self._inner.text(), lambda self, path: self._inner.setText(path), notify=currentPathChanged
    )

    def _text_changed(self, text: str) -> None:
        was, self._valid = self._valid, bool(text)
        if self._valid:
            self.currentPathChanged.emit(text)
        if self._valid != was:
            self.validInputChanged.emit(self._valid)

    def setCurrentPath(self, path: str) -> None:
        """Set the path."""
        self.currentPath = path

    def addCurrentPathToHistory(self) -> None:
        """Remember the path: not here."""


class ctkSliderWidget(_Around):
    """A slider with a number, here the number alone."""

    _cpp = True
    valueChanged = Signal(float)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._hold(QtWidgets.QDoubleSpinBox())
        self._inner.setRange(0.0, 99.0)
        self._inner.valueChanged.connect(self.valueChanged)

    value = Property(
        float, lambda self: self._inner.value(), lambda self, x: self._inner.setValue(x), notify=valueChanged
    )
    minimum = Property(float, lambda self: self._inner.minimum(), lambda self, x: self._inner.setMinimum(x))
    maximum = Property(float, lambda self: self._inner.maximum(), lambda self, x: self._inner.setMaximum(x))
    singleStep = Property(float, lambda self: self._inner.singleStep(), lambda self, x: self._inner.setSingleStep(x))
    decimals = Property(int, lambda self: self._inner.decimals(), lambda self, x: self._inner.setDecimals(x))
    suffix = Property(str, lambda self: self._inner.suffix(), lambda self, x: self._inner.setSuffix(x))

    def setValue(self, value: float) -> None:
        """Set the value."""
        self.value = value


ctkComboBox = wrapped(QtWidgets.QComboBox)
ctkComboBox.__name__ = "ctkComboBox"
ctkMessageBox = wrapped(QtWidgets.QMessageBox, Executed)
ctkMessageBox.__name__ = "ctkMessageBox"

CTK = (ctkCollapsibleButton, ctkPathLineEdit, ctkSliderWidget, ctkComboBox, ctkMessageBox)
MRML = (qMRMLWidget, qSlicerWidget, qMRMLNodeComboBox)
"""The widgets that Slicer has in its module `slicer`."""


def make_ctk() -> types.ModuleType:
    """Return the module `ctk`."""
    module = types.ModuleType("ctk", "A few widgets of CTK: a stand-in.")
    vars(module).update({kind.__name__: kind for kind in CTK})
    return module


def allow_in_forms() -> None:
    """Let .ui files have these widgets, and no others but Qt's."""
    kinds = (*CTK, *MRML)
    UiLoader.custom.update({kind.__name__: kind for kind in kinds if kind is not ctkMessageBox})
