"""The brain in each raw scan, and in all of them together once they are registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from GSSCore.brain_extraction.card import SHIPPED, read_brain_card
from GSSCore.brain_extraction.checks import NONE, Extraction, dice_of, disagreements
from GSSCore.brain_extraction.distance import LEAST_MM, REACH_MM, SPACING_MM, averaged, brain_mask, brain_points
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
MIN_LIKE_FOUND = 0.85
"""Dice of a mask of the user's own with the brain that is found. A brain's surface that is 2 mm further in all round
gives .96, one that is 6 mm further in .86."""
_INSIDE_MM = 1e-3
"""A distance that is just inside, or, negative, just outside."""


class FindsBrains(Protocol):
    """What finds the brain in a scan; see `GSSCore.brain_extraction.extractor.BrainExtractor`."""

    def extract(self, volume: Volume, *, what: str, cancelled: IsCancelled) -> Extraction:
        """Return how far inside the brain each point lies, in mm, and what speaks against it."""


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


@dataclass(frozen=True, eq=False)
class OwnMask:
    """A brain mask of the user's own.

    Attributes:
        modality: the scan in whose space it is: the reference.
        distance: how far inside the brain a point lies by it, in mm.
    """

    modality: Modality
    distance: Volume


def find_brains(
    given: Sequence[Given],
    extractor: FindsBrains,
    settings: InputSettings,
    required: Sequence[Modality],
    stages: Stages,
    cancelled: IsCancelled,
    mask: OwnMask | None = None,
) -> Brains:
    """Find the brain in each scan; one without any is left out, unless it is the one that a mask is given for.

    Args:
        given: the scans.
        extractor: asked about each of them.
        settings: how far the brain lies inside the skull.
        required: modalities that can't be left out.
        stages: told how far it is.
        cancelled: asked throughout.
        mask: of the user's own.

    Raises:
        InputError: when there is no brain in a scan that is required, or in any at all.
    """
    found: dict[Modality, Given] = {}
    distances: dict[Modality, Volume] = {}
    steps: list[Step] = []
    warnings: list[Message] = []
    for number, g in enumerate(given):
        extraction = extractor.extract(g.scan, what=g.modality.display, cancelled=cancelled)
        if extraction.refusal is None:
            found[g.modality] = g
            distances[g.modality] = _without_fluid(extraction, settings.brain_inset)
            warnings += extraction.doubts
            message = _told(g, stripped=extraction.stripped)
        elif mask is not None and g.modality is mask.modality:
            found[g.modality], distances[g.modality] = g, mask.distance
            message = _mask_alone(g)
            warnings += [extraction.refusal, message]
        elif g.modality in required or len(given) == 1:
            raise InputError(extraction.refusal)
        else:
            message = extraction.refusal
            warnings += [message, left_out(g.modality)]
        steps.append(Step(STEP, g.modality, g.modality in found, message, extraction.checks))
        stages.advance((number + 1) / len(given))
    if not found:
        raise InputError(
            Message(
                "raw.no-brain",
                "{sequences}: no brain was found in any; give MRI volumes of a head, or, of images that are "
                "skull-stripped already, say that they are prepared.",
                sequences=[g.modality.display for g in given],
            )
        )
    return Brains(found, distances, tuple(steps), tuple(warnings))


def shows_head(extractor: FindsBrains, g: Given, cancelled: IsCancelled) -> bool:
    """Tell whether a scan shows a head, or a part of one, rather than a brain alone or neither."""
    found = extractor.extract(g.scan, what=g.modality.display, cancelled=cancelled)
    return not found.stripped and (found.refusal is None or found.refusal.code != NONE)


def left_out(modality: Modality) -> Message:
    """Return what is said of a sequence that is not used."""
    return Message("raw.left-out", "{sequence} was left out.", sequence=modality.display)


def _without_fluid(extraction: Extraction, inset: float) -> Volume:
    """Return the distance to the surface of the brain itself; the network counts the fluid round it in."""
    distance = extraction.distance
    if extraction.stripped or not inset:
        return distance
    seen = distance.array > -REACH_MM
    inside = np.maximum(distance.array - np.float32(inset), np.float32(LEAST_MM))
    return replace(distance, array=np.where(seen, inside, distance.array))


def brain_from(settings: InputSettings) -> dict[str, str]:
    """Return the hash of the mask, or of the brain network, that tells where the brain is."""
    if settings.brain_mask is not None:
        return {"brain_mask": content_sha256(settings.brain_mask)}
    return {"brain_network": read_brain_card(settings.brain_network or PRETRAINED / SHIPPED).sha256}


def fused_distance(
    distances: Mapping[Modality, Volume], to_scan: Mapping[Modality, Affine]
) -> tuple[Volume, list[Message]]:
    """Return the mean of the scans' distances in RAS mm of the reference; one brain in one piece, without holes.

    Beside it, what is said of scans that show the brain elsewhere than the others do.

    Args:
        distances: in RAS mm of each scan.
        to_scan: (4, 4) for each scan to be taken, from RAS mm of the reference to RAS mm of that scan.
    """
    moved = {m.display: distances[m].seen_from(matrix) for m, matrix in to_scan.items()}
    grid = _around(moved.values())
    return in_one_piece(averaged(list(moved.values()), grid)), disagreements(moved, grid)


def _around(distances: Iterable[Volume]) -> Grid:
    """Return the grid, along R, A, S, that holds the brain of all distances and some room round it."""
    points = np.concatenate([brain_points(one) for one in distances])
    return Grid.around(points, (SPACING_MM,) * 3, _MARGIN_MM)


def in_one_piece(distance: Volume) -> Volume:
    """Return a distance that is above 0 in the largest part of the brain only, and in its holes."""
    mask = brain_mask(distance, distance.grid)
    values = distance.array
    values = np.where(mask & (values <= 0.0), np.float32(_INSIDE_MM), values)
    values = np.where(~mask & (values > 0.0), np.float32(-_INSIDE_MM), values)
    return replace(distance, array=values)


def warn_unlike(mask: Volume, found: Volume) -> list[Message]:
    """Return what is said of a mask of the user's own that shows the brain elsewhere than it is found.

    Args:
        mask: how far inside the brain a point lies by it, in mm.
        found: the same by the scans, in the same RAS mm.
    """
    grid = _around((mask, found))
    dice = dice_of(brain_mask(mask, grid), brain_mask(found, grid))
    if dice >= MIN_LIKE_FOUND:
        return []
    return [
        Message(
            "brain.mask-unlike",
            "Brain mask: it and the brain that is found in the scans have a Dice of {dice:.2f} only; check that it is "
            "the brain's, and this patient's.",
            dice=dice,
        )
    ]


def _mask_alone(g: Given) -> Message:
    return Message(
        "raw.mask-alone",
        "{sequence}: no brain to rely on was found in {file}, so nothing but your mask tells where it is; look at its "
        "outline.",
        sequence=g.modality.display,
        file=g.volume.name,
    )


def _told(g: Given, *, stripped: bool) -> Message:
    if stripped:
        return Message("raw.brain-alone", "{sequence}: it shows a brain alone already.", sequence=g.modality.display)
    return Message("raw.brain-found", "{sequence}: the brain was found.", sequence=g.modality.display)
