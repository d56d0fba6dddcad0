"""Where one scan lies in another: many starts at 8 mm, the best of them at 4 and 2 mm, the best at 1 mm, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from GSSCore.imaging.arrays import Affine, Doubles
from GSSCore.registration.itk import Descent, Pair
from GSSCore.registration.rigid import inverse, middle, rms_distance, turned_about
from GSSCore.registration.scan import Copy, Scan
from GSSCore.registration.watch import Watch


@dataclass(frozen=True)
class Level:
    """Copies at one resolution, and the walk on them."""

    spacing_mm: float
    smoothing_mm: float
    margin_mm: float
    descent: Descent


BROAD = Level(8.0, 4.0, 40.0, Descent(10_000, 8.0, 0.8, 40))
COARSE = Level(4.0, 2.0, 30.0, Descent(20_000, 4.0, 0.3, 60))
MIDDLE = Level(2.0, 1.0, 16.0, Descent(30_000, 2.0, 0.1, 60))
FINE = Level(1.0, 0.0, 8.0, Descent(50_000, 0.5, 0.02, 60))
PROBE_DEGREES = (-15.0, 0.0, 15.0)
MIRROR_DEGREES = (-12.0, 0.0, 12.0)
"""How the plane between the brain's halves may be turned against the middle of the field of view."""
BROAD_WALKS, WALKS = 4, 2
"""Starts from which the broad level is walked, and ends of it from which the next ones are."""
HOPEFUL = 0.9
"""Share of the best mutual information at 4 mm from which on an end is walked from at 2 mm."""
APART_MM = 6.0
"""Starts that are closer to each other are one start."""
SAME_MM = 2.0
"""Ends of walks that are closer to each other are one end."""
AS_GOOD = 0.98
"""Share of the best mutual information from which on an end counts as good."""


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        to_moving: (4, 4), the middle of both ways.
        inverse_consistency_mm: how far both ways are from each other.
        restart_mm: how far from it another start ended that is as good; 0 where all good ones ended here.
        information: mutual information there.
        information_before: that of the scanner's coordinates.
        mirrored: how many times as large it is when the moving scan is mirrored, left to right.
    """

    to_moving: Affine
    inverse_consistency_mm: float
    restart_mm: float
    information: float
    information_before: float
    mirrored: float


@dataclass(frozen=True)
class _End:
    transform: Affine
    information: float


Pairs = tuple[Pair, Pair]
"""One scan fixed, and the other one fixed."""


class Search:
    """The search for the transform between two scans."""

    def __init__(self, fixed: Scan, moving: Scan, watch: Watch) -> None:
        self.fixed, self.moving, self.watch = fixed, moving, watch

    def run(self) -> Found:
        """Return what was found.

        Raises:
            Cancelled, OutOfTime: see `Watch`.
        """
        broad, coarse, fair = (self._copies(level) for level in (BROAD, COARSE, MIDDLE))
        pairs = self._pairs(broad)
        ends = self._walk(pairs, BROAD, self._best_starts(pairs))
        # Thick slices may look more alike elsewhere at 8 mm; within a session the scanner's coordinates are close.
        as_scanned = _End(np.eye(4), 0.0)
        ends = self._walk(self._pairs(coarse), COARSE, self._distinct([*ends[:WALKS], as_scanned], SAME_MM))
        pairs = self._pairs(fair)
        ends = self._walk(
            pairs, MIDDLE, [end for end in ends[:WALKS] if end.information > HOPEFUL * ends[0].information]
        )
        ends = self._distinct([*ends, _End(np.eye(4), _information(pairs, np.eye(4)))], SAME_MM)
        best = ends[0]
        good = [end.transform for end in ends if end.information > AS_GOOD * best.information]
        there, and_back = self._both_ways(best.transform)
        found = middle(there, and_back)
        information = _information(pairs, found)
        if information < AS_GOOD * best.information:  # the finest walks ran away from each other
            found, information = best.transform, best.information
        return Found(
            found,
            self._distance(there, and_back),
            max(self._distance(best.transform, other) for other in good),
            information,
            _information(pairs, np.eye(4)),
            self._mirrored(coarse, found),
        )

    def _copies(self, level: Level) -> tuple[Copy, Copy]:
        """Return the copies of both scans at a level."""
        copies = []
        for scan in (self.fixed, self.moving):
            self.watch.check()
            copies.append(scan.copy(level.spacing_mm, level.smoothing_mm, level.margin_mm))
        return copies[0], copies[1]

    def _pairs(self, copies: tuple[Copy, Copy]) -> Pairs:
        fixed, moving = copies
        return Pair(fixed, moving, self.fixed.centre), Pair(moving, fixed, self.moving.centre)

    def _both_ways(self, start: Affine) -> tuple[Affine, Affine]:
        """Return what the finest level makes of a start, and what it makes of it the other way round."""
        forth, back = self._pairs(self._copies(FINE))
        there = forth.optimise(start, FINE.descent, self.watch)
        return there, inverse(back.optimise(inverse(start), FINE.descent, self.watch))

    def _mirrored(self, copies: tuple[Copy, Copy], found: Affine) -> float:
        """Return how much better the moving scan fits when it is mirrored: the quotient of both mutual informations.

        A brain's two halves are alike, its folds are not: over training studies the quotient was .4 to .9.
        """
        fixed, moving = copies
        straight, mirrored = (Pair(fixed, copy, self.fixed.centre) for copy in (moving, moving.mirrored))
        starts = []
        for turn in product((0.0,), MIRROR_DEGREES, MIRROR_DEGREES):
            # A reflection of the fixed brain at about its middle, and of the moving copy: a rigid transform in all.
            plane = turned_about(self.fixed.centre, np.array(turn), self.fixed.centre)
            reflection = np.diag((-1.0, 1.0, 1.0, 1.0))
            reflection[0, 3] = 2.0 * self.fixed.centre[0]
            start = moving.mirroring @ found @ plane @ reflection @ inverse(plane)
            starts.append(_End(start, mirrored.information(start)))
        best = max(starts, key=lambda end: end.information).transform
        best = mirrored.optimise(best, COARSE.descent, self.watch)
        return mirrored.information(best) / max(straight.information(found), 1e-9)

    def _starts(self) -> Iterable[Affine]:
        """Return scanner coordinates, geometry's centres and brain's centres, each as it is and turned."""
        fixed, moving = self.fixed, self.moving
        goals: list[Doubles] = []
        for goal in (fixed.centre, fixed.centre + moving.middle - fixed.middle, moving.centre):
            if all(np.linalg.norm(goal - other) > APART_MM for other in goals):
                goals.append(goal)
        for goal, turn in product(goals, product(PROBE_DEGREES, repeat=3)):
            yield turned_about(fixed.centre, np.array(turn), goal)

    def _best_starts(self, pairs: Pairs) -> list[_End]:
        rated = []
        for start in self._starts():
            self.watch.check()
            rated.append(_End(start, _information(pairs, start)))
        return self._distinct(rated, APART_MM)[:BROAD_WALKS]

    def _walk(self, pairs: Pairs, level: Level, starts: Iterable[_End]) -> list[_End]:
        """Return the distinct ends of the walks from some starts, the best first.

        Each start is walked from both ways: where little of a thick slab is seen, one of them may run away.
        """
        ends = []
        for start in (start.transform for start in starts):
            there = pairs[0].optimise(start, level.descent, self.watch)
            and_back = inverse(pairs[1].optimise(inverse(start), level.descent, self.watch))
            ends += [_End(end, _information(pairs, end)) for end in (there, and_back)]
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


def _information(pairs: Pairs, transform: Affine) -> float:
    """Return the mutual information, the mean of both ways."""
    return 0.5 * (pairs[0].information(transform) + pairs[1].information(inverse(transform)))
