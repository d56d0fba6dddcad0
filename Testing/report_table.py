"""Writes the table of report.json's keys into docs/report.md: `python Testing/report_table.py`.

docs/report.schema.json is the one source; a test compares the page with it, and real reports with the schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marked_text import between_marks, table

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "docs" / "report.schema.json"
PAGE = ROOT / "docs" / "report.md"


def page() -> str:
    """Return docs/report.md as it has to be."""
    schema = read_schema()
    text = PAGE.read_text(encoding="utf-8")
    text = between_marks(text, "keys", keys_table(schema))
    return between_marks(text, "image", keys_table(schema["$defs"]["image"]))


def read_schema() -> dict[str, Any]:
    """Return the JSON Schema of report.json."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def keys_table(schema: dict[str, Any]) -> str:
    """Return the keys of an object, and of the objects in it, as a Markdown table."""
    return table(["key", "type", "what"], [[f"`{name}`", kind, what] for name, kind, what in _rows(schema, "")])


def _rows(schema: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, type and description of each key, those of inner objects after their own."""
    for key, inner in schema["properties"].items():
        name = prefix + key
        yield name, _kind(inner), inner["description"]
        if "properties" in inner:
            yield from _rows(inner, f"{name}.")
        elif "properties" in inner.get("items", {}):
            yield from _rows(inner["items"], f"{name}[].")
        elif "properties" in inner.get("additionalProperties", {}):
            yield from _rows(inner["additionalProperties"], f"{name}.*.")


def _kind(schema: dict[str, Any]) -> str:
    """Return the type in words."""
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    given = schema["type"]
    return " or ".join([given] if isinstance(given, str) else given)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
