"""Samples and the loop: drawn from (seed, epoch, index), and resumed bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from GSSCore.errors import GSSError, InputError
from GSSCore.training import loop
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.data import Sample, TrainingData, collate
from GSSCore.training.distributed import Distributed
from GSSCore.training.loop import StepReport, Trainer
from GSSCore.training.precision import half_precision_is_safe
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import DataRecipe, NetworkRecipe, Recipe, ScheduleRecipe
from GSSCore.training.schedule import learning_rate
from GSSCore.vocabulary import Modality, subset
from training_cases import make_cases

RECIPE = Recipe(
    seed=4,
    network=NetworkRecipe(options={"widths": [8, 8, 8, 8], "groups": 4}),
    data=DataRecipe(crop=(16, 32, 16), jitter=4),
    augmentation=AugmentationSettings(affine=0.5, noise_probability=0.5),
    schedule=ScheduleRecipe(steps=6, batch=2, warmup=2, guided_from=2, guidance_ramp=2),
)
CPU = torch.device("cpu")


@pytest.fixture
def cases(tmp_path: Path) -> list[PreprocessedCase]:
    return make_cases(tmp_path)


def samples(cases: list[PreprocessedCase], data: DataRecipe = RECIPE.data, seed: int = 4) -> TrainingData:
    return TrainingData(cases, data, RECIPE.augmentation, seed, samples=60)


def test_a_sample_depends_on_its_number_alone(cases: list[PreprocessedCase]) -> None:
    first, second = samples(cases), samples(cases)
    for number in (7, 3, 7, 0):
        a, b = first[number], second[number]
        assert torch.equal(a.images, b.images)
        assert torch.equal(a.labels, b.labels)
        assert torch.equal(a.available, b.available)
    assert not torch.equal(first[0].images, samples(cases, seed=5)[0].images)


STORED = (
    ("case0", "0001", 2.2671, (0.0, 0.0, 0.0, 36.715)),
    ("case1", "1111", -12.37, (9.099, -23.26, -36.496, -37.094)),
    ("case2", "1011", -9.7827, (16.177, 0.0, 15.85, 5.635)),
    ("case2", "1111", -13.9284, (29.748, 20.153, 16.643, -21.634)),
)
"""Case, available modalities, sums of labels and images weighted by place: samples 0, 1, 2 and the first other one."""


def test_samples_are_those_that_they_always_were(cases: list[PreprocessedCase]) -> None:
    """Recipes of earlier versions must give what they gave: new variation is drawn after what there was."""
    settings = AugmentationSettings(affine=0.5, bias_probability=0.5, noise_probability=0.5, blur_probability=0.5)
    data = TrainingData(cases, DataRecipe(crop=(12, 24, 12), jitter=4), settings, 4, samples=60)
    weights = torch.cos(torch.arange(12 * 24 * 12, dtype=torch.float64)).reshape(12, 24, 12)
    for number, (name, available, labels, images) in zip((0, 1, 2, 60), STORED, strict=True):
        sample = data[number]
        assert sample.names == (name,)
        assert "".join("01"[int(one)] for one in sample.available) == available
        assert float((sample.labels * weights).sum()) == pytest.approx(labels, abs=1e-3)
        assert (sample.images * weights).sum((1, 2, 3)).tolist() == pytest.approx(images, abs=1e-2)


def test_t1_weakens_the_enhancement_unseen_but_never_where_the_case_lacks_it(tmp_path: Path) -> None:
    """The files of all cases hold a T1, as those of a case whose T1 was taken away do."""
    has = (subset(["t1ce", "t1"]), subset(["t1ce", "t2"]))
    cases = make_cases(tmp_path, has)
    weak = AugmentationSettings(enhancement_probability=1.0, enhancement=0.0)
    off, on = (
        TrainingData(cases, RECIPE.data, s, 4, samples=60) for s in (replace(weak, enhancement_probability=0.0), weak)
    )
    t1ce, t1 = Modality.T1CE.channel, Modality.T1.channel
    changed = 0
    for number in range(30):
        a, b = off[number], on[number]
        assert torch.equal(a.available, b.available)
        if a.names == ("case0",) and a.available[t1ce]:
            changed += 1
            assert not torch.equal(a.images[t1ce], b.images[t1ce])
            assert torch.equal(a.images[t1], b.images[t1])
        else:
            assert torch.equal(a.images, b.images)
        assert not b.images[~b.available].any()
    assert changed > 5


def test_an_epoch_sees_every_case_once(cases: list[PreprocessedCase]) -> None:
    data = samples(cases)
    for epoch in range(4):
        assert {data[3 * epoch + i].names[0] for i in range(3)} == {c.name for c in cases}


def test_missing_channels_of_a_sample_are_zero_and_others_not(cases: list[PreprocessedCase]) -> None:
    data = samples(cases)
    for number in range(20):
        sample = data[number]
        assert torch.equal(sample.images.flatten(1).any(1), sample.available)


def test_inherently_missing_modalities_are_never_seen_in_any_epoch(cases: list[PreprocessedCase]) -> None:
    data = replace(RECIPE.data, missing="fixed", missing_rates={"flair": 0.6, "t1ce": 0.4, "t1": 0.2, "t2": 0.8})
    fixed = samples(cases, data)
    seen: dict[str, set[tuple[bool, ...]]] = {}
    for number in range(30):
        sample = fixed[number]
        seen.setdefault(sample.names[0], set()).add(tuple(sample.available.tolist()))
    assert all(len(masks) == 1 for masks in seen.values())


MUON = replace(RECIPE, schedule=replace(RECIPE.schedule, optimiser="muon"))


def trained(
    cases: list[PreprocessedCase], *stops: int, folder: Path, workers: int = 0, recipe: Recipe = RECIPE
) -> tuple[Trainer, list[StepReport]]:
    """Train with a fresh trainer, resumed from the checkpoint, up to each of the stops."""
    reports: list[StepReport] = []
    for number, stop in enumerate(stops):
        trainer = Trainer(recipe, cases, CPU)
        if number:
            trainer.resume(folder / "checkpoint.safetensors")
        trainer.run(reports.append, until=stop, workers=workers, checkpoint=folder / "checkpoint.safetensors")
    return trainer, reports


def equal(a: Trainer, b: Trainer) -> bool:
    pairs = [(a.network, b.network), (a.average, b.average)]
    return all(
        torch.equal(x, y)
        for one, other in pairs
        for x, y in zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    )


@pytest.mark.parametrize("recipe", [RECIPE, MUON], ids=["adamw", "muon"])
def test_a_resumed_training_equals_an_uninterrupted_one_bit_for_bit(
    recipe: Recipe, cases: list[PreprocessedCase], tmp_path: Path
) -> None:
    whole, losses = trained(cases, 6, folder=tmp_path, recipe=recipe)
    resumed, same = trained(cases, 1, 3, 6, folder=tmp_path, recipe=recipe)
    assert losses == same
    assert equal(whole, resumed)
    assert not equal(whole, trained(cases, 5, folder=tmp_path, recipe=recipe)[0])
    assert not equal(whole, trained(cases, 6, folder=tmp_path, recipe=MUON if recipe is RECIPE else RECIPE)[0])


def test_no_two_processes_and_no_two_steps_drop_the_same(
    cases: list[PreprocessedCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer(RECIPE, cases, CPU)
    sample = collate([trainer.data[0]])
    # What dropout would draw in the step, in the place of the step.
    monkeypatch.setattr(trainer, "_descend", lambda sample: torch.rand(len(loop.PARTS)))

    def drawn(rank: int, step: int) -> float:
        trainer.distributed, trainer.step = Distributed(rank, 8), step
        return trainer._train_step(sample).loss

    every = {(rank, step): drawn(rank, step) for rank in range(8) for step in range(5)}
    assert len(set(every.values())) == 40
    assert drawn(3, 2) == every[3, 2]


@pytest.mark.parametrize(("ema", "decays"), [(0.997, (2 / 11, 3 / 12, 4 / 13)), (0.2, (2 / 11, 0.2, 0.2))])
def test_the_average_starts_quickly_and_then_keeps_what_the_recipe_says(
    ema: float, decays: tuple[float, ...], cases: list[PreprocessedCase]
) -> None:
    trainer = Trainer(replace(RECIPE, schedule=replace(RECIPE.schedule, ema=ema)), cases, CPU)
    weight, average = (next(iter(network.parameters())) for network in (trainer.network, trainer.average))
    expected = average.detach().double()
    for step, decay in enumerate(decays, start=1):
        trainer.run(until=step)
        expected = decay * expected + (1.0 - decay) * weight.detach().double()
        torch.testing.assert_close(average.double(), expected, rtol=1e-5, atol=1e-7)


def test_worker_processes_change_nothing(cases: list[PreprocessedCase], tmp_path: Path) -> None:
    assert equal(trained(cases, 3, folder=tmp_path)[0], trained(cases, 3, folder=tmp_path, workers=2)[0])


def test_the_guidance_sets_in_when_the_recipe_says(cases: list[PreprocessedCase], tmp_path: Path) -> None:
    _, reports = trained(cases, 4, folder=tmp_path)
    assert [r.single > 0 for r in reports] == [False, False, True, True]
    assert reports[0].loss == pytest.approx(reports[0].fused)
    assert reports[3].loss == pytest.approx(reports[3].fused + reports[3].single + 0.5 * reports[3].distillation)


def test_another_recipe_does_not_go_on_from_a_checkpoint(cases: list[PreprocessedCase], tmp_path: Path) -> None:
    trained(cases, 1, folder=tmp_path)
    other = Trainer(replace(RECIPE, seed=5), cases, CPU)
    with pytest.raises(InputError, match="another recipe"):
        other.resume(tmp_path / "checkpoint.safetensors")


CONSTANT = replace(RECIPE, schedule=replace(RECIPE.schedule, decay="constant", cooldown=2, guided_from=4, steps=6))


def test_a_constant_rate_falls_in_the_cooldown_alone() -> None:
    schedule = replace(CONSTANT.schedule, warmup=2, learning_rate=1.0)
    assert [learning_rate(step, schedule) for step in range(6)] == [0.5, 1.0, 1.0, 1.0, 1.0, 0.5]


@pytest.mark.parametrize("steps", [5, 8])
def test_a_training_at_a_constant_rate_may_become_longer_or_shorter(
    steps: int, cases: list[PreprocessedCase], tmp_path: Path
) -> None:
    other = replace(CONSTANT, schedule=replace(CONSTANT.schedule, steps=steps))
    trained(cases, 3, folder=tmp_path, recipe=CONSTANT)
    going_on = Trainer(other, cases, CPU)
    going_on.resume(tmp_path / "checkpoint.safetensors")
    going_on.run()
    assert equal(going_on, trained(cases, steps, folder=tmp_path, recipe=other)[0])


@pytest.mark.parametrize(
    ("change", "done"),
    [({"steps": 8}, 5), ({"steps": 4}, 3), ({"guided_from": 2}, 3), ({"warmup": 1}, 1), ({"decay": "cosine"}, 1)],
)
def test_what_has_had_an_effect_already_can_not_be_changed(
    change: dict[str, Any], done: int, cases: list[PreprocessedCase], tmp_path: Path
) -> None:
    trained(cases, done, folder=tmp_path, recipe=CONSTANT)
    other = replace(CONSTANT, schedule=replace(CONSTANT.schedule, **change))
    with pytest.raises(InputError, match="another recipe"):
        Trainer(other, cases, CPU).resume(tmp_path / "checkpoint.safetensors")


@pytest.mark.parametrize("quicker", [True, False])
def test_a_measured_precision_is_kept_when_a_training_is_resumed(
    quicker: bool, cases: list[PreprocessedCase], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = replace(RECIPE, data=replace(RECIPE.data, crop=(48, 48, 48)))
    monkeypatch.setattr(loop, "faster_in_bf16", lambda device: quicker)
    trainer = Trainer(large, cases, CPU)
    assert trainer.objective.bf16 == quicker
    trainer.save(tmp_path / "checkpoint.safetensors")
    monkeypatch.setattr(loop, "faster_in_bf16", lambda device: not quicker)
    for precision, expected in (("auto", quicker), ("bf16", True), ("fp32", False)):
        resumed = Trainer(large, cases, CPU, precision=precision)  # type: ignore[arg-type]
        resumed.resume(tmp_path / "checkpoint.safetensors")
        assert resumed.objective.bf16 == expected


def test_which_precision_is_quicker_is_measured() -> None:
    assert loop.faster_in_bf16(CPU) in (True, False)


def test_a_damaged_checkpoint_is_refused(cases: list[PreprocessedCase], tmp_path: Path) -> None:
    trained(cases, 1, folder=tmp_path)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="can't be read"):
        Trainer(RECIPE, cases, CPU).resume(path)


def test_a_training_can_start_from_a_network_of_the_same_form(cases: list[PreprocessedCase]) -> None:
    first, second = Trainer(RECIPE, cases, CPU), Trainer(replace(RECIPE, seed=5), cases, CPU)
    assert not equal(first, second)
    second.start_from(first.average)
    assert equal(first, second)
    wider = replace(RECIPE, network=NetworkRecipe(options={"widths": [8, 8, 8, 16], "groups": 4}))
    with pytest.raises(InputError, match=r"\[network\]"):
        Trainer(wider, cases, CPU).start_from(first.network)


def test_a_loss_that_is_not_finite_stops_with_the_case_named_and_the_weights_kept(
    cases: list[PreprocessedCase],
) -> None:
    trainer = Trainer(RECIPE, cases, CPU)
    before = [p.clone() for p in trainer.network.parameters()]
    sample = collate([trainer.data[0], trainer.data[1]])
    sample.images[sample.available] = torch.inf
    with pytest.raises(GSSError, match=sample.names[0]):
        trainer._train_step(sample)
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.network.parameters(), strict=True))


def test_half_precision_is_left_alone_where_its_gradients_are_wrong() -> None:
    assert not half_precision_is_safe(CPU, (112, 47, 112), stride=16)
    assert half_precision_is_safe(CPU, (48, 48, 48), stride=16)
    assert half_precision_is_safe(torch.device("cuda"), (16, 16, 16), stride=16)


def test_gradients_in_half_precision_are_close_to_those_in_full(cases: list[PreprocessedCase]) -> None:
    data = replace(RECIPE.data, crop=(48, 48, 48))
    gradients = []
    for half in (True, False):
        trainer = Trainer(replace(RECIPE, data=data), cases, CPU, precision="bf16" if half else "fp32")
        assert trainer.objective.bf16 == half
        trainer._loss(collate([trainer.data[0]]))[0].backward()
        gradients.append(torch.cat([p.grad.flatten() for p in trainer.network.parameters() if p.grad is not None]))
    similarity = torch.cosine_similarity(*gradients, dim=0)
    assert float(similarity) > 0.98


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(InputError, match="no case"):
        samples([])


def test_the_loader_pins_the_tensors_of_a_sample(
    cases: list[PreprocessedCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch.utils.data._utils.pin_memory import pin_memory  # what a loader with `pin_memory` does to each batch

    pinned: list[Tensor] = []

    def pin(tensor: Tensor, *_: object) -> Tensor:
        pinned.append(tensor.clone())
        return pinned[-1]

    monkeypatch.setattr(Tensor, "pin_memory", pin)
    sample = collate([samples(cases)[0], samples(cases)[1]])
    there = pin_memory(sample)
    assert isinstance(there, Sample) and there.names == sample.names
    assert [t is p for t, p in zip((there.images, there.labels, there.available), pinned, strict=True)] == [True] * 3
    assert torch.equal(there.images, sample.images)
