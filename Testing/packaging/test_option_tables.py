"""What the texts say of options is what their declarations say, and all of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import option_tables
from GSSCore.inference.settings import ASKED, CLEAN_UP, InferenceSettings
from GSSCore.options import options_of


def test_the_tables_are_the_declarations() -> None:
    outdated = [p.name for p, text in option_tables.texts().items() if p.read_text(encoding="utf-8") != text]
    assert not outdated, "run python Testing/option_tables.py, then python Testing/report_table.py"


def test_every_option_has_a_line_with_its_names_range_and_default() -> None:
    table = option_tables.settings_table()
    assert "| `overlap` | `--overlap` | `0.25` | 0 to 0.9 | Share of a window" in table
    assert "| `confidence` | `--no-confidence` | `True` | yes or no | Map of" in table
    assert "| `minimum_component_ml` | `--minimum-component-ml` | `0` | 0 or more ml | Connected" in table
    assert len(table.splitlines()) == 2 + len(options_of(option_tables.Settings))
    keys = option_tables.recipe_table()
    assert "| `data.crop` | `[112, 128, 112]` | 1 to 1024 voxels | Size of a sample" in keys
    assert "| `loss.teacher.floor` | `0.005` | above 0, below 0.25 | Least value" in keys


def test_the_schema_of_the_report_has_the_ranges() -> None:
    schema = json.loads((option_tables.ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))["properties"]
    told = {o.name for o in options_of(InferenceSettings) if o.declared.report}
    assert {*schema[ASKED]["properties"], *schema[CLEAN_UP]["properties"]} == told
    overlap = schema[ASKED]["properties"]["overlap"]
    assert (overlap["type"], overlap["minimum"], overlap["maximum"]) == ("number", 0, 0.9)
    window = schema[ASKED]["properties"]["window"]
    assert (window["type"], window["items"], window["minItems"]) == (
        ["array", "null"],
        {"type": "integer", "minimum": 1},
        3,
    )


def test_marks_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("scripting.md", "training.md"):
        (tmp_path / "docs" / name).write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="options:begin"):
        option_tables.texts(tmp_path)
