"""Each raw scan registered to the reference; one whose registration can't be relied on is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from GSSCore.cancellation import IsCancelled
from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine
from GSSCore.messages import Message
from GSSCore.raw.brains import Brains, left_out
from GSSCore.raw.settings import InputSettings
from GSSCore.registration import Registration, register
from GSSCore.stages import Stages
from GSSCore.study.alignment import Step
from GSSCore.vocabulary import Modality

STEP = "registration"
KEPT_MM, KEPT_GAIN, KEPT_DICE = 3.0, 0.10, 0.93
"""A scan whose registration can't be relied on may still lie well by the scanner's own coordinates: the best place that
was found is no further away than the first, mutual information gains no larger share there than the second, and the
brains agree by the third. In one session patients rarely move further, and a thick slice shows no less."""

SLICE_SHARE, SLICE_GAIN = 0.25, 0.05
"""In thick slices, a place that is less than this share of a slice away and gains less than this share of mutual
information is no better than the scanner's coordinates: how slices happen to meet makes as much difference."""


@dataclass(frozen=True, eq=False)
class Registered:
    """Where scans lie.

    Attributes:
        to_scan: (4, 4) for each scan that is used, the reference included, from RAS mm of the reference to its own.
        steps: what was done for each scan but the reference.
        warnings: what a reader has to know.
    """

    to_scan: Mapping[Modality, Affine]
    steps: tuple[Step, ...]
    warnings: tuple[Message, ...]


def register_all(
    brains: Brains, reference: Modality, settings: InputSettings, stages: Stages, cancelled: IsCancelled
) -> Registered:
    """Register each scan to the reference.

    Raises:
        InputError: when one fails that must not be left out.
    """
    to_scan: dict[Modality, Affine] = {reference: np.eye(4)}
    steps: list[Step] = []
    warnings: list[Message] = []
    others = [modality for modality in brains.given if modality is not reference]
    for number, modality in enumerate(others):
        done = register(
            brains.given[reference].scan,
            brains.given[modality].scan,
            brains.distances[reference],
            brains.distances[modality],
            fixed_name=reference.display,
            moving_name=modality.display,
            settings=settings,
            cancelled=cancelled,
        )
        thickest = max(*brains.given[reference].volume.grid.spacing, *brains.given[modality].volume.grid.spacing)
        if done.fault is None and _agrees(done, SLICE_SHARE * thickest, SLICE_GAIN):
            to_scan[modality] = np.eye(4)
            message = _as_scanned(modality, reference)
        elif done.fault is None:
            to_scan[modality] = done.to_moving
            message = _told(modality, reference)
        elif _agrees(done, KEPT_MM, KEPT_GAIN) and (done.checks.get("dice") or 0.0) >= KEPT_DICE:
            to_scan[modality] = np.eye(4)
            message = _kept(modality, reference)
            warnings.append(message)
        elif settings.all_sequences:
            raise InputError(done.fault)
        else:
            message = done.fault
            warnings += [done.fault, left_out(modality)]
        warnings += [done.warning] if done.warning is not None and modality in to_scan else []
        steps.append(Step(STEP, modality, modality in to_scan, message, done.checks))
        stages.advance((number + 1) / len(others))
    ordered = {modality: to_scan[modality] for modality in brains.given if modality in to_scan}
    return Registered(ordered, tuple(steps), tuple(warnings))


def _agrees(done: Registration, most_mm: float, gain: float) -> bool:
    """Tell whether the scanner's coordinates are as good as the place that was found: as close, or nearly as like."""
    names = ("moved_mm", "mutual_information", "mutual_information_before")
    moved, now, before = (done.checks.get(name) for name in names)
    if moved is None or now is None or before is None:
        return False
    return moved <= most_mm and now <= (1.0 + gain) * before


def _as_scanned(modality: Modality, reference: Modality) -> Message:
    return Message(
        "raw.as-scanned",
        "{sequence} lies on {reference} by the scanner's coordinates already.",
        sequence=modality.display,
        reference=reference.display,
    )


def _kept(modality: Modality, reference: Modality) -> Message:
    return Message(
        "raw.kept",
        "{sequence}: registration does not tell where it lies in {reference} to the millimetre, so it stays where the "
        "scanner's coordinates put it; check that both lie on each other.",
        sequence=modality.display,
        reference=reference.display,
    )


def _told(modality: Modality, reference: Modality) -> Message:
    return Message(
        "raw.registered",
        "{sequence} was registered to {reference}.",
        sequence=modality.display,
        reference=reference.display,
    )
