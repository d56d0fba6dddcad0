"""Clean-up removes what is too small, keeps the rest, and says how much it was."""

from __future__ import annotations

import numpy as np
import pytest

from GSSCore.inference.postprocessing import relabel_small_enhancement, remove_small_tumours
from GSSCore.vocabulary import Label


def lesions() -> np.ndarray:
    """A tumour of 8 voxels with 1 of ET; one of 3 voxels that touch by corners; one of a single ET voxel."""
    labels = np.zeros((12, 10, 8), np.uint8)
    labels[1:3, 1:3, 1:3] = Label.ED
    labels[2, 2, 2] = Label.ET
    for n in range(3):
        labels[6 + n, 5 + n, 3 + n] = Label.NCR
    labels[11, 0, 7] = Label.ET
    return labels


@pytest.mark.parametrize(
    ("minimum_ml", "left", "components", "ml"),
    [(0.001, 12, 0, 0.0), (0.002, 11, 1, 0.001), (0.003, 11, 1, 0.001), (0.004, 8, 2, 0.004), (1.0, 0, 3, 0.012)],
)
def test_small_tumours_become_background(minimum_ml: float, left: int, components: int, ml: float) -> None:
    labels = lesions()
    done = remove_small_tumours(labels, voxel_ml=0.001, minimum_ml=minimum_ml)
    assert np.count_nonzero(labels) == left
    assert done.components == components
    assert done.ml == pytest.approx(ml)
    kept = labels > 0
    np.testing.assert_array_equal(labels[kept], lesions()[kept])


def test_small_enhancement_becomes_necrosis_and_nothing_else_changes() -> None:
    labels = lesions()
    done = relabel_small_enhancement(labels, voxel_ml=0.002, minimum_ml=0.003)
    expected = lesions()
    expected[expected == Label.ET] = Label.NCR
    np.testing.assert_array_equal(labels, expected)
    assert done.components == 2
    assert done.ml == pytest.approx(0.004)


def test_the_threshold_is_in_millilitres_not_voxels() -> None:
    labels = lesions()
    assert remove_small_tumours(labels, voxel_ml=0.008, minimum_ml=0.008).components == 0
    assert remove_small_tumours(labels, voxel_ml=0.001, minimum_ml=0.008).components == 2


def test_a_label_map_in_fortran_order_is_changed_in_place() -> None:
    labels = np.asfortranarray(lesions())
    remove_small_tumours(labels, voxel_ml=0.001, minimum_ml=0.005)
    assert np.count_nonzero(labels) == 8


def test_an_empty_label_map_stays_empty() -> None:
    labels = np.zeros((4, 4, 4), np.uint8)
    assert remove_small_tumours(labels, 0.001, 1.0).components == 0
    assert not labels.any()
