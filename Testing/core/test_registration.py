"""Registration finds a known transform between two contrasts, and is told apart where it fails."""

from __future__ import annotations

import numpy as np
import pytest

from GSSCore.registration import register
from GSSCore.registration.rigid import rms_distance, turned_about
from GSSCore.vocabulary import Modality
from registration_heads import moved, phantom_head


@pytest.mark.parametrize("slice_mm", [2.0, 6.0])
def test_a_known_transform_is_recovered_between_contrasts(slice_mm: float) -> None:
    head = phantom_head()
    true = turned_about(head.centre, np.array([8.0, -5.0, 12.0]), head.centre + np.array([14.0, -9.0, 11.0]))
    fixed, fixed_distance = moved(head, Modality.T1, np.eye(4))
    moving, moving_distance = moved(head, Modality.FLAIR, true, slice_mm=slice_mm)
    found = register(fixed, moving, fixed_distance, moving_distance, fixed_name="T1", moving_name="FLAIR")
    assert found.fault is None
    assert rms_distance(found.to_moving, true, head.points) < 0.7
