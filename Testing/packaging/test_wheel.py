"""The Python package: what `pip install` gets."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import cmake_lists
from GSSCore.version import VERSION

ROOT = cmake_lists.ROOT


def test_a_wheel_holds_the_weights_the_cards_and_the_phantoms_tissue(tmp_path: Path) -> None:
    # From a copy: setuptools leaves a build folder beside the sources, whose old files would get into later wheels.
    source = tmp_path / "source"
    shutil.copytree(ROOT / "GSSCore", source / "GSSCore", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)]
    run = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    assert VERSION in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        described = archive.read(next(n for n in names if n.endswith("METADATA"))).decode()
    scripts, resources = cmake_lists.shipped(source / "GSSCore")
    missing = {f"GSSCore/{name}" for name in (*scripts, *resources)} - names
    assert not missing
    assert not {n for n in names if not n.startswith(("GSSCore/", "gsssegmentation-"))}
    assert "extra == 'train'" in described.replace('"', "'")
