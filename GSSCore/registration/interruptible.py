"""Long work of ITK's that a signal or a cancellation ends soon."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

_EVERY = 0.1
"""Seconds between two looks."""


def interruptible(
    work: Callable[[], object], stop: Callable[[], object], ask: Callable[[], None] | None = None
) -> None:
    """Do work of ITK's in a thread of its own, so that a signal reaches the main thread at once, and not ITK.

    Args:
        work: what to do.
        stop: called when this thread is interrupted; the work has to end soon then.
        ask: called again and again meanwhile; what it raises interrupts the work.

    Raises:
        BaseException: what interrupted the work, or what the work raised.
    """
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        try:
            while not wait([future], timeout=_EVERY).done:
                if ask is not None:
                    ask()
        except BaseException:
            stop()
            raise
        future.result()
