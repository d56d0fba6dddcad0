"""How `slicer.parameterNodeWrapper` ties widgets to parameters: which pairs there are, and what is done to a widget.

As in the original, a pair is told by the exact class of the widget; a combo box is emptied and filled with the choices,
a number box gets the range of the parameter, a node selector the parameter's classes of nodes.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standin.serializers import PATHS, node_kinds, without_notes
from standin.validators import Choice, Decimals, Maximum, Minimum, SingleStep, WithinRange

INTEGERS = -(2**31), 2**31 - 1


@dataclass(frozen=True)
class Connector:
    """Ties one widget to one parameter.

    Attributes:
        read: returns what the widget says.
        write: makes the widget say a value.
        signal: the widget's, when what it says changes.
    """

    read: Callable[[], Any]
    write: Callable[[Any], None]
    signal: Any


def connector(widget: Any, annotated: Any) -> Connector:
    """Return what ties a widget to a parameter of a type. RuntimeError for a pair that the original does not tie."""
    kind, notes = without_notes(annotated)
    name = widget.className()
    if node_kinds(annotated) and name == "qMRMLNodeComboBox":
        widget.nodeTypes = [node_kind.__name__ for node_kind in node_kinds(annotated)]
        return Connector(widget.currentNode, widget.setCurrentNode, widget.currentNodeChanged)
    if kind is bool and name == "QCheckBox":
        return _by_property(widget, "checked", widget.toggled)
    if kind is bool and name == "QPushButton":
        widget.checkable = True
        return _by_property(widget, "checked", widget.toggled)
    if kind is int and name in ("QSpinBox", "QSlider"):
        return _number(widget, notes, INTEGERS)
    if kind is float and name in ("QDoubleSpinBox", "ctkSliderWidget"):
        return _number(widget, notes, (float("-inf"), float("inf")))
    if kind is str and name == "QLineEdit":
        return _by_property(widget, "text", widget.textChanged)
    if kind is str and name == "QTextEdit":
        return Connector(widget.toPlainText, widget.setPlainText, widget.textChanged)
    if kind in PATHS and name == "ctkPathLineEdit":
        return Connector(
            lambda: kind(widget.currentPath),
            lambda value: setattr(widget, "currentPath", str(value)),
            widget.currentPathChanged,
        )
    if name == "QComboBox" and kind in (int, float, str, bool):
        return _choices(widget, _chosen_from(notes))
    if name == "QComboBox" and isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choices(widget, list(kind), lambda value: str(getattr(kind, "label", lambda one: one.name)(value)))
    raise RuntimeError(f"{widget.name}: a {name} can't show a {annotated}")


def _by_property(widget: Any, name: str, signal: Any) -> Connector:
    return Connector(lambda: getattr(widget, name), lambda value: setattr(widget, name, value), signal)


def _number(widget: Any, notes: tuple[Any, ...], widest: tuple[float, float]) -> Connector:
    for note in notes:
        if isinstance(note, Decimals):
            widget.decimals = note.value
        if isinstance(note, SingleStep):
            widget.singleStep = note.value
    minimum, maximum = widest
    bounds = 0
    for note in notes:
        if isinstance(note, WithinRange | Minimum):
            minimum, bounds = note.minimum, bounds + 1
        if isinstance(note, WithinRange | Maximum):
            maximum, bounds = note.maximum, bounds + 1
    if widget.className() in ("QSlider", "ctkSliderWidget") and bounds < 2:
        raise RuntimeError(f"{widget.name}: a slider needs a range")
    widget.minimum, widget.maximum = minimum, maximum
    return _by_property(widget, "value", widget.valueChanged)


def _chosen_from(notes: tuple[Any, ...]) -> list[Any]:
    choice = next((note for note in notes if isinstance(note, Choice)), None)
    if choice is None:
        raise RuntimeError("a combo box needs a Choice")
    return choice.choices


def _choices(widget: Any, values: list[Any], text: Callable[[Any], str] = str) -> Connector:
    widget.clear()
    widget.addItems([text(value) for value in values])

    def write(value: Any) -> None:
        if value not in values:
            raise ValueError(f"{widget.name} does not offer {value!r}")
        widget.currentIndex = values.index(value)

    return Connector(lambda: values[widget.currentIndex], write, widget.currentIndexChanged)
