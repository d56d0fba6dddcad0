"""A whole training, from a recipe and folders of studies to a network that segments."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from GSSCore.dataset import gather_cases, read_split
from GSSCore.errors import EnvironmentRefused, UsageError
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.preparation_settings import Preparation
from GSSCore.training.cases import prepare_cases
from GSSCore.training.loop import OnStep, StepReport, Trainer
from GSSCore.training.recipe import Recipe, read_recipe
from GSSCore.truth import parse_label_map

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.safetensors"
LIMITS = ("Trained on what its recipe and data say, and evaluated by nobody yet.",)


@dataclass(frozen=True)
class TrainingPlaces:
    """Where a training reads and writes.

    Attributes:
        data: folders of studies, one folder per case.
        output: gets the checkpoint, the log and the trained network.
        split: JSON file whose `train` lists the cases to train on; None for all.
        cache: folder of the prepared cases; None for one in `output`.
        start: folder of a network whose weights the training starts from; None for random ones.
    """

    data: Sequence[Path]
    output: Path
    split: Path | None = None
    cache: Path | None = None
    start: Path | None = None


def train(
    recipe_path: Path,
    places: TrainingPlaces,
    *,
    device: str = "auto",
    workers: int = 0,
    resume: bool = False,
    progress: bool = True,
) -> Path:
    """Train a network as a recipe says, and return the folder it was written to.

    Args:
        recipe_path: TOML file, see `GSSCore.training.recipe`.
        places: data and output.
        device: `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
        workers: processes that make samples; changes the speed, not the result.
        resume: go on from the checkpoint in the output folder.
        progress: show a bar.

    Raises:
        InputError: when the recipe, the split or a case is refused.
        UsageError: when the output holds a checkpoint and `resume` was not asked for, or the other way round.
        EnvironmentRefused: when a package that only training needs is missing, or the device.
    """
    recipe = read_recipe(recipe_path)
    checkpoint = places.output / CHECKPOINT
    if resume != checkpoint.exists():
        remedy = (
            "there is nothing to resume; leave --resume out" if resume else "add --resume, or choose another folder"
        )
        raise UsageError(f"{checkpoint} {'is missing' if resume else 'exists already'}: {remedy}")
    start = None if places.start is None else Network.load(places.start)
    writer = _open_log(places.output)
    names = None if places.split is None else read_split(places.split, "train")
    cases = gather_cases(places.data, names)
    prepared = prepare_cases(
        cases,
        Preparation(recipe.data.spacing),
        parse_label_map(recipe.data.truth_labels),
        places.cache or places.output / "cache",
        lambda done, of: log.info("prepared case %d of %d", done, of),
    )
    trainer = Trainer(recipe, prepared, choose_training_device(device))
    if start is not None:
        trainer.start_from(start.module)
    if resume:
        trainer.resume(checkpoint)
    with writer:
        trainer.run(_reporter(writer, recipe, trainer.step, progress), workers=workers, checkpoint=checkpoint)
    return save_network(trainer, [case.name for case in prepared], places.output / "network", start)


def choose_training_device(name: str) -> torch.device:
    """Return the device to train on; `auto` takes a GPU where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as fault:
        raise EnvironmentRefused(f"device {name} can't be used ({fault}); choose another with --device") from fault
    return device


def save_network(trainer: Trainer, cases: Sequence[str], folder: Path, start: Network | None = None) -> Path:
    """Write the running average of a training as a network, with a card that says what is known of it."""
    recipe = trainer.recipe
    history: dict[str, object] = recipe.to_json() | {"steps_done": trainer.step}
    if start is not None:
        history["started_from"] = {"sha256": start.card.sha256, "recipe": start.card.recipe}
    card = Card(
        name=recipe.name,
        version="0",
        network={"name": recipe.network.name, "options": trainer.average.options},
        preparation=Preparation(recipe.data.spacing),
        parameters=0,
        sha256="",
        data=(f"{len(cases)} cases: {', '.join(cases)}",),
        terms="those of the data it was trained on",
        recipe=history,
        licence="as its maker decides",
        limits=LIMITS,
    )
    Network(trainer.average, card).save(folder)
    return folder


def _open_log(output: Path) -> SummaryWriter:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as fault:
        raise EnvironmentRefused(
            f"training needs packages that are not installed ({fault}); pip install 'gsssegmentation[train]'"
        ) from fault
    output.mkdir(parents=True, exist_ok=True)
    return SummaryWriter(str(output / "tensorboard"))


def _reporter(writer: SummaryWriter, recipe: Recipe, first: int, progress: bool) -> OnStep:
    """Return what happens after each step: the log gets its figures, the bar moves on."""
    from tqdm import tqdm

    bar = tqdm(total=recipe.schedule.steps, initial=first, unit="step", disable=not progress, desc=recipe.name)

    def report(step: StepReport) -> None:
        for name in ("loss", "fused", "single", "distillation", "learning_rate"):
            writer.add_scalar(name, getattr(step, name), step.step)
        bar.update()
        bar.set_postfix(loss=f"{step.loss:.3f}")
        if step.step == recipe.schedule.steps:
            bar.close()

    return report
