"""Declared options as arguments of a command line, and back again; see `GSSCore.options`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

from GSSCore.cli.arguments import as_path
from GSSCore.options import Option, contains, in_words, options_of

T = TypeVar("T")


def flag(option: Option) -> str:
    """Return the option's argument: its name with dashes; what is on by default is switched off by `--no-...`."""
    name = option.name.replace("_", "-")
    return f"--no-{name}" if option.kind is bool and option.default else f"--{name}"


def add_options(parser: argparse.ArgumentParser, settings: type, without: Collection[str] = ()) -> None:
    """Add the options of a dataclass to a parser, but for some.

    The parsed arguments have them under the names of their fields, see `read_options`.
    """
    groups = {group.title: group for group in parser._action_groups}
    for option in options_of(settings):
        if option.name not in without:
            title = option.declared.group
            if title and title not in groups:
                groups[title] = parser.add_argument_group(title)
            (groups[title] if title else parser).add_argument(flag(option), **_argument(option))


def read_options(settings: type[T], arguments: argparse.Namespace, **fixed: Any) -> T:
    """Return the dataclass that parsed arguments ask for.

    Args:
        settings: the dataclass.
        arguments: parsed; an option that the parser was made without gets its default.
        fixed: values that come from elsewhere.
    """
    given = {o.name: getattr(arguments, o.name) for o in options_of(settings) if hasattr(arguments, o.name)}
    return settings(**{**given, **fixed})


def words_of(settings: Any, known_to: type | None = None) -> list[str]:
    """Return the arguments that ask for these settings: what `read_options` makes the same settings of.

    Args:
        settings: a dataclass with options.
        known_to: the dataclass whose options the command knows; the others are left out.
    """
    words: list[str] = []
    for option in options_of(known_to or type(settings)):
        value = getattr(settings, option.name)
        if option.kind is bool:
            words += [flag(option)] if value != option.default else []
        elif option.count == 0:
            words += [flag(option), *map(str, value)]
        elif value is not None:
            text = _text(option, value)
            # argparse takes what begins with a dash for an option of its own.
            words += [f"{flag(option)}={text}"] if text.startswith("-") else [flag(option), text]
    return words


def explained(option: Option) -> str:
    """Return what an option means for who calls a command, with its range and default."""
    declared = option.declared
    if option.kind is bool:
        return f"leave out the {declared.help}" if option.default else declared.help
    facts = [in_words(declared.within)] if declared.within else []
    facts += [", ".join(declared.forms)] if declared.forms else []
    facts += [f"one number, or {option.count} with commas between"] if option.count else []
    if option.default is not None:
        facts.append(f"default: {option.default:g}" if option.kind is float else f"default: {option.default}")
    return f"{declared.help} ({'; '.join(facts)})" if facts else declared.help


def _argument(option: Option) -> dict[str, Any]:
    """Return how argparse is told of an option."""
    told: dict[str, Any] = {"dest": option.name, "help": explained(option).replace("%", "%%")}
    if option.kind is bool:
        return {**told, "action": "store_false" if option.default else "store_true"}
    told |= {"required": True} if option.required else {"default": option.default}
    if option.choices:
        return {**told, "choices": option.choices}
    if option.declared.unit:
        told["metavar"] = option.declared.unit.upper()
    if option.count == 0:
        told["nargs"] = "+"
    return {**told, "type": _several(option) if option.count else _one(option)}


def _one(option: Option) -> Callable[[str], Any]:
    """Return what makes a single value of an argument."""
    return as_path if option.kind is Path else option.kind


def _several(option: Option) -> Callable[[str], tuple[Any, ...]]:
    """Return what makes several values of an argument: of `96` or `96,96,80`."""
    count = option.count or 1

    def read(text: str) -> tuple[Any, ...]:
        try:
            values = [option.kind(part) for part in text.split(",")]
        except ValueError:
            values = []
        within = option.declared.within
        if len(values) not in (1, count) or not all(not within or contains(within, value) for value in values):
            unit = option.declared.unit or "values"
            raise argparse.ArgumentTypeError(f"{text!r} is neither a number of {unit} nor {count} with commas between")
        return tuple(values * count if len(values) == 1 else values)

    return read


def _text(option: Option, value: Any) -> str:
    """Return the argument that a value is read from."""
    if option.count is not None:
        return ",".join(map(str, value))
    return repr(float(value)) if option.kind is float else str(value)
