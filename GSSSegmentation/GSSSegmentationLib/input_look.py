"""What the chosen volumes look like, prepared or raw, before anything is run: `GSSCore.raw.look` on thumbnails. No Qt.

Four volumes of 1 mm take 50 ms. What decides in the end is the child process, which looks at all voxels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from GSSCore.errors import GSSError
from GSSCore.imaging.volume import Volume
from GSSCore.raw.look import Look, look
from GSSCore.raw.settings import Input
from GSSCore.study.checks.thumbnail import THUMBNAIL_MM
from GSSCore.study.given import Given
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import Node, array_of
from GSSSegmentationLib.placement import world_affine

SCAN_S, REGISTRATION_S, REST_S = 7.0, 5.5, 12.0
"""Seconds for each scan (its brain, its brightness, its part of the confidence map), for each registration, and for the
rest of a run on raw scans. They are those of docs/speed.md."""
_STEP_S = 5
"""What is said of the time is a multiple of this: it is no more than an estimate."""


def expected_seconds(scans: int, pace: float = 1.0) -> float:
    """Return how long a run on raw scans may take.

    Args:
        scans: how many there are.
        pace: how many times as long as was measured this computer takes, by an earlier run.
    """
    return pace * (REST_S + scans * SCAN_S + (scans - 1) * REGISTRATION_S)


def in_round_seconds(seconds: float) -> int:
    """Return an estimate as it is shown."""
    return max(1, round(seconds / _STEP_S)) * _STEP_S


class Looker:
    """Looks at volumes, and remembers their thumbnails while they do not change."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Any, Given]] = {}

    def look(
        self, volumes: Mapping[Modality, Node], asked: Input, reference: Modality | None, *, mask: bool
    ) -> Look | None:
        """Return what the volumes look like, or None where that can't be told before the run.

        Args:
            volumes: at least one, each with an image.
            asked: what the user says that they are.
            reference: whose grid the result gets, if it was chosen.
            mask: whether a brain mask was chosen.
        """
        try:
            given = [self._given(modality, node) for modality, node in volumes.items()]
            return None if None in given else look([one for one in given if one], asked, reference, mask=mask)
        except GSSError:  # the run says it, of all voxels
            return None

    def _given(self, modality: Modality, node: Node) -> Given | None:
        affine = world_affine(node)
        if affine is None:
            return None
        state = (modality, node.GetImageData().GetMTime(), affine.tobytes())
        known = self._seen.get(node.GetID())
        if known is None or known[0] != state:
            known = self._seen[node.GetID()] = state, Given.of(modality, _thinned(Volume(array_of(node), affine)))
        return known[1]


def _thinned(volume: Volume) -> Volume:
    """Return every n-th voxel of a volume, so that they are about `THUMBNAIL_MM` apart."""
    steps = [max(1, round(THUMBNAIL_MM / mm)) for mm in volume.grid.spacing]
    array = volume.array[tuple(slice(None, None, step) for step in steps)]
    return Volume(np.ascontiguousarray(array), volume.affine @ np.diag([*steps, 1.0]))
