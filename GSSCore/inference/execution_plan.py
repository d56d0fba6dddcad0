"""How a network is run on a crop, and what to give up when memory runs out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from GSSCore.inference.device import CPU, describe
from GSSCore.inference.precision import Chosen
from GSSCore.inference.windows import Size, WindowPlan
from GSSCore.messages import Message

SMALL_WINDOWS: tuple[Size, ...] = ((96, 96, 96), (64, 64, 64))
"""The windows to step down to when the whole crop does not fit; the last one on the CPU only, where nothing follows.

Mean Dice of WT, TC and ET in the first six studies that network 0.3 was not trained on, five of them of BraTS-Africa,
all modalities, fp32: whole crop .953, .837, .849; windows of 96 .952, .875, .875; of 64 .943, .901, .866. So the labels
are others, with a Dice of .89 to .98 to those of the whole crop, and they may be worse: network 0.1 lost .1 in windows
of 80.
"""


@dataclass(frozen=True)
class ExecutionPlan:
    """Everything that decides how a network is run, besides its input.

    Attributes:
        device: where the network runs.
        precision: "fp32" or "bf16".
        window: voxels (D, H, W) per window; None is the whole crop, up to the voxel budget.
        overlap: share of a window that the next one covers again.
        batch: windows that go through the network together.
        store: where the images and the accumulated logits of the whole crop live.
        used: the window that the last crop led to, where `window` leaves that open; None was the whole crop.
    """

    device: torch.device
    precision: Chosen
    window: Size | None
    overlap: float
    batch: int
    store: torch.device
    used: Size | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what a report says of how the network was run, JSON values."""
        return {
            "device": describe(self.device),
            "precision": self.precision,
            "window": None if self.used is None else list(self.used),
            "overlap": self.overlap,
            "batch": self.batch,
            "accumulators": self.store.type,
        }


def step_down(
    execution_plan: ExecutionPlan, plan: WindowPlan, cpu_precision: Chosen
) -> tuple[ExecutionPlan, Message] | None:
    """Return the next policy that needs less memory on the device, and the sentence that says so; None at the end.

    In this order: half the batch, accumulators on the CPU, smaller windows, the CPU itself, and there the smallest.

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
            "inference.sums-on-cpu", "Out of memory on {device}: went on with accumulators on the CPU.", device=device
        )
    window = _smaller(execution_plan, plan)
    if window is not None and (execution_plan.device == CPU or window == SMALL_WINDOWS[0]):
        return replace(execution_plan, window=window), Message(
            "inference.smaller-windows",
            "Out of memory on {device}: went on with windows of {window} voxels, which may cost accuracy.",
            device=device,
            window=sides(window),
        )
    if execution_plan.device != CPU:
        return replace(execution_plan, device=CPU, store=CPU, precision=cpu_precision), Message(
            "inference.onto-cpu", "Out of memory on {device}: went on with the CPU.", device=device
        )
    return None


def sides(window: Size) -> str:
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
