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
from GSSCore.registration import register
from GSSCore.stages import Stages
from GSSCore.study.alignment import Step
from GSSCore.vocabulary import Modality

STEP = "registration"


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
        if done.fault is None:
            to_scan[modality] = done.to_moving
            warnings += [done.warning] if done.warning is not None else []
        elif settings.all_sequences:
            raise InputError(done.fault)
        else:
            warnings += [done.fault, left_out(modality)]
        assert done.message is not None, "a registration tells what became of the scan"
        steps.append(Step(STEP, modality, done.fault is None, done.message, done.checks))
        stages.advance((number + 1) / len(others))
    ordered = {modality: to_scan[modality] for modality in brains.given if modality in to_scan}
    return Registered(ordered, tuple(steps), tuple(warnings))
