"""PySide6 under the rules of PythonQt, as the module `qt` that Slicer gives to its Python modules.

What is enforced: a Qt property hides its getter, so that `edit.text` is a string and `edit.text()` fails; nothing can
be added to a C++ object; an unknown signal is an error; `x.connect("signal(type)", f)` and `x.signal.connect(f)`
both work; only the names listed below exist. What differs: objects that Qt itself returns, such as a table's header,
are plain PySide6; PythonQt only prints a warning for an unknown signal.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from PySide6 import QtCore, QtGui, QtUiTools, QtWidgets

WRAPPED = (
    "QWidget", "QLabel", "QPushButton", "QCheckBox", "QComboBox", "QDoubleSpinBox", "QSpinBox", "QLineEdit",
    "QProgressBar", "QPlainTextEdit", "QTableWidget", "QGroupBox", "QFrame", "QVBoxLayout", "QHBoxLayout",
    "QFormLayout", "QGridLayout", "QTimer",
)  # fmt: skip
"""Classes whose objects obey PythonQt's rules."""
PLAIN = ("QTableWidgetItem", "QUrl", "QIcon", "QPixmap", "QFile", "QTranslator", "QSettings", "QCoreApplication", "Qt")
"""Classes that are PySide6's own."""


@functools.cache
def property_names(kind: type) -> frozenset[str]:
    """Return the names of the Qt properties of a class."""
    meta = kind.staticMetaObject  # type: ignore[attr-defined]
    return frozenset(meta.property(index).name() for index in range(meta.propertyCount()))


class PythonQt:
    """Mixed into a class of PySide6, makes its objects behave as PythonQt's. Names with an underscore are its own."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_"):
            return super().__getattribute__(name)
        if name in ("connect", "disconnect"):  # PySide6 treats these two names in a way of its own
            return functools.partial(PythonQt.__dict__[name], self)
        name = "objectName" if name == "name" else name
        if name in property_names(type(self)):
            value = QtCore.QObject.property(self, name)  # type: ignore[arg-type]
            return tuple(value) if isinstance(value, list) else value
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
            return
        name = "objectName" if name == "name" else name
        kind = type(self)
        if name not in property_names(kind):
            if isinstance(value, QtCore.QObject) and QtCore.QObject.objectName(value) == name:
                return  # QUiLoader makes each child an attribute of its form
            if hasattr(kind, name):
                raise AttributeError(f"slot '{name}' of {kind.__name__} can't be overwritten")
            raise AttributeError(f"'{name}' does not exist on {kind.__name__}, and nothing can be added to it")
        if not QtCore.QObject.setProperty(self, name, list(value) if isinstance(value, tuple) else value):  # type: ignore[call-overload]
            raise AttributeError(f"property '{name}' of {kind.__name__} takes no {type(value).__name__}")

    def connect(self, signal: str, *receiver: Any) -> bool:
        """Connect a signal, as in "clicked(bool)", to a function or to an object's slot."""
        target = receiver[0]
        if isinstance(target, QtCore.QObject):
            target = getattr(target, receiver[1].partition("(")[0])
        self._signal(signal).connect(target)
        return True

    def disconnect(self, signal: str, receiver: Callable[..., Any]) -> bool:
        """Undo a connection."""
        self._signal(signal).disconnect(receiver)
        return True

    def findChildren(self, kind: Any = None) -> tuple[Any, ...]:
        """Return all objects below this one."""
        return tuple(QtCore.QObject.findChildren(self, QtCore.QObject))  # type: ignore[type-var]

    def isWidgetType(self) -> bool:
        """Tell whether this is a widget."""
        return isinstance(self, QtWidgets.QWidget)

    def className(self) -> str:
        """Return the name of the C++ class."""
        return type(self).__name__

    def _signal(self, signature: str) -> Any:
        name, _, types_ = signature.partition("(")
        own = getattr(type(self), "_signals", {})
        if signature in own:
            return getattr(self, own[signature])
        wanted = bytes(QtCore.QMetaObject.normalizedSignature(signature).data()).decode()
        if not types_ or self.metaObject().indexOfSignal(wanted) < 0:  # type: ignore[attr-defined]
            raise ValueError(f"{type(self).__name__} has no signal {signature!r}")
        overloads = super().__getattribute__(name)
        inside = types_.rstrip(")")
        try:
            return overloads[tuple(inside.split(","))] if "," in inside else overloads[inside] if inside else overloads
        except (KeyError, IndexError, TypeError):
            return overloads


def wrapped(kind: type) -> Any:
    """Return a class of PySide6 under PythonQt's rules."""
    return type(kind)(kind.__name__, (PythonQt, kind), {"__module__": "qt"})


class FileDialog:
    """QFileDialog's static functions, which return a name alone in PythonQt. A test sets what the user answers."""

    answer = ""
    asked: list[tuple[Any, ...]] = []

    @classmethod
    def getSaveFileName(cls, *arguments: Any) -> str:
        """Return the name that the user would choose."""
        cls.asked.append(arguments)
        return cls.answer


class DesktopServices:
    """QDesktopServices: what would have been opened."""

    opened: list[str] = []

    @classmethod
    def openUrl(cls, url: Any) -> bool:
        """Remember an address."""
        cls.opened.append(url.toLocalFile() or url.toString())
        return True


class UiLoader(QtUiTools.QUiLoader):
    """Makes the widgets of a .ui file; an unknown class is an error, where Slicer shows an empty widget and warns."""

    custom: dict[str, Any] = {}

    def createWidget(self, class_name: str, parent: Any = None, name: str = "") -> Any:
        """Make one widget."""
        kind = self.custom.get(class_name) or QT.get(class_name)
        if kind is None:
            raise RuntimeError(f"{class_name} is no widget that the stand-ins know")
        widget = kind(parent)
        QtCore.QObject.setObjectName(widget, name)
        return widget

    def createLayout(self, class_name: str, parent: Any = None, name: str = "") -> Any:
        """Make one layout."""
        free = isinstance(parent, QtWidgets.QWidget) and QtWidgets.QWidget.layout(parent) is None
        layout = QT[class_name](parent) if free else QT[class_name]()
        QtCore.QObject.setObjectName(layout, name)
        return layout

    def load(self, file: Any, parent: Any = None) -> Any:
        """Load a form, and make its connections of scenes, which Python signals can't carry, by hand."""
        from standin.forms import connect_scenes, without_scene_connections

        path = file.fileName()
        widget = super().load(without_scene_connections(path), parent)
        if widget is not None:
            connect_scenes(widget, path)
        return widget


QT: dict[str, Any] = {}


def make_qt() -> types.ModuleType:
    """Return the module `qt`."""
    module = types.ModuleType("qt")
    for name in (*WRAPPED, *PLAIN):
        source = next(m for m in (QtWidgets, QtCore, QtGui) if hasattr(m, name))
        kind = getattr(source, name)
        QT[name] = wrapped(kind) if name in WRAPPED else kind
    QT["QFileDialog"], QT["QDesktopServices"], QT["QUiLoader"] = FileDialog, DesktopServices, UiLoader
    vars(module).update(QT)
    return module
