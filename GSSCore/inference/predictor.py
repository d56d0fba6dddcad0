"""The logits of a crop, for one subset of its modalities after the other."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from GSSCore.errors import Cancelled, EnvironmentRefused, InputError
from GSSCore.inference.aggregator import Aggregator
from GSSCore.inference.device import CPU, choose_device, first_line
from GSSCore.inference.execution_plan import ExecutionPlan, sides, step_down
from GSSCore.inference.precision import DTYPES, agreement, choose_precision, copy_for
from GSSCore.inference.settings import InferenceSettings
from GSSCore.inference.threads import capped, running_with
from GSSCore.inference.windows import Size, WindowPlan, holding, plan_windows
from GSSCore.memory import is_out_of_memory
from GSSCore.messages import Message
from GSSCore.networks.base import SegmentationNetwork
from GSSCore.preprocessing.preprocessed import Preprocessed

logger = logging.getLogger(__name__)

PRECISION_WINDOW = {"cpu": 32, "cuda": 64}
"""Side of the window, in voxels, on which bf16 is compared with fp32: a CPU takes 0.06 s for it."""

IsCancelled = Callable[[], bool]
OnProgress = Callable[[int, float], None]
"""Gets the index of the subset at work and the share of it that is done, 0 to 1, never less than before."""


def never() -> bool:
    """The answer to "cancelled?" where nobody can cancel."""
    return False


@dataclass
class _Job:
    """One call of `Predictor.logits`: its input as the current policy wants it, made when it is first needed."""

    preprocessed: Preprocessed
    scaled: bool
    plan: WindowPlan
    advance: Callable[[float], None] = field(default=lambda _: None)
    images: Tensor | None = None
    features: Any = None


class Predictor:
    """Runs a network on prepared studies, by settings as far as memory allows.

    Args:
        network: in evaluation mode or not, fp32; it is copied and left as it is.
        settings: device, precision, windows, batch and threads.
        cancelled: asked between windows, between subsets and before every layer.

    Attributes:
        execution_plan: how the network is run at the moment; it changes when memory runs out.
        warnings: sentences for the reader, growing.

    Raises:
        EnvironmentRefused: when the device, or bf16 on it, is not to be had.
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
        job = _Job(preprocessed, scaled, self._plan(preprocessed))
        for index, subset in enumerate(subsets):
            job.advance = _monotone(on_progress, index)
            job.advance(0.0)
            logits = self._within_memory(job, torch.tensor([list(subset)]))
            job.advance(1.0)
            yield logits

    def _within_memory(self, job: _Job, subset: Tensor) -> Tensor:
        """Return the logits of one subset, stepping down as long as the device's memory does not suffice."""
        while True:
            try:
                return self._logits(job, subset)
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
            if lacking:
                self._leave_device(job, reason)
            else:
                self._step_down(job)

    @torch.inference_mode()
    def _logits(self, job: _Job, subset: Tensor) -> Tensor:
        with running_with(self._threads):
            check(self._cancelled)
            self._prepare(job)
            assert job.images is not None
            total = self._whole(job, job.images, subset) if job.plan.whole else self._windowed(job, job.images, subset)
        # One sum finds NaN and infinity anywhere, at an eighth of the cost of looking at each voxel.
        if not bool(torch.isfinite(total.sum(dtype=torch.float32))):
            raise InputError(
                Message(
                    "inference.not-finite",
                    "The network {network} put out values that are not finite: choose precision fp32, or get the "
                    "network anew.",
                    network=self._network.name,
                )
            )
        d, h, w = job.preprocessed.brain.shape
        return total[:, :d, :h, :w]

    def _prepare(self, job: _Job) -> None:
        """Make windows, the network's copy and the padded images for the current policy."""
        if job.images is not None:
            return
        if self.execution_plan.precision == "bf16":
            self._require_agreement(job.preprocessed)
        if self._runner is None:
            self._runner = copy_for(self._network, self.execution_plan.device, self.execution_plan.precision)
            if self._cancelled is not never:
                _ask_before_layers(self._runner, self._cancelled)
        job.images = _padded(
            job.preprocessed, job.plan.shape, self.execution_plan.store, DTYPES[self.execution_plan.precision]
        )

    def _plan(self, preprocessed: Preprocessed) -> WindowPlan:
        plan = plan_windows(
            _size(preprocessed.brain), self._network.stride, self.execution_plan.window, self.execution_plan.overlap
        )
        self.execution_plan = replace(self.execution_plan, used=None if plan.whole else plan.size)
        return plan if plan.whole else holding(plan, preprocessed.brain)

    def _whole(self, job: _Job, images: Tensor, subset: Tensor) -> Tensor:
        """Predict the whole crop in one window; its features serve the subsets that follow."""
        assert self._runner is not None
        device = self.execution_plan.device
        if job.features is None:
            available = torch.from_numpy(job.preprocessed.available)[None].to(device)
            job.features = self._runner.encode(images, available)
        check(self._cancelled)
        return self._runner.decode(job.features, subset.to(device)).fused[0]

    def _windowed(self, job: _Job, images: Tensor, subset: Tensor) -> Tensor:
        """Predict window by window, and add up."""
        assert self._runner is not None
        plan = job.plan
        aggregator = Aggregator(plan, self.execution_plan.store, job.scaled)
        subset = subset.to(self.execution_plan.device)
        done = 0
        for corners in _batches(plan.corners, self.execution_plan.batch):
            check(self._cancelled)
            batch = torch.cat([images[(slice(None), slice(None), *plan.box(corner))] for corner in corners])
            output = self._runner(batch.to(self.execution_plan.device), subset.expand(len(corners), -1)).fused
            for corner, logits in zip(corners, output, strict=True):
                aggregator.add(corner, logits)
            done += len(corners)
            job.advance(done / len(plan.corners))
        return aggregator.total()

    def _require_agreement(self, preprocessed: Preprocessed) -> None:
        """Leave bf16, unless the user insists, where it does not give what fp32 gives."""
        device = self.execution_plan.device
        window, available = _middle(preprocessed, PRECISION_WINDOW[device.type], self._network.stride)
        found = agreement(self._network, device, window, available)
        if found.sound:
            return
        values = {"device": str(device), "share": found.labels, "deviation": found.deviation}
        if self._settings.precision == "bf16":
            self._warn(
                Message(
                    "inference.bf16-kept",
                    "On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation "
                    "{deviation:.2f}): it was used because it was asked for; precision fp32 is safer.",
                    **values,
                )
            )
            return
        self._warn(
            Message(
                "inference.bf16-left",
                "On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation "
                "{deviation:.2f}): fp32 was used instead.",
                **values,
            )
        )
        self.execution_plan = replace(self.execution_plan, precision="fp32")
        self._runner = None

    def _step_down(self, job: _Job) -> None:
        """Go on with less memory."""
        step = step_down(self.execution_plan, job.plan, choose_precision(self._settings.precision, CPU)[0])
        if step is None:
            raise EnvironmentRefused(
                Message(
                    "inference.no-memory",
                    "Memory does not suffice for this study on {device}, even in windows of {window} voxels, one at a "
                    "time: close other programs, take a machine with more memory, or choose still smaller windows "
                    "(--window), which may cost accuracy.",
                    device=str(self.execution_plan.device),
                    window=sides(job.plan.size),
                )
            )
        self._go_on(job, *step)

    def _leave_device(self, job: _Job, reason: str) -> None:
        """Go on with the CPU, as the device lacks an operation: MPS gets them one by one with each release of torch."""
        operation = re.search(r"aten::\w+", reason)
        said = Message(
            "inference.not-on-device",
            "The device {device} cannot compute all that the network {network} needs ({fault}): the network ran on the "
            "CPU instead.",
            device=str(self.execution_plan.device),
            network=self._network.name,
            fault=operation.group() if operation else reason,
        )
        precision = choose_precision(self._settings.precision, CPU)[0]
        self._go_on(job, replace(self.execution_plan, device=CPU, store=CPU, precision=precision), said)

    def _go_on(self, job: _Job, execution_plan: ExecutionPlan, said: Message) -> None:
        """Take another policy, and free what belongs to the one before."""
        before, self.execution_plan = self.execution_plan, execution_plan
        self._warn(said)
        job.plan = self._plan(job.preprocessed)
        job.images = job.features = self._runner = None
        if before.device.type == "cuda":
            torch.cuda.empty_cache()
        elif before.device.type == "mps":
            torch.mps.empty_cache()

    def _warn(self, sentence: Message) -> None:
        logger.warning(sentence)
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def check(cancelled: IsCancelled) -> None:
    """Raise Cancelled when `cancelled` says so."""
    if cancelled():
        raise Cancelled(Message("inference.cancelled", "The segmentation was cancelled; nothing was written."))


def _ask_before_layers(runner: SegmentationNetwork, cancelled: IsCancelled) -> None:
    """Let each layer of the network ask whether to stop: a window may take many seconds on a slow machine."""

    def ask(*_: Any) -> None:
        check(cancelled)

    for module in runner.modules():
        module.register_forward_pre_hook(ask)


def _monotone(on_progress: OnProgress | None, index: int) -> Callable[[float], None]:
    """Return a function of the share done that never reports less than before, as after a step down."""
    most = -1.0

    def advance(share: float) -> None:
        nonlocal most
        if on_progress is not None and share > most:
            most = share
            on_progress(index, share)

    return advance


def _padded(preprocessed: Preprocessed, shape: Size, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Return the images (1, M, *shape), zeros at the far ends and in missing channels."""
    images = torch.zeros((1, len(preprocessed.available), *shape), dtype=dtype, device=device)
    d, h, w = preprocessed.brain.shape
    for m in np.flatnonzero(preprocessed.available):
        images[0, m, :d, :h, :w] = torch.from_numpy(preprocessed.images[m])
    return images


def _middle(preprocessed: Preprocessed, side: int, stride: int) -> tuple[Tensor, Tensor]:
    """Return a window (1, M, d, h, w) at the crop's middle, float32, and `available` bool (1, M)."""
    box = tuple(slice(low, low + side) for low in (max(0, (n - side) // 2) for n in preprocessed.brain.shape))
    part = replace(preprocessed, images=preprocessed.images[(slice(None), *box)], brain=preprocessed.brain[box])
    shape = plan_windows(_size(part.brain), stride).shape
    return _padded(part, shape, CPU, torch.float32), torch.from_numpy(preprocessed.available)[None]


def _size(brain: NDArray[np.bool_]) -> Size:
    d, h, w = brain.shape
    return d, h, w


def _batches(corners: Sequence[Size], batch: int) -> Iterator[list[Size]]:
    rest = iter(corners)
    while part := list(islice(rest, batch)):
        yield part
