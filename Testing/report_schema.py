"""Holds reports against docs/report.schema.json, for the tests of all programs that write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from report_table import read_schema


def problems(folder: Path) -> list[str]:
    """Return what in a result's report the schema does not allow, keys that it does not describe included."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(report)]


def validator() -> Draft202012Validator:
    """Return the schema with a check that every key is described. Readers get it without: keys may be added."""
    schema = _closed(read_schema())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _closed(schema: Any) -> Any:
    """Return a schema whose objects with known keys allow no others."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _closed(value) for key, value in schema.items()}
    return inner | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else inner
