"""Writes what docs/ says of options, from their declarations: `python Testing/option_tables.py`.

These are the tables of options in docs/scripting.md and of a recipe's keys in docs/training.md, and in
docs/report.schema.json the parts of report.json that tell options. A test compares the files with the declarations.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "GSSSegmentation")]

from GSSCore.cli.options import flag  # noqa: E402
from GSSCore.inference.settings import ASKED, CLEAN_UP, InferenceSettings  # noqa: E402
from GSSCore.options import Option, bounds, in_words, options_of  # noqa: E402
from GSSCore.training.recipe import Recipe  # noqa: E402
from GSSSegmentationLib.settings import Settings, tooltip  # noqa: E402
from marked_text import between_marks, table  # noqa: E402


def texts(root: Path = ROOT) -> dict[Path, str]:
    """Return the files that tell of options, each with what it has to hold.

    Raises:
        ValueError: when a file lacks the marks between which its table stands.
    """
    scripting, training, schema = (root / "docs" / n for n in ("scripting.md", "training.md", "report.schema.json"))
    return {
        scripting: between_marks(scripting.read_text(encoding="utf-8"), "options", settings_table()),
        training: between_marks(training.read_text(encoding="utf-8"), "recipe", recipe_table()),
        schema: with_options(schema.read_text(encoding="utf-8")),
    }


def settings_table() -> str:
    """Return the options of a segmentation as a Markdown table."""
    lines = [
        [f"`{option.name}`", f"`{flag(option)}`", _value(option, option.default), _range(option), tooltip(option)]
        for option in options_of(Settings)
    ]
    return table(["in Python", "on the command line", "default", "range", "what"], lines)


def recipe_table() -> str:
    """Return the keys of a recipe as a Markdown table."""
    lines = [
        [f"`{name}`", _value(option, default), _range(option), tooltip(option)]
        for name, option, default in _keys(Recipe(), "")
    ]
    return table(["key", "default", "range", "what"], lines)


def with_options(schema: str) -> str:
    """Return the JSON Schema of report.json with the options that the report tells."""
    content = json.loads(schema)
    for part in (ASKED, CLEAN_UP):
        told = {o.name: _schema(o) for o in options_of(InferenceSettings) if o.declared.report == part}
        content["properties"][part] |= {"properties": told, "required": list(told)}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _keys(settings: Any, prefix: str) -> Iterator[tuple[str, Option, Any]]:
    """Yield name, option and default of each key, those of a table after the keys before it."""
    known = {option.name: option for option in options_of(type(settings))}
    for item in fields(settings):
        value = getattr(settings, item.name)
        if is_dataclass(value):
            yield from _keys(value, f"{prefix}{item.name}.")
        else:
            yield prefix + item.name, known[item.name], value


def _value(option: Option, value: Any) -> str:
    """Return a default as Markdown."""
    if value is None or value in ("", {}):
        return "–"
    return f"`{value:.10g}`" if isinstance(value, float) else f"`{list(value) if option.count else value}`"


def _range(option: Option) -> str:
    """Return what a value may be as Markdown."""
    if option.choices or option.declared.forms:
        return ", ".join(f"`{choice}`" for choice in option.choices or option.declared.forms)
    unit = f" {option.declared.unit}" if option.declared.unit else ""
    if not option.declared.within:
        return "yes or no" if option.kind is bool else unit.strip() or "–"
    return in_words(option.declared.within) + unit


def _schema(option: Option) -> dict[str, Any]:
    """Return the JSON Schema of an option's value."""
    if option.choices:
        return {"description": tooltip(option), "enum": list(option.choices)}
    kind = {bool: "boolean", int: "integer", float: "number"}.get(option.kind, "string")
    one: dict[str, Any] = {"type": kind, **_limits(option.declared.within)}
    if option.count is not None:
        one = {"type": "array", "items": one, "minItems": option.count, "maxItems": option.count}
    if option.optional:
        one["type"] = [one["type"], "null"]
    return {"description": tooltip(option), **one}


def _limits(interval: str) -> dict[str, float]:
    """Return an interval as JSON Schema has it."""
    if not interval:
        return {}
    low, high = (int(end) if end.is_integer() else end for end in bounds(interval))
    limits: dict[str, float] = {"minimum" if interval[0] == "[" else "exclusiveMinimum": low}
    return (
        limits if high == float("inf") else {**limits, "maximum" if interval[-1] == "]" else "exclusiveMaximum": high}
    )


if __name__ == "__main__":
    for place, content in texts().items():
        place.write_text(content, encoding="utf-8", newline="\n")
