"""A whole training, from a recipe and folders of studies to a network that segments."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import torch

from GSSCore.dataset import Case, gather_cases, read_split
from GSSCore.errors import Cancelled, UsageError
from GSSCore.memory import memory_refused
from GSSCore.messages import Message
from GSSCore.networks.bundle import Network
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import LabelMap, parse_label_map
from GSSCore.training.cases import preprocess_cases
from GSSCore.training.distributed import SINGLE_PROCESS, Distributed, process_group
from GSSCore.training.fitting import require_fitting
from GSSCore.training.lesion_library import LesionLibrary, library_for
from GSSCore.training.log import TrainingLog
from GSSCore.training.loop import OnStep, Trainer
from GSSCore.training.output_folder import CHECKPOINT, NETWORK, require_fresh, require_network_folder, save_network
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import Recipe
from GSSCore.training.recipe_file import read_recipe
from GSSCore.training.settings import Running, SamplesOn, TrainingPlaces
from GSSCore.training.steps import run_until_signal

log = logging.getLogger(__name__)


def train(
    recipe: Path | Recipe, places: TrainingPlaces, running: Running = Running(), on_step: OnStep | None = None
) -> Path:
    """Train a network as a recipe says, and return the folder it was written to.

    Under `torchrun` the processes share every batch; the main one writes and calls `on_step`.

    Args:
        recipe: the recipe or its TOML file, see `GSSCore.training.recipe`.
        places: data and output.
        running: device, workers, whether to resume.
        on_step: called after each step.

    Raises:
        InputError: when the recipe, the split, a case or the file of lesions is refused.
        UsageError: when the output holds a checkpoint and `resume` was not asked for, or the other way round; or when
            there are lesions that the recipe does not paste, or none though it does; or when workers would make no
            sample.
        EnvironmentRefused: when a package that only training needs is missing, or the device can't be used, or memory
            does not suffice.
        Cancelled: after SIGTERM or Ctrl-C, with a checkpoint written.
    """
    read = [] if isinstance(recipe, Recipe) else [recipe]
    recipe = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    require_fresh(places.output / CHECKPOINT, running.resume)
    require_makers(running)
    lesions = library_for(recipe.lesion_pasting, places.lesions)
    start = None if places.start is None else Network.load(places.start)
    require_fitting(recipe, None if start is None else start.module)
    declared_labels(recipe, places)
    cases = find_training_cases(places)
    read += [file for case in cases for file in case.files]
    with process_group(running.device) as (distributed, device):
        require_fitting(recipe, distributed=distributed, accumulate=running.accumulate)
        if distributed.is_main:  # the trial files of several processes would be in each other's way
            require_network_folder(places, running.resume, read)
        # Every process has to look for the checkpoint before the main one writes it.
        distributed.barrier()
        with TrainingLog(places.output if distributed.is_main else None) as training_log:
            preprocessed = _preprocess(cases, recipe, places, distributed)
            trainer = make_trainer(recipe, preprocessed, lesions, running, device, distributed)
            if start is not None:
                trainer.start_from(start.module)
            _run(trainer, places, running, training_log.reporter(trainer, running.checkpoint_every, on_step))
        if distributed.is_main:
            save_network(trainer, [case.name for case in preprocessed], places.output / NETWORK, start)
    return places.output / NETWORK


def require_makers(running: Running) -> None:
    """Refuse workers that would have nothing to do."""
    if running.samples_on == "device" and running.workers:
        raise UsageError(
            Message(
                "training.workers-unused",
                "Workers make samples on the processor, but these are to be made on the device: leave --workers or "
                "--samples-on device out.",
            )
        )


def _run(trainer: Trainer, places: TrainingPlaces, running: Running, on_step: OnStep | None) -> None:
    """Train to the last step, from a checkpoint if that was asked for. Raises Cancelled when a signal came."""
    checkpoint = places.output / CHECKPOINT
    if running.resume:
        trainer.resume(checkpoint)
    with step_fits(trainer.device, running.samples_on):
        done = run_until_signal(trainer, running, checkpoint, on_step)
    if not done:
        raise Cancelled(
            Message(
                "training.stopped",
                "Stopped after step {step} of {steps}: --resume goes on from there.",
                step=trainer.step,
                steps=trainer.recipe.schedule.steps,
            )
        )


def step_fits(device: torch.device, samples_on: SamplesOn = "cpu") -> AbstractContextManager[None]:
    """Return a context that turns a lack of memory during a step into a refusal with a remedy."""
    if samples_on == "device":
        return memory_refused(
            Message(
                "training.no-memory-for-both",
                "A step and its samples do not fit into the memory of {device}: leave --samples-on device out, use "
                "--accumulate, or a smaller crop, batch or network.",
                device=str(device),
            )
        )
    return memory_refused(
        Message(
            "training.no-memory",
            "A step does not fit into the memory of {device}: use --accumulate, or a smaller crop, batch or network.",
            device=str(device),
        )
    )


def make_trainer(
    recipe: Recipe,
    cases: list[PreprocessedCase],
    lesions: LesionLibrary | None,
    running: Running,
    device: torch.device,
    distributed: Distributed = SINGLE_PROCESS,
) -> Trainer:
    """Return a training that runs as `running` says. A lack of memory is refused with a remedy."""
    with _cases_fit(device, running.samples_on):
        return Trainer(
            recipe, cases, device, distributed, running.accumulate, lesions, running.precision, running.samples_on
        )


def _cases_fit(device: torch.device, samples_on: SamplesOn) -> AbstractContextManager[None]:
    """Return a context that turns a lack of memory for network and cases into a refusal with a remedy."""
    if samples_on == "cpu":
        return step_fits(device)
    return memory_refused(
        Message(
            "training.cases-no-memory",
            "The network and the cases do not fit into the memory of {device}: leave --samples-on device out.",
            device=str(device),
        )
    )


def find_training_cases(places: TrainingPlaces) -> list[Case]:
    """Return the cases to train on."""
    names = None if places.split is None else read_split(places.split, "train")
    return gather_cases(places.data, names)


def declared_labels(recipe: Recipe, places: TrainingPlaces) -> LabelMap | None:
    """Return what the user declares of the values in the label maps; None where the data set has to declare it."""
    said = recipe.data.truth_labels if places.truth_labels is None else places.truth_labels
    return parse_label_map(said) if said else None


def _preprocess(
    cases: Sequence[Case], recipe: Recipe, places: TrainingPlaces, distributed: Distributed
) -> list[PreprocessedCase]:
    """Return all cases preprocessed. Each process does its share, and then finds the others' cases in the cache."""

    def of(some: Sequence[Case]) -> list[PreprocessedCase]:
        return preprocess_cases(
            some,
            PreprocessingSettings(recipe.data.spacing),
            declared_labels(recipe, places),
            places.cache or places.output / "cache",
            lambda done, of: log.info("preprocessed case %d of %d", done, of),
        )

    if distributed.size > 1:
        of(cases[distributed.rank :: distributed.size])
        distributed.barrier()
    return of(cases)
