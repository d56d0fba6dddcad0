"""The training loop: one step after another, from a sample number to a step of the optimiser."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.utils.data import DataLoader

from GSSCore.errors import GSSError, InputError
from GSSCore.gss.loss import LossTerms, gss_loss
from GSSCore.networks import SegmentationNetwork, create
from GSSCore.training.checkpoint import load_checkpoint, save_checkpoint
from GSSCore.training.data import PreparedCase, Sample, TrainingData, batches, collate
from GSSCore.training.meta_drop import combine, halves, weights
from GSSCore.training.recipe import Recipe, ScheduleRecipe

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepReport:
    """What one step tells: its number, counted from 1, the loss and its parts, and the learning rate."""

    step: int
    loss: float
    fused: float
    single: float
    distillation: float
    learning_rate: float


OnStep = Callable[[StepReport], None]


def learning_rate(step: int, schedule: ScheduleRecipe) -> float:
    """Return the learning rate of a step, counted from 0: a linear warm-up, the recipe's decay, perhaps a cool-down."""
    if step < schedule.warmup:
        return schedule.learning_rate * (step + 1) / schedule.warmup
    span = max((schedule.horizon or schedule.steps) - schedule.warmup, 1)
    gone = (step - schedule.warmup) / span
    left = 0.5 * (1.0 + math.cos(math.pi * gone)) if schedule.decay == "cosine" else max(1.0 - gone, 0.0) ** 0.9
    cooling = min((schedule.steps - step) / schedule.cooldown, 1.0) if schedule.cooldown else 1.0
    return schedule.learning_rate * left * cooling


def guidance_ramp(step: int, schedule: ScheduleRecipe) -> float:
    """Return the factor of the distillation term at a step, counted from 0."""
    if schedule.guidance_ramp == 0:
        return 1.0
    return min(max((step - schedule.guided_from + 1) / schedule.guidance_ramp, 0.0), 1.0)


def half_precision_is_safe(device: torch.device, crop: tuple[int, int, int], stride: int) -> bool:
    """Tell whether a network may be trained in bf16.

    On a CPU, torch (seen in 2.13) takes the weight gradient of a 3 x 3 x 3 bf16 convolution from uninitialised memory
    where the image is only two voxels wide, so the deepest level must have three.
    """
    return device.type != "cpu" or min(crop) >= 3 * stride


class Trainer:
    """A training in progress: network, running average, optimiser, and how many steps are done.

    Args:
        recipe: everything that determines the training.
        cases: what it trains on.
        device: where it runs.
    """

    def __init__(self, recipe: Recipe, cases: list[PreparedCase], device: torch.device) -> None:
        self.recipe, self.device, self.step = recipe, device, 0
        schedule = recipe.schedule
        samples = schedule.steps * schedule.batch
        method = recipe.method
        self.data = TrainingData(cases, recipe.data, recipe.augmentation, recipe.seed, samples, method.meta_masks)
        torch.manual_seed(recipe.seed)
        network = create(recipe.network.name, **recipe.network.options)
        self.network: SegmentationNetwork = network.to(device)
        self.network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # missing in the stubs
        self.average = deepcopy(self.network).requires_grad_(False)
        self.optimiser = AdamW(_groups(self.network, schedule.weight_decay), betas=schedule.betas)
        self.loss = recipe.loss if method.name == "gss" else replace(recipe.loss, distillation_weight=0.0)
        self.half = half_precision_is_safe(device, recipe.data.crop, self.network.stride)
        log.info("training on %s in %s", device, "bf16" if self.half else "fp32")

    def run(
        self,
        on_step: OnStep | None = None,
        until: int | None = None,
        workers: int = 0,
        checkpoint: Path | None = None,
        checkpoint_every: int = 200,
    ) -> None:
        """Train up to step `until`, or the recipe's last.

        Args:
            on_step: called after each step.
            until: where to stop early, with everything in place to go on.
            workers: processes that make samples; the result does not depend on it.
            checkpoint: file that is written every `checkpoint_every` steps and at the end.
            checkpoint_every: see above.
        """
        last = min(until or self.recipe.schedule.steps, self.recipe.schedule.steps)
        meta_from = self.data.samples if self.recipe.method.name == "meta-drop" else 0
        numbers = batches(self.step, last, self.recipe.schedule.batch, meta_from)
        loader: DataLoader[Sample] = DataLoader(
            self.data, batch_sampler=numbers, num_workers=workers, collate_fn=collate
        )
        self.network.train()
        for sample in loader:
            report = self._train_step(sample)
            if checkpoint and (self.step % checkpoint_every == 0 or self.step == last):
                self.save(checkpoint)
            if on_step:
                on_step(report)

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        save_checkpoint(path, self.step, self.network, self.average, self.optimiser, self.recipe.to_json())

    def start_from(self, network: SegmentationNetwork) -> None:
        """Take another network's weights to begin with.

        Raises:
            InputError: when its architecture or options differ.
        """
        if (network.name, network.options) != (self.network.name, self.network.options):
            raise InputError(
                f"a {network.name} with {network.options} can't be the start of a {self.network.name} with "
                f"{self.network.options}; let the recipe's [network] say the same"
            )
        self.network.load_state_dict(network.state_dict())
        self.average.load_state_dict(network.state_dict())

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint."""
        self.step = load_checkpoint(path, self.network, self.average, self.optimiser, self.recipe.to_json())
        log.info("resumed %s at step %d", path, self.step)

    def _train_step(self, sample: Sample) -> StepReport:
        schedule = self.recipe.schedule
        rate = learning_rate(self.step, schedule)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        # Whatever a network itself draws (dropout) depends on the step alone, so that a resumed training repeats it.
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step)
        terms = self._meta_step(sample) if self.recipe.method.name == "meta-drop" else self._descend(sample)
        self.step += 1
        self._update_average()
        return StepReport(
            self.step,
            loss=float(terms.total.detach()),
            fused=float(terms.fused),
            single=float(terms.single),
            distillation=float(terms.distillation),
            learning_rate=rate,
        )

    def _meta_step(self, sample: Sample) -> LossTerms:
        """Make the two steps of Meta-Drop, and tell the loss of the first."""
        own, other = halves(sample)
        start = weights(self.network)
        terms = self._descend(own)
        middle = weights(self.network)
        self._descend(other)
        combine(self.network, start, middle, self.recipe.method.meta_alpha)
        return terms

    def _descend(self, sample: Sample) -> LossTerms:
        """Make one step of the optimiser."""
        terms = self._loss(sample)
        if not bool(torch.isfinite(terms.total)):
            raise GSSError(
                f"the loss is not finite at step {self.step + 1}, case {', '.join(sample.names)}; "
                "look at that case, or lower the learning rate; the last checkpoint is kept"
            )
        self.optimiser.zero_grad()
        terms.total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.schedule.clip)
        self.optimiser.step()
        return terms

    def _loss(self, sample: Sample) -> LossTerms:
        images, labels, available = (t.to(self.device) for t in (sample.images, sample.labels, sample.available))
        guided = self.step >= self.recipe.schedule.guided_from and self.loss.single_weight > 0.0
        # bf16 has fp32's range, so no gradient needs scaling.
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            output = self.network(images, available, per_modality=guided)
        return gss_loss(output, labels, available, self.loss, guidance_ramp(self.step, self.recipe.schedule))

    @torch.no_grad()
    def _update_average(self) -> None:
        # The average starts quickly, or it would remember the random weights for long.
        decay = min(self.recipe.schedule.ema, (1.0 + self.step) / (10.0 + self.step))
        ours: list[Tensor] = list(self.average.state_dict().values())
        theirs: list[Tensor] = list(self.network.state_dict().values())
        for average, current in zip(ours, theirs, strict=True):
            if average.is_floating_point():
                average.lerp_(current, 1.0 - decay)
            else:
                average.copy_(current)


def _groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Weight decay for kernels only: pulling biases and norm parameters to zero does harm."""
    kernels = [p for p in network.parameters() if p.ndim > 2]
    others = [p for p in network.parameters() if p.ndim <= 2]
    return [{"params": kernels, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
