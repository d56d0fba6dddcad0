"""The connections of a .ui file that hand the scene to its widgets."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

from PySide6 import QtCore

SCENE_SIGNAL = "mrmlSceneChanged(vtkMRMLScene*)"


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
    """Make them: a sender or receiver that is not there is an error."""
    named = {QtCore.QObject.objectName(child): child for child in (root, *root.findChildren())}
    for connection in ElementTree.parse(path).getroot().iter("connection"):
        if connection.findtext("signal") == SCENE_SIGNAL:
            sender, receiver = (named.get(connection.findtext(end) or "") for end in ("sender", "receiver"))
            if sender is None or receiver is None:
                raise RuntimeError(f"{path}: {connection.findtext('receiver')} is connected and not there")
            sender.mrmlSceneChanged.connect(receiver.setMRMLScene)
