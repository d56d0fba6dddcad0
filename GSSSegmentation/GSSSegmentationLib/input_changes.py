"""What a result stands on, and whether the scene still holds it: voxels, and where the volumes are to each other.

The user goes on working while the network runs. What was done to all volumes together, a move or a transform that was
hardened, is carried along exactly, as the result is in the voxels of the reference. Anything else is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.volume import Affine, Array, Grid
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.placement import Placed

TOLERANCE = 0.01
"""How far a corner may have moved against the reference, in the reference's voxels, and still be where it was."""
_RIGID = 1e-4
"""How far the axes of a motion may be from right angles and length 1: over a head, a fortieth of a millimetre."""


@dataclass(frozen=True, eq=False)
class InputState:
    """What was handed to the network of one volume.

    Attributes:
        digest: of shape, type and values of its voxels.
        grid: where they are, in the frame of `placement.place`.
        resampled: whether the voxels are interpolated ones, so that they change with the transform as well.
    """

    digest: str
    grid: Grid
    resampled: bool


def input_states(placed: Mapping[Modality, Placed]) -> dict[Modality, InputState]:
    """Return what a result will stand on."""
    return {m: InputState(_digest(one.volume.array), one.volume.grid, one.resampled) for m, one in placed.items()}


def common_motion(
    before: Mapping[Modality, InputState],
    now: Mapping[Modality, InputState],
    reference: Modality,
    nodes: Mapping[Modality, Node],
) -> Affine:
    """Return how all volumes were moved together meanwhile, (4, 4) in mm; the identity where they stayed.

    Args:
        before: what the result stands on.
        now: the same of the volumes that are still there, the reference among them.
        reference: whose voxels the result is in.
        nodes: the volumes, for their names.

    Raises:
        InputError: when voxels have changed, or their size, or a volume was moved against the reference.
    """
    for modality, one in now.items():
        was = before[modality]
        if one.digest != was.digest and not (one.resampled or was.resampled):
            raise InputError(
                Message(
                    "scene.voxels-changed",
                    "{sequence}: the voxels of '{volume}' changed while the segmentation ran, so its result belongs to "
                    "other ones; nothing was added. Run it again.",
                    sequence=modality.display,
                    volume=nodes[modality].GetName(),
                )
            )
    moved: Affine = now[reference].grid.affine @ np.linalg.inv(before[reference].grid.affine)
    axes = moved[:3, :3]
    if np.abs(axes.T @ axes - np.eye(3)).max() > _RIGID or np.linalg.det(axes) < 0:
        raise InputError(
            Message(
                "scene.size-changed",
                "{sequence}: the voxels of '{volume}' got another size or were mirrored while the segmentation ran, so "
                "its result would be wrong; nothing was added. Run it again.",
                sequence=reference.display,
                volume=nodes[reference].GetName(),
            )
        )
    for modality, one in now.items():
        there, here = (_in_reference(side[modality], side[reference]) for side in (before, now))
        if one.digest != before[modality].digest or np.abs(there - here).max() > TOLERANCE:
            raise InputError(
                Message(
                    "scene.moved-apart",
                    "{sequence}: '{volume}' was moved or changed against '{reference}' while the segmentation ran, so "
                    "its result belongs to another position; nothing was added. Run it again.",
                    sequence=modality.display,
                    volume=nodes[modality].GetName(),
                    reference=nodes[reference].GetName(),
                )
            )
    return moved


def is_still(moved: Affine, grid: Grid) -> bool:
    """Tell whether a motion leaves every corner of a grid where it is, to within a hundredth of a millimetre."""
    return Grid(grid.shape, moved @ grid.affine).matches(grid, tolerance=0.01)


def _in_reference(one: InputState, reference: InputState) -> Affine:
    """Return the corners (8, 3) of a volume as indices of the reference's voxels."""
    into = np.linalg.inv(reference.grid.affine)
    return np.asarray(one.grid.corners() @ into[:3, :3].T + into[:3, 3])


def _digest(array: Array) -> str:
    """Return a hash; the voxels of a volume node are in memory in the order K, J, I."""
    turned = np.ascontiguousarray(array.transpose(2, 1, 0))
    head = f"{turned.shape} {turned.dtype.str} ".encode()
    found = hashlib.sha256(head)
    found.update(turned.data)
    return found.hexdigest()
