"""What public precursors of the method got wrong: each mistake, put back into a copy here, is found by its check.

Every check is a function of the thing that is checked. It must hold for the project's own, and fail for the copy with
the mistake; so that it is known to look at the right place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from GSSCore.gss.distillation import distillation_loss
from GSSCore.gss.loss import segmentation_loss
from GSSCore.gss.teacher import guided_teacher
from GSSCore.imaging.intensities import z_score
from GSSCore.metrics.overlap import region_overlaps
from GSSCore.metrics.surface import hausdorff
from GSSCore.networks import names
from GSSCore.study.study import Study
from GSSCore.training.augmentation import IntensityParameters, Parameters
from GSSCore.training.crop import take
from GSSCore.training.intensities import vary_intensities
from GSSCore.vocabulary import MODALITIES, SUBSETS, Modality, mask_subset, subset_mask, subset_name
from small_networks import small

SHAPE = (3, 5, 4)
"""No two axes are of the same length."""
FLAIR = Modality.FLAIR.channel

Teacher = Callable[[Tensor, Tensor], Tensor]


def predictions(batch: int = 2, seed: int = 0) -> Tensor:
    """Softmax predictions (B, M, C, D, H, W), some of them sure."""
    generator = torch.Generator().manual_seed(seed)
    return (4.0 * torch.randn(batch, 4, 4, *SHAPE, generator=generator)).softmax(2)


def voxel_teacher(p: Tensor, available: Tensor) -> Tensor:
    """The teacher's definition, voxel by voxel: p (M, C) and available (M,) of one voxel."""
    there = [m for m in range(4) if available[m]]
    others = [m for m in there if m != FLAIR]
    t = torch.empty(4)
    for c in range(4):
        if available[FLAIR] and p[FLAIR, c] > 0.65:
            t[c] = p[FLAIR, c]
        elif others and all(p[m, c] > 0.75 for m in others):
            t[c] = sum(p[m, c] for m in others) / len(others)
        else:
            t[c] = min(p[m, c] for m in there)
    t = t.clamp(0.005, 1.0)
    return t / t.sum()


def wrong_teacher(
    p: Tensor,
    available: Tensor,
    *,
    minimum: Callable[[list[Tensor]], Tensor] = lambda ps: torch.stack(ps).amin(0),
    present: Callable[[Tensor, int], list[int]] = lambda a, b: [m for m in range(4) if a[b, m]],
    sample: Callable[[Tensor, int], Tensor] = lambda p, b: p[b],
) -> Tensor:
    """A correct teacher, sample by sample, of which a test may replace one part by a mistake."""
    out = []
    for b in range(len(p)):
        one, there = sample(p, b), present(available, b)
        others = [m for m in there if m != FLAIR]
        t = minimum([one[m] for m in there])
        if others:
            sure = torch.stack([one[m] > 0.75 for m in others]).all(0)
            t = torch.where(sure, torch.stack([one[m] for m in others]).mean(0), t)
        if FLAIR in there:
            t = torch.where(one[FLAIR] > 0.65, one[FLAIR], t)
        t = t.clamp(0.005, 1.0)
        out.append(t / t.sum(0, keepdim=True))
    return torch.stack(out)


def found(check: Callable[..., None], mistake: Any) -> None:
    """Assert that a check does not let a mistake pass."""
    with pytest.raises((AssertionError, RuntimeError, IndexError)):
        check(mistake)


def check_teacher(teacher: Teacher) -> None:
    """Compare with the definition, for every subset, in a batch of different samples."""
    p = predictions()
    for subset in SUBSETS:
        # Every sample has another subset: the next one in the list.
        other = SUBSETS[(SUBSETS.index(subset) + 1) % len(SUBSETS)]
        available = torch.tensor([subset_mask(subset), subset_mask(other)])
        expected = torch.empty(2, 4, *SHAPE)
        for b in range(2):
            for index in np.ndindex(SHAPE):
                expected[(b, slice(None), *index)] = voxel_teacher(p[(b, ..., *index)], available[b])
        torch.testing.assert_close(teacher(p, available), expected, msg=f"{subset_name(subset)}")


def test_the_teacher_is_as_defined_and_so_is_the_copy_without_a_mistake() -> None:
    check_teacher(guided_teacher)
    check_teacher(wrong_teacher)


def test_a_minimum_that_also_goes_along_a_spatial_axis_is_found() -> None:
    # Three-dimensional tensors joined on dim 1, the first axis of an image, instead of on a new one.
    def along_space(ps: list[Tensor]) -> Tensor:
        return torch.cat(ps, 1).amin(1, keepdim=True).expand_as(ps[0])

    found(check_teacher, lambda p, a: wrong_teacher(p, a, minimum=along_space))


def test_the_first_samples_mask_for_a_whole_batch_is_found() -> None:
    found(check_teacher, lambda p, a: wrong_teacher(p, a, present=lambda a, b: [m for m in range(4) if a[0, m]]))


def test_the_first_samples_prediction_for_a_whole_batch_is_found() -> None:
    found(check_teacher, lambda p, a: wrong_teacher(p, a, sample=lambda p, b: p[0]))


def test_missing_modalities_in_minimum_and_mean_are_found() -> None:
    found(check_teacher, lambda p, a: wrong_teacher(p, a, present=lambda a, b: [0, 1, 2, 3]))


def check_missing_content(function: Callable[[Tensor, Tensor], Tensor]) -> None:
    """What a missing channel holds must not change anything."""
    p, available = predictions(), torch.tensor([subset_mask(["flair", "t2"]), subset_mask(["t1"])])
    hidden = torch.where(available[..., None, None, None, None], p, torch.nan)
    torch.testing.assert_close(function(hidden, available), function(p, available))


def test_the_content_of_missing_channels_in_the_loss_is_found() -> None:
    def ours(p: Tensor, available: Tensor) -> Tensor:
        return distillation_loss(p, guided_teacher(p, available), available)

    def masked_by_a_product(p: Tensor, available: Tensor) -> Tensor:
        t = guided_teacher(p, available)[:, None]
        divergence = (t * (t.log() - p.clamp(0.005, 1.0).log())).flatten(2).mean(2)
        return (divergence * available).sum() / len(p)

    check_missing_content(ours)
    found(check_missing_content, masked_by_a_product)


def check_mask_meaning(read: Callable[[tuple[bool, ...]], Iterable[Modality]]) -> None:
    """True is available; and the 15 subsets come in the order of the field's tables."""
    assert tuple(read((True, False, False, False))) == (Modality.FLAIR,)
    names = [subset_name(read(subset_mask(subset))) for subset in SUBSETS]
    assert names == [
        "T2", "T1ce", "T1", "FLAIR", "T1ce+T2", "T1ce+T1", "FLAIR+T1", "T1+T2", "FLAIR+T2", "FLAIR+T1ce",
        "FLAIR+T1ce+T1", "FLAIR+T1+T2", "FLAIR+T1ce+T2", "T1ce+T1+T2", "FLAIR+T1ce+T1+T2",
    ]  # fmt: skip


def test_an_inverted_mask_is_found() -> None:
    check_mask_meaning(mask_subset)
    found(check_mask_meaning, lambda mask: [m for m, there in zip(MODALITIES, mask, strict=True) if not there])


def check_one_softmax(loss: Callable[[Tensor, Tensor], Tensor]) -> None:
    """A prediction that is certain and right costs next to nothing, which a second softmax can't reach."""
    truth = F.one_hot(torch.randint(0, 4, (1, *SHAPE)), 4).permute(0, 4, 1, 2, 3).float()
    assert float(loss(50.0 * truth, truth)) < 1e-3


def test_a_second_softmax_is_found() -> None:
    check_one_softmax(segmentation_loss)
    found(check_one_softmax, lambda logits, truth: segmentation_loss(logits.softmax(1), truth))


@pytest.mark.parametrize("name", names())
def test_networks_return_logits(name: str) -> None:
    output = small(name)(torch.randn(1, 4, 16, 32, 48), torch.ones(1, 4, dtype=torch.bool), per_modality=True)
    for logits, axis in ((output.fused, 1), (output.per_modality, 2)):
        assert logits is not None
        assert not torch.allclose(logits.sum(axis), torch.ones(())), "no probabilities"


def check_channels(stack: Callable[[dict[Modality, Any]], Any]) -> None:
    """Each modality arrives in its own channel: FLAIR, T1ce, T1, T2."""
    images = {m: np.full(SHAPE, 10.0 * (m.channel + 1)) for m in reversed(MODALITIES)}
    assert [float(channel.mean()) for channel in stack(images)] == [10.0, 20.0, 30.0, 40.0]


def test_t1_and_t1ce_swapped_on_their_way_are_found() -> None:
    def through_a_study(images: dict[Modality, Any]) -> list[Any]:
        varied = {m: image + 0.0 for m, image in images.items()}
        for image in varied.values():
            image[0, 0, 0] += 1.0  # a constant image is refused
        study = Study.from_arrays({m: (image, np.eye(4)) for m, image in varied.items()})
        return [np.floor(study.images[m]) // 10 * 10 for m in study.available]

    check_channels(through_a_study)
    swapped = (Modality.FLAIR, Modality.T1, Modality.T1CE, Modality.T2)
    found(check_channels, lambda images: [images[m] for m in swapped])


def turned(images: Any, labels: Any) -> Tensor:
    """The project's own rotation by 40 degrees in the first plane; a third of the crop then lies outside."""
    angle = np.deg2rad(40.0)
    matrix = np.eye(3)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    same = IntensityParameters(1.0, 1.0, 0.0, None, 0.0, None, None)
    return take(images, labels, (8, 8, 4), (16, 16, 8), Parameters(False, matrix, (same,) * 4))[1]


def check_rotation(rotate: Callable[[Any, Any], Tensor]) -> None:
    """Where nothing was, a rotated label map is background, and no new class appears."""
    labels = np.full((16, 16, 8), 2, np.uint8)
    images = np.ones((4, 16, 16, 8), np.float32)
    one_hot = torch.eye(4)[rotate(images, labels).long()]
    classes = one_hot.argmax(-1)
    assert set(classes.unique().tolist()) == {0, 2}
    assert int(classes[0, 0, 0]) == 0, "a corner comes from outside"


def test_a_rotation_that_fills_with_minus_one_is_found() -> None:
    def filled_with_minus_one(images: Any, labels: Any) -> Tensor:
        outside = turned(images, np.ones_like(labels)) == 0
        return torch.where(outside, -1, turned(images, labels).long())

    check_rotation(turned)
    found(check_rotation, filled_with_minus_one)


def check_background(normalise: Callable[[Any], Any]) -> None:
    """Background is exactly what a missing channel holds: zero."""
    image = np.zeros(SHAPE)
    image[1:, 1:, 1:] = np.random.default_rng(0).normal(100.0, 20.0, (2, 4, 3))
    scores = normalise(image)
    assert not scores[image == 0].any()
    assert abs(scores[image != 0].mean()) < 1e-5
    assert abs(scores[image != 0].std() - 1.0) < 1e-5


def test_a_z_score_of_the_background_is_found() -> None:
    check_background(z_score)
    found(check_background, lambda x: (x - x[x != 0].mean()) / x[x != 0].std())
    found(check_background, lambda x: (x - x.mean()) / x.std())


def check_empty_sides(dice: Callable[[Any, Any], float]) -> None:
    """Both empty is a perfect answer, one empty the worst."""
    none, some = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    some[1, 2, 3] = 3
    assert dice(none, none) == 1.0
    assert dice(some, none) == 0.0
    assert dice(none, some) == 0.0


def test_a_score_that_makes_up_empty_sides_is_found() -> None:
    def ours(prediction: Any, truth: Any) -> float:
        return min(overlap.dice for overlap in region_overlaps(prediction, truth).values())

    def smoothed(prediction: Any, truth: Any) -> float:
        both = ((prediction > 0) & (truth > 0)).sum()
        return float((2 * both + 1) / ((prediction > 0).sum() + (truth > 0).sum() + 1))

    def zero_where_empty(prediction: Any, truth: Any) -> float:
        return 0.0

    check_empty_sides(ours)
    found(check_empty_sides, smoothed)
    found(check_empty_sides, zero_where_empty)


def check_empty_distances(distance: Callable[[Any, Any], float]) -> None:
    """Nothing to find and nothing found is no distance; one of them empty is the rule's, not a short one."""
    none, some = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    some[1, 2, 3] = True
    assert distance(none, none) == 0.0
    assert distance(some, none) == distance(none, some) == 373.13


def test_a_distance_that_makes_up_empty_sides_is_found() -> None:
    def ours(prediction: Any, truth: Any) -> float:
        return hausdorff(prediction, truth, (1.0, 1.0, 1.0))

    def made_up(value: float) -> Callable[[Any, Any], float]:
        return lambda p, t: value if not (p.any() and t.any()) else ours(p, t)

    check_empty_distances(ours)
    found(check_empty_distances, made_up(0.0))
    found(check_empty_distances, made_up(1.0))


def check_noise(add: Callable[[Tensor], Tensor]) -> None:
    """Noise is drawn for each voxel: no two slices have the same, along any axis."""
    added = add(torch.ones(6, 7, 8)) - 1.0
    assert float(added.std()) > 0.01
    for axis in range(3):
        planes = added.unbind(axis)
        assert not any(torch.allclose(planes[0], plane, atol=1e-4) for plane in planes[1:]), axis
        means = torch.stack([plane.mean() for plane in planes])
        assert float(means.std()) < 0.6 * float(added.std()), "a slice is no unit of noise"


def test_noise_drawn_per_slice_is_found() -> None:
    noisy = IntensityParameters(1.0, 1.0, 0.0, None, 0.2, 7, None)

    def ours(image: Tensor) -> Tensor:
        return vary_intensities(image, noisy)

    def per_slice(image: Tensor) -> Tensor:
        return image + 0.2 * torch.randn(1, 1, image.shape[2], generator=torch.Generator().manual_seed(7))

    def one_slice_for_all(image: Tensor) -> Tensor:
        return image + 0.2 * torch.randn(*image.shape[:2], 1, generator=torch.Generator().manual_seed(7))

    check_noise(ours)
    found(check_noise, per_slice)
    found(check_noise, one_slice_for_all)
