"""Standard output and error that never stop a command: not by a closed pipe, a full disk or a closed stream.

The files that a command writes matter more than what it prints. So no fault of these streams is raised. The first fault
is kept, so that the exit code can tell it, and later output is discarded.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO, cast


class Lasting:
    """A text stream whose `write` and `flush` never raise.

    Attributes:
        fault: the first fault; None as long as there was none.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.fault: OSError | None = None

    def write(self, text: str) -> int:
        """Write; do nothing after a fault."""
        if self.fault is None:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as fault:
                self._lose(fault)
        return len(text)

    def flush(self) -> None:
        """Flush; do nothing after a fault."""
        if self.fault is None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as fault:
                self._lose(fault)

    def isatty(self) -> bool:
        """Tell whether there is a terminal to draw a bar on."""
        return self.fault is None and not self._stream.closed and self._stream.isatty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _lose(self, fault: OSError | ValueError) -> None:
        """Keep the fault, and send pending output to the null device: Python would write it again at exit."""
        self.fault = fault if isinstance(fault, OSError) else OSError(str(fault))
        with contextlib.suppress(OSError, ValueError, AttributeError):
            descriptor = self._stream.fileno()
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, descriptor)
            os.close(nothing)
            self._stream.flush()


@contextlib.contextmanager
def lasting_streams() -> Iterator[Lasting]:
    """Replace standard output and error by lasting streams; yield the output."""
    before = sys.stdout, sys.stderr
    _fill_closed()
    output, errors = (_lasting(stream) for stream in (sys.stdout, sys.stderr))
    sys.stdout, sys.stderr = cast(TextIO, output), cast(TextIO, errors)
    try:
        yield output
    finally:
        output.flush()
        errors.flush()
        sys.stdout, sys.stderr = before


def _lasting(stream: TextIO | None) -> Lasting:
    """Return a lasting stream in UTF-8, for file names may hold any character whatever the console's encoding."""
    if stream is None:  # closed before Python started
        return Lasting(Path(os.devnull).open("w", encoding="utf-8"))
    if hasattr(stream, "reconfigure"):
        with contextlib.suppress(OSError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return Lasting(stream)


def _fill_closed() -> None:
    """Open the null device for each standard stream that is closed.

    Otherwise the next file would get the number of standard error, and messages of C libraries would go into that file.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # `open` takes the lowest free number, which is this one: all below it are open by now.
            os.open(os.devnull, os.O_RDONLY if descriptor == 0 else os.O_WRONLY)
