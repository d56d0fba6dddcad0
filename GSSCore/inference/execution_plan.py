"""How a network is run on a crop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from GSSCore.imaging.arrays import Size
from GSSCore.inference.device import describe
from GSSCore.inference.precision import Chosen


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
            "aggregator": self.store.type,
        }
