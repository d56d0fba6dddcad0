"""Reading a recipe from a TOML file. Unknown keys, and values of a wrong type or range, are refused.

Needs no torch, so that a recipe can be checked before anything heavy is loaded.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import sys
import types
import typing
from pathlib import Path
from typing import Any, Literal, TypeVar

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.options import NotAllowed
from GSSCore.training.recipe import Recipe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")


def read_recipe(path: Path) -> Recipe:
    """Return the recipe of a TOML file.

    Raises:
        InputError: when it can't be read, has an unknown key (the nearest valid name is given), or a value of the
            wrong type or range.
    """
    return parse_recipe(read_table(path), str(path))


def read_table(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file. Raises InputError when it can't be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(
            Message(
                "recipe.unreadable",
                "The recipe {recipe} can't be read ({reason}): name a TOML file.",
                recipe=path,
                reason=getattr(fault, "strerror", None) or fault,
            )
        ) from fault
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise InputError(
            Message(
                "recipe.no-toml",
                "The recipe {recipe} is no valid TOML ({reason}): correct that line.",
                recipe=path,
                reason=fault,
            )
        ) from fault


def parse_recipe(table: dict[str, Any], origin: str = "a table") -> Recipe:
    """Return the recipe that nested plain values describe.

    Raises:
        InputError: for a fault; it names the recipe by `origin`.
    """
    return _build(Recipe, table, origin, "")


def recipe_from(kind: type[T], table: dict[str, Any], origin: str = "a table") -> T:
    """Return the recipe of a kind, a dataclass, that nested plain values describe; otherwise as `parse_recipe`."""
    return _build(kind, table, origin, "")


def _build(kind: type[T], table: dict[str, Any], origin: str, prefix: str) -> T:
    hints = typing.get_type_hints(kind)
    known = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
            raise InputError(
                Message(
                    "recipe.unknown-key",
                    "The recipe {recipe} has a key {key}, which no recipe has: write {near}, if that was meant.",
                    recipe=origin,
                    key=f"{prefix}{key}",
                    near=f"{prefix}{near}",
                )
            )
    values = {key: _convert(hints[key], value, origin, f"{prefix}{key}") for key, value in table.items()}
    try:
        return kind(**values)
    except NotAllowed as fault:
        raise InputError(
            Message(
                "recipe.range",
                "In the recipe {recipe}, {key} is {value} and must lie in {interval}: correct it.",
                recipe=origin,
                key=f"{prefix}{fault.option.name}",
                value=repr(fault.value),
                interval=fault.option.declared.within,
            )
        ) from fault
    except ValueError as fault:
        raise InputError(
            Message(
                "recipe.contradiction",
                "In the recipe {recipe}, the values of {table} contradict each other ({reason}): correct one.",
                recipe=origin,
                table=prefix.rstrip("."),
                reason=fault,
            )
        ) from fault


def _convert(hint: Any, value: Any, origin: str, key: str) -> Any:
    """Return `value` as the annotated type, or raise InputError naming the key. A bool is never taken for a number.

    By hand: libraries that do this are large, and say what is wrong in another form than the project's messages.
    """
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise _wrong(origin, key, value, f"a table, [{key}]")
        return _build(hint, value, origin, key + ".")
    plain = typing.get_origin(hint) or hint
    if plain is Literal:
        if value in typing.get_args(hint):
            return value
        raise _wrong(origin, key, value, f"one of {', '.join(map(repr, typing.get_args(hint)))}")
    if plain is tuple:
        kinds = typing.get_args(hint)
        if isinstance(value, (list, tuple)) and len(value) == len(kinds):
            return tuple(
                _convert(k, v, origin, f"{key}[{i}]") for i, (k, v) in enumerate(zip(kinds, value, strict=True))
            )
        raise _wrong(origin, key, value, f"a list of {len(kinds)} values")
    if plain is dict and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        return {k: _convert(inner, v, origin, f"{key}.{k}") for k, v in value.items()}
    if plain is Any:
        return value
    if plain is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return _real(value)
    if isinstance(plain, (type, types.GenericAlias)) and type(value) is plain:
        return value
    raise _wrong(origin, key, value, f"of type {getattr(plain, '__name__', plain)}")


def _real(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # Python's reader allows integers of any size
        return math.inf if value > 0 else -math.inf


def _wrong(origin: str, key: str, value: object, wanted: str) -> InputError:
    return InputError(
        Message(
            "recipe.type",
            "In the recipe {recipe}, {key} is {value} and must be {wanted}: correct it.",
            recipe=origin,
            key=key,
            value=repr(value),
            wanted=wanted,
        )
    )
