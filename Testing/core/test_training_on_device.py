"""Samples made on a training's device: the same as on the CPU, nothing left behind on another device, made ahead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from GSSCore.errors import EnvironmentRefused, UsageError
from GSSCore.gss.loss import segmentation_loss
from GSSCore.gss.settings import LossSettings
from GSSCore.networks import create
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.data import Sample, TrainingData
from GSSCore.training.dry_run import dry_run
from GSSCore.training.imperfect_masks import _steps, _steps_by_growing
from GSSCore.training.lesion_library import make_library
from GSSCore.training.lesion_pasting import Pasting
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings
from GSSCore.training.loop import StepReport, Trainer
from GSSCore.training.pictures import sample_picture
from GSSCore.training.prefetch import AHEAD, prefetched
from GSSCore.training.recipe import DataRecipe, MethodRecipe, NetworkRecipe, Recipe, ScheduleRecipe
from GSSCore.training.run import train
from GSSCore.training.settings import Precision, Running, TrainingPlaces
from lesion_library import lesion_arrays
from second_device import second_device
from training_cases import TINY_RECIPE, make_cases

CPU = torch.device("cpu")
DATA = DataRecipe(crop=(16, 32, 16))
EVERYTHING = AugmentationSettings(
    bias_probability=0.5, noise_probability=0.5, blur_probability=0.3, enhancement_probability=0.5,
    curve_probability=0.5, misaligned_probability=0.5, mask_probability=0.5, slices_probability=0.3,
)  # fmt: skip


def data(folder: Path, device: torch.device) -> TrainingData:
    settings = LesionPastingSettings(probability=1.0)
    pasting = Pasting(make_library(lesion_arrays()), settings, (1.0, 1.0, 1.0))
    return TrainingData(make_cases(folder), DATA, EVERYTHING, 5, 1000, "full", pasting, device)


def test_samples_of_another_device_are_those_of_the_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    numbers = range(60)
    there: list[Sample] = []
    with second_device(monkeypatch) as gpu:
        on_gpu = data(tmp_path / "a", gpu)
        for number in numbers:
            sample = on_gpu[number]
            assert {t.device for t in (sample.images, sample.labels, sample.available)} == {gpu}
            there.append(Sample(sample.images.cpu(), sample.labels.cpu(), sample.available.cpu(), sample.names))
    here = data(tmp_path / "b", CPU)
    for number, sample in zip(numbers, there, strict=True):
        expected = here[number]
        assert torch.equal(sample.labels, expected.labels)
        assert torch.equal(sample.available, expected.available)
        assert_allclose(sample.images, expected.images, rtol=1e-6, atol=1e-6)


def test_the_stand_in_refuses_what_a_gpu_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with second_device(monkeypatch) as gpu:
        there = torch.ones(3).to(gpu)
        with pytest.raises(AssertionError, match="two devices"):
            there + torch.ones(3)
        with pytest.raises(TypeError, match="numpy"):
            there.numpy()
        assert (there + 1.0).device == gpu
        assert there[torch.tensor([0])].device == gpu


@pytest.mark.parametrize("most", [1, 4])
def test_a_growing_mask_gives_scipys_distances(most: int) -> None:
    mask = torch.rand(20, 24, 18, generator=torch.Generator().manual_seed(1)) > 0.995
    assert mask.any()
    assert torch.equal(_steps_by_growing(mask, most), _steps(mask, most).int())
    nothing = torch.zeros_like(mask)
    assert torch.equal(_steps_by_growing(nothing, most), _steps(nothing, most).int())


def sample(number: int) -> Sample:
    return Sample(torch.full((1,), float(number)), torch.zeros(1), torch.ones(1), (str(number),))


def test_samples_come_in_order_and_are_made_ahead_but_not_far() -> None:
    asked: list[int] = []

    def samples() -> Iterator[Sample]:
        for number in range(12):
            asked.append(number)
            yield sample(number)

    taken = prefetched(samples(), CPU)
    for number in range(12):
        assert next(taken).names == (str(number),)
        assert len(asked) <= number + 1 + AHEAD + 1
        patience = time.monotonic() + 10.0
        while len(asked) <= number + 1 < 12:
            assert time.monotonic() < patience, "the next one is made before it is asked for"
            time.sleep(0.001)
    assert next(taken, None) is None
    assert all(thread.name != "samples" for thread in threading.enumerate())


def test_an_error_in_the_thread_is_raised_where_samples_are_asked_for() -> None:
    def samples() -> Iterator[Sample]:
        yield sample(0)
        raise ValueError("no more")

    taken = prefetched(samples(), CPU)
    assert next(taken).names == ("0",)
    with pytest.raises(ValueError, match="no more"):
        next(taken)


def test_the_thread_ends_when_no_more_samples_are_wanted() -> None:
    taken = prefetched((sample(number) for number in range(1000)), CPU)
    next(taken)
    taken.close()
    assert all(thread.name != "samples" for thread in threading.enumerate())


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    recipe = Recipe(network=NetworkRecipe(options={"widths": [8] * 4}), data=DATA)
    with pytest.raises(UsageError, match="--workers"):
        train(recipe, TrainingPlaces([tmp_path], tmp_path / "o"), Running(samples_on="device", workers=2))
    (tmp_path / "recipe.toml").write_text(TINY_RECIPE, encoding="utf-8")
    with pytest.raises(UsageError, match="--workers"):
        dry_run(tmp_path / "recipe.toml", TrainingPlaces([tmp_path], tmp_path), Running(samples_on="device", workers=2))
    with pytest.raises(EnvironmentRefused, match="mps"):
        Trainer(recipe, make_cases(tmp_path), torch.device("mps"), samples_on="device")


@pytest.mark.parametrize("over", ["classes", "regions"])
def test_the_loss_of_another_device_is_that_of_the_cpu(
    over: Literal["classes", "regions"], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = LossSettings(dice_over=over, cross_entropy_weight=0.7, class_weights=(1.0, 2.0, 3.0, 4.0))
    logits = torch.randn(2, 4, 8, 9, 10, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(0, 4, (2, 8, 9, 10), generator=torch.Generator().manual_seed(1))
    truth = torch.nn.functional.one_hot(labels, 4).movedim(-1, 1).float()
    here = segmentation_loss(logits, truth, settings)
    with second_device(monkeypatch) as gpu:
        there = segmentation_loss(logits.to(gpu), truth.to(gpu), settings)
        assert there.device == gpu
        assert_allclose(there.cpu(), here, rtol=1e-5)


def test_a_sample_of_another_device_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    network = create("unet", widths=[8] * 4, groups=4).eval()
    images = torch.randn(4, 16, 32, 16, generator=torch.Generator().manual_seed(0))
    labels = (images[0] > 1).to(torch.uint8)
    available = torch.tensor([False, True, True, False])
    with torch.no_grad():
        expected = sample_picture(network, Sample(images, labels, available, ("a",)), CPU)
        with second_device(monkeypatch) as gpu:
            there = Sample(images.to(gpu), labels.to(gpu), available.to(gpu), ("a",))
            # The stand-in's network is on the CPU: the sample goes there for the prediction.
            np.testing.assert_array_equal(sample_picture(network, there, CPU), expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("method", ["gss", "meta-drop"])
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_training_on_a_gpu_has_the_same_losses_with_and_without_a_graph(
    method: Literal["gss", "meta-drop"],
    batch: int,
    precision: Precision,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = NetworkRecipe(options={"widths": [8] * 4, "groups": 4})
    schedule = ScheduleRecipe(steps=6, batch=batch, warmup=1, guided_from=4, optimiser="muon")
    recipe = Recipe(network=network, data=DATA, schedule=schedule, method=MethodRecipe(method))
    cases = make_cases(tmp_path)

    def losses(graph: bool) -> list[float]:
        seen: list[StepReport] = []
        trainer = Trainer(recipe, cases, torch.device("cuda"), precision=precision, samples_on="device")
        trainer.run(seen.append, until=3)
        assert (trainer._unguided is not None) == graph
        trainer.run(seen.append)
        assert trainer._unguided is None
        return [one.loss for one in seen]

    repeated = losses(True)
    monkeypatch.setattr(Trainer, "_capturable", lambda self: False)
    assert_allclose(repeated, losses(False), rtol=1e-3)
