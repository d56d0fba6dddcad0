"""How a network is run on a crop, and what to give up when memory runs out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from GSSCore.inference.device import CPU, describe
from GSSCore.inference.precision import Chosen
from GSSCore.inference.windows import Plan, Size

SMALL_WINDOW: Size = (96, 96, 96)
"""The window to step down to when the whole crop does not fit."""


@dataclass(frozen=True)
class Policy:
    """Everything that decides how a network is run, besides its input.

    Attributes:
        device: where the network runs.
        precision: "fp32" or "bf16".
        window: voxels (D, H, W) per window; None is the whole crop, up to the voxel budget.
        overlap: share of a window that the next one covers again.
        batch: windows that go through the network together.
        store: where the images and the accumulated logits of the whole crop live.
    """

    device: torch.device
    precision: Chosen
    window: Size | None
    overlap: float
    batch: int
    store: torch.device

    def to_json(self) -> dict[str, Any]:
        """Return what a report says of the policy, JSON values."""
        return {
            "device": describe(self.device),
            "precision": self.precision,
            "window": None if self.window is None else list(self.window),
            "overlap": self.overlap,
            "batch": self.batch,
            "accumulators": self.store.type,
        }


def step_down(policy: Policy, plan: Plan, cpu_precision: Chosen) -> tuple[Policy, str] | None:
    """Return the next policy that needs less memory on the device, and what it gives up in words; None at the end.

    In this order: half the batch, accumulators on the CPU, windows in place of the whole crop, the CPU itself.

    Args:
        policy: the one for which memory did not suffice.
        plan: the windows it led to.
        cpu_precision: what the CPU would run in.
    """
    if not plan.whole and policy.batch > 1:
        batch = policy.batch // 2
        return replace(policy, batch=batch), f"{batch} window{'s' if batch > 1 else ''} at a time"
    if not plan.whole and policy.store != CPU:
        return replace(policy, store=CPU), "accumulators on the CPU"
    if plan.whole and any(n > least for n, least in zip(plan.shape, SMALL_WINDOW, strict=True)):
        return replace(policy, window=SMALL_WINDOW), f"windows of {' x '.join(map(str, SMALL_WINDOW))} voxels"
    if policy.device != CPU:
        return replace(policy, device=CPU, store=CPU, precision=cpu_precision), "the CPU"
    return None
