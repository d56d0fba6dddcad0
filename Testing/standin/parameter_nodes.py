"""Stands in for `slicer.parameterNodeWrapper`, for the types and widgets that the panel uses.

Values are kept as the original keeps them: as text in a vtkMRMLScriptedModuleNode, nodes as node references. Like the
original, a wrong type or value raises, every widget with the dynamic property SlicerParameterName is connected by
`connectGui`, and an unknown name raises. Not here: parameter packs, unions, containers, enums.
"""

from __future__ import annotations

import typing
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slicer
import slicer.util
import vtk

PROPERTY = "SlicerParameterName"


@dataclass(frozen=True)
class WithinRange:
    """The value lies in a range."""

    minimum: float
    maximum: float

    def validate(self, value: Any) -> None:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"{value} is not within {self.minimum} and {self.maximum}")


class Choice:
    """The value is one of a few."""

    def __init__(self, choices: Any) -> None:
        self.choices = list(choices)

    def validate(self, value: Any) -> None:
        if value not in self.choices:
            raise ValueError(f"{value!r} is none of {self.choices}")


class Default:
    """The value where none was set."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Parameter:
    """One attribute of a parameter node."""

    def __init__(self, name: str, annotated: Any, default: Any) -> None:
        self.name = name
        self.kind, self.notes = annotated, ()
        if typing.get_origin(annotated) is typing.Annotated:
            self.kind, *notes = typing.get_args(annotated)
            self.notes = tuple(notes)
        self.is_node = isinstance(self.kind, type) and issubclass(self.kind, slicer.vtkMRMLNode)
        if not self.is_node and self.kind not in (str, bool, float, int):
            raise TypeError(f"{name}: the stand-in knows no {self.kind}")
        noted = [note.value for note in self.notes if isinstance(note, Default)]
        choices = [note.choices[0] for note in self.notes if isinstance(note, Choice)]
        empty = None if self.is_node else self.kind()
        self.default = default if default is not None else next(iter([*noted, *choices]), empty)

    def read(self, node: Any) -> Any:
        if self.is_node:
            return node.GetNodeReference(self.name)
        text = node.GetParameter(self.name) if self.name in node.GetParameterNames() else None
        if text is None:
            return self.default
        return text == "True" if self.kind is bool else self.kind(text)

    def write(self, node: Any, value: Any) -> None:
        if self.is_node:
            if value is not None and not (hasattr(value, "IsA") and value.IsA(self.kind.__name__)):
                raise TypeError(f"{self.name} takes a {self.kind.__name__}, not {value!r}")
            node.SetNodeReferenceID(self.name, None if value is None else value.GetID())
            return
        accepted = (int, float) if self.kind is float else self.kind
        if not isinstance(value, accepted):
            raise TypeError(f"{self.name} takes a {self.kind.__name__}, not {value!r}")
        for note in self.notes:
            if hasattr(note, "validate"):
                note.validate(value)
        node.SetParameter(self.name, str(self.kind(value)))


@dataclass
class Connector:
    """Ties one widget to one parameter."""

    read: Callable[[], Any]
    write: Callable[[Any], None]
    signal: Any


def connector(widget: Any, parameter: Parameter) -> Connector:
    """Return what ties a widget to a parameter. Raises RuntimeError for a pair that the original does not tie."""
    kind = type(widget).__name__
    if parameter.is_node and kind == "qMRMLNodeComboBox":
        return Connector(widget.currentNode, widget.setCurrentNode, widget.currentNodeChanged)
    if parameter.kind is bool and kind == "QCheckBox":
        return Connector(lambda: widget.checked, lambda value: setattr(widget, "checked", value), widget.toggled)
    if parameter.kind is float and kind == "QDoubleSpinBox":
        for note in parameter.notes:
            if isinstance(note, WithinRange):
                widget.minimum, widget.maximum = note.minimum, note.maximum
        return Connector(lambda: widget.value, lambda value: setattr(widget, "value", value), widget.valueChanged)
    raise RuntimeError(f"{widget.name}: a {kind} can't show the parameter {parameter.name}")


def parameterNodeWrapper(kind: type) -> type:
    """Make a class with typed attributes out of annotations."""
    hints = typing.get_type_hints(kind, include_extras=True)
    parameters = {name: Parameter(name, hint, getattr(kind, name, None)) for name, hint in hints.items()}

    def attribute(parameter: Parameter) -> property:
        return property(
            lambda self: parameter.read(self.parameterNode),
            lambda self, value: parameter.write(self.parameterNode, value),
        )

    body = {name: attribute(parameter) for name, parameter in parameters.items()}
    return type(kind.__name__, (_Wrapper,), {**body, "_parameters": parameters, "__doc__": kind.__doc__})


class _Wrapper:
    """What all wrappers have."""

    _parameters: dict[str, Parameter]

    def __init__(self, node: Any) -> None:
        self.parameterNode = node
        self._connected: dict[int, dict[str, tuple[Connector, Any]]] = {}
        self._observers: dict[int, int] = {}
        self._updating = False
        for parameter in self._parameters.values():
            if not parameter.is_node and parameter.name not in node.GetParameterNames():
                parameter.write(node, parameter.default)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name != "parameterNode" and name not in self._parameters:
            raise AttributeError(f"there is no parameter {name!r}")
        super().__setattr__(name, value)

    def connectGui(self, ui: Any) -> int:
        """Tie all widgets with a parameter's name, and return what unties them."""
        ties = {}
        for widget in vars(ui).values():
            name = widget.property(PROPERTY)
            if not name:
                continue
            if name not in self._parameters:
                raise ValueError(f"{widget.name}: there is no parameter {name!r}")
            tie = connector(widget, self._parameters[name])
            tie.write(getattr(self, name))
            ties[name] = (tie, self._taker(name, tie))
            tie.signal.connect(ties[name][1])
        tag = len(self._connected)
        self._connected[tag] = ties
        # A node that keeps the wrapper alive, and the wrapper the node, would be a circle that VTK does not survive.
        weak = weakref.ref(self)

        def changed(*_: Any) -> None:
            wrapper = weak()
            if wrapper is not None:
                wrapper._show()

        self._observers[tag] = self.parameterNode.AddObserver(vtk.vtkCommand.ModifiedEvent, changed)
        return tag

    def disconnectGui(self, tag: int) -> None:
        """Untie widgets."""
        self.parameterNode.RemoveObserver(self._observers.pop(tag))
        for tie, taker in self._connected.pop(tag).values():
            tie.signal.disconnect(taker)

    def AddObserver(self, event: Any, callback: Any, priority: float = 0.0) -> int:
        """Observe the node."""
        return int(self.parameterNode.AddObserver(event, callback, priority))

    def RemoveObserver(self, tag: int) -> None:
        """Stop observing the node."""
        self.parameterNode.RemoveObserver(tag)

    def HasObserver(self, *arguments: Any) -> Any:
        """Tell whether the node is observed."""
        return self.parameterNode.HasObserver(*arguments)

    def StartModify(self) -> int:
        """Hold events back."""
        return int(self.parameterNode.StartModify())

    def EndModify(self, was: int) -> None:
        """Send one event for all that was held back."""
        self.parameterNode.EndModify(was)

    def _taker(self, name: str, tie: Connector) -> Callable[..., None]:
        def take(*_: Any) -> None:
            if not self._updating:
                setattr(self, name, tie.read())

        return take

    def _show(self) -> None:
        if self._updating:
            return
        self._updating = True
        try:
            for ties in self._connected.values():
                for name, (tie, _) in ties.items():
                    if tie.read() != getattr(self, name):
                        tie.write(getattr(self, name))
        finally:
            self._updating = False
