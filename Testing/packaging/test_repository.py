"""The repository: its licence, what is read first, and that it stays small."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from GSSCore.version import VERSION
from GSSCore.vocabulary import RESEARCH_USE

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_what_is_read_first_says_what_it_is_not_for(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert RESEARCH_USE.split(", ")[1].rstrip(".") in text


def test_the_licence_is_the_one_that_is_named() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert (ROOT / "GSSCore" / "phantom" / "data" / "LICENSE-ICBM152.txt").stat().st_size > 500


def test_the_citation_names_this_version_and_licence() -> None:
    """The file is valid by the schema of the Citation File Format 1.2.0: `cffconvert --validate`."""
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {VERSION}" in lines
    assert "license: Apache-2.0" in lines
    assert "  - name: GSSSegmentation contributors" in lines


def test_nothing_large_is_tracked() -> None:
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if run.returncode:
        pytest.skip("not a git checkout")
    sizes = {name: (ROOT / name).stat().st_size for name in run.stdout.decode().split("\0") if (ROOT / name).is_file()}
    assert sum(sizes.values()) < 30_000_000
    assert all(size <= 8_000_000 for size in sizes.values()), max(sizes, key=lambda n: sizes[n])
    assert not [name for name in sizes if re.search(r"(BraTS|Brats18)", name)]
