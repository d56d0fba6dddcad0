"""The z-score is that of the non-zero voxels, and zero stays zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from GSSCore.imaging.intensities import z_score


@given(
    hnp.arrays(np.int16, hnp.array_shapes(min_dims=3, max_dims=3, max_side=6), elements=st.integers(-300, 3000)),
    st.sampled_from([np.int16, np.int64, np.float32, np.float64]),
)
@settings(deadline=None)
def test_it_is_the_definition_voxel_by_voxel(array: Any, dtype: Any) -> None:
    inside = [float(value) for value in array.ravel() if value != 0]
    mean = sum(inside) / len(inside) if inside else 0.0
    spread = (sum((value - mean) ** 2 for value in inside) / len(inside)) ** 0.5 if inside else 0.0
    scores = z_score(array.astype(dtype))
    assert scores.dtype == np.float32
    assert (scores[array == 0] == 0).all()
    for value, score in zip(array.ravel(), scores.ravel(), strict=True):
        assert score == pytest.approx((value - mean) / spread if spread and value != 0 else 0.0, abs=1e-5)


def test_negative_voxels_belong_to_the_brain() -> None:
    np.testing.assert_allclose(z_score(np.array([[[0.0, -1.0, 1.0]]])), [[[0.0, -1.0, 1.0]]])


@pytest.mark.parametrize("value", [0, 7, -0.1])
def test_without_contrast_all_is_zero(value: float) -> None:
    array = np.zeros((4, 4, 4), np.float32)
    array[1:3] = value
    assert not z_score(array).any()


def test_large_intensities_lose_no_precision() -> None:
    rng = np.random.default_rng(0)
    array = (1e6 + rng.standard_normal((40, 40, 40))).astype(np.float64)
    scores = z_score(array)
    assert abs(scores.mean(dtype=np.float64)) < 1e-6
    assert scores.std(dtype=np.float64) == pytest.approx(1.0, abs=1e-6)


def test_the_order_in_memory_is_kept_and_the_array_untouched() -> None:
    array = np.asfortranarray(np.arange(24).reshape(2, 3, 4))
    before = array.copy()
    assert z_score(array).flags.f_contiguous
    np.testing.assert_array_equal(array, before)
