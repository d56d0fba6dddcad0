"""The unguided pass as a CUDA graph: a GPU repeats it at one word of the host.

The network is small. To ask for its operations one by one takes the host longer than it takes the GPU to compute them.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn

from GSSCore.imaging.arrays import Size
from GSSCore.networks.base import NUM_MODALITIES
from GSSCore.training.objective import Objective


class _Unguided(nn.Module):
    """The loss of a batch without the single-modality predictions."""

    def __init__(self, objective: Objective) -> None:
        super().__init__()
        self.objective = objective

    def forward(self, images: Tensor, labels: Tensor, available: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss and its parts, see `Objective.forward`."""
        loss, parts = self.objective(images, labels, available, False, 0.0)
        return loss, parts


def captured(objective: Objective, batch: int, crop: Size, device: torch.device) -> nn.Module:
    """Return a module that computes the unguided loss of a batch, and its gradients, as two CUDA graphs.

    Its weights are those of the objective. A backward pass must not follow another before its gradients were used: both
    write to the same place.

    Args:
        objective: of a network that is `capturable`, in training mode.
        batch: samples of each batch.
        crop: size of each sample.
        device: where the network is.
    """
    images = torch.zeros(batch, NUM_MODALITIES, *crop, device=device)
    labels = torch.zeros(batch, *crop, dtype=torch.uint8, device=device)
    available = torch.ones(batch, NUM_MODALITIES, dtype=torch.bool, device=device)
    # The gradients come from the graph's own stream: that costs nothing here.
    warnings.filterwarnings("ignore", "The AccumulateGrad node's stream does not match")
    # Streams are made on the current device, whatever device the tensors are on.
    with torch.cuda.device(device):
        module = torch.cuda.make_graphed_callables(_Unguided(objective), (images, labels, available))
    assert isinstance(module, nn.Module)
    return module
