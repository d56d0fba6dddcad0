"""Options that are declared once: a field of a frozen dataclass with its meaning, its unit and its range.

    overlap: float = option(0.25, "share of a window that it has in common with the next", "[0, 0.9]")

The command line, the batch scripts, Slicer's panel, the report and the tables of the documentation are made from these
declarations. Needs neither numpy nor torch.
"""

from __future__ import annotations

import inspect
import re
import textwrap
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

T = TypeVar("T")

POSITIVE = "(0, inf)"
NOT_NEGATIVE = "[0, inf)"
SHARE = "[0, 1]"
FROM_ONE = "[1, inf)"
COUNT = "[1, 1e9]"
COUNT_OR_NONE = "[0, 1e9]"
"""Intervals that occur often. None of them holds NaN, and none an infinity."""

_KEY = "option"


@dataclass(frozen=True)
class Declaration:
    """What is declared of an option besides its name, type and default.

    Attributes:
        help: what it means: a clause that begins in lower case and has no full stop; of a switch that is on by default,
            what it switches on, a noun without its article.
        within: the interval in which a number, or each of several numbers, lies, such as `[0, 1)`.
        unit: what the value is counted in, or is: `ml`, `voxels`, `folder`.
        group: the heading below which the command line's help has it.
        pattern: regular expression that a text matches.
        forms: what a text that matches `pattern` looks like.
        report: the part of report.json that tells it. An option that has one changes the labels: with another value, a
            result that is there does not hold any more.
        code: last word of the code of the message that refuses a value; empty for the option's name.
    """

    help: str
    within: str = ""
    unit: str = ""
    group: str = ""
    pattern: str = ""
    forms: tuple[str, ...] = ()
    report: str = ""
    code: str = ""


def option(default: T, help: str, within: str = "", **more: Any) -> T:
    """Return the field of a dataclass that declares an option; `more` as in `Declaration`."""
    return field(default=default, metadata=declared(help, within, **more))


def declared(help: str, within: str = "", **more: Any) -> dict[str, Declaration]:
    """Return the metadata of a field that is made otherwise, such as one without a default."""
    return {_KEY: Declaration(help, within, **more)}


@dataclass(frozen=True)
class Option:
    """An option as it was declared.

    Attributes:
        name: of the field.
        kind: type of the value, or of each of several values.
        count: how many values a tuple has; 0 where any number is taken, None for a single value.
        choices: what the value is one of; empty where that is not so.
        optional: whether it may be None.
        required: whether it has no default.
        default: the default; None where there is none.
        declared: the rest.
    """

    name: str
    kind: Any
    count: int | None
    choices: tuple[str, ...]
    optional: bool
    required: bool
    default: Any
    declared: Declaration

    @property
    def wanted(self) -> str:
        """Return what a value must do, as in `must lie in [0, 1]`."""
        if self.declared.within:
            return f"lie in {self.declared.within}"
        one_of = self.choices or self.declared.forms
        return f"be one of {', '.join(map(repr, one_of))}" if one_of else f"be of type {self.kind.__name__}"

    def allows(self, value: Any) -> bool:
        """Tell whether the option may have this value."""
        if value is None:
            return self.optional or self.kind is Any
        if isinstance(value, Mapping):
            return all(self._allows_one(one) for one in value.values())
        if self.count is None:
            return self._allows_one(value)
        values = tuple(value) if isinstance(value, (tuple, list)) else ()
        return len(values) == (self.count or len(values)) and all(map(self._allows_one, values))

    def _allows_one(self, value: Any) -> bool:
        if self.choices:
            return value in self.choices
        if self.kind is bool:
            return isinstance(value, bool)
        if self.kind in (int, float):
            number = isinstance(value, int if self.kind is int else (int, float)) and not isinstance(value, bool)
            return number and (not self.declared.within or contains(self.declared.within, value))
        if self.kind is str:
            return isinstance(value, str) and (
                re.fullmatch(self.declared.pattern or ".*", value, re.DOTALL) is not None
            )
        return True


class NotAllowed(ValueError):
    """An option has a value that makes no sense.

    Attributes:
        option: the option.
        value: what it has.
    """

    def __init__(self, option: Option, value: object) -> None:
        super().__init__(f"{option.name} is {value!r} and must {option.wanted}")
        self.option, self.value = option, value


def options_of(settings: type) -> tuple[Option, ...]:
    """Return the options that a dataclass declares, in their order."""
    if settings not in _KNOWN:
        hints = typing.get_type_hints(settings)
        found = (_option(item, hints[item.name]) for item in fields(settings) if _KEY in item.metadata)
        _KNOWN[settings] = tuple(found)
    return _KNOWN[settings]


_KNOWN: dict[type, tuple[Option, ...]] = {}
"""What `options_of` has found: settings are checked often, and reading type hints takes a while."""


def told_part(settings: Any, part: str) -> dict[str, Any]:
    """Return the options of a dataclass that a part of report.json tells, as JSON values by name."""
    values: dict[str, Any] = {}
    for one in options_of(type(settings)):
        if one.declared.report == part:
            value = getattr(settings, one.name)
            values[one.name] = (
                list(value)
                if isinstance(value, tuple)
                else str(value)
                if isinstance(value, Path)
                else float(value)
                if one.kind is float
                else value
            )
    return values


def require_allowed(settings: Any) -> None:
    """Raise NotAllowed for the first option of a dataclass whose value makes no sense."""
    for one in options_of(type(settings)):
        value = getattr(settings, one.name)
        if not one.allows(value):
            raise NotAllowed(one, value)


def documented(settings: type[T]) -> type[T]:
    """Add what the options mean to the docstring of their dataclass; used as a decorator."""
    told = {item.name: item.metadata[_KEY].help for item in fields(settings) if _KEY in item.metadata}  # type: ignore[arg-type]
    lines = [textwrap.fill(f"{name}: {help}.", 112, subsequent_indent="    ") for name, help in told.items()]
    text = inspect.cleandoc(settings.__doc__ or "")
    settings.__doc__ = "\n".join([text, "", "Attributes:", textwrap.indent("\n".join(lines), "    ")])
    return settings


def contains(interval: str, number: float) -> bool:
    """Tell whether a number lies in an interval; round brackets leave the end out."""
    low, high = bounds(interval)
    above = number >= low if interval[0] == "[" else number > low
    return above and (number <= high if interval[-1] == "]" else number < high)


def bounds(interval: str) -> tuple[float, float]:
    """Return both ends of an interval."""
    low, high = map(float, interval[1:-1].split(","))
    return low, high


def in_words(interval: str) -> str:
    """Return an interval in words, such as `0 to 0.9` or `0 or more`."""
    low, high = (f"{end:.15g}" for end in bounds(interval))
    if interval[0] == "[" and interval[-1] == "]":
        return f"{low} to {high}"
    lower = f"{low} or more" if interval[0] == "[" else f"above {low}"
    upper = "" if high == "inf" else f", below {high}" if interval[-1] == ")" else f", at most {high}"
    return lower + upper


def _option(item: Field[Any], hint: Any) -> Option:
    """Return the option of a field; its type says what it may be."""
    parts = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    (kind,) = (part for part in parts if part is not type(None))
    count: int | None = None
    origin = typing.get_origin(kind)
    if origin is tuple:
        count, kind = len(typing.get_args(kind)), typing.get_args(kind)[0]
    elif origin in (Sequence, typing.get_origin(Sequence[Path])):
        count, kind = 0, typing.get_args(kind)[0]
    elif origin is dict:
        kind = typing.get_args(kind)[1]
    choices = typing.get_args(kind) if typing.get_origin(kind) is Literal else ()
    default = item.default if item.default is not MISSING else None
    required = item.default is MISSING and item.default_factory is MISSING
    return Option(
        item.name, str if choices else kind, count, choices, len(parts) > 1, required, default, item.metadata[_KEY]
    )
