"""How a command tells how far it is: tqdm's bar for people, JSON lines for programs, or nothing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TextIO

from GSSCore.errors import EnvironmentRefused, GSSError
from GSSCore.messages import Message

if TYPE_CHECKING:
    from tqdm import tqdm

Form = Literal["bar", "jsonl", "none"]
FORMS: tuple[Form, ...] = ("bar", "jsonl", "none")

WEIGHTS = {"read": 0.15, "preprocess": 0.1, "network": 0.3, "confidence": 0.3, "restore": 0.05, "write": 0.1}
"""Roughly what share of the whole each stage of a segmentation takes, for the estimate of the time left."""
RAW_WEIGHTS = {
    "read": 0.15, "brain": 0.15, "registration": 0.3, "pose": 0.02, "bias_field": 0.06,
    "preprocess": 0.04, "network": 0.14, "confidence": 0.08, "restore": 0.02, "write": 0.04,
}  # fmt: skip
"""The same of raw scans. To read counts as much as above, for what follows is not known before."""
BAR = "{desc:<10} [{bar:30}] {percentage:3.0f} %, {remaining} left{postfix}"
"""The bar in tqdm's terms."""


def share_of_whole(stage: str, fraction: float, *, raw: bool = False) -> float:
    """Return how much of everything is done when `fraction` of `stage` is, from 0 to 1.

    A stage that is no part of a segmentation, such as a case of an evaluation, tells the share of the whole itself.
    """
    weights = RAW_WEIGHTS if raw else WEIGHTS
    if stage not in weights:
        return fraction
    names = list(weights)
    done = sum(weights[name] for name in names[: names.index(stage)]) + fraction * weights[stage]
    return done / sum(weights.values())


def cancelled() -> Message:
    """Return what is said when the user has stopped a command."""
    return Message("cli.cancelled", "Cancelled.")


def unexpected(fault: Exception) -> Message:
    """Return what is said of a fault of the program itself; the traceback follows on standard error."""
    return Message(
        "cli.unexpected",
        "An unexpected fault, {kind} ({fault}): please report it, with the traceback from standard error.",
        kind=type(fault).__name__,
        fault=next(iter(str(fault).splitlines()), ""),
    )


def wants_lines(words: Sequence[str]) -> bool:
    """Tell whether arguments ask for JSON lines, be they wrong otherwise; argparse takes the option shortened too."""
    pairs = [*pairwise(words), *((n, v) for n, _, v in (word.partition("=") for word in words))]
    return any(len(name) > 2 and "--progress".startswith(name) and value == "jsonl" for name, value in pairs)


class Reporter:
    """Receives stages and fractions, and tells them in one form.

    The bar shows the share of the whole command that is done, and the time that is left. It needs a terminal.

    A JSON line is {"stage": text, "fraction": 0 to 1 within the stage, "whole": 0 to 1 of everything, "seconds_left":
    number or null}; the last one has "done" or "error" for its stage. One for an error has the sentence as "message",
    and what a translation needs, "code", "template" and "values", see `GSSCore.messages`.

    Raises:
        EnvironmentRefused: when a bar is to be drawn and tqdm is not installed.
    """

    def __init__(self, form: Form, stream: TextIO | None = None) -> None:
        self._form = form
        self._stream = stream or (sys.stdout if form == "jsonl" else sys.stderr)
        self._start = time.monotonic()
        self._last: tuple[str, int] | None = None
        self._bar: tqdm[NoReturn] | None = None
        self._raw = False
        if form == "bar" and self._stream.isatty():
            _require_tqdm()

    def __call__(self, stage: str, fraction: float, note: str = "") -> None:
        """Tell that `fraction` of `stage` is done; the bar ends with the note, if there is one."""
        self._raw = self._raw or (stage in RAW_WEIGHTS and stage not in WEIGHTS)
        if self._form == "bar":
            self._draw(stage, share_of_whole(stage, fraction, raw=self._raw), note)
        elif self._form == "jsonl":
            self._line_for(stage, fraction)

    def done(self, message: str = "") -> None:
        """Tell that all is done; as JSON with `message` for the folder of the results."""
        if self._form == "jsonl":
            self._line("done", 1.0, 0.0, whole=1.0, output=message)
        self.clear()

    def failed(self, message: Message) -> None:
        """Tell that it failed, and why."""
        if self._form == "jsonl":
            self._line("error", 1.0, None, message=message, **message.to_json())
        self.clear()

    @contextmanager
    def telling_failure(self) -> Iterator[None]:
        """Tell what goes wrong within, or that it was cancelled, and raise it again; take the bar away in the end."""
        try:
            yield
        except GSSError as fault:
            self.failed(fault.message)
            raise
        except KeyboardInterrupt:
            self.failed(cancelled())
            raise
        except Exception as fault:
            self.failed(unexpected(fault))
            raise
        finally:
            if self._bar is not None:
                self._bar.close()
                self._bar = None

    def _line_for(self, stage: str, fraction: float) -> None:
        """Write a line for every fiftieth of a stage."""
        step = (stage, int(fraction * 50))
        if step != self._last:
            self._last = step
            whole = share_of_whole(stage, fraction, raw=self._raw)
            self._line(stage, fraction, self._seconds_left(whole), whole=round(whole, 3))

    def _line(self, stage: str, fraction: float, seconds_left: float | None, **more: Any) -> None:
        left = None if seconds_left is None else round(seconds_left, 1)
        line = {"stage": stage, "fraction": round(fraction, 3), "seconds_left": left, **more}
        print(json.dumps(line, ensure_ascii=False), file=self._stream, flush=True)

    def _seconds_left(self, whole: float) -> float | None:
        spent = time.monotonic() - self._start
        return None if whole < 0.05 else spent * (1.0 - whole) / whole

    def _draw(self, stage: str, whole: float, note: str) -> None:
        if not self._stream.isatty():
            return
        if self._bar is None:
            self._bar = _new_bar(whole, self._stream)
        changed = stage != self._bar.desc
        self._bar.set_description_str(stage, refresh=False)
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(whole - self._bar.n)
        if changed:  # at once, for a stage may tell nothing more for long
            self._bar.refresh()

    def clear(self) -> None:
        """Take the bar away, so that something else can be printed."""
        if self._bar is not None:
            self._bar.clear()


def _new_bar(whole: float, stream: TextIO) -> tqdm[NoReturn]:
    """Return a bar that begins at `whole`, 0 to 1: a resumed training takes its pace from what is done from here on."""
    from tqdm import tqdm

    # Without smoothing the time left follows from the mean pace, as in JSON lines.
    return tqdm(
        total=1.0, initial=whole, file=stream, leave=False, bar_format=BAR, ascii=".#", miniters=0, smoothing=0.0
    )


def _require_tqdm() -> None:
    try:
        import tqdm  # noqa: F401
    except ImportError as fault:
        raise EnvironmentRefused(
            Message(
                "cli.no-bar",
                "The progress bar needs a package that is not installed ({fault}): add --progress none, or run pip "
                "install tqdm.",
                fault=str(fault),
            )
        ) from fault
