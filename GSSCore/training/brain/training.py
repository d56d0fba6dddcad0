"""Training of the brain network by a recipe; it can be resumed, and keeps a running average of the weights."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from itertools import starmap
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset

from GSSCore.brain_extraction.network import BrainNetwork
from GSSCore.errors import GSSError
from GSSCore.messages import Message
from GSSCore.training.brain.heads import Heads
from GSSCore.training.brain.recipe import BrainRecipe
from GSSCore.training.brain.samples import BrainSamples
from GSSCore.training.checkpoint import load_checkpoint, save_checkpoint
from GSSCore.training.optimisers import make_optimisers
from GSSCore.training.schedule import learning_rate
from GSSCore.training.steps import checkpointed, set_learning_rate, update_average
from GSSCore.training.stopping import leave_signals_to_parent

SHARPNESS = 8.0
"""Of the soft mask in the loss: a millimetre from the surface it is .73 or .27."""

log = logging.getLogger(__name__)

OnStep = Callable[[int, float], None]


def brain_loss(predicted: Tensor, distance: Tensor, seen: Tensor) -> Tensor:
    """Return the mean deviation of the distance plus one minus the soft Dice of the mask, over what was seen; a scalar.

    Args:
        predicted: (B, 1, D, H, W), from -1 to 1.
        distance: what it ought to be.
        seen: bool, where the field of view lies.
    """
    weight = seen.to(predicted.dtype)
    deviation = ((predicted - distance).abs() * weight).sum() / weight.sum().clamp(min=1.0)
    soft, true = torch.sigmoid(SHARPNESS * predicted) * weight, (distance > 0).to(predicted.dtype) * weight
    dice = (2.0 * (soft * true).sum() + 1.0) / (soft.sum() + true.sum() + 1.0)
    return deviation + 1.0 - dice


class BrainTrainer:
    """A training in progress: network, running average, optimisers, and how many steps are done.

    Args:
        recipe: everything that determines the training.
        heads: what it trains on.
        device: where it runs.
    """

    def __init__(self, recipe: BrainRecipe, heads: Heads, device: torch.device) -> None:
        self.recipe, self.device, self.step = recipe, device, 0
        schedule = recipe.schedule
        self.samples = BrainSamples(heads, recipe.samples, recipe.seed, schedule.steps * schedule.batch)
        torch.manual_seed(recipe.seed)
        self.network = BrainNetwork(**recipe.options).to(device)
        self.average = deepcopy(self.network).requires_grad_(False)
        self.optimisers = make_optimisers(self.network, schedule)

    def run(
        self,
        on_step: OnStep | None = None,
        until: int | None = None,
        workers: int = 0,
        checkpoint: Path | None = None,
        checkpoint_every: int = 200,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Train up to step `until`, or the recipe's last; tell whether that was reached. Arguments as `Trainer.run`."""
        schedule = self.recipe.schedule
        last = min(until or schedule.steps, schedule.steps)
        rest = Subset(self.samples, range(self.step * schedule.batch, last * schedule.batch))
        loader = DataLoader(rest, schedule.batch, num_workers=workers, worker_init_fn=leave_signals_to_parent)
        losses = starmap(self._train_step, loader)
        for loss in checkpointed(self, losses, last, checkpoint, checkpoint_every, stop):
            if on_step:
                on_step(self.step, loss)
        return self.step == last

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        save_checkpoint(path, self.step, self.network, self.average, self.optimisers, self.recipe.to_json(), bf16=False)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint of the same recipe."""
        self.step, _ = load_checkpoint(path, self.network, self.average, self.optimisers, self.recipe.to_json())
        log.info("resumed %s at step %d", path, self.step)

    def _train_step(self, image: Tensor, distance: Tensor, seen: Tensor) -> float:
        schedule = self.recipe.schedule
        set_learning_rate(self.optimisers, learning_rate(self.step, schedule))
        self.network.zero_grad()
        loss = brain_loss(self.network(image.to(self.device)), distance.to(self.device), seen.to(self.device))
        if not bool(torch.isfinite(loss)):
            raise GSSError(
                Message(
                    "training.brain-not-finite",
                    "The loss is not finite at step {step}: lower the learning rate; the last checkpoint is sound.",
                    step=self.step + 1,
                )
            )
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), schedule.clip)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        update_average(self.average, self.network, schedule.ema, self.step)
        return float(loss.detach())
