"""Whether the modalities overlap in space, and whether their voxels are small enough."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality

MAX_SPACING_MM = 3.0
FEW_SLICES = 5
"""A localiser has so many in each plane, or fewer; a head takes 15 and more of 10 mm."""


def require_overlap(volume: Volume, modality: Modality, grid: Grid, reference: Modality, name: str) -> None:
    """Refuse a volume that shares no space with the grid of the reference, whose file is `name`, before resampling."""
    to_index = np.linalg.inv(grid.affine)
    corners = to_index[:3, :3] @ volume.grid.corners().T + to_index[:3, 3:]
    last = np.array(grid.shape) - 1
    if (corners.max(axis=1) < 0).any() or (corners.min(axis=1) > last).any():
        raise InputError(no_overlap(volume, modality, reference, name))


def no_overlap(volume: Volume, modality: Modality, reference: Modality, name: str) -> Message:
    """Return the refusal of a volume that shows nothing where the reference, whose file is `name`, is."""
    return Message(
        "study.no-overlap",
        "{sequence}: {file} shows nothing where the reference, {reference} ({reference_file}), lies: register the two "
        "first, or check that both are of the same patient.",
        sequence=modality.display,
        file=volume.name,
        reference=reference.display,
        reference_file=name,
    )


def warn_coarse(volumes: Mapping[Modality, Volume]) -> list[Message]:
    """Warn of volumes, as they were given, with a spacing of more than `MAX_SPACING_MM` along an axis."""
    coarse = {modality: max(volume.grid.spacing) for modality, volume in volumes.items()}
    return [
        Message(
            "study.coarse",
            "{sequence} is coarse, {mm:.3g} mm from slice to slice: volumes and borders are uncertain along that axis; "
            "use a finer series if there is one.",
            sequence=modality.display,
            mm=mm,
        )
        for modality, mm in coarse.items()
        if mm > MAX_SPACING_MM * 1.001
    ]


def warn_few_slices(volumes: Mapping[Modality, Volume]) -> list[Message]:
    """Warn of volumes of `FEW_SLICES` slices or fewer, more than `MAX_SPACING_MM` apart."""
    few = {m: v.grid.shape[int(np.argmax(v.grid.spacing))] for m, v in volumes.items()}
    return [
        Message(
            "study.few-slices",
            "{sequence}: {file} has {count} slices only, as localisers do; give the series that covers the brain.",
            sequence=modality.display,
            file=volumes[modality].name,
            count=count,
        )
        for modality, count in few.items()
        if count <= FEW_SLICES and max(volumes[modality].grid.spacing) > MAX_SPACING_MM * 1.001
    ]
