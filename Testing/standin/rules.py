"""The rules of PythonQt, by which Slicer shows Qt to Python, for the classes of PySide6.

What is enforced: a Qt property hides its getter, so that `edit.text` is a string and `edit.text()` fails; a property
that can't be written says so; nothing can be added to a C++ object, though to one of a Python class derived from it; an
unknown signal is an error; `x.connect("signal(type)", f)` and `x.signal.connect(f)` both work.

What differs: objects that Qt itself returns, such as a table's header, are plain PySide6; PythonQt only prints a
warning for an unknown signal; enumerators are those of Qt 6; C++ ownership is PySide6's.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from PySide6 import QtCore, QtWidgets

WRAPPED = (
    "QObject", "QTimer", "QAction", "QActionGroup", "QButtonGroup", "QShortcut",
    "QWidget", "QFrame", "QGroupBox", "QScrollArea", "QSplitter", "QStackedWidget", "QTabWidget", "QToolBox",
    "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QComboBox", "QLineEdit", "QTextEdit",
    "QPlainTextEdit", "QTextBrowser", "QSpinBox", "QDoubleSpinBox", "QSlider", "QProgressBar", "QMenu",
    "QTableWidget", "QTableView", "QListWidget", "QTreeWidget",
    "QDialog", "QMessageBox", "QProgressDialog", "QDialogButtonBox", "QMainWindow",
    "QVBoxLayout", "QHBoxLayout", "QFormLayout", "QGridLayout",
)  # fmt: skip
"""Classes whose objects obey PythonQt's rules."""
PLAIN = (
    "QTableWidgetItem", "QListWidgetItem", "QTreeWidgetItem", "QSpacerItem", "QSizePolicy", "QAbstractItemView",
    "QHeaderView", "QUrl", "QIcon", "QPixmap", "QImage", "QColor", "QCursor", "QFont", "QPalette", "QKeySequence",
    "QSize", "QPoint", "QRect", "QFile", "QFileInfo", "QDir", "QByteArray", "QEvent", "QEventLoop", "QSysInfo",
    "QLocale", "QTranslator", "QProcessEnvironment", "QCoreApplication", "QApplication", "Qt",
)  # fmt: skip
"""Classes that are PySide6's own."""


@functools.cache
def properties(kind: type) -> dict[str, QtCore.QMetaProperty]:
    """Return the Qt properties of a class by their names."""
    meta = kind.staticMetaObject  # type: ignore[attr-defined]
    return {meta.property(index).name(): meta.property(index) for index in range(meta.propertyCount())}


class PythonQt:
    """Mixed into a class of PySide6, makes its objects behave as PythonQt's.

    A class that says `_cpp = True` stands for a C++ class: nothing can be added to its objects but what it lists itself
    in `_internal`. A class derived from it in Python is free to have attributes.
    """

    _cpp = True
    _internal: frozenset[str] = frozenset()
    _signals: dict[str, str] = {}
    """Signals whose C++ signature PySide6 can't carry, with the attributes that hold them."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_"):
            return super().__getattribute__(name)
        if name in ("connect", "disconnect"):  # PySide6 treats these two names in a way of its own
            return functools.partial(PythonQt.__dict__[name], self)
        name = "objectName" if name == "name" else name
        if name in properties(type(self)):
            value = QtCore.QObject.property(self, name)  # type: ignore[arg-type]
            return tuple(value) if isinstance(value, list) else value
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        """Look for a dynamic property and for a child of that name, as PythonQt does last."""
        if not name.startswith("_"):
            if name in _dynamic(self):
                return QtCore.QObject.property(self, name)  # type: ignore[arg-type]
            for child in QtCore.QObject.children(self):  # type: ignore[arg-type]
                if QtCore.QObject.objectName(child) == name:
                    return child
        raise AttributeError(f"{type(self).__name__} has no attribute named '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        name = "objectName" if name == "name" else name
        kind = type(self)
        if name in properties(kind):
            _write(self, name, value)
        elif name in _dynamic(self):
            QtCore.QObject.setProperty(self, name, value)  # type: ignore[call-overload]
        elif "_cpp" not in vars(kind) or name in kind._internal or name.startswith("__"):  # PySide6 has some of its own
            super().__setattr__(name, value)
        elif isinstance(value, QtCore.QObject) and QtCore.QObject.objectName(value) == name:
            return  # QUiLoader makes each child an attribute of its form; they are found by their names here
        elif hasattr(kind, name):
            raise AttributeError(f"slot '{name}' of {kind.__name__} can't be overwritten")
        else:
            raise AttributeError(f"'{name}' does not exist on {kind.__name__}, and nothing can be added to it")

    def connect(self, signal: str, *receiver: Any) -> bool:
        """Connect a signal, as in "clicked(bool)", to a function or to an object's slot."""
        target = receiver[0]
        if isinstance(target, QtCore.QObject):
            target = getattr(target, receiver[1].partition("(")[0])
        if not callable(target):
            raise TypeError(f"{target!r} can't be called")
        self._signal(signal).connect(target)
        return True

    def disconnect(self, signal: str, receiver: Callable[..., Any]) -> bool:
        """Undo a connection, and tell whether there was one."""
        with warnings.catch_warnings(record=True) as caught:  # PySide6 only warns
            warnings.simplefilter("always")
            try:
                self._signal(signal).disconnect(receiver)
            except (RuntimeError, TypeError):
                return False
        return not caught

    def children(self) -> tuple[Any, ...]:
        """Return the objects right below this one."""
        return tuple(QtCore.QObject.children(self))  # type: ignore[arg-type]

    def findChildren(self, kind: Any = None, name: str | None = None) -> tuple[Any, ...]:
        """Return all objects below this one, of a class and with a name where these are given."""
        if isinstance(kind, str):
            kind, name = None, kind
        below = QtCore.QObject.findChildren(self, QtCore.QObject)  # type: ignore[type-var]
        named = [child for child in below if name is None or QtCore.QObject.objectName(child) == name]
        return tuple(child for child in named if kind is None or isinstance(child, kind))

    def findChild(self, kind: Any = None, name: str | None = None) -> Any:
        """Return the first of them, or None."""
        return next(iter(PythonQt.findChildren(self, kind, name)), None)

    def isWidgetType(self) -> bool:
        """Tell whether this is a widget."""
        return isinstance(self, QtWidgets.QWidget)

    def className(self) -> str:
        """Return the name of the C++ class."""
        return next(kind.__name__ for kind in type(self).__mro__ if "_cpp" in vars(kind))

    def delete(self) -> None:
        """Delete the C++ object; later, as nothing else is safe here."""
        self.deleteLater()  # type: ignore[attr-defined]

    def _signal(self, signature: str) -> Any:
        name, _, inside = signature.partition("(")
        kind = type(self)
        if signature in kind._signals:
            return getattr(self, kind._signals[signature])
        wanted = bytes(QtCore.QMetaObject.normalizedSignature(signature).data()).decode()
        if not inside or self.metaObject().indexOfSignal(wanted) < 0:  # type: ignore[attr-defined]
            raise ValueError(f"{kind.__name__} has no signal {signature!r}")
        signal = super().__getattribute__(name)
        inside = inside.rstrip(")")
        try:
            return signal[tuple(inside.split(","))] if "," in inside else signal[inside] if inside else signal
        except (KeyError, IndexError, TypeError):
            return signal


class _Kind(type(QtWidgets.QWidget)):  # type: ignore[misc]
    """Class of the wrapped classes: `isinstance(qt.QPushButton(), qt.QWidget)` holds, as it does in C++."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if cls.__module__ != "qt":
            return issubclass(type(instance), cls)
        plain = next(kind for kind in cls.__mro__ if kind.__module__.startswith("PySide6"))
        return issubclass(type(instance), plain)


def wrapped(kind: type, *mixed: type) -> Any:
    """Return a class of PySide6 under PythonQt's rules."""
    return _Kind(kind.__name__, (*mixed, PythonQt, kind), {"__module__": "qt", "_cpp": True})


def _dynamic(item: Any) -> list[str]:
    return [bytes(name.data()).decode() for name in QtCore.QObject.dynamicPropertyNames(item)]


def _write(item: Any, name: str, value: Any) -> None:
    kind = type(item).__name__
    described = properties(type(item))[name]
    if not described.isWritable():
        raise AttributeError(f"property '{name}' of {kind} can't be written")
    plain = list(value) if isinstance(value, tuple) else value
    try:
        taken = QtCore.QObject.setProperty(item, name, plain)
    except (TypeError, RuntimeError):
        taken = False
    if not taken or not _fits(described.typeName(), plain):
        raise AttributeError(f"property '{name}' of {kind} takes no {value!r}: it is a {described.typeName()}")


def _fits(wanted: str, value: Any) -> bool:
    """Tell whether PythonQt would take a value for a property of a type: text is only made of text."""
    if wanted == "QString":
        return isinstance(value, str)
    if wanted in ("int", "double", "float"):
        return not isinstance(value, str)
    return True
