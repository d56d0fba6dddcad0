"""What all tests share: where the real cases are, and how many cores a test may take."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

REAL_CASES = "GSS_REAL_CASES"
NOT_HERE = "none"
"""What `GSS_REAL_CASES` says on hosted machines, to which the studies must not go: tests on them skip there."""


def pytest_configure() -> None:
    """Take Ctrl-C even where the tests were started in the background: shells have such processes ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long files begin first: what begins last is short then, and no process waits long for the others."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Write file names that are no UTF-8 with backslashes: processes hand each other their reports as UTF-8."""
    return _in_utf8((yield))


def _in_utf8(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_in_utf8(key): _in_utf8(item) for key, item in value.items()}
    return [_in_utf8(item) for item in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture(scope="session")
def real_cases() -> Path:
    """Folder of the real studies, with `cases/` and `original/` in it.

    Without it a test skips and says so. On CI, where the studies have to be there, it fails, unless `GSS_REAL_CASES` is
    `none`.
    """
    named = os.environ.get(REAL_CASES)
    if named == NOT_HERE:
        pytest.skip(f"{REAL_CASES} is {NOT_HERE}: the real studies are not here")
    folder = Path(named) if named else None
    if folder is not None and (folder / "original").is_dir():
        return folder
    reason = f"{REAL_CASES} is {named or 'not set'}: it must name the folder of the real studies"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
