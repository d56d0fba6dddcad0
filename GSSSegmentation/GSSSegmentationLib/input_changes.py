"""Whether the volumes changed or moved while the network ran, and whether the result still belongs to them.

The user goes on working meanwhile. When all volumes were moved together, or a transform was hardened, the result
follows exactly, because it is in the voxels of the reference. Any other change is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine, Array
from GSSCore.imaging.volume import Grid
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import Node, checked_volumes
from GSSSegmentationLib.placement import Placed, place

TOLERANCE_VOXELS = 0.01
"""How far a corner may have moved against the reference, in voxels of the reference, and count as unmoved."""
TOLERANCE_MM = 0.01
"""How far the corners of the reference may have moved, in mm, and count as unmoved."""
_RIGID = 1e-4
"""How far the axes of a motion may be from right angles and length 1: over a head, a fortieth of a millimetre."""


@dataclass(frozen=True, eq=False)
class InputState:
    """A volume as it was handed to the network.

    Attributes:
        digest: hash of shape, type and values of its voxels.
        grid: where they are, in the frame of `placement.place`.
        resampled: whether the voxels were interpolated, so that they change with the transform as well.
    """

    digest: str
    grid: Grid
    resampled: bool


InputStates = Mapping[Modality, InputState]


def input_states(placed: Mapping[Modality, Placed]) -> dict[Modality, InputState]:
    """Return the states of volumes."""
    return {m: InputState(_digest(one.volume.array), one.volume.grid, one.resampled) for m, one in placed.items()}


def motion_since(
    before: InputStates, volumes: Mapping[Modality, Node], reference: Modality, scene: Any
) -> Affine | None:
    """Return how all volumes were moved together since they were handed over.

    A volume other than the reference may have left the scene: the result does not depend on it any more.

    Args:
        before: what was handed over.
        volumes: the volume nodes.
        reference: whose voxels the result is in.
        scene: the scene that they were in.

    Returns:
        (4, 4) in mm; None where the reference has not moved.

    Raises:
        InputError: when the reference has left the scene, voxels or their size have changed, or a volume was moved
            against the reference.
    """
    there = {modality: node for modality, node in volumes.items() if node.GetScene() is scene}
    if reference not in there:
        raise InputError(
            Message(
                "scene.reference-gone",
                "{sequence}: the reference has left the scene while the segmentation ran, so its result has no "
                "place; nothing was added. Load it again and run it again.",
                sequence=reference.display,
            )
        )
    checked_volumes(there)
    now = input_states(place(there, reference))
    _require_same_voxels(before, now, there)
    moved: Affine = now[reference].grid.affine @ np.linalg.inv(before[reference].grid.affine)
    _require_rigid(moved, reference, there[reference])
    _require_moved_together(before, now, reference, there)
    grid = before[reference].grid
    return None if Grid(grid.shape, moved @ grid.affine).matches(grid, tolerance=TOLERANCE_MM) else moved


def _require_same_voxels(before: InputStates, now: InputStates, nodes: Mapping[Modality, Node]) -> None:
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


def _require_rigid(moved: Affine, reference: Modality, node: Node) -> None:
    axes = moved[:3, :3]
    if np.abs(axes.T @ axes - np.eye(3)).max() > _RIGID or np.linalg.det(axes) < 0:
        raise InputError(
            Message(
                "scene.size-changed",
                "{sequence}: the voxels of '{volume}' got another size or were mirrored while the segmentation ran, so "
                "its result would be wrong; nothing was added. Run it again.",
                sequence=reference.display,
                volume=node.GetName(),
            )
        )


def _require_moved_together(
    before: InputStates, now: InputStates, reference: Modality, nodes: Mapping[Modality, Node]
) -> None:
    for modality, one in now.items():
        there, here = (_in_reference(side[modality], side[reference]) for side in (before, now))
        if one.digest != before[modality].digest or np.abs(there - here).max() > TOLERANCE_VOXELS:
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


def _in_reference(one: InputState, reference: InputState) -> Affine:
    """Return the corners (8, 3) of a volume as indices of the reference's voxels."""
    into = np.linalg.inv(reference.grid.affine)
    return np.asarray(one.grid.corners() @ into[:3, :3].T + into[:3, 3])


def _digest(array: Array) -> str:
    """Return a hash of an array (I, J, K). The memory of a volume node has the order K, J, I, and is not copied."""
    turned = np.ascontiguousarray(array.transpose(2, 1, 0))
    head = f"{turned.shape} {turned.dtype.str} ".encode()
    found = hashlib.sha256(head)
    found.update(turned.data)
    return found.hexdigest()
