"""What a network costs: trained values, and multiplications of one prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only
from torch.utils.flop_counter import FlopCounterMode

from GSSCore.imaging.arrays import Size
from GSSCore.networks.base import NUM_MODALITIES, SegmentationNetwork, parameter_count
from GSSCore.networks.figures import SIZE, Cost
from GSSCore.networks.registry import create


def create_without_values(name: str, **options: Any) -> SegmentationNetwork:
    """Return a network whose weights have shapes and no values, which is enough to count what it costs.

    Raises:
        InputError: as `create` does.
    """
    with torch.device("meta"):
        return create(name, **options)


def cost(network: SegmentationNetwork, size: Size = (SIZE,) * 3) -> Cost:
    """Count what a network costs for a volume of a size. Only shapes are computed.

    Raises:
        ValueError: when the size is no multiple of the network's stride.
    """
    everything = torch.ones(1, NUM_MODALITIES, dtype=torch.bool)
    alone = torch.zeros_like(everything)
    alone[0, 0] = True
    training = network.training
    network.eval()
    try:
        counts = [_macs(network, size, available) / 1e9 for available in (everything, alone)]
    finally:
        network.train(training)
    return Cost(parameter_count(network), *counts)


@torch.no_grad()
def _macs(network: SegmentationNetwork, size: Size, available: Tensor) -> float:
    images = torch.zeros(1, NUM_MODALITIES, *size, device="meta")
    with _ShapesOnly(), FlopCounterMode(display=False) as counter:  # type: ignore[no-untyped-call]
        network(images, available)
    # A multiplication and an addition are two operations, and one multiply-accumulate.
    return float(counter.get_total_flops()) / 2.0


class _ShapesOnly(TorchDispatchMode):  # type: ignore[no-untyped-call]  # PyTorch leaves it untyped
    """Computes shapes instead of values wherever a tensor is on the meta device, whose tensors have no values.

    `available` keeps its values until it meets the images, because a network chooses by it what it computes.
    """

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if any(isinstance(leaf, Tensor) and leaf.is_meta for leaf in tree_leaves((args, kwargs))):
            if func is torch.ops.aten.index.Tensor:
                args = (args[0], _positions(args[1]))
            args, kwargs = tree_map_only(Tensor, lambda tensor: tensor.to("meta"), (args, kwargs))
        return func(*args, **kwargs)


def _positions(indices: Sequence[Tensor | None]) -> list[Tensor | None]:
    """Replace masks by the places that they choose: without values, nobody knows how many a mask chooses."""
    positions: list[Tensor | None] = []
    for index in indices:
        masked = index is not None and index.dtype == torch.bool
        positions.extend(index.nonzero().unbind(1) if masked and index is not None else [index])
    return positions
