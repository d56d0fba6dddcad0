"""Stands in for qMRMLNodeComboBox: chooses a node of the scene, with the original's properties, defaults and signals.

Unlike the original it fails where no scene is connected, instead of staying grey and empty. It fills its list anew at
every change of the scene; among several nodes, the first is chosen where None is not allowed.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any

import slicer
import vtk
from PySide6 import QtWidgets
from PySide6.QtCore import Property, Signal

from standin.custom_widget import CustomWidget, stored


@dataclass
class _State:
    """What the selector knows.

    Attributes:
        box: the plain combo box in it.
        scene: vtkMRMLScene, or None.
        tags: of the observers of the scene.
        watched: observers of the nodes in the list, which may get another name.
        nodes: what is in the list.
        chosen: one of them, or None.
        requested: what was asked for before there was a scene.
        attributes: which a node must have: class, name, value.
    """

    box: QtWidgets.QComboBox
    scene: Any = None
    tags: list[int] = field(default_factory=list)
    watched: list[tuple[Any, int]] = field(default_factory=list)
    nodes: list[Any] = field(default_factory=list)
    chosen: Any = None
    requested: Any = None
    attributes: list[tuple[str, str, str | None]] = field(default_factory=list)


class qMRMLNodeComboBox(CustomWidget):
    """The selector."""

    _cpp = True
    _internal = frozenset({"_state"})
    currentNodeIDChanged = Signal(str)
    nodeAdded = Signal(object)
    nodeAddedByUser = Signal(object)
    nodeActivated = Signal(object)
    nodeAboutToBeRemoved = Signal(object)
    currentNodeRenamed = Signal(str)
    _changed = Signal(object)
    _valid = Signal(bool)
    _signals = {
        "currentNodeChanged(vtkMRMLNode*)": "_changed",
        "currentNodeChanged(bool)": "_valid",
        "nodeAdded(vtkMRMLNode*)": "nodeAdded",
        "nodeAddedByUser(vtkMRMLNode*)": "nodeAddedByUser",
        "nodeActivated(vtkMRMLNode*)": "nodeActivated",
        "nodeAboutToBeRemoved(vtkMRMLNode*)": "nodeAboutToBeRemoved",
    }

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        box = QtWidgets.QComboBox()
        box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)
        self._state = _State(box)
        box.activated.connect(self._picked)
        QtWidgets.QWidget.setEnabled(self, False)

    nodeTypes = stored("QStringList", "nodeTypes", [], lambda self: self._refresh())
    noneEnabled = stored(bool, "noneEnabled", False, lambda self: self._refresh())
    noneDisplay = stored(str, "noneDisplay", "None", lambda self: self._refresh())
    showHidden = stored(bool, "showHidden", False, lambda self: self._refresh())
    showChildNodeTypes = stored(bool, "showChildNodeTypes", True, lambda self: self._refresh())
    hideChildNodeTypes = stored("QStringList", "hideChildNodeTypes", [], lambda self: self._refresh())
    addEnabled = stored(bool, "addEnabled", True)
    removeEnabled = stored(bool, "removeEnabled", True)
    editEnabled = stored(bool, "editEnabled", False)
    renameEnabled = stored(bool, "renameEnabled", False)
    selectNodeUponCreation = stored(bool, "selectNodeUponCreation", True)
    baseName = stored(str, "baseName", "")
    interactionNodeSingletonTag = stored(str, "interactionNodeSingletonTag", "Singleton")

    def _id(self) -> str:
        return str(self._state.chosen.GetID()) if self._state.chosen is not None else ""

    currentNodeID = Property(str, _id, lambda self, name: self.setCurrentNodeID(name), notify=currentNodeIDChanged)

    @property
    def currentNodeChanged(self) -> Any:
        """The signal that PythonQt picks of the two of this name."""
        return self._changed

    # --- scene ------------------------------------------------------------------------------------------------------

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return self._state.scene

    def setMRMLScene(self, scene: Any) -> None:
        """Take a scene and follow it; None for none."""
        state = self._state
        if scene is state.scene:
            return
        for tag in state.tags:
            state.scene.RemoveObserver(tag)
        state.scene, state.tags = scene, []
        if scene is not None:
            # A scene that keeps the widget alive, and the widget the scene, would be a circle through VTK and Qt.
            weak = weakref.ref(self)

            def changed(*_: Any) -> None:
                selector = weak()
                if selector is not None:
                    selector._refresh()

            kind = slicer.vtkMRMLScene
            events = kind.NodeAddedEvent, kind.NodeRemovedEvent, kind.EndBatchProcessEvent, kind.EndCloseEvent
            state.tags = [scene.AddObserver(event, changed) for event in events]
        QtWidgets.QWidget.setEnabled(self, scene is not None)
        self._refresh()
        if scene is not None and state.requested is not None:
            self.setCurrentNode(state.requested)
            state.requested = None

    # --- the node ---------------------------------------------------------------------------------------------------

    def currentNode(self) -> Any:
        """Return the node that is chosen."""
        self._require_scene()
        return self._state.chosen

    def setCurrentNode(self, node: Any) -> None:
        """Choose a node; one that is not in the list is none. Before there is a scene, it is kept for later."""
        if node is not None and not isinstance(node, slicer.vtkMRMLNode):
            raise TypeError(f"{self.name}: {node!r} is no node")
        if self._state.scene is None:
            self._state.requested = node
            return
        self._set(node if any(node is other for other in self._state.nodes) else None)

    def setCurrentNodeID(self, name: str) -> None:
        """Choose a node by its id."""
        self._require_scene()
        self.setCurrentNode(self._state.scene.GetNodeByID(name) if name else None)

    def setCurrentNodeIndex(self, index: int) -> None:
        """Choose a node by its place among the nodes."""
        self.setCurrentNode(self.nodeFromIndex(index))

    def nodeCount(self) -> int:
        """Return how many there are to choose from."""
        self._require_scene()
        return len(self._state.nodes)

    def nodeFromIndex(self, index: int) -> Any:
        """Return the node at a place, or None."""
        nodes = self._state.nodes
        return nodes[index] if 0 <= index < len(nodes) else None

    def addNode(self, kind: str | None = None) -> Any:
        """Make a node, as the entry of the list does where `addEnabled`; a script may always."""
        self._require_scene()
        if not self.nodeTypes or (kind or self.nodeTypes[0]) not in self.nodeTypes:
            return None
        kind = kind or self.nodeTypes[0]
        scene = self._state.scene
        node = scene.CreateNodeByClass(kind)
        node.UnRegister(None)
        node.SetName(scene.GetUniqueNameByString(self.baseName or scene.GetTagByClassName(kind)))
        for wanted, name, value in self._state.attributes:
            if node.IsA(wanted):
                node.SetAttribute(name, value or "")
        node = scene.AddNode(node)
        if self.selectNodeUponCreation:
            self.setCurrentNode(node)
        self.nodeAddedByUser.emit(node)
        return node

    def removeCurrentNode(self) -> None:
        """Take the node out of the scene, as the entry of the list does."""
        self._require_scene()
        self._state.scene.RemoveNode(self._state.chosen)

    def addAttribute(self, kind: str, name: str, value: Any = None) -> None:
        """Offer nodes of a class only where they have an attribute."""
        self._state.attributes.append((kind, name, None if value is None else str(value)))
        self._refresh()

    def removeAttribute(self, kind: str, name: str) -> None:
        """Undo that."""
        self._state.attributes = [entry for entry in self._state.attributes if entry[:2] != (kind, name)]
        self._refresh()

    # --- inside -----------------------------------------------------------------------------------------------------

    def _require_scene(self) -> None:
        if self._state.scene is None:
            raise RuntimeError(f"{self.name} has no scene: connect it in the .ui file, and set that of the form")

    def _accepts(self, node: Any) -> bool:
        if node.GetHideFromEditors() and not self.showHidden:
            return False
        if not any(
            node.GetClassName() == kind or (self.showChildNodeTypes and node.IsA(kind)) for kind in self.nodeTypes
        ):
            return False
        if any(node.IsA(kind) and node.GetClassName() not in self.nodeTypes for kind in self.hideChildNodeTypes):
            return False
        return all(
            node.GetAttribute(name) == value or (value is None and node.GetAttribute(name) is not None)
            for kind, name, value in self._state.attributes
            if node.IsA(kind)
        )

    def _refresh(self) -> None:
        state = vars(self).get("_state")
        if state is None:
            return
        scene = state.scene
        if scene is not None and scene.IsBatchProcessing():
            return
        every = [] if scene is None else [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
        before, state.nodes = state.nodes, [node for node in every if self._accepts(node)]
        self._watch()
        self._fill()
        kept = state.chosen if any(state.chosen is node for node in state.nodes) else None
        if kept is None and state.nodes and not self.noneEnabled:
            kept = state.nodes[0]
        self._set(kept)
        for node in state.nodes:
            if not any(node is other for other in before):
                self.nodeAdded.emit(node)

    def _watch(self) -> None:
        """Follow the names of the nodes in the list."""
        state = self._state
        for node, tag in state.watched:
            node.RemoveObserver(tag)
        weak = weakref.ref(self)

        def renamed(*_: Any) -> None:
            selector = weak()
            if selector is not None:
                selector._refresh_if_hidden()

        state.watched = [(node, node.AddObserver(vtk.vtkCommand.ModifiedEvent, renamed)) for node in state.nodes]

    def _refresh_if_hidden(self) -> None:
        if all(self._accepts(node) for node in self._state.nodes):
            self._fill()
        else:
            self._refresh()

    def _fill(self) -> None:
        state = self._state
        names = [*([self.noneDisplay] if self.noneEnabled else []), *(node.GetName() or "" for node in state.nodes)]
        if [state.box.itemText(index) for index in range(state.box.count())] != names:
            state.box.blockSignals(True)
            state.box.clear()
            state.box.addItems(names)
            state.box.blockSignals(False)
        self._show()

    def _show(self) -> None:
        state = self._state
        row = next((index for index, other in enumerate(state.nodes) if other is state.chosen), -1)
        state.box.blockSignals(True)
        state.box.setCurrentIndex(row + 1 if self.noneEnabled else row)
        state.box.blockSignals(False)

    def _set(self, node: Any) -> None:
        changed = node is not self._state.chosen
        self._state.chosen = node
        self._show()
        if changed:
            self._changed.emit(node)
            self._valid.emit(node is not None)
            self.currentNodeIDChanged.emit(self._id())

    def _picked(self, row: int) -> None:
        node = self.nodeFromIndex(row - 1 if self.noneEnabled else row)
        self._set(node)
        self.nodeActivated.emit(node)
