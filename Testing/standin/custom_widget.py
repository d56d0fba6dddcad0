"""What the widgets of CTK and MRML are made with: their base, and properties that are simply stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6 import QtWidgets
from PySide6.QtCore import Property

from standin.rules import PythonQt


def stored(kind: Any, name: str, default: Any, changed: Callable[[Any], None] | None = None) -> Any:
    """Return a Qt property that is simply stored."""
    key = f"_{name}"

    def read(self: Any) -> Any:
        return vars(self).get(key, default)

    def write(self: Any, value: Any) -> None:
        vars(self)[key] = value
        if changed is not None:
            changed(self)

    return Property(kind, read, write)


class CustomWidget(PythonQt, QtWidgets.QWidget):
    """Base of the widgets that are not Qt's own."""

    _cpp = True
