"""Processes, as the tests of child processes need them."""

from __future__ import annotations

import sys
from pathlib import Path

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
"""Command of a child process that takes its time."""


def alive(pid: int) -> bool:
    """Tell whether a process runs. One that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state not in ("Z", "X")
