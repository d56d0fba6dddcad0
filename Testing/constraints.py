"""Writes constraints.txt from what is installed: `python Testing/constraints.py`, or `make constraints`.

The file holds the exact version of every package that `make test` installs, so that it installs the same tomorrow.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "constraints.txt"
HEAD = """\
# Exact versions of what `make test` installs, as tested on Python 3.11; `make constraints` writes this file.
# Python 3.10 takes what pyproject.toml allows, because many packages no longer support it; of torch, this release
# installs as a build for the CPU where one is at hand, and later ones would bring several GB.
"""
EVERYWHERE = ("torch",)
"""Packages whose version holds on Python 3.10 too."""
MARKER = '; python_version >= "3.11"'


def text(installed: list[str]) -> str:
    """Return the file for lines as `pip freeze` prints them."""
    lines = []
    for line in sorted(installed, key=str.lower):
        name, version = line.split("==")
        # The part behind the plus tells builds of one release apart; any of them will do.
        pinned = f"{name}=={version.split('+')[0]}"
        lines.append(pinned if name in EVERYWHERE else pinned + MARKER)
    return HEAD + "".join(f"{line}\n" for line in lines)


def freeze() -> list[str]:
    """Return what is installed beside this Python, without the project itself."""
    # With `--all`, pip tells of setuptools too, which builds the wheel that the tests look at.
    command = [sys.executable, "-m", "pip", "freeze", "--all", "--exclude", "pip", "--exclude-editable"]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return done.stdout.splitlines()


if __name__ == "__main__":
    FILE.write_text(text(freeze()), encoding="utf-8")
