"""A trained brain network in a folder, from a training or from the checkpoint of one that goes on."""

from __future__ import annotations

from pathlib import Path

import torch

from GSSCore.brain_extraction.card import BrainCard
from GSSCore.brain_extraction.extractor import BrainExtractor
from GSSCore.training.brain.heads import Heads
from GSSCore.training.brain.training import BrainTrainer

LIMITS = (
    "Trained on adult heads: those of children, or after operations, may come out wrong.",
    "Trained on what its recipe and data say, and evaluated by nobody yet.",
)


def save_brain_network(trainer: BrainTrainer, folder: Path) -> BrainExtractor:
    """Write the running average of the weights as a network whose card tells data and recipe.

    Raises:
        EnvironmentRefused: when the folder can't be written.
    """
    recipe, heads = trainer.recipe, trainer.samples.heads
    card = BrainCard(
        name=recipe.name,
        version="0",
        options=trainer.average.options,
        data=_data(heads),
        terms="those of the data it was trained on",
        recipe=recipe.to_json() | {"steps_done": trainer.step},
        licence="as its maker decides",
        limits=LIMITS,
    )
    return BrainExtractor(trainer.average.eval(), card).save(folder)


def export_checkpoint(trainer: BrainTrainer, checkpoint: Path, folder: Path) -> BrainExtractor:
    """Write what a checkpoint holds as a network; the training that writes it may go on.

    Raises:
        InputError: when it is no checkpoint, or one of another recipe.
        EnvironmentRefused: when the folder can't be written.
    """
    trainer.resume(checkpoint)
    with torch.no_grad():
        return save_brain_network(trainer, folder)


def _data(heads: Heads) -> tuple[str, ...]:
    kinds = {
        "heads as scanned": [head.name for head in heads.scanned],
        "heads as label maps": [head.name for head in heads.labelled],
        "skull-stripped brains": [brain.name for brain in heads.brains],
    }
    return tuple(f"{len(names)} {kind}: {', '.join(names)}" for kind, names in kinds.items() if names)
