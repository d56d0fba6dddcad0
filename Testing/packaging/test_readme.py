"""The lines that README.md tells a reader to type, typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def block(language: str) -> str:
    """Return the one block of code in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    return str(found)


def test_the_three_lines_and_the_python_lines_work_as_they_stand(tmp_path: Path) -> None:
    lines = block("sh")
    assert len(lines.splitlines()) == 3
    typed(["bash", "-e", "-c", lines], tmp_path)
    for name, subset in (("all-four", "FLAIR+T1ce+T1+T2"), ("two", "FLAIR+T2")):
        report = json.loads((tmp_path / name / "report.json").read_text(encoding="utf-8"))
        assert report["network"]["subset"] == subset
        assert report["network"]["expected_dice"]["WT"] > 0.8
        # The phantom's tumour has 105.5 ml.
        assert 80 < report["volumes_ml"]["WT"] < 140
    labels = (tmp_path / "two" / "labels.nii.gz").read_bytes()
    printed = typed([sys.executable, "-c", block("python")], tmp_path)
    assert "'WT'" in printed and "ET is not to be relied on" in printed
    assert (tmp_path / "two" / "labels.nii.gz").read_bytes() == labels


def typed(command: list[str], folder: Path) -> str:
    """Run a command as with this environment activated, and return what it prints."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    inside = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    run = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": inside},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_every_command_is_in_the_list() -> None:
    from GSSCore.cli import COMMANDS

    table = "".join(re.findall(r"^\| `gss.*$", README.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert sorted(re.findall(r"`gss (\w+)`", table)) == sorted(
        command.__name__.rsplit(".", 1)[1] for command in COMMANDS
    )
