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
from GSSCore.inference.accumulate import Accumulator
from GSSCore.inference.device import CPU, choose_device, first_line
from GSSCore.inference.policy import Policy, sides, step_down
from GSSCore.inference.precision import DTYPES, agreement, choose_precision, copy_for
from GSSCore.inference.settings import InferenceSettings
from GSSCore.inference.threads import capped, running_with
from GSSCore.inference.windows import Plan, Size, holding, plan_windows
from GSSCore.memory import is_out_of_memory
from GSSCore.messages import Message
from GSSCore.networks.base import SegmentationNetwork
from GSSCore.preparation import Prepared

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

    prepared: Prepared
    scaled: bool
    plan: Plan
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
        policy: how the network is run at the moment; it changes when memory runs out.
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
        self.policy = Policy(device, precision, settings.window, settings.overlap, settings.batch, store=device)
        self._network = network
        self._settings = settings
        self._threads, capping = capped(settings.threads)
        if capping is not None:
            self._warn(capping)
        self._cancelled = cancelled
        self._runner: SegmentationNetwork | None = None

    def logits(
        self,
        prepared: Prepared,
        subsets: Sequence[Sequence[bool]],
        *,
        scaled: bool = True,
        on_progress: OnProgress | None = None,
    ) -> Iterator[Tensor]:
        """Yield the logits (C, D, H, W) of the crop for each of `subsets`, one at a time.

        With the whole crop in one window the available modalities are encoded once for all subsets, where the network
        keeps encoding and decoding apart.

        Args:
            prepared: the study as the network sees it. What missing channels hold is irrelevant.
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
            if not any(subset) or bool((np.asarray(subset) & ~prepared.available).any()):
                raise ValueError("a subset must be non-empty and hold available modalities only")
        return self._each(prepared, subsets, scaled, on_progress)

    def _each(
        self, prepared: Prepared, subsets: Sequence[Sequence[bool]], scaled: bool, on_progress: OnProgress | None
    ) -> Iterator[Tensor]:
        job = _Job(prepared, scaled, self._plan(prepared))
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
                if self.policy.device == CPU:
                    raise
                lacking, reason = True, first_line(fault)
            except (MemoryError, RuntimeError) as fault:
                if not is_out_of_memory(fault):
                    raise
                lacking, reason = False, first_line(fault)
            # Not in the except block: the traceback there still holds the tensors that are to be freed.
            logger.debug("%s: %s", self.policy.device, reason)
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
        d, h, w = job.prepared.brain.shape
        return total[:, :d, :h, :w]

    def _prepare(self, job: _Job) -> None:
        """Make windows, the network's copy and the padded images for the current policy."""
        if job.images is not None:
            return
        if self.policy.precision == "bf16":
            self._require_agreement(job.prepared)
        if self._runner is None:
            self._runner = copy_for(self._network, self.policy.device, self.policy.precision)
            if self._cancelled is not never:
                _ask_before_layers(self._runner, self._cancelled)
        job.images = _padded(job.prepared, job.plan.shape, self.policy.store, DTYPES[self.policy.precision])

    def _plan(self, prepared: Prepared) -> Plan:
        plan = plan_windows(_size(prepared.brain), self._network.stride, self.policy.window, self.policy.overlap)
        self.policy = replace(self.policy, used=None if plan.whole else plan.size)
        return plan if plan.whole else holding(plan, prepared.brain)

    def _whole(self, job: _Job, images: Tensor, subset: Tensor) -> Tensor:
        """Predict the whole crop in one window; its features serve the subsets that follow."""
        assert self._runner is not None
        device = self.policy.device
        if job.features is None:
            available = torch.from_numpy(job.prepared.available)[None].to(device)
            job.features = self._runner.encode(images, available)
        check(self._cancelled)
        return self._runner.decode(job.features, subset.to(device)).fused[0]

    def _windowed(self, job: _Job, images: Tensor, subset: Tensor) -> Tensor:
        """Predict window by window, and add up."""
        assert self._runner is not None
        plan = job.plan
        accumulator = Accumulator(plan, self.policy.store, job.scaled)
        subset = subset.to(self.policy.device)
        done = 0
        for corners in _batches(plan.corners, self.policy.batch):
            check(self._cancelled)
            batch = torch.cat([images[(slice(None), slice(None), *plan.box(corner))] for corner in corners])
            output = self._runner(batch.to(self.policy.device), subset.expand(len(corners), -1)).fused
            for corner, logits in zip(corners, output, strict=True):
                accumulator.add(corner, logits)
            done += len(corners)
            job.advance(done / len(plan.corners))
        return accumulator.total()

    def _require_agreement(self, prepared: Prepared) -> None:
        """Leave bf16, unless the user insists, where it does not give what fp32 gives."""
        device = self.policy.device
        window, available = _middle(prepared, PRECISION_WINDOW[device.type], self._network.stride)
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
        self.policy = replace(self.policy, precision="fp32")
        self._runner = None

    def _step_down(self, job: _Job) -> None:
        """Go on with less memory."""
        step = step_down(self.policy, job.plan, choose_precision(self._settings.precision, CPU)[0])
        if step is None:
            raise EnvironmentRefused(
                Message(
                    "inference.no-memory",
                    "Memory does not suffice for this study on {device}, even in windows of {window} voxels, one at a "
                    "time: close other programs, take a machine with more memory, or choose still smaller windows "
                    "(--window), which may cost accuracy.",
                    device=str(self.policy.device),
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
            device=str(self.policy.device),
            network=self._network.name,
            fault=operation.group() if operation else reason,
        )
        precision = choose_precision(self._settings.precision, CPU)[0]
        self._go_on(job, replace(self.policy, device=CPU, store=CPU, precision=precision), said)

    def _go_on(self, job: _Job, policy: Policy, said: Message) -> None:
        """Take another policy, and free what belongs to the one before."""
        before, self.policy = self.policy, policy
        self._warn(said)
        job.plan = self._plan(job.prepared)
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


def _padded(prepared: Prepared, shape: Size, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Return the images (1, M, *shape), zeros at the far ends and in missing channels."""
    images = torch.zeros((1, len(prepared.available), *shape), dtype=dtype, device=device)
    d, h, w = prepared.brain.shape
    for m in np.flatnonzero(prepared.available):
        images[0, m, :d, :h, :w] = torch.from_numpy(prepared.images[m])
    return images


def _middle(prepared: Prepared, side: int, stride: int) -> tuple[Tensor, Tensor]:
    """Return a window (1, M, d, h, w) at the crop's middle, float32, and `available` bool (1, M)."""
    box = tuple(slice(low, low + side) for low in (max(0, (n - side) // 2) for n in prepared.brain.shape))
    part = replace(prepared, images=prepared.images[(slice(None), *box)], brain=prepared.brain[box])
    shape = plan_windows(_size(part.brain), stride).shape
    return _padded(part, shape, CPU, torch.float32), torch.from_numpy(prepared.available)[None]


def _size(brain: NDArray[np.bool_]) -> Size:
    d, h, w = brain.shape
    return d, h, w


def _batches(corners: Sequence[Size], batch: int) -> Iterator[list[Size]]:
    rest = iter(corners)
    while part := list(islice(rest, batch)):
        yield part
