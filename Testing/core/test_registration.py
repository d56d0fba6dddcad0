"""Registration finds a known transform between two contrasts, and is told apart where it fails."""

from __future__ import annotations

import _thread
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK

from GSSCore.errors import Cancelled
from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.volume import Volume
from GSSCore.options import NotAllowed
from GSSCore.registration import Registration, RegistrationSettings, register
from GSSCore.registration import itk as registration_itk
from GSSCore.registration.checks import fault, warning
from GSSCore.registration.rigid import apply, degrees_of, inverse, middle, rms_distance, turned_about
from GSSCore.vocabulary import Modality
from registration_heads import moved, phantom_head

pytestmark = pytest.mark.long

SPACING_MM = 3.0
Scan = tuple[Volume, Volume]
NAMES = {"fixed_name": "T1", "moving_name": "FLAIR"}
IDENTITY = np.eye(4)


def true_transform() -> Affine:
    head = phantom_head(SPACING_MM)
    return turned_about(head.centre, np.array([8.0, -5.0, 12.0]), head.centre + np.array([14.0, -9.0, 11.0]))


def fixed_scan() -> Scan:
    return moved(phantom_head(SPACING_MM), Modality.T1, IDENTITY)


def moving_scan(slice_mm: float = SPACING_MM, transform: Affine | None = None) -> Scan:
    true = true_transform() if transform is None else transform
    return moved(phantom_head(SPACING_MM), Modality.FLAIR, true, slice_mm=slice_mm)


def registered(fixed: Scan, moving: Scan, **more: object) -> Registration:
    return register(fixed[0], moving[0], fixed[1], moving[1], **NAMES, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def base() -> Registration:
    return registered(fixed_scan(), moving_scan())


def error_mm(found: Registration, true: Affine) -> float:
    return rms_distance(found.to_moving, true, phantom_head(SPACING_MM).points)


# --- what is found ---------------------------------------------------------------------------------------------------


def test_a_known_transform_is_recovered_between_contrasts(base: Registration) -> None:
    assert base.fault is None and base.warning is None
    assert error_mm(base, true_transform()) < 0.5


def test_a_known_transform_is_recovered_from_thick_slices() -> None:
    found = registered(fixed_scan(), moving_scan(slice_mm=6.0))
    assert found.fault is None
    assert error_mm(found, true_transform()) < 1.0


def test_swapped_scans_give_the_inverse(base: Registration) -> None:
    back = registered(moving_scan(), fixed_scan())
    assert error_mm(base, inverse(back.to_moving)) < 0.3


def test_axis_order_and_threads_make_no_difference(base: Registration) -> None:
    fixed, moving = fixed_scan(), moving_scan()
    threads = SimpleITK.ProcessObject.GetGlobalDefaultNumberOfThreads()
    try:
        SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1 if threads > 1 else 3)
        again = registered((turned_round(fixed[0]), fixed[1]), (turned_round(moving[0]), turned_round(moving[1])))
    finally:
        SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    np.testing.assert_allclose(again.to_moving, base.to_moving, atol=1e-6)


def turned_round(volume: Volume) -> Volume:
    """The same with its axes in another order, and the first of them the other way."""
    array = volume.array.transpose(2, 0, 1)[::-1]
    affine = volume.affine[:, [2, 0, 1, 3]].copy()
    affine[:, 3] += affine[:, 0] * (len(array) - 1)
    affine[:, 0] *= -1.0
    return Volume(array, affine)


def test_scans_that_are_aligned_stay_where_they_are() -> None:
    found = registered(fixed_scan(), moving_scan(transform=IDENTITY))
    np.testing.assert_array_equal(found.to_moving, IDENTITY)
    assert found.fault is None and found.checks["moved_mm"] == 0.0


# --- when it stops ---------------------------------------------------------------------------------------------------


def test_it_is_cancelled_within_two_seconds_by_another_thread() -> None:
    stop = threading.Event()
    said = []

    def say() -> None:
        said.append(time.perf_counter())
        stop.set()

    fixed, moving = fixed_scan(), moving_scan()
    timer = threading.Timer(0.4, say)
    timer.start()
    with pytest.raises(Cancelled):
        registered(fixed, moving, cancelled=stop.is_set)
    assert time.perf_counter() - said[0] < 2.0


def test_it_is_cancelled_from_within_an_iteration() -> None:
    asked = 0

    def late() -> bool:
        nonlocal asked
        asked += 1
        return asked > 120  # after the starts have been rated

    with pytest.raises(Cancelled):
        registered(fixed_scan(), moving_scan(), cancelled=late)
    assert asked <= 123


def test_a_signal_ends_it_at_once() -> None:
    """A signal reaches the main thread, where the command line turns it into a KeyboardInterrupt."""
    sent = []

    def signal_me() -> None:
        sent.append(time.perf_counter())
        _thread.interrupt_main()

    timer = threading.Timer(0.6, signal_me)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        registered(fixed_scan(), moving_scan())
    assert time.perf_counter() - sent[0] < 2.0


def test_it_ends_when_its_time_is_over() -> None:
    found = registered(fixed_scan(), moving_scan(), settings=RegistrationSettings(registration_seconds=0.3))
    assert found.fault is not None and found.fault.code == "registration.time"
    assert found.seconds < 2.3
    assert "FLAIR" in found.fault and "T1" in found.fault


def test_a_time_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(NotAllowed):
        RegistrationSettings(registration_seconds=0.0)


# --- when it fails ---------------------------------------------------------------------------------------------------


def test_a_scan_without_a_brain_is_told() -> None:
    moving = moving_scan()
    none = replace(moving[1], array=np.full_like(moving[1].array, -8.0))
    found = registered(fixed_scan(), (moving[0], none))
    assert found.fault is not None and found.fault.code == "registration.no-brain" and "FLAIR" in found.fault


def test_a_mirrored_scan_is_told() -> None:
    image, distance = moving_scan()
    mirror = np.diag((-1.0, 1.0, 1.0, 1.0))
    header = replace(image, affine=mirror @ image.affine), replace(distance, affine=mirror @ distance.affine)
    found = registered(fixed_scan(), header)
    assert found.fault is not None and found.fault.code == "registration.mirrored"


def test_a_slab_that_shows_little_of_the_brain_is_told() -> None:
    image, distance = moving_scan()
    low = image.array.shape[2] * 6 // 10
    affine = image.affine.copy()
    affine[:3, 3] += affine[:3, 2] * low
    found = registered(fixed_scan(), (Volume(image.array[:, :, low:], affine), distance))
    assert found.fault is not None and found.fault.code == "registration.little-in-common"


SOUND = {
    "coverage": 1.0,
    "dice": 0.97,
    "mirrored": 0.7,
    "inverse_consistency_mm": 0.2,
    "restart_mm": 0.0,
    "rotation_degrees": 9.0,
    "mutual_information": 0.7,
    "mutual_information_before": 0.2,
}


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"coverage": 0.4}, "registration.little-in-common"),
        ({"dice": 0.89}, "registration.brains-differ"),
        ({"mirrored": 1.2}, "registration.mirrored"),
        ({"inverse_consistency_mm": 1.1}, "registration.inconsistent"),
        ({"restart_mm": 1.1}, "registration.inconsistent"),
        ({"rotation_degrees": 26.0}, "registration.turned"),
        ({"mutual_information": 0.1}, "registration.no-better"),
    ],
)
def test_each_sign_of_failure_has_its_sentence(figures: dict[str, float], code: str) -> None:
    assert fault(SOUND, 1.0, "T1", "FLAIR") is None
    message = fault(SOUND | figures, 1.0, "T1", "FLAIR")
    assert message is not None and message.code == code and message.startswith("FLAIR: ") and "T1" in message


def test_a_cut_field_of_view_is_a_warning() -> None:
    assert warning(SOUND, "T1", "FLAIR") is None
    message = warning(SOUND | {"coverage": 0.8}, "T1", "FLAIR")
    assert message is not None and "80%" in message and fault(SOUND | {"coverage": 0.8}, 1.0, "T1", "FLAIR") is None


# --- geometry --------------------------------------------------------------------------------------------------------

TURNED = turned_about(np.array([3.0, -20.0, 40.0]), np.array([11.0, -7.0, 21.0]), np.array([9.0, 1.0, 22.0]))
OTHER = turned_about(np.array([1.0, 2.0, 3.0]), np.array([12.0, -6.0, 20.0]), np.array([8.0, 5.0, -2.0]))
POINTS = np.random.default_rng(0).normal(0.0, 60.0, (20, 3))


def lps(points: np.ndarray) -> np.ndarray:
    return points * (-1.0, -1.0, 1.0)


def test_itk_sees_a_volume_where_its_affine_says() -> None:
    affine = TURNED @ np.diag((0.9, 1.1, 5.0, 1.0))
    image = registration_itk._image(np.zeros((4, 5, 6), np.float32), affine)
    assert image.GetSize() == (4, 5, 6)
    for index in ((0, 0, 0), (3, 1, 5), (2, 4, 0)):
        place = image.TransformIndexToPhysicalPoint(index)
        np.testing.assert_allclose(place, lps(apply(affine, np.array([index], float))[0]), atol=1e-9)


def test_itk_moves_points_as_the_matrix_does() -> None:
    euler = registration_itk._euler(TURNED, np.array([5.0, 6.0, 7.0]))
    found = [euler.TransformPoint(point) for point in lps(POINTS).tolist()]
    np.testing.assert_allclose(found, lps(apply(TURNED, POINTS)), atol=1e-9)
    np.testing.assert_allclose(registration_itk._matrix(euler), TURNED, atol=1e-9)


def test_the_middle_of_two_transforms_lies_between_them_both_ways() -> None:
    between = middle(TURNED, OTHER)
    np.testing.assert_allclose(inverse(between), middle(inverse(TURNED), inverse(OTHER)), atol=1e-9)
    np.testing.assert_allclose(between[:3, :3] @ between[:3, :3].T, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(middle(TURNED, TURNED), TURNED, atol=1e-9)
    one, two = (np.linalg.norm(degrees_of(inverse(between) @ end)) for end in (TURNED, OTHER))
    assert one == pytest.approx(two)


def test_distances_are_those_of_the_points() -> None:
    shifted = IDENTITY.copy()
    shifted[:3, 3] = 3.0, 0.0, 4.0
    assert rms_distance(IDENTITY, shifted, POINTS) == pytest.approx(5.0)
    np.testing.assert_allclose(inverse(TURNED) @ TURNED, IDENTITY, atol=1e-12)
