"""A whole training, from a recipe and folders of studies to a network that segments."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from GSSCore.dataset import Case, gather_cases, read_split
from GSSCore.errors import Cancelled, EnvironmentRefused, UsageError
from GSSCore.memory import memory_refused
from GSSCore.messages import Message
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import CARD_FILE, WEIGHTS_FILE, Card
from GSSCore.outputs import Hashes, OutputKind, require_free, require_writable
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import LabelMap, parse_label_map
from GSSCore.training.cases import preprocess_cases
from GSSCore.training.distributed import Distributed, process_group
from GSSCore.training.fitting import require_fitting
from GSSCore.training.lesion_library import library_for
from GSSCore.training.loop import OnStep, StepReport, Trainer
from GSSCore.training.objective import PARTS
from GSSCore.training.pictures import sample_picture
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import Recipe, read_recipe
from GSSCore.training.settings import Running, TrainingPlaces
from GSSCore.training.stopping import StopRequest

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.safetensors"
NETWORK = "network"
"""The folder, inside the output, of the network that was trained."""
LIMITS = ("Trained on what its recipe and data say, and evaluated by nobody yet.",)


def train(
    recipe: Path | Recipe, places: TrainingPlaces, running: Running = Running(), on_step: OnStep | None = None
) -> Path:
    """Train a network as a recipe says, and return the folder it was written to.

    Under `torchrun` the processes share every batch; the first one writes and calls `on_step`.

    Args:
        recipe: the recipe or its TOML file, see `GSSCore.training.recipe`.
        places: data and output.
        running: device, workers, whether to resume.
        on_step: called after each step.

    Raises:
        InputError: when the recipe, the split, a case or the file of lesions is refused.
        UsageError: when the output holds a checkpoint and `resume` was not asked for, or the other way round; or when
            there are lesions that the recipe does not paste, or none though it does.
        EnvironmentRefused: when a package that only training needs is missing, the device, or memory.
        Cancelled: after SIGTERM or Ctrl-C, with a checkpoint written.
    """
    recipe_file = None if isinstance(recipe, Recipe) else recipe
    recipe = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    checkpoint = places.output / CHECKPOINT
    _require_fresh(checkpoint, running.resume)
    lesions = library_for(recipe.lesion_pasting, places.lesions)
    start = None if places.start is None else Network.load(places.start)
    require_fitting(recipe, None if start is None else start.module)
    declared_labels(recipe, places)
    cases = find_training_cases(places)
    read = [*([recipe_file] if recipe_file else []), *(file for case in cases for file in case.files)]
    with process_group(running.device) as (distributed, device):
        require_fitting(recipe, distributed=distributed, accumulate=running.accumulate)
        if distributed.is_main:  # several would trip over each other's try at writing
            _require_network_folder(places, running.resume, read)
        # Nobody makes the checkpoint before everybody has looked for it.
        distributed.barrier()
        with _Log(places.output if distributed.is_main else None) as logbook:
            preprocessed = _prepare(cases, recipe, places, distributed)
            trainer = Trainer(recipe, preprocessed, device, distributed, running.accumulate, lesions, running.precision)
            if start is not None:
                trainer.start_from(start.module)
            if running.resume:
                trainer.resume(checkpoint)
            with StopRequest() as stop, step_fits(device):
                done = trainer.run(
                    logbook.reporter(trainer, running.checkpoint_every, on_step),
                    workers=running.workers,
                    checkpoint=checkpoint,
                    checkpoint_every=running.checkpoint_every,
                    stop=stop,
                )
        if not done:
            raise Cancelled(
                Message(
                    "training.stopped",
                    "Stopped after step {step} of {steps}: --resume goes on from there.",
                    step=trainer.step,
                    steps=recipe.schedule.steps,
                )
            )
        if distributed.is_main:
            save_network(trainer, [case.name for case in preprocessed], places.output / NETWORK, start)
    return places.output / NETWORK


def step_fits(device: torch.device) -> AbstractContextManager[None]:
    """Return the context in which a step that does not fit into memory is refused with what helps."""
    return memory_refused(
        Message(
            "training.no-memory",
            "A step does not fit into the memory of {device}: use --accumulate, or a smaller crop, batch or network.",
            device=str(device),
        )
    )


def find_training_cases(places: TrainingPlaces) -> list[Case]:
    """Return the cases to train on."""
    names = None if places.split is None else read_split(places.split, "train")
    return gather_cases(places.data, names)


def declared_labels(recipe: Recipe, places: TrainingPlaces) -> LabelMap | None:
    """Return what the user says of the label maps' values; None where that is left to the data set."""
    said = recipe.data.truth_labels if places.truth_labels is None else places.truth_labels
    return parse_label_map(said) if said else None


def _require_fresh(checkpoint: Path, resume: bool) -> None:
    if resume and not checkpoint.exists():
        raise UsageError(
            Message(
                "training.no-checkpoint",
                "{file} is missing: there is nothing to resume; leave --resume out.",
                file=checkpoint,
            )
        )
    if checkpoint.exists() and not resume:
        raise UsageError(
            Message(
                "training.checkpoint-exists",
                "{file} exists already: add --resume, or choose another folder.",
                file=checkpoint,
            )
        )


def _require_network_folder(places: TrainingPlaces, resume: bool, read: Sequence[Path]) -> None:
    """Refuse a place in which the trained network would replace another one, or what is read."""
    require_writable(places.output)
    folder = places.output / NETWORK
    if not resume and any((folder / name).exists() for name in (CARD_FILE, WEIGHTS_FILE)):
        raise UsageError(
            Message(
                "training.network-there",
                "{folder} holds a network already: choose another folder with --output.",
                folder=folder,
            )
        )
    others = [path for path in (places.split, places.lesions) if path is not None]
    others += [places.start / name for name in (CARD_FILE, WEIGHTS_FILE) if places.start is not None]
    require_free(folder, (CARD_FILE, WEIGHTS_FILE), _KIND, [*read, *others])


def _listed(content: bytes) -> Hashes | None:
    """Return what a network's card lists: its weights."""
    try:
        card = json.loads(content)
        return {WEIGHTS_FILE: str(card["sha256"])} if "card_version" in card else None
    except (ValueError, LookupError, TypeError):
        return None


_KIND = OutputKind(CARD_FILE, _listed)
"""How a network is known again: by the hash in its card."""


def _prepare(
    cases: Sequence[Case], recipe: Recipe, places: TrainingPlaces, distributed: Distributed
) -> list[PreprocessedCase]:
    """Return all cases prepared: each process prepares some, and then finds what the others did."""

    def of(some: Sequence[Case]) -> list[PreprocessedCase]:
        return preprocess_cases(
            some,
            PreprocessingSettings(recipe.data.spacing),
            declared_labels(recipe, places),
            places.cache or places.output / "cache",
            lambda done, of: log.info("prepared case %d of %d", done, of),
        )

    if distributed.size > 1:
        of(cases[distributed.rank :: distributed.size])
        distributed.barrier()
    return of(cases)


def save_network(trainer: Trainer, cases: Sequence[str], folder: Path, start: Network | None = None) -> Path:
    """Write the running average of a training as a network, with a card that says what is known of it."""
    recipe = trainer.recipe
    history: dict[str, object] = recipe.to_json() | {"steps_done": trainer.step}
    data = [f"{len(cases)} cases: {', '.join(cases)}"]
    if trainer.data.pasting is not None:
        lesions = trainer.data.pasting.lesions
        data.append(f"{len(lesions)} lesions of {lesions.patients} further patients")
    if start is not None:
        history["started_from"] = {"sha256": start.card.sha256, "recipe": start.card.recipe}
    card = Card(
        name=recipe.name,
        version="0",
        network={"name": recipe.network.name, "options": trainer.average.options},
        preprocessing=PreprocessingSettings(recipe.data.spacing),
        parameters=0,
        sha256="",
        data=tuple(data),
        terms="those of the data it was trained on",
        recipe=history,
        licence="as its maker decides",
        limits=LIMITS,
    )
    Network(trainer.average, card).save(folder)
    return folder


class _Log:
    """The TensorBoard log of a training: figures of every step, and now and then a picture of the first sample.

    Args:
        output: folder of the training; None for a process that keeps no log.
    """

    def __init__(self, output: Path | None) -> None:
        self._writer: SummaryWriter | None = None
        self._is_main = output is not None
        if output is None:
            return
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as fault:
            raise EnvironmentRefused(
                Message(
                    "training.packages",
                    "Training needs packages that are not installed ({fault}): pip install 'gsssegmentation[train]'.",
                    fault=str(fault),
                )
            ) from fault
        try:
            output.mkdir(parents=True, exist_ok=True)
            self._writer = SummaryWriter(str(output / "tensorboard"))
        except UnicodeEncodeError:
            # TensorBoard knows no other names; the training itself does without the log.
            log.error("TensorBoard can't write to %r, whose name is no UTF-8: the log is left out.", str(output))
        except OSError as fault:
            raise EnvironmentRefused(
                Message(
                    "training.output",
                    "The folder {folder} can't be written ({reason}): choose another with --output.",
                    folder=output,
                    reason=str(fault.strerror or fault),
                )
            ) from fault

    def __enter__(self) -> _Log:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def reporter(self, trainer: Trainer, picture_every: int, on_step: OnStep | None) -> OnStep | None:
        """Return what happens after each step."""
        writer = self._writer
        if writer is None:
            return on_step if self._is_main else None

        def report(step: StepReport) -> None:
            for name in (*PARTS, "learning_rate"):
                writer.add_scalar(name, getattr(step, name), step.step)
            if step.step % picture_every == 0:
                picture = sample_picture(trainer.average.eval(), trainer.data[0], trainer.device)
                writer.add_image("FLAIR, T1ce, T1, T2, truth, prediction", picture, step.step, dataformats="HWC")
            if on_step is not None:
                on_step(step)

        return report
