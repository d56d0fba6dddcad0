"""One crop under one execution plan: what is made for it, and the logits that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from GSSCore.cancellation import IsCancelled, check
from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Index
from GSSCore.inference.aggregator import Aggregator
from GSSCore.inference.crop_tensors import padded
from GSSCore.inference.execution_plan import ExecutionPlan
from GSSCore.inference.precision import DTYPES
from GSSCore.inference.windows import WindowPlan
from GSSCore.messages import Message
from GSSCore.networks.base import SegmentationNetwork
from GSSCore.preprocessing.preprocessed import Preprocessed

Advance = Callable[[float], None]
"""Gets the share of the work that is done, 0 to 1."""


class Execution:
    """Holds the padded images of a crop and, in one window, its features; they are freed with it.

    Args:
        network: on the device and in the precision of the plan, in evaluation mode.
        preprocessed: the crop.
        windows: that cover the crop.
        execution_plan: how to run.
        scaled: False leaves the logits of overlapping windows undivided.
        cancelled: asked between windows.
    """

    def __init__(
        self,
        network: SegmentationNetwork,
        preprocessed: Preprocessed,
        windows: WindowPlan,
        execution_plan: ExecutionPlan,
        scaled: bool,
        cancelled: IsCancelled,
    ) -> None:
        self._network, self._preprocessed, self._windows = network, preprocessed, windows
        self._execution_plan, self._scaled, self._cancelled = execution_plan, scaled, cancelled
        self._images = padded(preprocessed, windows.shape, execution_plan.store, DTYPES[execution_plan.precision])
        self._features: Any = None

    def logits(self, subset: Tensor, advance: Advance) -> Tensor:
        """Return the logits (C, D, H, W) of the crop for a subset of its modalities, bool (1, M).

        Raises:
            InputError: when they are not finite.
        """
        total = self._whole(subset) if self._windows.whole else self._windowed(subset, advance)
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
        d, h, w = self._preprocessed.brain.shape
        return total[:, :d, :h, :w]

    def _whole(self, subset: Tensor) -> Tensor:
        """Predict the whole crop in one window; its features serve the subsets that follow."""
        device = self._execution_plan.device
        if self._features is None:
            available = torch.from_numpy(self._preprocessed.available)[None].to(device)
            self._features = self._network.encode(self._images, available)
        check(self._cancelled)
        return self._network.decode(self._features, subset.to(device)).fused[0]

    def _windowed(self, subset: Tensor, advance: Advance) -> Tensor:
        """Predict window by window, and add up."""
        device, windows = self._execution_plan.device, self._windows
        aggregator = Aggregator(windows, self._execution_plan.store, self._scaled)
        subset = subset.to(device)
        done = 0
        for corners in _batches(windows.corners, self._execution_plan.batch):
            check(self._cancelled)
            batch = torch.cat([self._images[(slice(None), slice(None), *windows.box(corner))] for corner in corners])
            output = self._network(batch.to(device), subset.expand(len(corners), -1)).fused
            for corner, logits in zip(corners, output, strict=True):
                aggregator.add(corner, logits)
            done += len(corners)
            advance(done / len(windows.corners))
        return aggregator.total()


def _batches(corners: Sequence[Index], batch: int) -> Iterator[list[Index]]:
    rest = iter(corners)
    while part := list(islice(rest, batch)):
        yield part
