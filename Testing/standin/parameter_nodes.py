"""Stands in for `slicer.parameterNodeWrapper`, for the types in `serializers.py` and the widgets in `connectors.py`.

Like the original: a wrong type or value raises; a parameter without a value gets its default when the wrapper is
made, so that a `Choice` needs one; values are cached, and read again when the node was modified; every widget with the
dynamic property SlicerParameterName is connected by `connectGui`, in both directions, and an unknown name raises.

Unlike the original, assigning to a name that is no parameter raises.
"""

from __future__ import annotations

import typing
import weakref
from collections.abc import Callable
from typing import Any

import slicer.util
import vtk

from standin.connectors import Connector, connector
from standin.serializers import Serializer, serializer, without_notes
from standin.validators import (
    Choice,
    Decimals,
    Default,
    Exclude,
    IsInstance,
    Maximum,
    Minimum,
    NotNone,
    SingleStep,
    Validator,
    WithinRange,
)

__all__ = [
    "Choice",
    "Decimals",
    "Default",
    "Exclude",
    "IsInstance",
    "Maximum",
    "Minimum",
    "NotNone",
    "SingleStep",
    "Validator",
    "WithinRange",
    "isParameterNodeWrapper",
    "parameterNodeWrapper",
]

PROPERTY = "SlicerParameterName"
CONNECT_GUI_RETURNS_TAG = True
"""Whether `connectGui` returns what `disconnectGui` takes. Slicers without pull request 8667 return None: the widgets
stay connected, whatever is disconnected. A panel should work with both."""

_STAY_CONNECTED: list[Any] = []
"""Wrappers that nobody can disconnect: the node's observer keeps them alive there."""


class Parameter:
    """One attribute of a parameter node."""

    def __init__(self, name: str, annotated: Any, default: Default | None) -> None:
        self.name, self.annotated = name, annotated
        kind, notes = without_notes(annotated)
        validators = tuple(note for note in notes if isinstance(note, Validator))
        self.serializer: Serializer = serializer(kind, validators)
        noted = next((note for note in notes if isinstance(note, Default)), None)
        self.default = default or noted or Default(self.serializer.default)


def parameterNodeWrapper(kind: type | None = None) -> Any:
    """Make a class with typed attributes out of annotations."""
    if kind is None:
        return parameterNodeWrapper
    hints = typing.get_type_hints(kind, include_extras=True)
    parameters = {
        name: Parameter(name, hint, Default(vars(kind)[name]) if name in vars(kind) else None)
        for name, hint in hints.items()
    }
    for reserved in (*vars(_Wrapper), "parameterNode"):
        if reserved in parameters or (reserved in vars(kind) and not reserved.startswith("__")):
            raise ValueError(f"{reserved} is a name that parameterNodeWrapper needs")
    own = {name: value for name, value in vars(kind).items() if name not in ("__dict__", "__weakref__")}
    properties = {name: _property(name) for name in parameters}
    return type(kind.__name__, (_Wrapper,), {**own, **properties, "_parameters": parameters})


def isParameterNodeWrapper(item: Any) -> bool:
    """Tell whether something is such a class, or an object of one."""
    return isinstance(item, _Wrapper) or (isinstance(item, type) and issubclass(item, _Wrapper))


def _property(name: str) -> property:
    return property(lambda self: self.getValue(name), lambda self, value: self.setValue(name, value))


class _Wrapper:
    """What all wrappers have."""

    _parameters: dict[str, Parameter]

    def __init__(self, parameterNode: Any, prefix: str | None = None) -> None:
        self.parameterNode = parameterNode
        self._prefix = prefix or ""
        self._connected: dict[int, dict[str, tuple[Connector, Callable[..., None]]]] = {}
        self._tags = 0
        self._showing = False
        self._values: dict[str, Any] = {}
        for name, parameter in self._parameters.items():
            if not parameter.serializer.is_in(parameterNode, self._prefix + name):
                parameter.serializer.write(parameterNode, self._prefix + name, parameter.default.value)
        self._read()
        # A node that keeps the wrapper alive, and the wrapper the node, would be a circle that VTK does not survive.
        weak = weakref.ref(self)

        def modified(*_: Any) -> None:
            wrapper = weak()
            if wrapper is not None:
                wrapper._read()
                wrapper._show()

        # Before all other observers: these read values.
        tag = parameterNode.AddObserver(vtk.vtkCommand.ModifiedEvent, modified, 1.0)
        weakref.finalize(self, parameterNode.RemoveObserver, tag)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name != "parameterNode" and name not in self._parameters:
            raise AttributeError(f"there is no parameter {name!r}")
        super().__setattr__(name, value)

    # --- values -----------------------------------------------------------------------------------------------------

    def getValue(self, name: str) -> Any:
        """Return a parameter's value."""
        self._require(name)
        return self._values[name]

    def setValue(self, name: str, value: Any) -> None:
        """Set a parameter's value."""
        self._require(name)
        parameter = self._parameters[name]
        with slicer.util.NodeModify(self.parameterNode):
            parameter.serializer.write(self.parameterNode, self._prefix + name, value)
            self._values[name] = parameter.serializer.read(self.parameterNode, self._prefix + name)

    def default(self, name: str) -> Default:
        """Return a parameter's default."""
        self._require(name)
        return self._parameters[name].default

    def dataType(self, name: str) -> Any:
        """Return a parameter's type, with its annotations."""
        self._require(name)
        return self._parameters[name].annotated

    def isCached(self, name: str) -> bool:
        """Tell whether a parameter's value is kept between reads: it is, for all types here."""
        self._require(name)
        return True

    @property
    def allParameters(self) -> dict[str, Parameter]:
        """All parameters by name."""
        return self._parameters

    # --- widgets ----------------------------------------------------------------------------------------------------

    def connectGui(self, gui: Any) -> int | None:
        """Tie all widgets with a parameter's name, below a widget or in a namespace; return what unties them."""
        inside = gui.findChildren() if getattr(gui, "isWidgetType", lambda: False)() else vars(gui).values()
        named = {widget.property(PROPERTY): widget for widget in inside if widget.property(PROPERTY)}
        tag = self.connectParametersToGui(named)
        if CONNECT_GUI_RETURNS_TAG:
            return tag
        _STAY_CONNECTED.append(self)
        return None

    def connectParametersToGui(self, widgets: dict[str, Any]) -> int:
        """Tie widgets, by the names of their parameters."""
        for name in widgets:
            self._require(name)
        ties = {name: connector(widget, self._parameters[name].annotated) for name, widget in widgets.items()}
        tag, self._tags = self._tags, self._tags + 1
        self._connected[tag] = {name: (tie, self._taker(name, tie)) for name, tie in ties.items()}
        for name, (tie, take) in self._connected[tag].items():
            tie.write(self.getValue(name))
            tie.signal.connect(take)
        return tag

    def disconnectGui(self, tag: int | None) -> None:
        """Untie widgets; what was not returned by a connection is ignored."""
        for tie, take in self._connected.pop(tag, {}).values():  # type: ignore[arg-type]
            tie.signal.disconnect(take)

    # --- the node ---------------------------------------------------------------------------------------------------

    def AddObserver(self, event: Any, callback: Any, priority: float = 0.0) -> int:
        """Observe the node."""
        return int(self.parameterNode.AddObserver(event, callback, priority))

    def RemoveObserver(self, tag: int) -> None:
        """Stop observing the node."""
        self.parameterNode.RemoveObserver(tag)

    def StartModify(self) -> int:
        """Hold events back."""
        return int(self.parameterNode.StartModify())

    def EndModify(self, was: int) -> None:
        """Send one event for all that was held back."""
        self.parameterNode.EndModify(was)

    def Modified(self) -> None:
        """Say that the node was modified."""
        self.parameterNode.Modified()

    # --- inside -----------------------------------------------------------------------------------------------------

    def _require(self, name: str) -> None:
        if name not in self._parameters:
            raise ValueError(f"there is no parameter {name!r}, only {', '.join(self._parameters)}")

    def _read(self) -> None:
        """Read all values, as the node was modified; what has none any more gets its default again."""
        for name, parameter in self._parameters.items():
            full = self._prefix + name
            if not parameter.serializer.is_in(self.parameterNode, full):
                parameter.serializer.write(self.parameterNode, full, parameter.default.value)
            self._values[name] = parameter.serializer.read(self.parameterNode, full)

    def _taker(self, name: str, tie: Connector) -> Callable[..., None]:
        weak = weakref.ref(self)

        def take(*_: Any) -> None:
            wrapper = weak()
            if wrapper is not None and not wrapper._showing:
                wrapper.setValue(name, tie.read())

        return take

    def _show(self) -> None:
        """Make all widgets say what the parameters say."""
        if self._showing:
            return
        self._showing = True
        try:
            with slicer.util.NodeModify(self.parameterNode):
                for ties in self._connected.values():
                    for name, (tie, _) in ties.items():
                        tie.write(self.getValue(name))
        finally:
            self._showing = False
