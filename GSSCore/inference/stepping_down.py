"""What to give up of an execution plan when the device's memory, or the device itself, does not suffice."""

from __future__ import annotations

import re
from dataclasses import replace

import torch

from GSSCore.errors import EnvironmentRefused
from GSSCore.imaging.arrays import Size
from GSSCore.inference.device import CPU
from GSSCore.inference.execution_plan import ExecutionPlan
from GSSCore.inference.precision import Chosen
from GSSCore.inference.windows import WindowPlan
from GSSCore.messages import Message

SMALL_WINDOWS: tuple[Size, ...] = ((96, 96, 96), (64, 64, 64))
"""The windows to step down to when the whole crop does not fit; the last one on the CPU only, where nothing follows.

Mean Dice of WT, TC and ET in the first six studies that network 0.3 was not trained on, five of them of BraTS-Africa,
all modalities, fp32: whole crop .953, .837, .849; windows of 96 .952, .875, .875; of 64 .943, .901, .866. So the labels
are others, with a Dice of .89 to .98 to those of the whole crop, and they may be worse: network 0.1 lost .1 in windows
of 80.
"""


def step_down(
    execution_plan: ExecutionPlan, plan: WindowPlan, cpu_precision: Chosen
) -> tuple[ExecutionPlan, Message] | None:
    """Return the next plan that needs less memory on the device, and the sentence that says so; None at the end.

    In this order: half the batch, the aggregator on the CPU, smaller windows, the CPU itself, and there the smallest.

    Args:
        execution_plan: the one for which memory did not suffice.
        plan: the windows it led to.
        cpu_precision: what the CPU would run in.
    """
    device = str(execution_plan.device)
    if not plan.whole and execution_plan.batch > 1:
        batch = execution_plan.batch // 2
        return replace(execution_plan, batch=batch), _fewer(device, batch)
    if not plan.whole and execution_plan.store != CPU:
        return replace(execution_plan, store=CPU), Message(
            "inference.sums-on-cpu", "Out of memory on {device}: went on with the aggregator on the CPU.", device=device
        )
    window = _smaller(execution_plan, plan)
    if window is not None and (execution_plan.device == CPU or window == SMALL_WINDOWS[0]):
        return replace(execution_plan, window=window), Message(
            "inference.smaller-windows",
            "Out of memory on {device}: went on with windows of {window} voxels, which may cost accuracy.",
            device=device,
            window=_sides(window),
        )
    if execution_plan.device != CPU:
        return replace(execution_plan, device=CPU, store=CPU, precision=cpu_precision), Message(
            "inference.onto-cpu", "Out of memory on {device}: went on with the CPU.", device=device
        )
    return None


def onto_cpu(
    execution_plan: ExecutionPlan, network: str, reason: str, cpu_precision: Chosen
) -> tuple[ExecutionPlan, Message]:
    """Return the plan on the CPU for a network that a device can't compute, and the sentence that says so.

    MPS lacks operations, and gets them one by one with each release of torch.

    Args:
        execution_plan: the one that failed.
        network: the network's name.
        reason: what torch said.
        cpu_precision: what the CPU would run in.
    """
    operation = re.search(r"aten::\w+", reason)
    said = Message(
        "inference.not-on-device",
        "The device {device} cannot compute all that the network {network} needs ({fault}): the network ran on the "
        "CPU instead.",
        device=str(execution_plan.device),
        network=network,
        fault=operation.group() if operation else reason,
    )
    return replace(execution_plan, device=CPU, store=CPU, precision=cpu_precision), said


def no_memory(execution_plan: ExecutionPlan, plan: WindowPlan) -> EnvironmentRefused:
    """Return the refusal where there is nothing left to step down to."""
    return EnvironmentRefused(
        Message(
            "inference.no-memory",
            "Memory does not suffice for this study on {device}, even in windows of {window} voxels, one at a "
            "time: close other programs, take a machine with more memory, or choose still smaller windows "
            "(--window), which may cost accuracy.",
            device=str(execution_plan.device),
            window=_sides(plan.size),
        )
    )


def free_cache(device: torch.device) -> None:
    """Give back to the device what torch keeps of the memory that is free."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def _sides(window: Size) -> str:
    """Return a size as a reader has it: `96 x 96 x 96`."""
    return " x ".join(map(str, window))


def _fewer(device: str, batch: int) -> Message:
    if batch == 1:
        return Message(
            "inference.one-window", "Out of memory on {device}: went on with 1 window at a time.", device=device
        )
    return Message(
        "inference.fewer-windows",
        "Out of memory on {device}: went on with {batch} windows at a time.",
        device=device,
        batch=batch,
    )


def _smaller(execution_plan: ExecutionPlan, plan: WindowPlan) -> Size | None:
    """Return the largest of the small windows that is smaller than what was tried, None where none is."""
    tried = plan.size if execution_plan.window is None else tuple(map(min, plan.size, execution_plan.window))
    return next((w for w in SMALL_WINDOWS if any(n > least for n, least in zip(tried, w, strict=True))), None)
