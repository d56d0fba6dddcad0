"""Volume nodes as inputs: checks them, and returns their voxels and geometry. Changes nothing in the scene."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import slicer
import slicer.util
import vtk
from numpy.typing import NDArray

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.volume import affine_fault
from GSSCore.messages import Message
from GSSCore.study.given import named_modality
from GSSCore.vocabulary import MODALITIES, REFERENCE_ORDER, Modality, subset

Node = Any
"""A node of the scene. Type checkers know nothing of vtkMRML classes."""
Nodes = Mapping[Modality, Node | None] | Mapping[str, Node | None]
"""Scalar volume nodes by modality or its name. A missing one is None or left out."""


def checked_volumes(nodes: Nodes) -> dict[Modality, Node]:
    """Return the given volumes in the fixed order of the modalities.

    Raises:
        InputError: when there is none, when one is not a scalar volume with an image in a scene, or when a node is
            given twice.
    """
    given = {named_modality(key): node for key, node in nodes.items() if node is not None}
    volumes = {modality: given[modality] for modality in MODALITIES if modality in given}
    if not volumes:
        raise InputError(Message("node.none", "No volume was given: choose at least one of FLAIR, T1ce, T1 and T2."))
    first: dict[str, Modality] = {}
    for modality, node in volumes.items():
        fault = _fault(modality.display, node)
        if fault is not None:
            raise InputError(fault)
        other = first.setdefault(node.GetID(), modality)
        if other is not modality:
            raise InputError(
                Message(
                    "node.twice",
                    "The volume '{volume}' was given as {first} and as {second}: choose another one for one of them, "
                    "or none.",
                    volume=node.GetName(),
                    first=other.display,
                    second=modality.display,
                )
            )
    return volumes


def chosen_reference(volumes: Mapping[Modality, Node], wanted: Modality | str | Node | None) -> Modality:
    """Return the modality whose geometry the segments get; by default the first of FLAIR, T1ce, T2 and T1.

    Args:
        volumes: as `checked_volumes` returns them.
        wanted: a modality, its name, or one of the volumes.

    Raises:
        InputError: when it is none of the volumes.
    """
    if wanted is None:
        return next(modality for modality in REFERENCE_ORDER if modality in volumes)
    if isinstance(wanted, str):  # a Modality is one
        modality = named_modality(wanted)
        if modality in volumes:
            return modality
        name = modality.display
    else:
        for modality, node in volumes.items():
            if node is wanted:
                return modality
        name = f"'{wanted.GetName()}'" if hasattr(wanted, "GetName") else repr(wanted)
    raise InputError(
        Message(
            "node.reference",
            "The reference {reference} is not among the volumes given ({given}): choose one of them.",
            reference=name,
            given=[modality.display for modality in subset(volumes)],
        )
    )


def described(node: Node) -> str:
    """Return what reports call a node: its name, and its file where it has one."""
    storage = node.GetStorageNode()
    file = storage.GetFileName() if storage is not None else None
    return f"{node.GetName()} ({file})" if file else f"{node.GetName()} (volume in the scene)"


def array_of(node: Node) -> NDArray[Any]:
    """Return the voxels (I, J, K) of a volume node. They are a view into its memory: do not change them."""
    return np.asarray(slicer.util.arrayFromVolume(node)).transpose(2, 1, 0)


def affine_of(node: Node) -> Affine:
    """Return the affine (4, 4) of a volume node, voxel index to RAS in mm before its parent transform."""
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return np.asarray(slicer.util.arrayFromVTKMatrix(matrix))


def vtk_matrix(affine: Affine) -> Any:
    """Return an affine as vtkMatrix4x4."""
    return slicer.util.vtkMatrixFromArray(affine)


def _fault(sequence: str, node: Node) -> Message | None:
    """Return why a node can't be an input and what to do, or None."""
    if not hasattr(node, "IsA") or not node.IsA("vtkMRMLNode"):
        return Message(
            "node.no-node",
            "{sequence}: {given} is no node of the scene; give a volume node, such as slicer.util.getNode('name').",
            sequence=sequence,
            given=repr(node),
        )
    name = node.GetName()
    if not node.IsA("vtkMRMLScalarVolumeNode"):
        return Message(
            "node.no-volume",
            "{sequence}: '{volume}' is no volume ({kind}); choose a scalar volume.",
            sequence=sequence,
            volume=name,
            kind=node.GetClassName(),
        )
    if node.IsA("vtkMRMLLabelMapVolumeNode"):
        return Message(
            "node.label-map",
            "{sequence}: '{volume}' is a label map, not an image; choose a scalar volume.",
            sequence=sequence,
            volume=name,
        )
    if node.GetScene() is None:
        return Message(
            "node.no-scene",
            "{sequence}: '{volume}' is in no scene; add it to the scene first.",
            sequence=sequence,
            volume=name,
        )
    return _image_fault(sequence, node)


def _image_fault(sequence: str, node: Node) -> Message | None:
    name, image = node.GetName(), node.GetImageData()
    if image is None or min(image.GetDimensions()) < 1 or image.GetPointData().GetScalars() is None:
        return Message(
            "node.no-image", "{sequence}: '{volume}' has no image; load it again.", sequence=sequence, volume=name
        )
    if image.GetNumberOfScalarComponents() != 1:
        return Message(
            "node.components",
            "{sequence}: '{volume}' has {count} values per voxel; choose a scalar volume.",
            sequence=sequence,
            volume=name,
            count=image.GetNumberOfScalarComponents(),
        )
    if affine_fault(affine_of(node)) is not None:
        return Message(
            "node.geometry",
            "{sequence}: '{volume}' has axes that are not at right angles, or a voxel spacing of zero or without a "
            "value; correct its geometry, or resample it.",
            sequence=sequence,
            volume=name,
        )
    return None
