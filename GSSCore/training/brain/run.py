"""A whole training of a brain network, from a recipe and a folder of heads to a network that finds brains."""

from __future__ import annotations

from pathlib import Path

import torch

from GSSCore.errors import Cancelled
from GSSCore.messages import Message
from GSSCore.outputs import require_writable
from GSSCore.training.brain.export import save_brain_network
from GSSCore.training.brain.heads import read_heads
from GSSCore.training.brain.recipe import BrainRecipe
from GSSCore.training.brain.training import BrainTrainer, OnStep
from GSSCore.training.output_folder import CHECKPOINT, NETWORK, require_fresh, require_no_network
from GSSCore.training.settings import Running
from GSSCore.training.steps import run_until_signal

CPU = torch.device("cpu")


def train_brain(
    recipe: BrainRecipe, heads: Path, output: Path, running: Running = Running(), on_step: OnStep | None = None
) -> Path:
    """Train a brain network and return the folder it was written to.

    Args:
        recipe: everything that determines the training.
        heads: folder of .npz files, see `GSSCore.training.brain.heads`.
        output: gets the checkpoint and the network.
        running: of it `workers`, `resume` and `checkpoint_every`; the training runs on the CPU.
        on_step: called after each step, with its number and loss.

    Raises:
        InputError: when a head, or the checkpoint, is refused.
        UsageError: when the output holds a checkpoint and `resume` was not asked for, or the other way round.
        EnvironmentRefused: when the output can't be written.
        Cancelled: after SIGTERM or Ctrl-C, with a checkpoint written.
    """
    checkpoint, folder = output / CHECKPOINT, output / NETWORK
    require_fresh(checkpoint, running.resume)
    require_writable(output)
    if not running.resume:
        require_no_network(folder)
    trainer = BrainTrainer(recipe, read_heads(heads), CPU)
    if running.resume:
        trainer.resume(checkpoint)
    if not run_until_signal(trainer, running, checkpoint, on_step):
        raise Cancelled(
            Message(
                "training.brain-stopped",
                "Stopped after step {step} of {steps}; resuming goes on from there.",
                step=trainer.step,
                steps=recipe.schedule.steps,
            )
        )
    save_brain_network(trainer, folder)
    return folder
