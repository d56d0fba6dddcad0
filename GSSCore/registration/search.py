"""Where one scan lies in another: many starts at 4 mm, the best of them at 2 mm, the best at 1 mm, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from GSSCore.imaging.arrays import Affine
from GSSCore.registration.itk import Descent, Pair
from GSSCore.registration.rigid import inverse, middle, rms_distance, turned_about
from GSSCore.registration.scan import Scan
from GSSCore.registration.watch import Watch


@dataclass(frozen=True)
class Level:
    """Copies at one resolution, and the walk on them."""

    spacing_mm: float
    smoothing_mm: float
    margin_mm: float
    descent: Descent


COARSE = Level(4.0, 2.0, 30.0, Descent(40_000, 4.0, 0.2, 60))
MIDDLE = Level(2.0, 1.0, 16.0, Descent(40_000, 2.0, 0.05, 60))
FINE = Level(1.0, 0.5, 8.0, Descent(60_000, 1.0, 0.02, 60))
PROBE_DEGREES = (-15.0, 0.0, 15.0)
WALKS = 4
"""Starts from which the coarse level is walked."""
APART_MM = 6.0
"""Starts that are closer to each other are one start."""
AS_GOOD = 0.98
"""Share of the best mutual information from which on an end counts as good."""
SAME_MM = 2.0
"""Ends of walks that are closer to each other are one end."""


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        to_moving: (4, 4), the middle of both ways.
        inverse_consistency_mm: how far both ways are from each other.
        information: mutual information there.
        information_before: that of the scanner's coordinates.
        restart_mm: how far from it another start ended that is as good; 0 where all good ones ended here.
    """

    to_moving: Affine
    inverse_consistency_mm: float
    information: float
    information_before: float
    restart_mm: float


@dataclass(frozen=True)
class _End:
    transform: Affine
    information: float


class Search:
    """The search for the transform between two scans."""

    def __init__(self, fixed: Scan, moving: Scan, watch: Watch) -> None:
        self.fixed, self.moving, self.watch = fixed, moving, watch

    def run(self) -> Found:
        """Return what was found.

        Raises:
            Cancelled, OutOfTime: see `Watch`.
        """
        coarse, middle_level = self._pairs(COARSE), self._pairs(MIDDLE)
        ends = self._walk(coarse, COARSE, self._best_starts(coarse))
        ends = self._walk(middle_level, MIDDLE, [end.transform for end in ends[:2]])
        best = ends[0]
        restart = max(
            (
                self._distance(best.transform, end.transform)
                for end in ends
                if end.information > AS_GOOD * best.information
            ),
            default=0.0,
        )
        forth, back = self._pairs(FINE)
        there = forth.optimise(best.transform, FINE.descent, self.watch)
        and_back = inverse(back.optimise(inverse(best.transform), FINE.descent, self.watch))
        found = middle(there, and_back)
        return Found(
            found,
            self._distance(there, and_back),
            _information((forth, back), found),
            _information((forth, back), np.eye(4)),
            restart,
        )

    def _pairs(self, level: Level) -> tuple[Pair, Pair]:
        """Return the pair with one scan fixed, and with the other one."""
        self.watch.check()
        a = self.fixed.copy(level.spacing_mm, level.smoothing_mm, level.margin_mm)
        self.watch.check()
        b = self.moving.copy(level.spacing_mm, level.smoothing_mm, level.margin_mm)
        return Pair(a, b, self.fixed.centre), Pair(b, a, self.moving.centre)

    def _starts(self) -> Iterable[Affine]:
        """Return scanner coordinates, geometry's centres and brain's centres, each as it is and turned."""
        fixed, moving = self.fixed, self.moving
        goals = (fixed.centre, fixed.centre + moving.middle - fixed.middle, moving.centre)
        for goal, turn in product(goals, product(PROBE_DEGREES, repeat=3)):
            yield turned_about(fixed.centre, np.array(turn), goal)

    def _best_starts(self, pairs: tuple[Pair, Pair]) -> list[Affine]:
        rated = []
        for start in self._starts():
            self.watch.check()
            rated.append(_End(start, _information(pairs, start)))
        return [end.transform for end in self._distinct(rated, APART_MM)[:WALKS]]

    def _walk(self, pairs: tuple[Pair, Pair], level: Level, starts: Iterable[Affine]) -> list[_End]:
        ends = []
        for start in starts:
            forth = pairs[0].optimise(start, level.descent, self.watch)
            ends.append(_End(forth, _information(pairs, forth)))
        return self._distinct(ends, SAME_MM)

    def _distinct(self, ends: list[_End], apart_mm: float) -> list[_End]:
        """Return the best first, without those that are close to a better one."""
        kept: list[_End] = []
        for end in sorted(ends, key=lambda end: -end.information):
            if all(self._distance(end.transform, other.transform) > apart_mm for other in kept):
                kept.append(end)
        return kept

    def _distance(self, one: Affine, other: Affine) -> float:
        return rms_distance(one, other, self.fixed.corners)


def _information(pairs: tuple[Pair, Pair], transform: Affine) -> float:
    """Return the mutual information, the mean of both ways."""
    return 0.5 * (pairs[0].information(transform) + pairs[1].information(inverse(transform)))
