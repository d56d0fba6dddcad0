"""How a network learns to do without modalities: gss, none, meta-drop; one loop and one recipe format for all."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import AdamW

from GSSCore.errors import InputError
from GSSCore.gss.loss import gss_loss
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.data import TrainingData, batches, collate
from GSSCore.training.loop import StepReport, Trainer
from GSSCore.training.meta_drop import combine, halves, weights
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import DataRecipe, MethodRecipe, NetworkRecipe, Recipe, ScheduleRecipe
from GSSCore.training.recipe_file import parse_recipe
from GSSCore.training.schedule import learning_rate
from GSSCore.vocabulary import MODALITIES, subset, subset_mask
from training_cases import make_cases

RECIPE = Recipe(
    seed=4,
    network=NetworkRecipe(options={"widths": [8, 8, 8, 8], "groups": 4}),
    data=DataRecipe(crop=(16, 32, 16), jitter=4),
    augmentation=AugmentationSettings(affine=0.5, noise_probability=0.5),
    schedule=ScheduleRecipe(steps=6, batch=2, warmup=2),
)
CPU = torch.device("cpu")
METHODS = [
    MethodRecipe("gss"),
    MethodRecipe("none"),
    MethodRecipe("meta-drop"),
    MethodRecipe("meta-drop", 0.5, "random"),
]


@pytest.fixture
def cases(tmp_path: Path) -> list[PreprocessedCase]:
    return make_cases(tmp_path, [MODALITIES, subset(["flair", "t2"]), subset(["t1ce", "t1", "t2"])])


def trained(cases: list[PreprocessedCase], method: MethodRecipe, until: int = 6) -> tuple[Trainer, list[StepReport]]:
    trainer = Trainer(replace(RECIPE, method=method), cases, CPU)
    reports: list[StepReport] = []
    trainer.run(reports.append, until=until)
    return trainer, reports


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


# --- samples ---------------------------------------------------------------------------------------------------------


def data(cases: list[PreprocessedCase], masks: str = "full", recipe: DataRecipe = RECIPE.data) -> TrainingData:
    return TrainingData(cases, recipe, RECIPE.augmentation, 4, 12, masks)  # type: ignore[arg-type]


def test_correcting_samples_have_all_that_their_case_has_and_no_more(cases: list[PreprocessedCase]) -> None:
    has = {case.name: subset_mask(case.modalities) for case in cases}
    samples = data(cases)
    for number in range(12, 24):
        assert tuple(samples[number].available.tolist()) == has[samples[number].names[0]]


def test_correcting_samples_may_have_random_subsets(cases: list[PreprocessedCase]) -> None:
    has = {case.name: np.array(subset_mask(case.modalities)) for case in cases}
    seen = set()
    samples = data(cases, "random")
    for number in range(12, 24):
        mask = samples[number].available.numpy()
        assert not (mask & ~has[samples[number].names[0]]).any()
        seen.add(tuple(mask.tolist()))
    assert len(seen) > 3


def test_correcting_samples_are_others_than_those_they_correct(cases: list[PreprocessedCase]) -> None:
    samples = data(cases)
    assert not any(torch.equal(samples[n].labels, samples[n + 12].labels) for n in range(12))
    assert {samples[n].names[0] for n in range(12, 15)} == {case.name for case in cases}, "an epoch has each case once"


def test_inherently_missing_modalities_stay_missing_in_correcting_samples(cases: list[PreprocessedCase]) -> None:
    recipe = replace(RECIPE.data, missing="fixed", missing_rates={"t2": 0.9, "t1": 0.5})
    samples = data(cases, "full", recipe)
    kept = {case.name: subset_mask(case.modalities) for case in samples.cases}
    for number in range(24):
        assert tuple(samples[number].available.tolist()) == kept[samples[number].names[0]]


def test_each_step_gets_its_own_samples_and_then_the_correcting_ones() -> None:
    assert batches(1, 3, 2) == [[2, 3], [4, 5]]
    assert batches(1, 3, 2, meta_from=100) == [[2, 3, 102, 103], [4, 5, 104, 105]]


def test_a_batch_is_divided_into_its_halves(cases: list[PreprocessedCase]) -> None:
    samples = data(cases)
    whole = collate([samples[n] for n in (0, 1, 12, 13)])
    first, second = halves(whole)
    for half, numbers in ((first, (0, 1)), (second, (12, 13))):
        expected = collate([samples[n] for n in numbers])
        assert torch.equal(half.images, expected.images)
        assert torch.equal(half.labels, expected.labels)
        assert torch.equal(half.available, expected.available)
        assert half.names == expected.names


# --- meta-drop -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_weights_are_combined_as_the_formula_says(alpha: float) -> None:
    network = nn.Linear(3, 2)
    start, middle = weights(network), [torch.randn_like(p) for p in network.parameters()]
    end = [torch.randn_like(p) for p in network.parameters()]
    with torch.no_grad():
        for parameter, value in zip(network.parameters(), end, strict=True):
            parameter.copy_(value)
    combine(network, start, middle, alpha)
    for parameter, a, b, c in zip(network.parameters(), start, middle, end, strict=True):
        torch.testing.assert_close(parameter.detach(), a + alpha * (b - a) + (c - b))


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_a_step_is_two_steps_of_one_optimiser_combined(cases: list[PreprocessedCase], alpha: float) -> None:
    recipe = replace(RECIPE, method=MethodRecipe("meta-drop", alpha), schedule=replace(RECIPE.schedule, ema=0.0))
    trainer = Trainer(recipe, cases, CPU)
    reference = deepcopy(trainer.network)
    loss = replace(RECIPE.loss, distillation_weight=0.0)
    rate = learning_rate(0, recipe.schedule)
    groups = deepcopy(trainer.optimisers[0].state_dict()["param_groups"])
    assert len(groups) == 2, "with and without weight decay"
    decayed = [p for p in reference.parameters() if p.ndim > 2]
    rest = [p for p in reference.parameters() if p.ndim <= 2]
    names = [len(group["params"]) for group in groups]
    assert names == [len(decayed), len(rest)]
    optimiser = AdamW(
        [{"params": p, "weight_decay": g["weight_decay"]} for p, g in zip((decayed, rest), groups, strict=True)],
        lr=rate,
        betas=recipe.schedule.betas,
    )
    phi0 = [p.detach().clone() for p in reference.parameters()]
    states = [phi0]
    reference.train()
    for numbers in ([0, 1], [12, 13]):
        sample = collate([trainer.data[n] for n in numbers])
        output = reference(sample.images, sample.available, per_modality=True)
        optimiser.zero_grad()
        gss_loss(output, sample.labels, sample.available, loss).total.backward()
        nn.utils.clip_grad_norm_(reference.parameters(), recipe.schedule.clip)
        optimiser.step()
        states.append([p.detach().clone() for p in reference.parameters()])
    trainer.run(until=1)
    for parameter, a, b, c in zip(trainer.network.parameters(), *states, strict=True):
        torch.testing.assert_close(parameter.detach(), a + alpha * (b - a) + (c - b), rtol=1e-4, atol=1e-6)


# --- all methods -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.name}-{m.meta_alpha:g}")
def test_every_method_resumes_bit_for_bit(method: MethodRecipe, cases: list[PreprocessedCase], tmp_path: Path) -> None:
    whole, reports = trained(cases, method)
    half, _ = trained(cases, method, until=3)
    half.save(tmp_path / "checkpoint.safetensors")
    rest = Trainer(replace(RECIPE, method=method), cases, CPU)
    rest.resume(tmp_path / "checkpoint.safetensors")
    later: list[StepReport] = []
    rest.run(later.append)
    assert same(whole.network, rest.network)
    assert same(whole.average, rest.average)
    assert [r.loss for r in reports[3:]] == [r.loss for r in later]


def test_methods_differ(cases: list[PreprocessedCase]) -> None:
    networks = [trained(cases, method)[0].network for method in METHODS]
    for index, one in enumerate(networks):
        assert not any(same(one, other) for other in networks[index + 1 :])


def test_none_is_gss_without_distillation(cases: list[PreprocessedCase]) -> None:
    none, reports = trained(cases, MethodRecipe("none"))
    loss = replace(RECIPE.loss, distillation_weight=0.0)
    unweighted = Trainer(replace(RECIPE, loss=loss), cases, CPU)
    unweighted.run()
    assert same(none.network, unweighted.network)
    assert all(report.distillation == 0.0 and report.single > 0.0 for report in reports)


def test_distillation_is_there_with_gss_alone(cases: list[PreprocessedCase]) -> None:
    for method in METHODS:
        _, reports = trained(cases, method, until=2)
        assert all((report.distillation > 0.0) == (method.name == "gss") for report in reports)


@pytest.mark.parametrize("method", METHODS[1:], ids=lambda m: f"{m.name}-{m.meta_alpha:g}")
def test_a_checkpoint_of_another_method_is_refused(
    method: MethodRecipe, cases: list[PreprocessedCase], tmp_path: Path
) -> None:
    trained(cases, MethodRecipe("gss"), until=1)[0].save(tmp_path / "checkpoint.safetensors")
    with pytest.raises(InputError):
        Trainer(replace(RECIPE, method=method), cases, CPU).resume(tmp_path / "checkpoint.safetensors")


def test_a_recipe_names_its_method() -> None:
    recipe = parse_recipe({"method": {"name": "meta-drop", "meta_alpha": 0.25, "meta_masks": "random"}})
    assert recipe.method == MethodRecipe("meta-drop", 0.25, "random")
    assert parse_recipe({}).method.name == "gss"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"name": "meta"}, "method.name is 'meta' and must be one of"),
        ({"alpha": 0.1}, "a key method.alpha, which no recipe has: write method.meta_alpha"),
        ({"meta_alpha": 1.5}, "method.meta_alpha is 1.5 and must lie in"),
        ({"meta_masks": "none"}, "method.meta_masks is 'none' and must be one of"),
    ],
)
def test_a_method_that_does_not_exist_is_refused(table: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_recipe({"method": table})
