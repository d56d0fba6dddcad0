"""The widgets of CTK and MRML that the panel uses, on plain Qt widgets, with real MRML nodes and scenes.

An allow-list: any other class in a .ui file is an error. Simpler than the originals: a node selector follows the scene
by filling its list anew; the collapsible button draws a plain bar.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import slicer
from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import Property, Signal

from standin.pythonqt import PythonQt, UiLoader

HEAD_HEIGHT = 24


def stored(kind: Any, name: str, default: Any, changed: Callable[[Any], None] | None = None) -> Any:
    """Return a Qt property that is simply stored."""
    key = f"_{name}"

    def read(self: Any) -> Any:
        return vars(self).get(key, default)

    def write(self: Any, value: Any) -> None:
        setattr(self, key, value)
        if changed is not None:
            changed(self)

    return Property(kind, read, write)


class CustomWidget(PythonQt, QtWidgets.QWidget):
    """Base of the widgets below."""


class qMRMLWidget(CustomWidget):
    """A widget that hands the scene on."""

    mrmlSceneChanged = Signal(object)
    _signals = {"mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged"}

    def setMRMLScene(self, scene: Any) -> None:
        """Take a scene."""
        self._scene = scene
        self.mrmlSceneChanged.emit(scene)

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return vars(self).get("_scene")


class ctkCollapsibleButton(CustomWidget):
    """A bar with a title; its content can be hidden."""

    contentsCollapsed = Signal(bool)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        QtWidgets.QWidget.setContentsMargins(self, 4, HEAD_HEIGHT + 2, 4, 4)

    def _apply(self) -> None:
        for child in QtCore.QObject.children(self):
            if isinstance(child, QtWidgets.QWidget):
                child.setVisible(not self.collapsed)
        self.contentsCollapsed.emit(self.collapsed)
        self.updateGeometry()

    text = stored(str, "text", "", lambda self: self.update())
    collapsed = stored(bool, "collapsed", False, lambda self: self._apply())

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


class ctkPathLineEdit(CustomWidget):
    """A line for a path."""

    Files, Dirs = 2, 1
    filters = stored(int, "filters", 2)
    currentPathChanged = Signal(str)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._edit = QtWidgets.QLineEdit()
        layout.addWidget(self._edit)
        self._edit.textChanged.connect(self.currentPathChanged)

    def _path(self) -> str:
        return str(self._edit.text())

    def _set_path(self, value: str) -> None:
        self._edit.setText(value)

    currentPath = Property(str, _path, _set_path, notify=currentPathChanged)


class qMRMLNodeComboBox(CustomWidget):
    """Chooses a node of the scene, with the defaults of the original, and fails where no scene is connected."""

    currentNodeIDChanged = Signal(str)
    nodeAddedByUser = Signal(object)
    _changed = Signal(object)
    _valid = Signal(bool)
    _signals = {
        "currentNodeChanged(vtkMRMLNode*)": "_changed",
        "currentNodeChanged(bool)": "_valid",
        "nodeAddedByUser(vtkMRMLNode*)": "nodeAddedByUser",
    }

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._scene: Any = None
        self._tags: list[int] = []
        self._nodes: list[Any] = []
        self._node: Any = None
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._box = QtWidgets.QComboBox()
        self._box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setMinimumContentsLength(12)
        layout.addWidget(self._box)
        self._box.activated.connect(self._picked)

    nodeTypes = stored("QStringList", "nodeTypes", [], lambda self: self._refresh())
    noneEnabled = stored(bool, "noneEnabled", False, lambda self: self._refresh())
    showChildNodeTypes = stored(bool, "showChildNodeTypes", True, lambda self: self._refresh())
    noneDisplay = stored(str, "noneDisplay", "None", lambda self: self._refresh())
    addEnabled = stored(bool, "addEnabled", True)
    removeEnabled = stored(bool, "removeEnabled", True)
    renameEnabled = stored(bool, "renameEnabled", False)
    selectNodeUponCreation = stored(bool, "selectNodeUponCreation", True)
    showHidden = stored(bool, "showHidden", False, lambda self: self._refresh())
    baseName = stored(str, "baseName", "")

    def _id(self) -> str:
        return self._node.GetID() if self._node is not None else ""

    currentNodeID = Property(str, _id, lambda self, value: self.setCurrentNodeID(value))

    @property
    def currentNodeChanged(self) -> Any:
        """The signal that PythonQt picks of the two."""
        return self._changed

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        """Take a scene and follow it."""
        for tag in self._tags:
            self._scene.RemoveObserver(tag)
        self._scene, self._tags = scene, []
        if scene is not None:
            kinds = slicer.vtkMRMLScene
            for event in (kinds.NodeAddedEvent, kinds.NodeRemovedEvent, kinds.EndCloseEvent, kinds.EndImportEvent):
                self._tags.append(scene.AddObserver(event, lambda *_: self._refresh()))
        self._refresh()

    def currentNode(self) -> Any:
        """Return the node that is chosen."""
        self._require_scene()
        return self._node

    def setCurrentNode(self, node: Any) -> None:
        """Choose a node; one that is not in the list is none."""
        self._require_scene()
        self._set(node if any(node is other for other in self._nodes) else None)

    def setCurrentNodeID(self, name: str) -> None:
        """Choose a node by its id."""
        self.setCurrentNode(self._scene.GetNodeByID(name) if name else None)

    def nodeCount(self) -> int:
        """Return how many there are to choose from."""
        return len(self._nodes)

    def addNode(self) -> Any:
        """Make a node, as the user may by an entry in the list."""
        self._require_scene()
        if not self.addEnabled:
            raise RuntimeError(f"{self.name} has no entry for new nodes")
        node = self._scene.AddNewNodeByClass(self.nodeTypes[0], self._scene.GenerateUniqueName(self.baseName or "Node"))
        self._set(node)
        self.nodeAddedByUser.emit(node)
        return node

    def _require_scene(self) -> None:
        if self._scene is None:
            raise RuntimeError(f"{self.name} has no scene: connect it in the .ui file, and set that of the form")

    def _accepts(self, node: Any) -> bool:
        if node.GetHideFromEditors() and not self.showHidden:
            return False
        return any(
            node.GetClassName() == kind or (self.showChildNodeTypes and node.IsA(kind)) for kind in self.nodeTypes
        )

    def _refresh(self) -> None:
        if "_box" not in vars(self):
            return
        scene = self._scene
        every = [] if scene is None else [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
        self._nodes = [node for node in every if self._accepts(node)]
        kept = self._node if any(self._node is node for node in self._nodes) else None
        if kept is None and self._nodes and not self.noneEnabled:
            kept = self._nodes[0]
        self._box.blockSignals(True)
        self._box.clear()
        self._box.addItems([*([self.noneDisplay] if self.noneEnabled else []), *(n.GetName() for n in self._nodes)])
        self._box.blockSignals(False)
        self._set(kept)

    def _set(self, node: Any) -> None:
        changed = node is not self._node
        self._node = node
        row = next((index for index, other in enumerate(self._nodes) if other is node), -1)
        self._box.blockSignals(True)
        self._box.setCurrentIndex(row + 1 if self.noneEnabled else row)
        self._box.blockSignals(False)
        if changed:
            self.currentNodeIDChanged.emit(self._id())
            self._changed.emit(node)
            self._valid.emit(node is not None)

    def _picked(self, row: int) -> None:
        row -= 1 if self.noneEnabled else 0
        self._set(self._nodes[row] if row >= 0 else None)


CTK = (ctkCollapsibleButton, ctkPathLineEdit)
MRML = (qMRMLWidget, qMRMLNodeComboBox)
UiLoader.custom.update({kind.__name__: kind for kind in (*CTK, *MRML)})


def make_ctk() -> types.ModuleType:
    """Return the module `ctk`."""
    module = types.ModuleType("ctk")
    vars(module).update({kind.__name__: kind for kind in CTK})
    return module
