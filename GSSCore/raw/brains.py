"""The brain in each raw scan, and in all of them together once they are registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from GSSCore.brain_extraction.card import SHIPPED, read_brain_card
from GSSCore.brain_extraction.checks import NONE, Extraction
from GSSCore.brain_extraction.distance import SPACING_MM, averaged, brain_mask
from GSSCore.cancellation import IsCancelled
from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.reading import content_sha256
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.networks.card import PRETRAINED
from GSSCore.raw.settings import InputSettings
from GSSCore.stages import Stages
from GSSCore.study.alignment import Step
from GSSCore.study.given import Given
from GSSCore.vocabulary import Modality

STEP = "brain_extraction"
_MARGIN_MM = 12.0
"""Round the brain, so that distances reach as far as they are told."""
_INSIDE_MM = 1e-3
"""A distance that is just inside, or, negative, just outside."""


class FindsBrains(Protocol):
    """What finds the brain in a scan; see `GSSCore.brain_extraction.extractor.BrainExtractor`."""

    def extract(self, volume: Volume, *, what: str, cancelled: IsCancelled) -> Extraction:
        """Return how far inside the brain each point lies, in mm, and what checks say of it."""


@dataclass(frozen=True, eq=False)
class Brains:
    """Scans whose brain was found.

    Attributes:
        given: all scans in which there is a brain.
        distances: how far inside the brain a point lies, in mm, in RAS mm of each scan.
        steps: what was done for each scan that was given.
        warnings: what a reader has to know.
    """

    given: Mapping[Modality, Given]
    distances: Mapping[Modality, Volume]
    steps: tuple[Step, ...]
    warnings: tuple[Message, ...]


def find_brains(
    given: Sequence[Given], extractor: FindsBrains, required: Sequence[Modality], stages: Stages, cancelled: IsCancelled
) -> Brains:
    """Find the brain in each scan; one without any is left out.

    Args:
        given: the scans.
        extractor: asked about each of them.
        required: modalities that can't be left out.
        stages: told how far it is.
        cancelled: asked throughout.

    Raises:
        InputError: when there is no brain in a scan that is required, or in any at all.
    """
    found: dict[Modality, Given] = {}
    distances: dict[Modality, Volume] = {}
    steps: list[Step] = []
    doubts: list[Message] = []
    for number, g in enumerate(given):
        one = extractor.extract(g.scan, what=g.modality.display, cancelled=cancelled)
        if one.refusal is None:
            found[g.modality], distances[g.modality] = g, one.distance
            steps.append(Step(STEP, g.modality, True, _told(g), one.checks))
        elif g.modality in required:
            raise InputError(_no_brain_required(g) if one.refusal.code == NONE else one.refusal)
        else:
            steps.append(Step(STEP, g.modality, False, _no_brain(g), one.checks))
            doubts += [] if one.refusal.code == NONE else [one.refusal]
        doubts += one.doubts
        stages.advance((number + 1) / len(given))
    if not found:
        raise InputError(
            Message(
                "raw.no-brain",
                "{sequences}: no brain was found; give MRI volumes of a head, or, of images that are skull-stripped "
                "already, say that they are prepared.",
                sequences=[g.modality.display for g in given],
            )
        )
    warnings = (*(step.message for step in steps if not step.done), *doubts)
    return Brains(found, distances, tuple(steps), warnings)


def brain_from(settings: InputSettings) -> dict[str, str]:
    """Return the hash of the mask, or of the brain network, that tells where the brain is."""
    if settings.brain_mask is not None:
        return {"brain_mask": content_sha256(settings.brain_mask)}
    return {"brain_network": read_brain_card(settings.brain_network or PRETRAINED / SHIPPED).sha256}


def fused_distance(distances: Mapping[Modality, Volume], to_scan: Mapping[Modality, Affine]) -> Volume:
    """Return the mean of the scans' distances in RAS mm of the reference; one brain in one piece, without holes.

    Args:
        distances: in RAS mm of each scan.
        to_scan: (4, 4) for each scan to be taken, from RAS mm of the reference to RAS mm of that scan.
    """
    moved = [replace(distances[m], affine=np.linalg.inv(matrix) @ distances[m].affine) for m, matrix in to_scan.items()]
    return in_one_piece(averaged(moved, _around(moved)))


def in_one_piece(distance: Volume) -> Volume:
    """Return a distance that is above 0 in the largest part of the brain only, and in its holes."""
    mask = brain_mask(distance, distance.grid)
    values = distance.array
    values = np.where(mask & (values <= 0.0), np.float32(_INSIDE_MM), values)
    values = np.where(~mask & (values > 0.0), np.float32(-_INSIDE_MM), values)
    return replace(distance, array=values)


def _around(distances: Sequence[Volume]) -> Grid:
    """Return the grid, along R, A, S, that holds the brain of all distances and some room round it."""
    points = []
    for one in distances:
        index = np.argwhere(one.array > 0)
        points.append(index @ one.affine[:3, :3].T + one.affine[:3, 3])
    places = np.concatenate(points)
    low = np.floor((places.min(axis=0) - _MARGIN_MM) / SPACING_MM)
    high = np.ceil((places.max(axis=0) + _MARGIN_MM) / SPACING_MM)
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
    affine[:3, 3] = low * SPACING_MM
    i, j, k = (int(n) for n in high - low + 1)
    return Grid((i, j, k), affine)


def _told(g: Given) -> Message:
    return Message("raw.brain-found", "{sequence}: the brain was found.", sequence=g.modality.display)


def _no_brain(g: Given) -> Message:
    return Message(
        "raw.left-out-no-brain",
        "{sequence} was left out: no brain was found in {file}; check that it is an MRI volume of the head.",
        sequence=g.modality.display,
        file=g.volume.name,
    )


def _no_brain_required(g: Given) -> Message:
    return Message(
        "raw.no-brain-required",
        "{sequence}: no brain was found in {file}, and it must not be left out; check that it is an MRI volume of the "
        "head, or do without it.",
        sequence=g.modality.display,
        file=g.volume.name,
    )
