"""Starts, watches and stops the child process in which the network runs, with everything that it has started.

torch stays out of Slicer's own process: there it can crash, and keeps its memory. The child writes its output into
files, which are read from time to time. So neither threads nor Qt are needed to watch it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import slicer
import slicer.util

import GSSCore
from GSSCore.errors import EnvironmentRefused
from GSSCore.messages import Message
from GSSSegmentationLib.headless import in_application

GRACE_SECONDS = 1.0
"""How long a process may take to clean up after it was asked to stop. Then it is killed."""
LAST_LINES = 12
"""How much of the log of a process that failed is shown."""


def python_command() -> list[str]:
    """Return the command that starts Python for GSSCore: Slicer's own in Slicer, this one elsewhere.

    Raises:
        EnvironmentRefused: when Slicer's Python is missing.
    """
    if not in_application():
        return [sys.executable]
    python = shutil.which("PythonSlicer")
    if python is None:
        raise EnvironmentRefused(
            Message("run.no-python", "PythonSlicer, which comes with Slicer, is not to be found: install Slicer again.")
        )
    return [python]


def child_environment() -> dict[str, str]:
    """Return the environment of the child: the one that Slicer was started in, with GSSCore on Python's path."""
    environment = dict(slicer.util.startupEnvironment()) if in_application() else dict(os.environ)
    library = str(Path(GSSCore.__file__).resolve().parents[1])
    before = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join([library, before] if before else [library])
    return environment | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Child:
    """A process that writes its progress as lines of JSON to its standard output.

    Args:
        command: program and arguments.
        folder: where the output goes; it must exist.
        environment: of the process, complete.

    Raises:
        EnvironmentRefused: when it can't be started.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._output, self._log = folder / "progress.jsonl", folder / "log.txt"
        self._read = 0
        self._kill_at: float | None = None
        self._killed = False
        self._gone = False
        with self._output.open("wb") as output, self._log.open("wb") as log:
            try:
                self._process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=log,
                    cwd=folder,
                    env=dict(environment),
                    **_own_group(),
                )
            except OSError as fault:
                raise EnvironmentRefused(
                    Message(
                        "run.not-started",
                        "{program} can't be started ({reason}): install it again.",
                        program=command[0],
                        reason=fault.strerror or type(fault).__name__,
                    )
                ) from fault

    @property
    def pid(self) -> int:
        """Number of the process and of its group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Exit code, or minus the signal's number when the process was killed. None while it, or its group, runs."""
        code = self._process.poll()
        if code is None:
            self._kill_when_due()
            return None
        # A launcher may end before the process that it started, so after `cancel` the whole group must have ended. This
        # is remembered: when a group is empty, the system may give its number to another one.
        self._gone = self._gone or not _group_lives(self.pid)
        if self._kill_at is not None and not self._killed and not self._gone:
            self._kill_when_due()
            return None
        return code

    def new_lines(self) -> list[dict[str, Any]]:
        """Return the progress since the last call. A line that is not complete yet is left for the next call."""
        with self._output.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        return [line for line in map(_parsed, whole.splitlines()) if line is not None]

    def log(self) -> str:
        """Return all that the process wrote to standard error; "" when the file was removed."""
        try:
            return self._log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def last_lines(self) -> str:
        """Return the end of the log."""
        return "\n".join(self.log().strip().splitlines()[-LAST_LINES:])

    def cancel(self) -> None:
        """Ask the process and everything that it started to stop. What still runs after `GRACE_SECONDS` is killed.

        Returns at once. Read `exit_code` from time to time: it tells when all have stopped, and does the killing.
        """
        if self._kill_at is None:
            self._kill_at = time.monotonic() + GRACE_SECONDS
            _stop_group(self.pid)

    def kill(self) -> None:
        """Kill the process and everything that it started, and wait for the end.

        This also reaches a process whose launcher is gone. On Windows it does not; there the process notices by
        itself that the launcher is gone, see `GSSCore.cli.scratch`.
        """
        if self.exit_code is not None and self._gone:
            return
        self._killed = True
        _kill_group(self.pid)
        self._process.wait()
        end = time.monotonic() + GRACE_SECONDS
        while _group_lives(self.pid) and time.monotonic() < end:
            time.sleep(0.01)
        self._gone = True

    def _kill_when_due(self) -> None:
        if self._kill_at is not None and not self._killed and time.monotonic() > self._kill_at:
            self._killed = True
            _kill_group(self.pid)


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return a line of progress; None for another line, such as a library's own message."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) and "stage" in value else None


def _own_group() -> dict[str, Any]:
    """Return the arguments of Popen that give a process a group of its own and no window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _stop_group(pid: int) -> None:
    if sys.platform == "win32":
        _kill_group(pid)  # nothing gentler reaches a process without a console
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGTERM)


def _kill_group(pid: int) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _group_lives(pid: int) -> bool:
    if sys.platform == "win32":
        return False  # when a parent has ended, Windows no longer knows its children
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
