"""The stages of a segmentation, one after the other: their progress, their wall time, and cancellation between them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from GSSCore.cancellation import IsCancelled, check

logger = logging.getLogger(__name__)

StageProgress = Callable[[str, float], None]
"""Gets a stage and the share of it that is done, from 0 to 1, never less than before."""


class Stages:
    """Progress, cancellation and timing, a stage after the other.

    Attributes:
        seconds: wall time of each stage that is over.
    """

    def __init__(self, progress: StageProgress | None, cancelled: IsCancelled) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._cancelled = cancelled
        self._stage = ""
        self._share = -1.0

    @contextmanager
    def run(self, stage: str) -> Iterator[None]:
        """Run a stage: reports 0 before and 1 after, and asks for cancellation at both ends."""
        self._stage, self._share = stage, -1.0
        check(self._cancelled)
        self.advance(0.0)
        start = perf_counter()
        yield
        self.seconds[stage] = perf_counter() - start
        logger.debug("%s: %.2f s", stage, self.seconds[stage])
        check(self._cancelled)
        self.advance(1.0)

    def advance(self, share: float) -> None:
        """Report the share of the current stage that is done, unless no more than before."""
        if share > self._share:
            self._share = share
            if self._progress is not None:
                self._progress(self._stage, share)
