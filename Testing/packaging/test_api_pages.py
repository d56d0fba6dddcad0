"""`make api`: pages of the library's interface, made from its docstrings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import api_pages

ROOT = api_pages.ROOT


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written by a process of its own, in which a name that can't be resolved is an error."""
    folder = tmp_path_factory.mktemp("api")
    command = [sys.executable, "-W", "error::UserWarning", str(ROOT / "Testing" / "api_pages.py"), str(folder)]
    subprocess.run(command, cwd=ROOT, env=_environment(), check=True, timeout=280)
    return folder


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))}


def test_every_module_has_a_page_that_another_page_leads_to(pages: Path) -> None:
    written = {path.relative_to(pages).as_posix() for path in pages.rglob("*.html")} - {"index.html"}
    assert written == {f"{name.replace('.', '/')}.html" for name in api_pages.names()}
    linked = {target for path in pages.rglob("*.html") for target in _linked(path, pages)}
    assert written <= linked
    assert all((pages / target).is_file() for target in linked)


def _linked(page: Path, folder: Path) -> set[str]:
    """Return the pages that a page links to, itself left out, relative to the folder."""
    targets = re.findall(r'(?:href|url)="?(?!https?:|data:|#)([^"#]*\.html)', page.read_text(encoding="utf-8"))
    found = {(page.parent / target).resolve() for target in targets} - {page.resolve()}
    return {path.relative_to(folder.resolve()).as_posix() for path in found}


def test_what_a_caller_uses_is_on_the_first_page_with_its_arguments(pages: Path) -> None:
    first = (pages / "GSSCore.html").read_text(encoding="utf-8")
    for name in ("Study", "Network", "segment", "InferenceSettings", "SegmentationResult", "make_phantom"):
        assert f'id="{name}"' in first
    assert "from_folder" in first and "<strong>reference:</strong>" in first
    assert "Research tool, not for clinical use." in first
