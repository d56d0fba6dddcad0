"""The training loop: from numbers of samples to steps of the optimisers."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing, nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from GSSCore.errors import EnvironmentRefused, GSSError, InputError
from GSSCore.messages import Message
from GSSCore.networks import SegmentationNetwork, create
from GSSCore.training.checkpoint import load_checkpoint, save_checkpoint
from GSSCore.training.cuda_graph import captured
from GSSCore.training.data import CPU, Sample, TrainingData, batches, collate
from GSSCore.training.distributed import SINGLE_PROCESS, Distributed
from GSSCore.training.fitting import require_divided, require_same_architecture
from GSSCore.training.lesion_library import LesionLibrary
from GSSCore.training.lesion_pasting import Pasting
from GSSCore.training.meta_drop import combine, halves, weights
from GSSCore.training.objective import PARTS, Objective
from GSSCore.training.optimisers import make_optimisers
from GSSCore.training.precision import faster_in_bf16, half_precision_is_safe
from GSSCore.training.prefetch import prefetched
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import Recipe
from GSSCore.training.schedule import guidance_ramp, learning_rate
from GSSCore.training.settings import Precision, SamplesOn
from GSSCore.training.steps import checkpointed, set_learning_rate, update_average
from GSSCore.training.stopping import leave_signals_to_parent

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepReport:
    """A step that is done: its number, counted from 1, the loss and its parts, and the learning rate."""

    step: int
    loss: float
    fused: float
    single: float
    distillation: float
    learning_rate: float


OnStep = Callable[[StepReport], None]


class Trainer:
    """A training in progress: network, running average, optimisers, and how many steps are done.

    Args:
        recipe: everything that determines the training.
        cases: what it trains on.
        device: where it runs.
        distributed: the processes that train together; each takes its part of every batch.
        accumulate: number of passes into which a process divides its part, to save memory; the gradients add up.
        lesions: pasted into samples; for a recipe that asks for it, and for no other.
        precision: `bf16` where that is safe, `fp32`, or `auto` for the quicker of the two on this machine.
        samples_on: where samples are made.

    Raises:
        InputError: when the batch can't be divided like this, or recipe and lesions do not go together.
        EnvironmentRefused: when samples can't be made on this device.
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
        samples_on: SamplesOn = "cpu",
    ) -> None:
        self.recipe, self.device, self.distributed, self.accumulate = recipe, device, distributed, accumulate
        self.step = 0
        self._precision = precision
        require_divided(recipe, distributed, accumulate)
        if samples_on == "device" and device.type == "mps":
            raise EnvironmentRefused(
                Message(
                    "training.samples-on-mps",
                    "Samples can't be made on mps, which has no double precision: leave --samples-on device out.",
                )
            )
        self.data = _training_data(recipe, cases, lesions, device if samples_on == "device" else CPU)
        torch.manual_seed(recipe.seed)
        network = create(recipe.network.name, **recipe.network.options)
        self.network: SegmentationNetwork = network.to(device)
        self.network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # missing in the stubs
        self.average = deepcopy(self.network).requires_grad_(False)
        self.optimisers = make_optimisers(self.network, recipe.schedule)
        loss = recipe.loss if recipe.method.name == "gss" else replace(recipe.loss, distillation_weight=0.0)
        self.objective = Objective(self.network, loss, self._chooses_bf16())
        self._parallel: nn.Module = self.objective
        self._unguided: nn.Module | None = None
        if distributed.size > 1:
            # The strides of 1 x 1 x 1 kernels are ambiguous; what that costs is nothing beside a step.
            warnings.filterwarnings("ignore", "Grad strides do not match bucket view strides")
            # The modalities of its samples decide which encoders a batch needs.
            self._parallel = DistributedDataParallel(self.objective, find_unused_parameters=True)
        log.info("training on %s in %s", device, "bf16" if self.objective.bf16 else "fp32")

    def _chooses_bf16(self) -> bool:
        """Tell whether to compute in bf16. All processes get the same answer, whatever each of them measures."""
        if self._precision == "fp32":
            return False
        if not half_precision_is_safe(self.device, self.recipe.data.crop, self.network.stride):
            return False
        return self._precision == "bf16" or set(self.distributed.gather(str(faster_in_bf16(self.device)))) == {"True"}

    def run(
        self,
        on_step: OnStep | None = None,
        until: int | None = None,
        workers: int = 0,
        checkpoint: Path | None = None,
        checkpoint_every: int = 200,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Train up to step `until`, or the recipe's last; tell whether that step was reached.

        Args:
            on_step: called after each step.
            until: step at which to stop early; another call continues from there.
            workers: processes that make samples; the result does not depend on it.
            checkpoint: file that is written every `checkpoint_every` steps and at the end.
            checkpoint_every: see above.
            stop: called after each step; when it returns True in one process, all processes stop.
        """
        last = min(until or self.recipe.schedule.steps, self.recipe.schedule.steps)
        self.network.train()
        if self._unguided is None and self.step < last and self._capturable():
            # Before samples are made: whatever another thread asks of the GPU would spoil the capture.
            self._unguided = captured(self.objective, self.recipe.schedule.batch, self.recipe.data.crop, self.device)

        def stopping() -> bool:
            return bool(self.distributed.mean(torch.tensor(float(stop()), device=self.device)) > 0.0)

        with self._samples(last, workers) as samples:
            reports = map(self._train_step, samples)
            for report in checkpointed(self, reports, last, checkpoint, checkpoint_every, stopping):
                if on_step:
                    on_step(report)
        return self.step == last

    def _capturable(self) -> bool:
        """Tell whether the next pass can be repeated as a CUDA graph.

        Not those of several processes, nor of which several add up: a graph writes all gradients to the same place.
        """
        alone = self.distributed.size == 1 and self.accumulate == 1
        return self.device.type == "cuda" and self.network.capturable and alone and not self._guided

    @property
    def _guided(self) -> bool:
        """Whether the single-modality predictions count in the next step."""
        return self.step >= self.recipe.schedule.guided_from and self.objective.settings.single_weight > 0.0

    def _samples(self, last: int, workers: int) -> AbstractContextManager[Iterable[Sample]]:
        """Return a context of the batches up to step `last`, after which no thread makes any."""
        meta_from = self.data.samples if self.recipe.method.name == "meta-drop" else 0
        on_gpu = self.data.device.type == "cuda"
        loader = DataLoader(
            self.data,
            batch_sampler=batches(self.step, last, self.recipe.schedule.batch, meta_from, self.distributed),
            num_workers=workers,
            collate_fn=collate,
            pin_memory=self.device.type == "cuda" and not on_gpu,
            worker_init_fn=leave_signals_to_parent,
        )
        return closing(prefetched(loader, self.data.device)) if on_gpu else nullcontext(loader)

    def save(self, path: Path) -> None:
        """Write a checkpoint; of several processes the main one does."""
        if self.distributed.is_main:
            save_checkpoint(
                path, self.step, self.network, self.average, self.optimisers, self.recipe.to_json(), self.objective.bf16
            )

    def start_from(self, network: SegmentationNetwork) -> None:
        """Begin with the weights of another network.

        Raises:
            InputError: when its architecture or options differ.
        """
        require_same_architecture(network, self.network)
        self.network.load_state_dict(network.state_dict())
        self.average.load_state_dict(network.state_dict())

    def resume(self, path: Path) -> None:
        """Continue from a checkpoint. With `auto`, its precision is kept, so that the result is the same."""
        recipe = self.recipe.to_json()
        self.step, bf16 = load_checkpoint(path, self.network, self.average, self.optimisers, recipe)
        if self._precision == "auto":
            self.objective.bf16 = bf16
        log.info("resumed %s at step %d in %s", path, self.step, "bf16" if self.objective.bf16 else "fp32")

    def _train_step(self, sample: Sample) -> StepReport:
        schedule = self.recipe.schedule
        rate = learning_rate(self.step, schedule)
        set_learning_rate(self.optimisers, rate)
        # What the network itself draws (dropout) depends on the step, so that a resumed training repeats it, and on the
        # process, so that no two processes drop the same.
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step + self.distributed.rank * 1_000_000_007)
        parts = self._meta_step(sample) if self.recipe.method.name == "meta-drop" else self._descend(sample)
        self.step += 1
        update_average(self.average, self.network, schedule.ema, self.step)
        return StepReport(self.step, **dict(zip(PARTS, parts.tolist(), strict=True)), learning_rate=rate)

    def _meta_step(self, sample: Sample) -> Tensor:
        """Make the two steps of Meta-Drop; return the `PARTS` of the first."""
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
        """Add up the gradients of all passes; return the mean `PARTS` of this process's loss."""
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
        if self._guided:
            self._unguided = None  # Guided passes need its memory.
        if self._unguided is not None:
            loss, parts = self._unguided(*tensors)
        else:
            loss, parts = self._parallel(*tensors, self._guided, guidance_ramp(self.step, self.recipe.schedule))
        return loss, parts

    def _refuse(self, sample: Sample) -> NoReturn:
        """Refuse a loss that is not finite, and name the cases that cause it."""
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


def _training_data(
    recipe: Recipe, cases: list[PreprocessedCase], lesions: LesionLibrary | None, device: torch.device
) -> TrainingData:
    """Return the samples of a training. Raises InputError when recipe and lesions do not go together."""
    if (lesions is not None) != (recipe.lesion_pasting.probability > 0.0):
        raise InputError(
            Message(
                "training.lesions",
                "Lesions go with a recipe that pastes them ([lesion_pasting] probability), and no other: name a file "
                "of lesions, or leave it out.",
            )
        )
    pasting = None if lesions is None else Pasting(lesions, recipe.lesion_pasting, recipe.data.spacing)
    samples = recipe.schedule.steps * recipe.schedule.batch
    masks = recipe.method.meta_masks
    return TrainingData(cases, recipe.data, recipe.augmentation, recipe.seed, samples, masks, pasting, device)
