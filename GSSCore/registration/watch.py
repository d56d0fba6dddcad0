"""When a registration has to stop: it was cancelled, or its time is over."""

from __future__ import annotations

from time import perf_counter

from GSSCore.cancellation import IsCancelled, check


class OutOfTime(Exception):
    """The time that a registration may take is over."""


class Watch:
    """Asked between the steps of a registration and in each of its iterations."""

    def __init__(self, seconds: float, cancelled: IsCancelled) -> None:
        self._start = perf_counter()
        self.most = seconds
        self._cancelled = cancelled

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return perf_counter() - self._start

    def check(self) -> None:
        """Raise Cancelled, or OutOfTime."""
        check(self._cancelled)
        if self.seconds > self.most:
            raise OutOfTime
