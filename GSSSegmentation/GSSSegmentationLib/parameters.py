"""The parameters of a scene: their names, what they may be, and what the widgets say of them.

Parameters of options follow from the options' declarations, see `GSSSegmentationLib.settings`. A scene from elsewhere,
or of another version, may say of a parameter what nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from slicer.parameterNodeWrapper import Choice, WithinRange

from GSSCore.options import Option, bounds, contains
from GSSCore.vocabulary import MODALITIES
from GSSSegmentationLib.settings import Settings, panel_options, tooltip

T = TypeVar("T")

REFERENCES = ("automatic", *(modality.value for modality in MODALITIES))
DEVICES = ("auto", "cpu", "cuda", "mps")
"""Of several GPUs the panel takes the first; a script may name another."""
LARGEST = {"ml": 50.0, "s": 3600.0}
"""By unit, how far the number boxes go where the option itself has no upper end."""
SMALLEST = {"s": 1.0}
"""By unit, where they begin where the option leaves its lower end out."""
_NODES = dict.fromkeys((modality.value for modality in MODALITIES), "vtkMRMLScalarVolumeNode") | {
    "segmentation": "vtkMRMLSegmentationNode",
    # Of a union, each type has a reference of its own.
    "brainMask.0": "vtkMRMLSegmentationNode",
    "brainMask.1": "vtkMRMLLabelMapVolumeNode",
}
_WIDGETS = ("ComboBox", "CheckBox", "SpinBox", "PathEdit")
"""How the names of widgets end, after the name of the parameter that they show."""


def parameter_name(option: Option) -> str:
    """Return the parameter of an option: its name in camel case, as Slicer's parameters are written."""
    first, *others = option.name.split("_")
    return first + "".join(word.capitalize() for word in others)


CHOICES: dict[str, tuple[Any, ...]] = {
    "reference": REFERENCES,
    "nested": (False, True),
    "device": DEVICES,
    **{parameter_name(option): option.choices for option in panel_options() if option.choices},
}
"""What the items of the combo boxes stand for, in their order, by parameter. What the items say is translated, so that
Slicer's own connection, which fills them with these values, is of no use. The first value is the default."""


def with_settings(node: type[T]) -> type[T]:
    """Add the parameters of the options to the class of a parameter node, which `parameterNodeWrapper` then reads."""
    for option in panel_options():
        name = parameter_name(option)
        node.__annotations__[name] = _kind(option)
        setattr(node, name, "" if option.kind is Path else option.default)
    return node


def settings_of(parameters: Any) -> Settings:
    """Return the settings that a parameter node asks for."""
    values: dict[str, Any] = {}
    for option in panel_options():
        value = getattr(parameters, parameter_name(option))
        values[option.name] = (Path(value) if value else None) if option.kind is Path else value
    return Settings(**values)


def explain(ui: Any, translated: Callable[[str], str]) -> None:
    """Let the widgets of the options say what these mean.

    Args:
        ui: the widgets by name.
        translated: returns a text of the library in the user's language.
    """
    for option in panel_options():
        for name in (parameter_name(option) + ending for ending in _WIDGETS):
            if hasattr(ui, name):
                getattr(ui, name).toolTip = translated(tooltip(option))


def take_out_unknown(node: Any) -> None:
    """Take what nobody knows out of a parameter node, so that the defaults take its place.

    `parameterNodeWrapper` checks what is set, but not what it reads, and fails at what is no number.

    Args:
        node: vtkMRMLScriptedModuleNode.
    """
    modified = node.StartModify()
    for name, known in _known().items():
        if node.HasParameter(name) and not known(node.GetParameter(name)):
            node.UnsetParameter(name)
    for name, kind in _NODES.items():
        other = node.GetNodeReference(name)
        if other is not None and not other.IsA(kind):
            node.SetNodeReferenceID(name, None)
    node.EndModify(modified)


def _known() -> dict[str, Callable[[str], bool]]:
    """Return, by parameter, what tells whether a text is a value of it."""
    known: dict[str, Callable[[str], bool]] = {
        name: tuple(map(str, choices)).__contains__ for name, choices in CHOICES.items()
    }
    for option in panel_options():
        if option.kind is not Path and parameter_name(option) not in known:
            known[parameter_name(option)] = _knows(option)
    return known


def _knows(option: Option) -> Callable[[str], bool]:
    """Return what tells whether a text is a value of a check box or a number box."""
    if option.kind is bool:
        return ("True", "False").__contains__
    low, high = _range(option)

    def is_number(text: str) -> bool:
        try:
            number = option.kind(text)
            return low <= number <= high and contains(option.declared.within, number)
        except ValueError:
            return False

    return is_number


def _kind(option: Option) -> Any:
    """Return the annotation of an option's parameter."""
    if option.kind is Path:
        return str  # empty for None
    if option.kind is bool:
        return bool
    if parameter_name(option) in CHOICES:
        return Annotated[str, Choice(CHOICES[parameter_name(option)])]
    return Annotated[option.kind, WithinRange(*_range(option))]


def _range(option: Option) -> tuple[float, float]:
    """Return how far the number box of an option goes."""
    interval, unit = option.declared.within, option.declared.unit
    low, high = bounds(interval)
    # A number box can't leave its end out.
    return low + (SMALLEST[unit] if interval[0] == "(" else 0.0), min(high, LARGEST.get(unit, high))
