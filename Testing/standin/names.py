"""Names that `slicer-core` has in its module `slicer`, and Slicer has not.

`slicer-core` brings the functions of `slicer.util` into `slicer` itself: `slicer.loadVolume` works there, and fails in
Slicer. `remove_leaks` takes them away, so that a use fails here too; `leaks_used` finds uses that no test reaches.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import slicer
import slicer.util

OWN = frozenset({"util", "modules", "app", "mrmlScene", "appLogic", "vtk"})
"""Names that are Slicer's, whatever else is so called."""


@cache
def leaked_names() -> frozenset[str]:
    """Return these names: what `slicer` shares with `slicer.util`, and the rest of how `slicer-core` is made."""
    shared = {name for name in vars(slicer) if name in vars(slicer.util) and not name.startswith("_")}
    left_over = {"me", "info", "module", "item_name", "import_module", "extend_path", "iter_modules", "slicer_core"}
    return frozenset(shared | (left_over & set(vars(slicer)))) - OWN


def remove_leaks() -> None:
    """Take them out of `slicer`."""
    for name in leaked_names():
        vars(slicer).pop(name, None)


def leaks_used(file: Path) -> list[str]:
    """Return where a Python file uses them, as in "12: slicer.loadVolume"."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "slicer":
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom) and node.module == "slicer":
            names = [alias.name for alias in node.names]
        found += [(node.lineno, name) for name in names if name in leaked_names()]  # type: ignore[attr-defined]
    return [f"{line}: slicer.{name}" for line, name in sorted(found)]
