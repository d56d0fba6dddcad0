"""The training loop: one step after another, from a sample number to a step of the optimiser."""

from __future__ import annotations

import logging
import math
import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from GSSCore.errors import GSSError, InputError
from GSSCore.messages import Message
from GSSCore.networks import SegmentationNetwork, create
from GSSCore.training.checkpoint import load_checkpoint, save_checkpoint
from GSSCore.training.data import Sample, TrainingData, batches, collate
from GSSCore.training.distributed import SINGLE_PROCESS, Distributed
from GSSCore.training.fitting import require_divided, require_same_architecture
from GSSCore.training.lesion_library import LesionLibrary
from GSSCore.training.lesion_pasting import Pasting
from GSSCore.training.meta_drop import combine, halves, weights
from GSSCore.training.objective import PARTS, Objective
from GSSCore.training.optimisers import make_optimisers
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import Recipe, ScheduleRecipe
from GSSCore.training.settings import Precision
from GSSCore.training.stopping import leave_signals_to_parent

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
    falling: dict[str, float] = {
        "cosine": 0.5 * (1.0 + math.cos(math.pi * gone)),
        "polynomial": max(1.0 - gone, 0.0) ** 0.9,
    }
    left = falling.get(schedule.decay, 1.0)
    cooling = min((schedule.steps - step) / schedule.cooldown, 1.0) if schedule.cooldown else 1.0
    return schedule.learning_rate * left * cooling


def guidance_ramp(step: int, schedule: ScheduleRecipe) -> float:
    """Return the factor of the distillation term at a step, counted from 0."""
    if schedule.guidance_ramp == 0:
        return 1.0
    return min(max((step - schedule.guided_from + 1) / schedule.guidance_ramp, 0.0), 1.0)


def faster_in_bf16(device: torch.device) -> bool:
    """Tell whether a step is quicker in bf16 than in fp32, by a convolution forth and back in both.

    What a processor lists of itself says little: of two that list the same instructions, one is 2.5 times as fast in
    bf16, the other slower, and where they are missing bf16 takes a hundred times as long.
    """
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        convolution = nn.Conv3d(32, 32, 3, padding=1, bias=False).to(device, dtype)
        image = torch.zeros(1, 32, 16, 16, 16, device=device, dtype=dtype)
        image = image.contiguous(memory_format=torch.channels_last_3d).requires_grad_()
        convolution = convolution.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
        runs = []
        for _ in range(3):
            start = time.perf_counter()
            convolution(image).sum().backward()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            runs.append(time.perf_counter() - start)
        seconds[dtype] = min(runs)
    log.info("a convolution takes %s s in fp32 and bf16", " and ".join(f"{s:.4f}" for s in seconds.values()))
    return seconds[torch.bfloat16] < seconds[torch.float32]


def half_precision_is_safe(device: torch.device, crop: tuple[int, int, int], stride: int) -> bool:
    """Tell whether a network may be trained in bf16.

    On a CPU, torch (seen in 2.13) takes the weight gradient of a 3 x 3 x 3 bf16 convolution from uninitialised memory
    where the image is only two voxels wide, so the deepest level must have three.
    """
    return device.type != "cpu" or min(crop) >= 3 * stride


class Trainer:
    """A training in progress: network, running average, optimisers, and how many steps are done.

    Args:
        recipe: everything that determines the training.
        cases: what it trains on.
        device: where it runs.
        distributed: the processes that train together; each takes its part of every batch.
        accumulate: passes in which a process works off its part, to save memory; the sum is the same.
        lesions: lesions that are pasted into samples; for a recipe that does so, and no other.
        precision: `bf16` where that is safe, `fp32`, or `auto` for the quicker of the two here.

    Raises:
        InputError: when the batch can't be divided so, or there are no lesions though the recipe wants some.
    """

    def __init__(
        self,
        recipe: Recipe,
        cases: list[PreprocessedCase],
        device: torch.device,
        distributed: Distributed = SINGLE_PROCESS,
        accumulate: int = 1,
        lesions: LesionLibrary | None = None,
        precision: Precision = "auto",
    ) -> None:
        self.recipe, self.device, self.distributed, self.accumulate, self.step = (
            recipe,
            device,
            distributed,
            accumulate,
            0,
        )
        self._precision = precision
        schedule, method = recipe.schedule, recipe.method
        require_divided(recipe, distributed, accumulate)
        samples = schedule.steps * schedule.batch
        if (lesions is not None) != (recipe.lesion_pasting.probability > 0.0):
            raise InputError(
                Message(
                    "training.lesions",
                    "Lesions go with a recipe that pastes them ([lesion_pasting] probability), and no other: name a "
                    "file of lesions, or leave it out.",
                )
            )
        pasting = None if lesions is None else Pasting(lesions, recipe.lesion_pasting, recipe.data.spacing)
        self.data = TrainingData(
            cases, recipe.data, recipe.augmentation, recipe.seed, samples, method.meta_masks, pasting
        )
        torch.manual_seed(recipe.seed)
        network = create(recipe.network.name, **recipe.network.options)
        self.network: SegmentationNetwork = network.to(device)
        self.network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # missing in the stubs
        self.average = deepcopy(self.network).requires_grad_(False)
        self.optimisers = make_optimisers(self.network, schedule)
        loss = recipe.loss if method.name == "gss" else replace(recipe.loss, distillation_weight=0.0)
        bf16 = precision != "fp32" and half_precision_is_safe(device, recipe.data.crop, self.network.stride)
        # One process must not compute otherwise than the rest, whatever it measures.
        bf16 = bf16 and (precision == "bf16" or set(distributed.gather(str(faster_in_bf16(device)))) == {"True"})
        self.objective = Objective(self.network, loss, bf16)
        self._parallel: nn.Module = self.objective
        if distributed.size > 1:
            # The strides of 1 x 1 x 1 kernels are ambiguous; what that costs is nothing beside a step.
            warnings.filterwarnings("ignore", "Grad strides do not match bucket view strides")
            # Which encoders a batch needs depends on what its samples have.
            self._parallel = DistributedDataParallel(self.objective, find_unused_parameters=True)
        log.info("training on %s in %s", device, "bf16" if bf16 else "fp32")

    def run(
        self,
        on_step: OnStep | None = None,
        until: int | None = None,
        workers: int = 0,
        checkpoint: Path | None = None,
        checkpoint_every: int = 200,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Train up to step `until`, or the recipe's last; tell whether that was reached.

        Args:
            on_step: called after each step.
            until: where to stop early, with everything in place to go on.
            workers: processes that make samples; the result does not depend on it.
            checkpoint: file that is written every `checkpoint_every` steps and at the end.
            checkpoint_every: see above.
            stop: asked after each step, by all processes; when it says so to one of them, all stop.
        """
        last = min(until or self.recipe.schedule.steps, self.recipe.schedule.steps)
        loader = self._loader(last, workers)
        self.network.train()
        for sample in loader:
            report = self._train_step(sample)
            stopping = bool(self.distributed.mean(torch.tensor(float(stop()), device=self.device)) > 0.0)
            if checkpoint and (self.step % checkpoint_every == 0 or self.step == last or stopping):
                self.save(checkpoint)
            if on_step:
                on_step(report)
            if stopping:
                break
        return self.step == last

    def _loader(self, last: int, workers: int) -> DataLoader[Sample]:
        meta_from = self.data.samples if self.recipe.method.name == "meta-drop" else 0
        return DataLoader(
            self.data,
            batch_sampler=batches(self.step, last, self.recipe.schedule.batch, meta_from, self.distributed),
            num_workers=workers,
            collate_fn=collate,
            pin_memory=self.device.type == "cuda",
            worker_init_fn=leave_signals_to_parent,
        )

    def save(self, path: Path) -> None:
        """Write a checkpoint; of several processes, the first one does."""
        if self.distributed.is_main:
            save_checkpoint(
                path, self.step, self.network, self.average, self.optimisers, self.recipe.to_json(), self.objective.bf16
            )

    def start_from(self, network: SegmentationNetwork) -> None:
        """Take another network's weights to begin with.

        Raises:
            InputError: when its architecture or options differ.
        """
        require_same_architecture(network, self.network)
        self.network.load_state_dict(network.state_dict())
        self.average.load_state_dict(network.state_dict())

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint, in its precision where that was left to be measured: the result is the same then."""
        recipe = self.recipe.to_json()
        self.step, bf16 = load_checkpoint(path, self.network, self.average, self.optimisers, recipe)
        if self._precision == "auto":
            self.objective.bf16 = bf16
        log.info("resumed %s at step %d in %s", path, self.step, "bf16" if self.objective.bf16 else "fp32")

    def _train_step(self, sample: Sample) -> StepReport:
        schedule = self.recipe.schedule
        rate = learning_rate(self.step, schedule)
        for group in (g for optimiser in self.optimisers for g in optimiser.param_groups):
            group["lr"] = rate
        # Whatever a network itself draws (dropout) depends on the step, so that a resumed training repeats it, and on
        # the process, so that no two drop the same.
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step + self.distributed.rank * 1_000_000_007)
        parts = self._meta_step(sample) if self.recipe.method.name == "meta-drop" else self._descend(sample)
        self.step += 1
        self._update_average()
        return StepReport(self.step, **dict(zip(PARTS, parts.tolist(), strict=True)), learning_rate=rate)

    def _meta_step(self, sample: Sample) -> Tensor:
        """Make the two steps of Meta-Drop, and tell the loss of the first."""
        own, other = halves(sample)
        start = weights(self.network)
        parts = self._descend(own)
        middle = weights(self.network)
        self._descend(other)
        combine(self.network, start, middle, self.recipe.method.meta_alpha)
        return parts

    def _descend(self, sample: Sample) -> Tensor:
        """Make one step of the optimisers; return the `PARTS` of the loss, over all processes."""
        self.network.zero_grad()
        parts = self.distributed.mean(self._gradients(sample))
        if not bool(torch.isfinite(parts).all()):
            self._refuse(sample)
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.schedule.clip)
        for optimiser in self.optimisers:
            optimiser.step()
        return parts

    def _gradients(self, sample: Sample) -> Tensor:
        """Add up the gradients of the passes; return the mean `PARTS` of this process's loss."""
        each = len(sample.names) // self.accumulate
        passes = [sample.part(slice(first, first + each)) for first in range(0, len(sample.names), each)]
        parts = []
        for number, one in enumerate(passes, start=1):
            # Processes exchange gradients once, after the last pass.
            alone = number < len(passes) and isinstance(self._parallel, DistributedDataParallel)
            with self._parallel.no_sync() if alone else nullcontext():  # type: ignore[operator]
                total, of_pass = self._loss(one)
                (total / len(passes)).backward()  # type: ignore[no-untyped-call]
            parts.append(of_pass)
        return torch.stack(parts).mean(0)

    def _loss(self, sample: Sample) -> tuple[Tensor, Tensor]:
        tensors = (t.to(self.device, non_blocking=True) for t in (sample.images, sample.labels, sample.available))
        schedule = self.recipe.schedule
        guided = self.step >= schedule.guided_from and self.objective.settings.single_weight > 0.0
        loss, parts = self._parallel(*tensors, guided, guidance_ramp(self.step, schedule))
        return loss, parts

    def _refuse(self, sample: Sample) -> NoReturn:
        """Stop because of a loss that is not finite, and name the cases whose it is."""
        self.objective.eval()
        suspects = []
        with torch.no_grad():
            for number, name in enumerate(sample.names):
                one = sample.part(slice(number, number + 1))
                tensors = (t.to(self.device) for t in (one.images, one.labels, one.available))
                if not bool(torch.isfinite(self.objective(*tensors, True, 1.0)[0])):
                    suspects.append(name)
        named = [name for name in self.distributed.gather(", ".join(suspects)) if name]
        raise GSSError(
            Message(
                "training.not-finite",
                "The loss is not finite at step {step}, case {cases}: look at that case, or lower the learning rate; "
                "the last checkpoint is kept.",
                step=self.step + 1,
                cases=", ".join(named) or "unknown",
            )
        )

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
