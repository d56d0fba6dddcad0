"""The files of the Slicer module: importing one runs nothing, and needs only what comes with Slicer."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "GSSSegmentation" / "GSSSegmentation.py"
LIBRARY = sorted((ROOT / "GSSSegmentation" / "GSSSegmentationLib").glob("*.py"))
WITH_SLICER = {"slicer", "vtk", "qt", "ctk", "numpy", "scipy", "SimpleITK", "packaging", "SampleData"}
"""Packages that come with Slicer, besides Python's own."""
OURS = {"GSSCore", "GSSSegmentationLib"}


def file_scope(path: Path) -> Iterator[ast.stmt]:
    """Yield the statements that run when a file is imported, without those for the type checker."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if not (isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"):
            yield statement


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for statement in file_scope(path):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            found.add(statement.module or "")
    return found


@pytest.mark.parametrize("path", [MODULE, *LIBRARY], ids=lambda path: path.name)
def test_importing_a_file_runs_nothing(path: Path) -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    for statement in file_scope(path):
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        assert text or isinstance(statement, allowed), f"line {statement.lineno}"
        if not isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
            assert "sys.path" not in ast.unparse(statement), f"line {statement.lineno}"


def test_the_modules_own_file_imports_only_what_comes_with_slicer() -> None:
    found = imports(MODULE)
    assert {name.split(".")[0] for name in found} <= WITH_SLICER | set(sys.stdlib_module_names) | OURS
    assert {name for name in found if name.split(".")[0] in OURS} == {"GSSSegmentationLib.library"}


def test_what_finds_the_library_needs_python_alone() -> None:
    (path,) = [path for path in LIBRARY if path.name == "library.py"]
    assert {name.split(".")[0] for name in imports(path)} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_the_package_imports_only_what_comes_with_slicer_or_is_shipped(path: Path) -> None:
    assert {name.split(".")[0] for name in imports(path)} <= WITH_SLICER | set(sys.stdlib_module_names) | OURS


def test_the_search_path_is_changed_in_one_function_only() -> None:
    """The batch scripts, which are programs of their own, find the package; everything else is found by `library`."""
    naming = {path.name for path in [MODULE, *LIBRARY] if "sys.path" in path.read_text(encoding="utf-8")}
    assert naming == {"library.py"}


def test_the_developer_guide_says_of_each_file_what_it_is_for() -> None:
    text = (ROOT / "docs" / "developer-guide.md").read_text(encoding="utf-8")
    assert not [path.name for path in LIBRARY if path.name != "__init__.py" and path.name not in text]


def test_a_file_reads_on_its_own() -> None:
    """One subject a file, and functions that fit a screen."""
    for path in [MODULE, *LIBRARY]:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 330, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, f"{path.name}: {node.name}"
