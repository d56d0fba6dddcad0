"""Parent transforms: honoured exactly where they are affine, by interpolation where they are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util
import vtk
from scipy.ndimage import map_coordinates

from GSSCore.errors import InputError
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import affine_of, array_of
from GSSSegmentationLib.placement import place
from scenes import add_transform, add_volume, rotation, world_affine

FLAIR, T2 = Modality.FLAIR, Modality.T2
AFFINE = rotation(20.0, 2, (-10.0, 20.0, 33.0)) @ rotation(15.0, 0) @ np.diag([0.9, -1.1, 3.0, 1.0])
SHAPE = (22, 26, 18)


def smooth(seed: int, shape: tuple[int, int, int] = SHAPE) -> Any:
    i, j, k = np.indices(shape)
    return (100 + 40 * np.sin(i / 4 + seed) * np.cos(j / 5) + 30 * np.sin(k / 3)).astype(np.float32)


@pytest.fixture
def pair(scene: Any) -> dict[Modality, Any]:
    return {FLAIR: add_volume(smooth(0), AFFINE, "FLAIR"), T2: add_volume(smooth(1), AFFINE, "T2")}


def grid_transform(displace: Any, spacing: float = 6.0, size: int = 24) -> Any:
    """Add a displacement field, to parent: `displace` gives mm for positions (..., 3)."""
    origin = -spacing * (size - 1) / 2
    axis = origin + spacing * np.arange(size)
    positions = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    vectors = displace(positions).transpose(2, 1, 0, 3).astype(np.float64)
    image = vtk.vtkImageData()
    image.SetDimensions(size, size, size)
    image.SetOrigin(origin, origin, origin)
    image.SetSpacing(spacing, spacing, spacing)
    scalars = vtk.util.numpy_support.numpy_to_vtk(np.ascontiguousarray(vectors.reshape(-1, 3)), deep=True)
    image.GetPointData().SetScalars(scalars)
    transform = vtk.vtkGridTransform()
    transform.SetDisplacementGridData(image)
    transform.SetInterpolationModeToCubic()
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLGridTransformNode", "warp")
    node.SetAndObserveTransformToParent(transform)
    return node


def warp(positions: Any) -> Any:
    r, a, s = (positions[..., axis] for axis in range(3))
    return np.stack([4 * np.sin(a / 25), 3 * np.cos(s / 30), 2 * np.sin(r / 20)], axis=-1)


def test_without_transforms_nothing_is_touched(pair: Any) -> None:
    for modality, placed in place(pair, FLAIR).items():
        assert not placed.resampled
        np.testing.assert_array_equal(placed.volume.array, array_of(pair[modality]))
        np.testing.assert_allclose(placed.volume.affine, AFFINE, atol=1e-12)


def test_a_linear_transform_moves_the_affine_alone(pair: Any) -> None:
    motion = rotation(30.0, 1, (3.0, 4.0, 5.0))
    pair[T2].SetAndObserveTransformNodeID(add_transform(motion).GetID())
    placed = place(pair, FLAIR)
    assert not placed[T2].resampled
    np.testing.assert_allclose(placed[T2].volume.affine, motion @ AFFINE, atol=1e-9)
    np.testing.assert_allclose(placed[FLAIR].volume.affine, AFFINE, atol=1e-12)


def test_transforms_of_transforms_are_honoured(pair: Any) -> None:
    outer, inner = add_transform(rotation(10.0, 0, (1.0, 2.0, 3.0)), "outer"), add_transform(rotation(5.0, 2), "inner")
    inner.SetAndObserveTransformNodeID(outer.GetID())
    for node in pair.values():
        node.SetAndObserveTransformNodeID(inner.GetID())
    placed = place(pair, FLAIR)
    np.testing.assert_allclose(placed[FLAIR].volume.affine, world_affine(pair[FLAIR]), atol=1e-9)
    assert not np.allclose(placed[FLAIR].volume.affine, AFFINE)


def test_a_shearing_transform_of_all_leaves_their_own_frame(pair: Any) -> None:
    shear = np.eye(4)
    shear[0, 1] = 0.4
    transform = add_transform(shear)
    for node in pair.values():
        node.SetAndObserveTransformNodeID(transform.GetID())
    for placed in place(pair, FLAIR).values():
        assert not placed.resampled
        np.testing.assert_allclose(placed.volume.affine, AFFINE, atol=1e-12)


def test_a_non_linear_transform_of_all_leaves_their_own_frame(pair: Any) -> None:
    transform = grid_transform(warp)
    for node in pair.values():
        node.SetAndObserveTransformNodeID(transform.GetID())
    for placed in place(pair, FLAIR).values():
        assert not placed.resampled
        np.testing.assert_allclose(placed.volume.affine, AFFINE, atol=1e-12)


def reference_values(node: Any, matrix: Any, grid: Any) -> tuple[Any, Any]:
    """Values of a volume on the reference's voxels by another library, and where they are well inside."""
    index = np.stack([axis.ravel() for axis in np.indices(SHAPE)] + [np.ones(np.prod(SHAPE))])
    points = (grid @ index)[:3]
    there = (np.linalg.inv(matrix @ affine_of(node)) @ np.vstack([points, np.ones(points.shape[1])]))[:3]
    values = map_coordinates(array_of(node), there, order=1).reshape(SHAPE)
    last = np.array(array_of(node).shape)[:, None] - 1
    return values, ((there >= 0) & (there <= last)).all(axis=0).reshape(SHAPE)


def test_a_shearing_transform_of_one_is_resampled_as_another_library_does(pair: Any) -> None:
    shear = np.eye(4)
    shear[0, 1], shear[2, 3] = 0.2, 4.0
    pair[T2].SetAndObserveTransformNodeID(add_transform(shear).GetID())
    placed = place(pair, FLAIR)[T2]
    expected, inside = reference_values(pair[T2], shear, AFFINE)
    assert placed.resampled
    np.testing.assert_allclose(placed.volume.affine, AFFINE, atol=1e-12)
    np.testing.assert_allclose(placed.volume.array[inside], expected[inside], atol=0.02)
    assert inside.mean() > 0.5


def test_a_non_linear_transform_of_one_puts_each_value_where_the_transform_says(pair: Any) -> None:
    node = grid_transform(warp)
    pair[T2].SetAndObserveTransformNodeID(node.GetID())
    placed = place(pair, FLAIR)[T2]
    assert placed.resampled
    world_to_own = vtk.vtkGeneralTransform()
    node.GetTransformFromWorld(world_to_own)
    checked = 0
    for index in [(11, 13, 9), (6, 18, 5), (15, 8, 12), (10, 10, 10)]:
        there = world_to_own.TransformPoint((AFFINE @ [*index, 1.0])[:3])
        voxel = (np.linalg.inv(AFFINE) @ [*there, 1.0])[:3]
        assert np.linalg.norm(np.array(voxel) - index) > 0.1, "the transform moves this voxel"
        expected = map_coordinates(array_of(pair[T2]), voxel[:, None], order=1)[0]
        assert placed.volume.array[index] == pytest.approx(expected, abs=0.05)
        checked += 1
    assert checked == 4


def test_the_reference_may_be_warped_and_another_not(pair: Any) -> None:
    node = grid_transform(warp)
    pair[FLAIR].SetAndObserveTransformNodeID(node.GetID())
    placed = place(pair, FLAIR)
    assert not placed[FLAIR].resampled
    assert placed[T2].resampled
    np.testing.assert_allclose(placed[T2].volume.affine, AFFINE, atol=1e-12)
    own_to_world = vtk.vtkGeneralTransform()
    node.GetTransformToWorld(own_to_world)
    index = (11, 13, 9)
    there = own_to_world.TransformPoint((AFFINE @ [*index, 1.0])[:3])
    voxel = (np.linalg.inv(AFFINE) @ [*there, 1.0])[:3]
    expected = map_coordinates(array_of(pair[T2]), voxel[:, None], order=1)[0]
    assert placed[T2].volume.array[index] == pytest.approx(expected, abs=0.05)


def test_a_transform_that_folds_space_is_refused(pair: Any) -> None:
    def fold(positions: Any) -> Any:
        # The left half is laid onto the right one: nothing is left of the middle, and two places share each other one.
        right = positions[..., 0]
        return np.stack([np.abs(right) - right, 0 * right, 0 * right], axis=-1)

    pair[T2].SetAndObserveTransformNodeID(grid_transform(fold).GetID())
    with pytest.raises(InputError, match=r"T2: 'T2' can't be resampled under the transform 'warp'.*harden or correct"):
        place(pair, FLAIR)


def test_a_warped_volume_beside_the_reference_is_refused(pair: Any) -> None:
    far = np.eye(4)
    far[0, 1], far[1, 3] = 0.1, 900.0
    pair[T2].SetAndObserveTransformNodeID(add_transform(far, "far").GetID())
    with pytest.raises(InputError, match="T2: 'T2' does not overlap the reference under the transform 'far'"):
        place(pair, FLAIR)


def test_the_scene_is_not_touched(pair: Any) -> None:
    from scenes import scene_state

    pair[T2].SetAndObserveTransformNodeID(grid_transform(warp).GetID())
    before = scene_state(slicer.mrmlScene)
    place(pair, FLAIR)
    assert scene_state(slicer.mrmlScene) == before
