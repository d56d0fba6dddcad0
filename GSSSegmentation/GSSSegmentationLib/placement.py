"""Places all volumes in one frame, with their parent transforms applied.

The frame is the world, if the reference still has voxels at right angles when its parent transform is applied. If that
transform is not linear, or shears, no image file could hold the grid of the reference. Then the frame is that of the
reference before its transform, and the other volumes are brought there. In both cases the result goes into the
reference's own coordinates, under the same parent transform, and so lies where the reference lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine, Array
from GSSCore.imaging.volume import Volume, affine_fault
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import Node, affine_of, array_of, vtk_matrix

PROBES = 9
"""Points along each axis of the reference at which a transform is tried before a volume is resampled with it."""
MAX_LOST = 0.1
"""Share of these points that the inverse may fail to bring back, as happens at the rim of a displacement field."""


@dataclass(frozen=True, eq=False)
class Placed:
    """A volume in the frame.

    Attributes:
        volume: array (I, J, K), and affine from voxel index to mm in the frame.
        resampled: whether its values were interpolated onto the reference's grid, because its transform is not affine.
    """

    volume: Volume
    resampled: bool


def place(nodes: Mapping[Modality, Node], reference: Modality) -> dict[Modality, Placed]:
    """Return each volume in the frame that the module's docstring describes.

    Args:
        nodes: as `nodes.checked_volumes` returns them.
        reference: whose grid the result gets.

    Raises:
        InputError: when a transform can't be inverted, has no values, or puts a volume beside the reference.
    """
    frame = frame_of(nodes[reference])
    grid = _moved(nodes[reference], frame)
    if grid is None:
        grid = affine_of(nodes[reference])
    placed = {}
    for modality, node in nodes.items():
        affine = grid if modality is reference else _moved(node, frame)
        if affine is not None:
            placed[modality] = Placed(Volume(array_of(node), affine), False)
        else:
            array = _resampled(node, frame, modality, array_of(nodes[reference]).shape, grid)
            placed[modality] = Placed(Volume(array, grid), True)
    return placed


def frame_of(reference: Node) -> Node | None:
    """Return the transform node whose coordinates are the frame of a reference; None for the world."""
    return None if _moved(reference, None) is not None else reference.GetParentTransformNode()


def all_in_world(nodes: Iterable[Node]) -> bool:
    """Tell whether the frame is the world, and no volume is resampled, whichever of them is the reference."""
    return all(_moved(node, None) is not None for node in nodes)


def world_affine(node: Node) -> Affine | None:
    """Return the affine of a volume from voxel index to RAS mm in the world; None where that is not a sound affine."""
    return _moved(node, None)


def affine_between(node: Node, frame: Node | None) -> Affine | None:
    """Return the matrix (4, 4) from the coordinates of a node, before its parent transform, to those of a frame.

    Returns:
        None where the way is not affine.
    """
    matrix = vtk.vtkMatrix4x4()
    parent = node.GetParentTransformNode()
    if parent is not frame and not slicer.vtkMRMLTransformNode.GetMatrixTransformBetweenNodes(parent, frame, matrix):
        return None
    return np.asarray(slicer.util.arrayFromVTKMatrix(matrix))


def _moved(node: Node, frame: Node | None) -> Affine | None:
    """Return the affine of a volume from voxel index to `frame`; None where the way there is not a sound affine."""
    way = affine_between(node, frame)
    if way is None:
        return None
    moved = np.asarray(way @ affine_of(node), np.float64)
    return moved if affine_fault(moved) is None else None


def _resampled(node: Node, frame: Node | None, modality: Modality, shape: tuple[int, ...], grid: Affine) -> Array:
    """Return a volume on the reference's grid, by linear interpolation; 0 where it has no voxels."""
    transform = node.GetParentTransformNode()
    # A volume without a transform is resampled when the reference's own transform is not affine.
    named = transform if transform is not None else frame
    names = {"sequence": modality.display, "volume": node.GetName(), "transform": named.GetName() if named else ""}
    into_volume = vtk.vtkGeneralTransform()
    slicer.vtkMRMLTransformNode.GetTransformBetweenNodes(frame, transform, into_volume)
    if not _usable(into_volume, shape, grid):
        raise InputError(
            Message(
                "transform.no-position",
                "{sequence}: '{volume}' can't be resampled under the transform '{transform}', which gives no position, "
                "or not a single one, for a part of the reference: harden or correct the transform.",
                **names,
            )
        )
    # From voxels of the reference to voxels of the volume.
    path = vtk.vtkGeneralTransform()
    path.PostMultiply()
    path.Concatenate(vtk_matrix(grid))
    path.Concatenate(into_volume)
    path.Concatenate(vtk_matrix(np.asarray(np.linalg.inv(affine_of(node)), np.float64)))
    array = _resliced(node.GetImageData(), path, shape)
    if not np.any(array):
        raise InputError(
            Message(
                "transform.no-overlap",
                "{sequence}: '{volume}' does not overlap the reference under the transform '{transform}': check the "
                "transform.",
                **names,
            )
        )
    return array


def _resliced(image: Any, path: Any, shape: tuple[int, ...]) -> Array:
    """Return an image on another grid.

    Args:
        image: vtkImageData.
        path: vtkAbstractTransform from voxel index of the new grid to voxel index of the image.
        shape: of the new grid.
    """
    source = vtk.vtkImageData()
    source.ShallowCopy(image)
    # With origin 0 and spacing 1, positions are voxel indices.
    source.SetOrigin(0.0, 0.0, 0.0)
    source.SetSpacing(1.0, 1.0, 1.0)
    reslice = vtk.vtkImageReslice()
    reslice.SetInputData(source)
    reslice.SetResliceTransform(path)
    reslice.SetInterpolationModeToLinear()
    reslice.SetOutputScalarType(vtk.VTK_FLOAT)
    reslice.SetBackgroundLevel(0.0)
    reslice.SetOutputOrigin(0.0, 0.0, 0.0)
    reslice.SetOutputSpacing(1.0, 1.0, 1.0)
    reslice.SetOutputExtent(0, shape[0] - 1, 0, shape[1] - 1, 0, shape[2] - 1)
    reslice.Update()
    values = vtk.util.numpy_support.vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars())
    array: Array = values.reshape(shape[::-1]).transpose(2, 1, 0)
    return array


def _usable(transform: Any, shape: tuple[int, ...], grid: Affine) -> bool:
    """Tell whether a transform gives finite positions on the reference's grid, and its inverse leads back from them."""
    last = np.array(shape[:3]) - 1.0
    steps = [np.linspace(0.0, end, PROBES) for end in last]
    index = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 3)
    points = index @ grid[:3, :3].T + grid[:3, 3]
    there = _applied(transform, points)
    if not np.isfinite(there).all():
        return False
    back = _applied(transform.GetInverse(), there)
    lost = ~(np.linalg.norm(back - points, axis=1) <= np.linalg.norm(grid[:3, :3], axis=0).max())
    return float(lost.mean()) <= MAX_LOST


def _applied(transform: Any, points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([transform.TransformPoint(point) for point in points])
