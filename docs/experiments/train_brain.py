"""Trains a brain network, or writes what the checkpoint of a training holds so far as a network.

    python docs/experiments/brain_heads.py HEADS --scanned ... --labelled ... --brains ... --split split.json
    python docs/experiments/train_brain.py recipes/brain-extraction/brain.toml --heads HEADS --output training

--resume goes on with a training; --export FOLDER writes the average that its checkpoint holds, also while it goes on.

Ctrl-C stops it after the step at work, with a checkpoint. The network in the end is OUTPUT/network.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from GSSCore.training.brain.export import export_checkpoint
from GSSCore.training.brain.heads import read_heads
from GSSCore.training.brain.recipe import read_brain_recipe
from GSSCore.training.brain.run import CPU, train_brain
from GSSCore.training.brain.training import BrainTrainer
from GSSCore.training.output_folder import CHECKPOINT
from GSSCore.training.settings import Running

EVERY = 20
"""Steps over which the loss is averaged and told."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--heads", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--workers", type=int, default=0, help="processes that make samples")
    parser.add_argument("--checkpoint-every", type=int, default=100, metavar="STEPS")
    parser.add_argument("--export", type=Path, metavar="FOLDER", help="write what the checkpoint holds, and stop")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    recipe = read_brain_recipe(options.recipe)
    if options.export is not None:
        trainer = BrainTrainer(recipe, read_heads(options.heads), CPU)
        export_checkpoint(trainer, options.output / CHECKPOINT, options.export)
        print(f"network of step {trainer.step} written to {options.export}")
        return
    losses: list[float] = []

    def tell(step: int, loss: float) -> None:
        losses.append(loss)
        if step % EVERY == 0:
            logging.info("step %d loss %.4f", step, sum(losses[-EVERY:]) / len(losses[-EVERY:]))

    running = Running(workers=options.workers, resume=options.resume, checkpoint_every=options.checkpoint_every)
    print(f"network written to {train_brain(recipe, options.heads, options.output, running, tell)}")


if __name__ == "__main__":
    main()
