"""What a .ui file has in it: classes, and the connections that hand the scene to its widgets."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

from PySide6 import QtCore

SCENE_SIGNAL = "mrmlSceneChanged(vtkMRMLScene*)"
SCENE_SLOT = "setMRMLScene(vtkMRMLScene*)"


def classes(path: str) -> set[str]:
    """Return the classes of widgets and layouts in a form."""
    root = ElementTree.parse(path).getroot()
    return {item.get("class", "") for tag in ("widget", "layout") for item in root.iter(tag)}


def unknown_connections(path: str) -> list[str]:
    """Return connections with MRML's types in their signatures which are none of the scene."""
    found = []
    for connection in ElementTree.parse(path).getroot().iter("connection"):
        ends = connection.findtext("signal") or "", connection.findtext("slot") or ""
        if any("vtkMRML" in end for end in ends) and ends != (SCENE_SIGNAL, SCENE_SLOT):
            found.append(" -> ".join(ends))
    return found


def without_scene_connections(path: str) -> QtCore.QBuffer:
    """Return the form without them."""
    tree = ElementTree.parse(path)
    connections = tree.getroot().find("connections")
    for connection in list(connections if connections is not None else []):
        if connection.findtext("signal") == SCENE_SIGNAL and connections is not None:
            connections.remove(connection)
    buffer = QtCore.QBuffer()
    buffer.setData(ElementTree.tostring(tree.getroot()))
    buffer.open(QtCore.QIODevice.OpenModeFlag.ReadOnly)
    return buffer


def connect_scenes(root: Any, path: str) -> None:
    """Make them: a sender or receiver that is not there, or that takes no scene, is an error."""
    named = {QtCore.QObject.objectName(child): child for child in (root, *root.findChildren())}
    for connection in ElementTree.parse(path).getroot().iter("connection"):
        if connection.findtext("signal") != SCENE_SIGNAL:
            continue
        sender, receiver = (named.get(connection.findtext(end) or "") for end in ("sender", "receiver"))
        if sender is None or receiver is None:
            raise RuntimeError(f"{path}: {connection.findtext('receiver')} is connected and not there")
        if not hasattr(sender, "mrmlSceneChanged") or not hasattr(receiver, "setMRMLScene"):
            raise RuntimeError(f"{path}: {sender.name} gives no scene, or {receiver.name} takes none")
        sender.mrmlSceneChanged.connect(receiver.setMRMLScene)
