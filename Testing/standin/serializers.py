"""How `slicer.parameterNodeWrapper` keeps values in a vtkMRMLScriptedModuleNode: names and texts are the original's.

A number, text or path is a parameter with its `str`; a boolean is "True" or "False"; an enumerator is its name; a node
is a node reference and an empty parameter beside it, both with the attribute's name; of `Optional[T]` or a union, the
value is under the attribute's name with the place of its type in the union, as in "network.0". Lists, tuples,
dictionaries, parameter packs and `Any` are not here.
"""

from __future__ import annotations

import enum
import pathlib
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slicer
import slicer.util

from standin.validators import IsInstance, NotNone, Validator

PATHS = (pathlib.Path, pathlib.PosixPath, pathlib.PurePath, pathlib.PurePosixPath, pathlib.PureWindowsPath)


@dataclass(frozen=True)
class Serializer:
    """Keeps values of one type.

    Attributes:
        kind: the type.
        default: the value where none is given.
        validators: what a value must meet.
        written: returns the text of a value.
        read_text: returns the value of a text.
    """

    kind: Any
    default: Any
    validators: tuple[Validator, ...]
    written: Callable[[Any], str] = str
    read_text: Callable[[str], Any] = str

    def validate(self, value: Any) -> None:
        for validator in self.validators:
            validator.validate(value)

    def is_in(self, node: Any, name: str) -> bool:
        return bool(node.HasParameter(name))

    def write(self, node: Any, name: str, value: Any) -> None:
        self.validate(value)
        node.SetParameter(name, self.written(value))

    def read(self, node: Any, name: str) -> Any:
        return self.read_text(node.GetParameter(name))

    def remove(self, node: Any, name: str) -> None:
        node.UnsetParameter(name)


class NodeSerializer(Serializer):
    """Keeps a node as a node reference, so that Slicer's own handling of ids applies when scenes are loaded."""

    def write(self, node: Any, name: str, value: Any) -> None:
        self.validate(value)
        # None is a value as well: the parameter tells that one was set.
        node.SetParameter(name, "")
        node.SetNodeReferenceID(name, None if value is None else value.GetID())

    def read(self, node: Any, name: str) -> Any:
        return node.GetNodeReference(name)

    def remove(self, node: Any, name: str) -> None:
        node.UnsetParameter(name)
        node.RemoveNodeReferenceIDs(name)


class UnionSerializer(Serializer):
    """Keeps a value of one of several types."""

    parts: tuple[Serializer, ...]

    def validate(self, value: Any) -> None:
        super().validate(value)
        self._part_for(value)

    def is_in(self, node: Any, name: str) -> bool:
        return any(part.is_in(node, f"{name}.{index}") for index, part in enumerate(self.parts))

    def write(self, node: Any, name: str, value: Any) -> None:
        self.validate(value)
        with slicer.util.NodeModify(node):
            self.remove(node, name)
            index = self._part_for(value)
            self.parts[index].write(node, f"{name}.{index}", value)

    def read(self, node: Any, name: str) -> Any:
        for index, part in enumerate(self.parts):
            if part.is_in(node, f"{name}.{index}"):
                return part.read(node, f"{name}.{index}")
        raise KeyError(f"{name} has no value")

    def remove(self, node: Any, name: str) -> None:
        for index, part in enumerate(self.parts):
            part.remove(node, f"{name}.{index}")

    def _part_for(self, value: Any) -> int:
        for index, part in enumerate(self.parts):
            is_none = part.kind is type(None)
            if (value is None) == is_none and (is_none or isinstance(value, part.kind)):
                return index
        raise TypeError(f"{value!r} is of none of the types {[part.kind for part in self.parts]}")


def without_notes(annotated: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a type without its annotations, and these."""
    if typing.get_origin(annotated) is typing.Annotated:
        kind, *notes = typing.get_args(annotated)
        return kind, tuple(notes)
    return annotated, ()


def is_node(kind: Any) -> bool:
    """Tell whether a type is a class of nodes."""
    return isinstance(kind, type) and issubclass(kind, slicer.vtkMRMLNode)


def node_kinds(annotated: Any) -> list[type]:
    """Return the classes of nodes that a type allows, where it allows nothing but nodes or None; otherwise none."""
    kind, _ = without_notes(annotated)
    parts = typing.get_args(kind) if _is_union(kind) else (kind,)
    plain = [without_notes(part)[0] for part in parts]
    if not all(is_node(part) or part is type(None) for part in plain):
        return []
    return [part for part in plain if is_node(part)]


def serializer(kind: Any, extra: tuple[Validator, ...] = ()) -> Serializer:
    """Return what keeps values of a type. Raises TypeError for one that the stand-in does not know."""
    some = (NotNone(), IsInstance(kind if kind is not float else (int, float)), *extra)
    if kind in (int, float):
        return Serializer(kind, 0, some, str, kind)
    if kind is str:
        return Serializer(kind, "", some)
    if kind is bool:
        return Serializer(kind, False, some, lambda value: "True" if value else "False", lambda text: text == "True")
    if kind in PATHS:
        return Serializer(kind, kind(), some, str, kind)
    if kind is type(None):
        return Serializer(kind, None, extra, lambda _: "True", lambda _: None)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        first = next(iter(kind))
        return Serializer(kind, first, (IsInstance(kind), *extra), lambda value: value.name, _enumerator(kind))
    if is_node(kind):
        return NodeSerializer(kind, None, (IsInstance(kind), *extra))
    if _is_union(kind):
        return _union(kind, extra)
    raise TypeError(f"the stand-in keeps no {kind}")


def _union(kind: Any, extra: tuple[Validator, ...]) -> UnionSerializer:
    parts = []
    for part in typing.get_args(kind):
        plain, notes = without_notes(part)
        parts.append(serializer(plain, tuple(note for note in notes if isinstance(note, Validator))))
    optional = len(parts) == 2 and parts[1].kind is type(None)
    union = UnionSerializer(kind, None if optional else parts[0].default, extra)
    object.__setattr__(union, "parts", tuple(parts))
    return union


def _is_union(kind: Any) -> bool:
    """Tell whether a type is a union: the original knows `Optional[T]` and `Union[S, T]`, and not `S | T`."""
    if isinstance(kind, types.UnionType):
        raise TypeError(f"{kind}: write Optional or Union, as parameterNodeWrapper does not know the bar")
    return typing.get_origin(kind) is typing.Union


def _enumerator(kind: Any) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if text not in kind.__members__:
            raise ValueError(f"{text!r} is no name in {kind}")
        return kind[text]

    return read
