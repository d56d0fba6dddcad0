"""Stopping a training by a signal: the current step is finished first."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Notes SIGINT (Ctrl-C) and SIGTERM during its context; a second signal interrupts at once.

    Calling it tells whether a signal came. Python delivers signals to the main thread only; in others it is never True.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, object] = {}

    def __call__(self) -> bool:
        """Tell whether a signal came."""
        return self._asked

    def __enter__(self) -> StopRequest:
        """Install the handlers."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Restore the handlers from before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


def leave_signals_to_parent(worker: int) -> None:
    """Ignore signals in a process that makes samples: terminals and clusters send them to the whole process group."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
