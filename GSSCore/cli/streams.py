"""Standard output and error that never stop a command: a reader that has gone, a full disk, a stream that is closed.

What a command computes is worth more than what it says of it. So nothing that happens to these streams is raised; the
first fault is kept, for the exit code to be true, and what is written after it is thrown away.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO, cast


class Lasting:
    """A text stream that can be written to, whatever becomes of it.

    Attributes:
        fault: the first thing that kept it from being written; None as long as all went well.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.fault: OSError | None = None

    def write(self, text: str) -> int:
        """Write, or do nothing once the stream is lost."""
        if self.fault is None:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as fault:
                self._lose(fault)
        return len(text)

    def flush(self) -> None:
        """Hand over what is pending, or do nothing once the stream is lost."""
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
        """Keep the fault, and let what is still pending run into nothing: Python would try again when it ends."""
        self.fault = fault if isinstance(fault, OSError) else OSError(str(fault))
        with contextlib.suppress(OSError, ValueError, AttributeError):
            descriptor = self._stream.fileno()
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, descriptor)
            os.close(nothing)
            self._stream.flush()


@contextlib.contextmanager
def lasting_streams() -> Iterator[Lasting]:
    """Put lasting streams in the place of standard output and error; yield that of the output."""
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
    """Return a lasting stream in UTF-8: consoles and pipes may have another encoding, and file names any character."""
    if stream is None:  # closed before Python started
        return Lasting(Path(os.devnull).open("w", encoding="utf-8"))
    if hasattr(stream, "reconfigure"):
        with contextlib.suppress(OSError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return Lasting(stream)


def _fill_closed() -> None:
    """Open nothing in the place of each standard stream that is closed.

    The next file that is opened would get its number otherwise, and what a library in C says to standard error would be
    written into that file.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number is taken: this one, for all below it are open by now.
            os.open(os.devnull, os.O_RDONLY if descriptor == 0 else os.O_WRONLY)
