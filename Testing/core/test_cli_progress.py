"""How far a command is: a bar on a terminal, and nothing of it elsewhere."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest

from GSSCore.cli.progress import Reporter
from GSSCore.errors import EnvironmentRefused


class Terminal(io.StringIO):
    """A stream that says of itself that somebody looks at it."""

    def isatty(self) -> bool:
        return True

    def shown(self) -> str:
        """What the line shows now."""
        line = ""
        for part in self.getvalue().split("\r"):
            line = part + line[len(part) :]
        return line.rstrip()


def test_a_bar_shows_the_stage_the_share_of_the_whole_and_a_note() -> None:
    terminal = Terminal()
    reporter = Reporter("bar", terminal)
    with reporter.telling_failure():
        reporter("preprocess", 0.5)
        assert re.match(r"preprocess \[#{5,6}\.{24,25}\]  20 %, ", terminal.shown())
        reporter("network", 1.0)
        assert terminal.shown().startswith("network    [") and " 55 %, " in terminal.shown()
        reporter.clear()
        assert terminal.shown() == ""
        reporter("train", 0.75, "step 3 of 4, loss 0.123")
        assert terminal.shown().startswith("train      [") and terminal.shown().endswith(
            " left, step 3 of 4, loss 0.123"
        )
    assert terminal.shown() == "", "the bar is taken away in the end"


def test_a_failure_takes_the_bar_away() -> None:
    terminal = Terminal()
    reporter = Reporter("bar", terminal)
    reporter("read", 0.5)
    with pytest.raises(KeyboardInterrupt), reporter.telling_failure():
        raise KeyboardInterrupt
    assert terminal.getvalue() != ""
    assert terminal.shown() == ""


def test_elsewhere_than_on_a_terminal_no_bar_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)  # nor is the package needed
    stream = io.StringIO()
    with (reporter := Reporter("bar", stream)).telling_failure():
        reporter("read", 0.5)
        reporter.done()
    assert stream.getvalue() == ""


def test_json_lines_come_for_every_fiftieth_and_hold_no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    stream = Terminal()
    with (reporter := Reporter("jsonl", stream)).telling_failure():
        for step in range(1, 501):
            reporter("train", step / 500, "a note")
        reporter.done("folder")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    told = [line["fraction"] for line in lines[1:-1]]
    assert told == pytest.approx([n / 50 for n in range(1, 51)], abs=0.0021)
    assert set(lines[0]) == {"stage", "fraction", "whole", "seconds_left"}
    assert lines[-1]["stage"] == "done"


def test_a_missing_package_is_told_before_the_work_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(EnvironmentRefused, match="add --progress none"):
        Reporter("bar", Terminal())
