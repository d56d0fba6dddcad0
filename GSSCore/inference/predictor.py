"""The logits of a crop, for one subset of its modalities after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from GSSCore.cancellation import IsCancelled, ask_before_layers, check, never
from GSSCore.inference.crop_tensors import middle
from GSSCore.inference.device import CPU, choose_device, first_line
from GSSCore.inference.execution import Advance, Execution
from GSSCore.inference.execution_plan import ExecutionPlan
from GSSCore.inference.precision import PRECISION_WINDOW, agreement, choose_precision, copy_for, disagreement
from GSSCore.inference.settings import InferenceSettings
from GSSCore.inference.stepping_down import free_cache, no_memory, onto_cpu, step_down
from GSSCore.inference.threads import capped, running_with
from GSSCore.inference.windows import WindowPlan, holding, plan_windows
from GSSCore.memory import is_out_of_memory
from GSSCore.messages import Message
from GSSCore.networks.base import SegmentationNetwork
from GSSCore.preprocessing.preprocessed import Preprocessed

logger = logging.getLogger(__name__)

OnProgress = Callable[[int, float], None]
"""Gets the index of the subset at work and the share of it that is done, 0 to 1, never less than before."""


@dataclass
class _Job:
    """One call of `Predictor.logits`: the crop, its windows, and what the current plan made of it, if anything yet."""

    preprocessed: Preprocessed
    scaled: bool
    windows: WindowPlan
    execution: Execution | None = None


class Predictor:
    """Runs a network on preprocessed studies, by settings as far as memory allows.

    Args:
        network: in evaluation mode or not, fp32; it is copied and left as it is.
        settings: device, precision, windows, batch and threads.
        cancelled: asked between windows, between subsets and before every layer.

    Attributes:
        execution_plan: how the network is run at the moment; it changes when memory runs out.
        warnings: sentences for the reader, growing.

    Raises:
        EnvironmentRefused: when the device, or bf16 on it, is not available.
    """

    def __init__(
        self,
        network: SegmentationNetwork,
        settings: InferenceSettings = InferenceSettings(),
        cancelled: IsCancelled = never,
    ) -> None:
        device, warnings = choose_device(settings.device)
        precision, more = choose_precision(settings.precision, device)
        self.warnings: list[Message] = [*warnings, *more]
        self.execution_plan = ExecutionPlan(
            device, precision, settings.window, settings.overlap, settings.batch, store=device
        )
        self._network = network
        self._settings = settings
        self._threads, capping = capped(settings.threads)
        if capping is not None:
            self._warn(capping)
        self._cancelled = cancelled
        self._runner: SegmentationNetwork | None = None

    def logits(
        self,
        preprocessed: Preprocessed,
        subsets: Sequence[Sequence[bool]],
        *,
        scaled: bool = True,
        on_progress: OnProgress | None = None,
    ) -> Iterator[Tensor]:
        """Yield the logits (C, D, H, W) of the crop for each of `subsets`, one at a time.

        With the whole crop in one window the available modalities are encoded once for all subsets, where the network
        keeps encoding and decoding apart.

        Args:
            preprocessed: the study as the network sees it. What missing channels hold is irrelevant.
            subsets: bool per channel each, True for a modality to use; only available ones can be.
            scaled: False leaves the logits of overlapping windows undivided: enough for the class that wins.
            on_progress: called as work proceeds.

        Raises:
            ValueError: when a subset is empty or holds a modality that is not available.
            Cancelled: as soon as `cancelled` says so.
            EnvironmentRefused: when memory does not suffice in any way.
            InputError: when the network's output is not finite.
        """
        for subset in subsets:
            if not any(subset) or bool((np.asarray(subset) & ~preprocessed.available).any()):
                raise ValueError("a subset must be non-empty and hold available modalities only")
        return self._each(preprocessed, subsets, scaled, on_progress)

    def _each(
        self,
        preprocessed: Preprocessed,
        subsets: Sequence[Sequence[bool]],
        scaled: bool,
        on_progress: OnProgress | None,
    ) -> Iterator[Tensor]:
        job = _Job(preprocessed, scaled, self._plan_windows(preprocessed))
        for index, subset in enumerate(subsets):
            advance = _monotone(on_progress, index)
            advance(0.0)
            logits = self._within_memory(job, torch.tensor([list(subset)]), advance)
            advance(1.0)
            yield logits

    def _within_memory(self, job: _Job, subset: Tensor, advance: Advance) -> Tensor:
        """Return the logits of one subset, stepping down as long as the device's memory does not suffice."""
        while True:
            try:
                return self._logits(job, subset, advance)
            except NotImplementedError as fault:
                if self.execution_plan.device == CPU:
                    raise
                lacking, reason = True, first_line(fault)
            except (MemoryError, RuntimeError) as fault:
                if not is_out_of_memory(fault):
                    raise
                lacking, reason = False, first_line(fault)
            # Not in the except block: the traceback there still holds the tensors that are to be freed.
            logger.debug("%s: %s", self.execution_plan.device, reason)
            self._change_plan(job, reason if lacking else None)

    @torch.inference_mode()
    def _logits(self, job: _Job, subset: Tensor, advance: Advance) -> Tensor:
        with running_with(self._threads):
            check(self._cancelled)
            if job.execution is None:
                job.execution = self._execution(job)
            return job.execution.logits(subset, advance)

    def _execution(self, job: _Job) -> Execution:
        """Return the crop under the current plan, with the network's copy for it, which later crops use as well."""
        if self.execution_plan.precision == "bf16":
            self._require_agreement(job.preprocessed)
        plan = self.execution_plan
        if self._runner is None:
            self._runner = copy_for(self._network, plan.device, plan.precision)
            if self._cancelled is not never:
                ask_before_layers(self._runner, self._cancelled)
        return Execution(self._runner, job.preprocessed, job.windows, plan, job.scaled, self._cancelled)

    def _plan_windows(self, preprocessed: Preprocessed) -> WindowPlan:
        """Return the windows that the current plan leads to, which is noted in it."""
        plan = self.execution_plan
        windows = plan_windows(preprocessed.grid.shape, self._network.stride, plan.window, plan.overlap)
        self.execution_plan = replace(plan, used=None if windows.whole else windows.size)
        return windows if windows.whole else holding(windows, preprocessed.brain)

    def _require_agreement(self, preprocessed: Preprocessed) -> None:
        """Leave bf16, unless the user insists, where it does not give what fp32 gives."""
        device = self.execution_plan.device
        window, available = middle(preprocessed, PRECISION_WINDOW[device.type], self._network.stride)
        found = agreement(self._network, device, window, available)
        if found.sound:
            return
        insisted = self._settings.precision == "bf16"
        self._warn(disagreement(found, device, insisted=insisted))
        if not insisted:
            self.execution_plan = replace(self.execution_plan, precision="fp32")
            self._runner = None

    def _change_plan(self, job: _Job, lacking: str | None) -> None:
        """Take a plan with less memory, or without what the device says it is lacking, and drop all that was made."""
        before, cpu_precision = self.execution_plan, choose_precision(self._settings.precision, CPU)[0]
        if lacking is not None:
            step = onto_cpu(before, self._network.name, lacking, cpu_precision)
        else:
            smaller = step_down(before, job.windows, cpu_precision)
            if smaller is None:
                raise no_memory(before, job.windows)
            step = smaller
        self.execution_plan, said = step
        self._warn(said)
        job.windows = self._plan_windows(job.preprocessed)
        job.execution = self._runner = None
        free_cache(before.device)

    def _warn(self, sentence: Message) -> None:
        logger.warning(sentence)
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def _monotone(on_progress: OnProgress | None, index: int) -> Advance:
    """Return a function of the share done that never reports less than before, as after a step down."""
    most = -1.0

    def advance(share: float) -> None:
        nonlocal most
        if on_progress is not None and share > most:
            most = share
            on_progress(index, share)

    return advance
