"""The shipped network on the phantom: what it gives must not depend on how a head happens to be stored."""

from __future__ import annotations

import numpy as np
import pytest

from GSSCore import InferenceSettings, Network, Study, make_phantom, segment
from GSSCore.phantom import Phantom
from GSSCore.results.result import SegmentationResult
from GSSCore.vocabulary import Modality
from study_heads import oriented

pytestmark = pytest.mark.long

SETTINGS = InferenceSettings(device="cpu", confidence=False)
SHAPE = (150, 184, 146)


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load()


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    return make_phantom(seed=0, shape=SHAPE)


@pytest.fixture(scope="module")
def expected(network: Network, phantom: Phantom) -> SegmentationResult:
    """What is found with all modalities, on the phantom as it is."""
    return segment(phantom.study, network, SETTINGS)


def test_the_phantoms_tumour_is_found_with_all_and_with_two_modalities(
    network: Network, phantom: Phantom, expected: SegmentationResult
) -> None:
    truth = phantom.truth.array > 0
    for result in (expected, segment(phantom.study.restrict([Modality.FLAIR, Modality.T2]), network, SETTINGS)):
        found = result.labels > 0
        assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.8


@pytest.mark.parametrize(("order", "flips"), [((2, 0, 1), (-1, 1, -1)), ((1, 0, 2), (1, 1, 1))])
def test_in_any_orientation_the_labels_are_the_same(
    network: Network, phantom: Phantom, expected: SegmentationResult, order: tuple[int, ...], flips: tuple[int, ...]
) -> None:
    affine = phantom.study.grid.affine
    turned = Study.from_arrays({m: oriented(image, affine, order, flips) for m, image in phantom.study.images.items()})
    labels = segment(turned, network, SETTINGS).labels
    np.testing.assert_array_equal(labels, oriented(expected.labels, affine, order, flips)[0])


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 3.0), (0.7, 0.7, 0.7)])
def test_the_same_head_at_another_resolution_has_the_same_volumes(
    network: Network, expected: SegmentationResult, spacing: tuple[float, float, float]
) -> None:
    i, j, k = (round(n / mm) for n, mm in zip(SHAPE, spacing, strict=True))
    other = segment(make_phantom(seed=0, shape=(i, j, k), spacing_mm=spacing).study, network, SETTINGS)
    assert other.volumes_ml["WT"] == pytest.approx(expected.volumes_ml["WT"], rel=0.1)
    assert other.volumes_ml["TC"] == pytest.approx(expected.volumes_ml["TC"], rel=0.1)
