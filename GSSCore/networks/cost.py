"""What a network costs: trained values, and multiplications of one prediction."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.utils.flop_counter import FlopCounterMode

from GSSCore.networks.base import NUM_MODALITIES, SegmentationNetwork, parameter_count


@dataclass(frozen=True)
class Cost:
    """The cost of a network.

    Attributes:
        parameters: trained values.
        gmacs: thousand million multiply-accumulates of the fused prediction of one volume from all modalities, as
            convolutions and matrix products have them.
        single_gmacs: the same with one modality alone.
    """

    parameters: int
    gmacs: float
    single_gmacs: float


def cost(network: SegmentationNetwork, size: tuple[int, int, int] = (80, 80, 80)) -> Cost:
    """Measure what a network costs for a volume of a size, by counting while it runs.

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


@torch.inference_mode()
def _macs(network: SegmentationNetwork, size: tuple[int, int, int], available: torch.Tensor) -> float:
    images = torch.zeros(1, NUM_MODALITIES, *size)
    with FlopCounterMode(display=False) as counter:
        network(images, available)
    # A multiplication and an addition are two operations, and one multiply-accumulate.
    return float(counter.get_total_flops()) / 2.0
