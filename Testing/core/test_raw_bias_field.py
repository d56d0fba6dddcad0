"""Uneven brightness of raw scans: found within the brain, taken out, and told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from GSSCore.brain_extraction.distance import distance_of
from GSSCore.errors import Cancelled
from GSSCore.imaging.volume import Volume
from GSSCore.raw.bias_field import STEP, even_out
from GSSCore.study.alignment import Step
from GSSCore.vocabulary import Modality

SHAPE, SPACING = (60, 72, 20), (3.0, 3.0, 7.0)
AFFINE = np.diag([*SPACING, 1.0])
AFFINE[:3, 3] = -np.array(SHAPE) * SPACING / 2.0
T1 = Modality.T1


def points() -> NDArray[np.float64]:
    """Return where the voxels lie, (3, I, J, K) in RAS mm."""
    index = np.indices(SHAPE).reshape(3, -1)
    return (AFFINE[:3, :3] @ index + AFFINE[:3, 3:]).reshape(3, *SHAPE)


BRAIN = ((points() / np.array([65.0, 85.0, 62.0])[:, None, None, None]) ** 2).sum(0) < 1.0
FIELD = np.exp(0.35 * points()[2] / 70.0 - 0.15 * (points()[0] / 70.0) ** 2)
"""The lowest slices of the brain have half of the brightness of the highest."""


def even_brain() -> NDArray[np.float64]:
    """A brain of grey and white matter in a head; nothing of it is 0."""
    tissue = gaussian_filter(np.random.default_rng(3).normal(size=SHAPE), (2.0, 2.0, 0.8))
    noise = np.random.default_rng(4).normal(0.0, 4.0, SHAPE)
    return np.where(BRAIN, np.where(tissue > 0, 300.0, 220.0), 60.0) + noise


def spread(values: NDArray[np.floating]) -> float:
    """Return by how much values differ, as the standard deviation of their logarithms."""
    return float(np.log(values).std())


def distance() -> Volume:
    return distance_of(Volume(BRAIN, AFFINE))


def evened(
    scan: Volume, where: Volume | None = None, to_scan: NDArray[np.float64] | None = None
) -> tuple[Volume, Step]:
    scans, (step,) = even_out({T1: scan}, {T1: np.eye(4) if to_scan is None else to_scan}, where or distance())
    return scans[T1], step


def test_a_field_is_taken_out_of_the_brain_and_told() -> None:
    even = even_brain()
    scan = Volume((even * FIELD).astype(np.float32), AFFINE)
    done, step = evened(scan)
    before, after = (spread((array / even)[BRAIN]) for array in (scan.array, done.array))
    assert before > 0.12
    assert after < before / 4
    assert (step.name, step.modality, step.done) == (STEP, T1, True)
    true = np.percentile(FIELD[BRAIN], 99) / np.percentile(FIELD[BRAIN], 1)
    assert step.checks["range"] == pytest.approx(true, rel=0.15)
    np.testing.assert_array_equal(done.affine, AFFINE)


def test_an_even_brain_stays_even() -> None:
    scan = Volume(even_brain().astype(np.float32), AFFINE)
    done, _ = evened(scan)
    assert spread((done.array / scan.array)[BRAIN]) < 0.02


def test_a_large_bright_lesion_keeps_its_contrast() -> None:
    """The field must not follow a tumour."""
    lesion = ((points() - np.array([25.0, 10.0, 10.0])[:, None, None, None]) ** 2).sum(0) < 25.0**2
    scan = Volume((even_brain() * np.where(lesion, 1.6, 1.0) * FIELD).astype(np.float32), AFFINE)
    done, _ = evened(scan)
    left = done.array / even_brain()
    assert np.median(left[lesion]) / np.median(left[BRAIN & ~lesion]) > 1.45


def test_the_brain_is_looked_for_where_the_scan_lies() -> None:
    moved = np.eye(4)
    moved[:3, 3] = [12.0, -30.0, 18.0]
    scan = Volume((even_brain() * FIELD).astype(np.float32), AFFINE)
    elsewhere = replace(scan, affine=moved @ AFFINE)
    here, there = (evened(one, to_scan=matrix)[0].array for one, matrix in ((scan, np.eye(4)), (elsewhere, moved)))
    np.testing.assert_allclose(here, there, rtol=1e-4)


def test_background_stays_background_and_the_number_of_threads_changes_nothing() -> None:
    array = np.where(BRAIN, even_brain() * FIELD, 0.0).astype(np.float32)
    before = SimpleITK.ProcessObject.GetGlobalDefaultNumberOfThreads()
    found = []
    try:
        for threads in (1, 2):
            SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
            found.append(evened(Volume(array, AFFINE))[0].array)
    finally:
        SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
    # But for the last digit of a float32.
    np.testing.assert_allclose(found[0], found[1], rtol=2e-6)
    np.testing.assert_array_equal(found[0] == 0, array == 0)


def test_of_too_little_brain_no_field_is_told() -> None:
    small = distance_of(Volume(BRAIN & (np.abs(points()).max(0) < 20.0), AFFINE))
    scan = Volume((even_brain() * FIELD).astype(np.float32), AFFINE)
    done, step = evened(scan, small)
    assert done is scan
    assert not step.done
    assert step.message.code == "raw.no-bias-field"


def test_it_is_cancelled() -> None:
    scan = Volume((even_brain() * FIELD).astype(np.float32), AFFINE)
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(True)
        return True

    with pytest.raises(Cancelled):
        even_out({T1: scan}, {T1: np.eye(4)}, distance(), cancelled)
    assert asked == [True]
