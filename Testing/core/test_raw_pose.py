"""The turn of a head is found from its brain, and taken back; one that lies well is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from GSSCore.brain_extraction.distance import distance_of
from GSSCore.cancellation import Cancelled, never
from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.volume import Volume
from GSSCore.phantom import make_phantom
from GSSCore.raw.atlas_fit import angle_of, fit_to_atlas
from GSSCore.raw.pose import LEAST_DEGREES, OWN_PITCH_DEGREES, pose_of


@pytest.fixture(scope="module")
def brain() -> Volume:
    """The phantom's brain, turned as heads in BraTS are; the phantom's own tilt of some degrees stays."""
    study = make_phantom(0, (60, 72, 62), 3.0).study
    images = next(iter(study.images.values()))
    return turned(Volume(images != 0, study.grid.affine), (-OWN_PITCH_DEGREES, 0.0, 0.0))


def turned(volume: Volume, degrees: tuple[float, float, float]) -> Volume:
    """The volume turned about R, A and S, and moved elsewhere."""
    return Volume(volume.array, matrix(degrees) @ volume.affine)


def matrix(degrees: tuple[float, float, float]) -> Affine:
    out = np.eye(4)
    out[:3, :3] = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    out[:3, 3] = (12.0, -30.0, 25.0)
    return out


@pytest.mark.parametrize("degrees", [(40.0, 0.0, 0.0), (-35.0, 10.0, 5.0), (0.0, 35.0, 0.0)])
def test_a_turn_is_found_and_taken_back(brain: Volume, degrees: tuple[float, float, float]) -> None:
    upright = fit_to_atlas(distance_of(brain), never)
    tilted = turned(brain, degrees)
    fit, pose = fit_to_atlas(distance_of(tilted), never), pose_of(distance_of(tilted))
    assert upright is not None
    assert fit is not None
    made = matrix(degrees)[:3, :3]
    assert angle_of(fit.turn @ made @ upright.turn.T) < 2.0
    assert pose.fault is None
    assert pose.applied == (pose.degrees >= LEAST_DEGREES)
    assert pose.applied
    assert angle_of(pose.to_atlas[:3, :3] @ made) < 9.0, "but for the phantom's own tilt"
    assert np.linalg.det(pose.to_atlas[:3, :3]) == pytest.approx(1.0)
    middle = tilted.affine[:3, :3] @ np.array(np.nonzero(tilted.array)).mean(axis=1) + tilted.affine[:3, 3]
    assert np.linalg.norm(pose.to_atlas[:3, :3] @ middle + pose.to_atlas[:3, 3] - middle) < 2.0, "it turns where it is"


@pytest.mark.parametrize("degrees", [(0.0, 0.0, 0.0), (8.0, 0.0, 0.0), (0.0, 6.0, -6.0)])
def test_a_head_that_lies_well_is_left_alone(brain: Volume, degrees: tuple[float, float, float]) -> None:
    pose = pose_of(distance_of(turned(brain, degrees)))
    assert not pose.applied
    assert np.array_equal(pose.to_atlas, np.eye(4))
    assert 0.0 <= pose.degrees < LEAST_DEGREES
    assert pose.checks["rms_mm"] is not None
    assert pose.checks["rms_mm"] < 2.0


def test_it_says_the_same_again(brain: Volume) -> None:
    distance = distance_of(turned(brain, (45.0, 0.0, 0.0)))
    pose = pose_of(distance)
    assert pose.applied
    assert np.array_equal(pose.to_atlas, pose_of(distance).to_atlas)


def test_what_is_no_brain_has_no_pose() -> None:
    axes = np.arange(-80.0, 81.0, 2.0)
    x, y, z = np.meshgrid(axes, axes, axes, indexing="ij")
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    shapes = {"ball": x**2 + y**2 + z**2 < 65**2, "small": x**2 + y**2 + z**2 < 30**2, "nothing": x > 1000}
    shapes["rod"] = (x**2 + y**2 < 30**2) & (np.abs(z) < 76)
    for name, shape in shapes.items():
        pose = pose_of(distance_of(Volume(shape, affine)))
        assert pose.fault is not None, name
        assert pose.fault.code == "raw.no-pose"
        assert not pose.applied
        assert np.array_equal(pose.to_atlas, np.eye(4))
        assert np.isnan(pose.degrees)


def test_it_can_be_cancelled(brain: Volume) -> None:
    with pytest.raises(Cancelled):
        pose_of(distance_of(brain), lambda: True)
