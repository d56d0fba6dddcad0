"""Boxes: the one that a mask needs, whatever its order in memory, and what becomes of a box."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from GSSCore.imaging.arrays import Box
from GSSCore.imaging.boxes import bounding_box, box_at, common, corner_of, shifted, size_of, widened

ORDERS = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
shapes = st.tuples(*[st.integers(1, 6)] * 3)
corners = st.tuples(*[st.integers(-4, 6)] * 3)


@given(shape=shapes, seed=st.integers(0, 99), share=st.sampled_from([0.02, 0.2]), order=st.sampled_from(ORDERS),
       flips=st.tuples(*[st.sampled_from([1, -1])] * 3))  # fmt: skip
def test_the_box_of_a_mask_holds_all_of_it_and_no_more(
    shape: tuple[int, int, int], seed: int, share: float, order: tuple[int, int, int], flips: tuple[int, int, int]
) -> None:
    whole = np.random.default_rng(seed).random(shape) < share
    mask = whole.transpose(order)[tuple(slice(None, None, flip) for flip in flips)]
    box = bounding_box(mask)
    if not mask.any():
        assert box is None
        return
    assert box == tuple(slice(int(at.min()), int(at.max()) + 1) for at in np.nonzero(mask))


def test_no_box_has_no_voxels() -> None:
    assert size_of(bounding_box(np.zeros((3, 4, 5), np.bool_))) == (0, 0, 0)
    assert size_of(bounding_box(np.ones((3, 4, 5), np.bool_))) == (3, 4, 5)


def voxels(box: Box) -> set[tuple[int, ...]]:
    """The voxels of a box, one by one."""
    return {(i, j, k) for i in span(box[0]) for j in span(box[1]) for k in span(box[2])}


def span(side: slice) -> range:
    return range(side.start, side.stop)


@given(one=corners, of_one=shapes, other=corners, of_other=shapes)
def test_what_two_boxes_have_in_common_is_the_voxels_of_both(
    one: tuple[int, int, int], of_one: tuple[int, int, int], other: tuple[int, int, int], of_other: tuple[int, int, int]
) -> None:
    first, second = box_at(one, of_one), box_at(other, of_other)
    assert voxels(common(first, second)) == voxels(first) & voxels(second)


@given(corner=corners, size=shapes, by=corners)
def test_a_shifted_box_keeps_its_size(
    corner: tuple[int, int, int], size: tuple[int, int, int], by: tuple[int, int, int]
) -> None:
    moved = shifted(box_at(corner, size), by)
    assert size_of(moved) == size
    assert corner_of(moved) == tuple(np.add(corner, by))


@pytest.mark.parametrize(("by", "expected"), [(0, ((2, 5), (0, 3), (3, 7))), (2, ((0, 7), (0, 5), (1, 8))),
                                              ((1, 0, 9), ((1, 6), (0, 3), (0, 8)))])  # fmt: skip
def test_a_margin_ends_where_the_array_does(by: int | tuple[int, int, int], expected: object) -> None:
    box = widened((slice(2, 5), slice(0, 3), slice(3, 7)), by, (8, 8, 8))
    assert tuple((side.start, side.stop) for side in box) == expected
