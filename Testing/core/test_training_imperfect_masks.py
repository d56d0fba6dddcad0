"""Brain masks that are wrong: they cut where they say, add where they say, and touch nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import binary_dilation, distance_transform_cdt

from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.imperfect_masks import BRIGHTNESS, NODES, MaskParameters, _steps, draw_mask, spoil_mask

UNIFORM = np.ones((NODES,) * 3)
SIZE = (20, 22, 24)


def sample() -> tuple[torch.Tensor, torch.Tensor]:
    """Three modalities of four in a ball that reaches beyond one face of the crop; all of it is tumour."""
    where = np.indices(SIZE).reshape(3, -1).T - np.array([10, 11, 20])
    ball = torch.from_numpy((where**2).sum(1).reshape(SIZE) <= 81)
    images = torch.rand(4, *SIZE) + 0.5
    images[2] = 0.0
    return images * ball, ball.to(torch.uint8)


def parameters(depth: float) -> MaskParameters:
    return MaskParameters(depth * UNIFORM, (1.0, 2.0, 3.0, -2.0), seed=3)


@pytest.mark.parametrize("most", [1, 3])
def test_steps_are_the_chessboard_distance(most: int) -> None:
    mask = sample()[1] > 0
    expected = np.full(mask.shape, most + 1)
    grown = mask.numpy()
    for step in range(most + 1):
        expected[grown & (expected > most)] = step
        grown = binary_dilation(grown, np.ones((3, 3, 3)))
    np.testing.assert_array_equal(_steps(mask, most).numpy(), expected)
    assert (_steps(torch.zeros_like(mask), most) == most + 1).all(), "nothing is near an empty mask"


def test_a_mask_that_cuts_takes_a_shell_from_images_and_labels_but_not_at_the_faces_of_the_crop() -> None:
    images, labels = sample()
    brain = labels > 0
    depth = torch.from_numpy(distance_transform_cdt(np.pad(brain, ((1, 1), (1, 1), (1, 0))), "chessboard"))
    kept = depth[1:-1, 1:-1, 1:] > 2
    assert kept[..., -1].any(), "the ball reaches the last face, which is no border of the brain"
    cut, of_labels = spoil_mask(images, labels, parameters(2.0))
    assert torch.equal(cut, images * kept)
    assert torch.equal(of_labels, labels * kept)


def test_a_mask_that_reaches_too_far_leaves_a_rim_in_the_modalities_that_are_there() -> None:
    images, labels = sample()
    brain = labels > 0
    rim = ~brain & torch.from_numpy(distance_transform_cdt(~brain.numpy(), "chessboard") <= 2)
    added, of_labels = spoil_mask(images, labels, parameters(-2.0))
    assert torch.equal(of_labels, labels)
    assert torch.equal(added * brain, images)
    assert not added[2].any()
    for channel, brightness in ((0, 1.0), (1, 2.0), (3, -2.0)):
        assert torch.equal(added[channel] != 0, brain | rim)
        assert float(added[channel][rim].mean()) == pytest.approx(brightness, abs=0.1)


def test_a_field_that_is_zero_changes_nothing() -> None:
    images, labels = sample()
    same, of_labels = spoil_mask(images, labels, parameters(0.0))
    assert torch.equal(same, images)
    assert torch.equal(of_labels, labels)


def test_wrong_masks_come_as_often_and_as_far_as_asked() -> None:
    settings = AugmentationSettings(mask=3.0, mask_probability=0.3)
    drawn = [draw_mask(np.random.default_rng(seed), settings) for seed in range(1000)]
    wrong = [one for one in drawn if one is not None]
    assert len(wrong) / 1000 == pytest.approx(0.3, abs=0.05)
    assert 2.9 < max(np.abs(one.depth).max() for one in wrong) <= 3.0
    assert all(BRIGHTNESS[0] <= z <= BRIGHTNESS[1] for one in wrong for z in one.brightness)
    assert draw_mask(np.random.default_rng(0), replace(settings, mask_probability=0.0)) is None


def test_the_same_parameters_give_the_same_sample() -> None:
    images, labels = sample()
    assert torch.equal(spoil_mask(images, labels, parameters(-2.0))[0], spoil_mask(images, labels, parameters(-2.0))[0])
