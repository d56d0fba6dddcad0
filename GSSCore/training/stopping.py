"""Stopping a training politely: a signal asks, and the step at work is finished first."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Notes SIGINT (Ctrl-C) and SIGTERM while its context lasts; a second one interrupts at once.

    Call it to ask whether one came. Elsewhere than in the main thread, where Python gives no signals, none ever does.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, object] = {}

    def __call__(self) -> bool:
        """Tell whether a signal came."""
        return self._asked

    def __enter__(self) -> StopRequest:
        """Begin to listen."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


def leave_signals_to_parent(worker: int) -> None:
    """Let a process that makes samples ignore the signals that a terminal or cluster sends to the whole group."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
