"""Any axis order is brought into R, A, S and back without a voxel leaving its place."""

from __future__ import annotations

from typing import Any

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from GSSCore.imaging.orientation import Orientation, axis_codes, is_axis_aligned
from GSSCore.imaging.volume import Grid
from images import AFFINES, OBLIQUE, OBLIQUE_LEFT_HANDED, SHAPE, affine_of, name_of, rotation, values

ALL = [*AFFINES, OBLIQUE, OBLIQUE_LEFT_HANDED]
IDS = [*(name_of(affine) for affine in AFFINES), "oblique", "oblique-left-handed"]
angles = st.tuples(*[st.floats(-180, 180)] * 3)


def in_ras(array: Any, affine: Any) -> tuple[Any, Any]:
    """An array and its affine, axes in the order R, A, S."""
    orientation = Orientation.of(affine)
    view, grid = orientation.to_ras(array), orientation.grid_in_ras(Grid(array.shape, affine))
    assert view.shape == grid.shape
    return view, grid.affine


def test_there_are_48_orientations() -> None:
    assert len({name_of(affine) for affine in AFFINES}) == 48


@pytest.mark.parametrize("affine", ALL, ids=IDS)
def test_codes_are_those_of_nibabel(affine: Any) -> None:
    assert axis_codes(affine) == "".join(nib.aff2axcodes(affine))


@pytest.mark.parametrize("affine", ALL, ids=IDS)
def test_every_voxel_keeps_its_value_and_its_place(affine: Any) -> None:
    array = values()
    view, ras = in_ras(array, affine)
    assert axis_codes(ras) == "RAS"
    for index in np.ndindex(*SHAPE):
        there = np.linalg.solve(ras, affine @ [*index, 1])[:3]
        assert np.abs(there - np.rint(there)).max() < 1e-9
        assert view[tuple(np.rint(there).astype(int))] == array[index]


@pytest.mark.parametrize("affine", ALL, ids=IDS)
def test_the_way_there_and_back_is_the_identity_and_copies_nothing(affine: Any) -> None:
    array = values()
    view = Orientation.of(affine).to_ras(array)
    back = Orientation.of(affine).from_ras(view)
    assert np.shares_memory(view, array)
    assert np.shares_memory(back, array)
    assert back.shape == array.shape
    assert back.strides == array.strides
    np.testing.assert_array_equal(back, array)


@given(angles=angles, mirrored=st.booleans())
def test_any_rotation_gives_axes_near_the_patients(angles: tuple[float, float, float], mirrored: bool) -> None:
    affine = affine_of(rotation(angles) @ np.diag([1, 1, -1 if mirrored else 1]))
    view, ras = in_ras(values(), affine)
    assert sorted(view.shape) == sorted(SHAPE)
    cosines = ras[:3, :3] / np.linalg.norm(ras[:3, :3], axis=0)
    # No array axis can be more than 60 degrees from the patient axis that the best assignment gives it.
    assert np.diag(cosines).min() > 0.0
    assert np.trace(cosines) >= 5 / 3 - 1e-6
    np.testing.assert_allclose(ras @ [*(np.array(view.shape) - 1) / 2, 1], affine @ [*(np.array(SHAPE) - 1) / 2, 1])


@pytest.mark.parametrize("affine", AFFINES, ids=IDS[:48])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_alignment_is_told_to_the_degree(affine: Any, axis: int) -> None:
    turn = np.eye(4)
    degrees = [0.0, 0.0, 0.0]
    degrees[axis] = 2.0
    turn[:3, :3] = rotation((degrees[0], degrees[1], degrees[2]))
    assert is_axis_aligned(affine)
    assert is_axis_aligned(turn @ affine, 2.01)
    assert not is_axis_aligned(turn @ affine, 1.99)
    assert not is_axis_aligned(turn @ affine)
