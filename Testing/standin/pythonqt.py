"""The module `qt` that Slicer gives to its Python modules: PySide6's classes under PythonQt's rules, see `rules.py`.

Dialogs have `exec_`, which a test answers; there is no `Signal`; settings give booleans back as strings, as they do
after a restart; files chosen and addresses opened are kept for the test.
"""

from __future__ import annotations

import types
from typing import Any

from PySide6 import QtCore, QtGui, QtUiTools, QtWidgets

from standin.forms import classes, connect_scenes, unknown_connections, without_scene_connections
from standin.rules import PLAIN, WRAPPED, wrapped


class Executed:
    """Mixed into dialogs: `exec_` returns what a test has said, as nobody is there to press a button.

    A dialog for which nothing was said is an error, where it would wait for ever.
    """

    answers: list[Any] = []
    """What the next dialogs return, first things first."""
    executed: list[Any] = []
    """Dialogs that were shown."""

    def exec_(self) -> Any:
        """Show the dialog and wait for its answer."""
        Executed.executed.append(self)
        if not Executed.answers:
            title = QtWidgets.QWidget.windowTitle(self)  # type: ignore[arg-type]
            raise RuntimeError(f"a dialog ({title!r}) waits for an answer that the test does not give")
        return Executed.answers.pop(0)


class Settings(QtCore.QSettings):
    """QSettings: a boolean comes back as "true" or "false", as it does from a file."""

    def value(self, key: str, default: Any = None, *_: Any) -> Any:
        """Return a value, or the default."""
        if not self.contains(key):
            return default
        value = super().value(key)
        return str(value).lower() if isinstance(value, bool) else value


class FileDialog:
    """QFileDialog's static functions, which return a name alone in PythonQt. A test sets what the user answers."""

    answer: Any = ""
    asked: list[tuple[Any, ...]] = []

    @classmethod
    def _ask(cls, *arguments: Any) -> Any:
        cls.asked.append(arguments)
        return cls.answer

    getSaveFileName = getOpenFileName = getExistingDirectory = getOpenFileNames = _ask


class DesktopServices:
    """QDesktopServices: what would have been opened."""

    opened: list[str] = []

    @classmethod
    def openUrl(cls, url: Any) -> bool:
        """Remember an address."""
        if not isinstance(url, QtCore.QUrl):
            raise TypeError("openUrl takes a QUrl")
        cls.opened.append(url.toLocalFile() or url.toString())
        return True


class UiLoader(QtUiTools.QUiLoader):
    """Makes the widgets of a .ui file; an unknown class is an error, where Slicer shows an empty widget and warns."""

    custom: dict[str, Any] = {}
    """The widgets of CTK and MRML that there are; see `widgets.py`."""

    def createWidget(self, class_name: str, parent: Any = None, name: str = "") -> Any:
        """Make one widget."""
        widget = {**QT, **self.custom}[class_name](parent)
        QtCore.QObject.setObjectName(widget, name)
        return widget

    def createLayout(self, class_name: str, parent: Any = None, name: str = "") -> Any:
        """Make one layout."""
        free = isinstance(parent, QtWidgets.QWidget) and QtWidgets.QWidget.layout(parent) is None
        layout = QT[class_name](parent) if free else QT[class_name]()
        QtCore.QObject.setObjectName(layout, name)
        return layout

    def createAction(self, parent: Any = None, name: str = "") -> Any:
        """Make one action."""
        action = QT["QAction"](parent)
        QtCore.QObject.setObjectName(action, name)
        return action

    def load(self, file: Any, parent: Any = None) -> Any:
        """Load a form, and make its connections of scenes, which Python signals can't carry, by hand."""
        path = file if isinstance(file, str) else file.fileName()
        # Before it is loaded: what is raised in the functions above, which C++ calls, is lost.
        strange = classes(path) - set(QT) - set(self.custom)
        if strange:
            raise RuntimeError(f"{path}: {', '.join(sorted(strange))} is no widget that the stand-ins know")
        unknown = unknown_connections(path)
        if unknown:
            raise RuntimeError(f"{path}: the stand-ins make no connection {', '.join(unknown)}")
        widget = super().load(without_scene_connections(path), parent)
        if widget is not None:
            connect_scenes(widget, path)
        return widget


QT: dict[str, Any] = {}


def make_qt() -> types.ModuleType:
    """Return the module `qt`. A name that is not in it is an AttributeError, also where PySide6 has it."""
    module = types.ModuleType("qt", "PySide6 under PythonQt's rules: a stand-in.")
    for name in (*WRAPPED, *PLAIN):
        source = next(m for m in (QtWidgets, QtCore, QtGui) if hasattr(m, name))
        kind = getattr(source, name)
        if name in WRAPPED:
            kind = wrapped(kind, *((Executed,) if issubclass(kind, QtWidgets.QDialog) else ()))
        QT[name] = kind
    QT["QFileDialog"], QT["QDesktopServices"] = FileDialog, DesktopServices
    QT["QSettings"], QT["QUiLoader"] = Settings, UiLoader
    vars(module).update(QT)
    return module
