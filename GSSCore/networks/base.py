"""The interface of all networks of the project."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from GSSCore.vocabulary import CLASSES, MODALITIES

NUM_MODALITIES = len(MODALITIES)
NUM_CLASSES = len(CLASSES)


@dataclass(frozen=True)
class NetworkOutput:
    """The output of a network for a batch. Logits throughout, never softmax.

    Attributes:
        fused: (B, C, D, H, W), from all available modalities together.
        per_modality: (B, M, C, D, H, W), from each modality alone; None when not asked for. Entries of missing
            modalities are zero and have no meaning.
        auxiliary: deep-supervision logits, each (B, C, D', H', W').
        own_losses: losses of the network itself, per sample (B,), by name; in training mode only.
    """

    fused: Tensor
    per_modality: Tensor | None = None
    auxiliary: Sequence[Tensor] = ()
    own_losses: Mapping[str, Tensor] = field(default_factory=dict)


class SegmentationNetwork(nn.Module, ABC):
    """Segments from whichever modalities are available.

    Subclasses implement `encode` and `decode`, and choose the form of the features in between. Features belong to one
    batch and can be decoded with any non-empty subset of the modalities that were encoded.

    Attributes:
        name: the registered name.
        stride: D, H and W must be multiples of it.
        capturable: whether a fused pass in training makes the same operations whatever is available, and looks at no
            value, so that a GPU can repeat it as a CUDA graph.
        options: arguments that the network was built with; JSON values only, as a card holds them.
    """

    name: ClassVar[str]
    stride: ClassVar[int]
    capturable: ClassVar[bool] = False
    options: dict[str, Any]

    @abstractmethod
    def encode(self, images: Tensor, available: Tensor) -> Any:
        """Return the features of `images` (B, M, D, H, W), z-scored, with `available` bool (B, M)."""

    @abstractmethod
    def decode(self, features: Any, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Return the logits for `available` (B, M), a subset per sample of what was encoded."""

    def forward(self, images: Tensor, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Return the logits of `images` (B, M, D, H, W) float, with `available` bool (B, M), True where present.

        The values of a missing channel do not matter, NaN included.

        Raises:
            ValueError: on wrong shapes, a size that is no multiple of the stride, or a sample with nothing available.
        """
        self.check(images, available)
        return self.decode(self.encode(images, available), available, per_modality)

    def check(self, images: Tensor, available: Tensor) -> None:
        """Raise ValueError unless the input has the form that `forward` describes."""
        if images.ndim != 5 or images.shape[1] != NUM_MODALITIES:
            raise ValueError(f"images must be (B, {NUM_MODALITIES}, D, H, W), not {tuple(images.shape)}")
        if any(n == 0 or n % self.stride for n in images.shape[2:]):
            raise ValueError(f"D, H, W must be multiples of {self.stride}, not {tuple(images.shape[2:])}")
        check_available(available, images.shape[0])


def check_available(available: Tensor, batch: int) -> None:
    """Raise ValueError unless `available` is bool (batch, M) with at least one True per row."""
    if available.shape != (batch, NUM_MODALITIES) or available.dtype != torch.bool:
        raise ValueError(f"available must be bool ({batch}, {NUM_MODALITIES}), True where a modality is present")
    # While a CUDA graph is captured, no value can be looked at.
    capturing = available.is_cuda and torch.cuda.is_current_stream_capturing()
    if not capturing and not bool(available.any(1).all()):
        raise ValueError("every sample needs at least one available modality")


def blank_missing(images: Tensor, available: Tensor) -> Tensor:
    """Return `images` (B, M, D, H, W) with missing channels exactly zero, whatever they held (NaN included)."""
    return torch.where(available[:, :, None, None, None], images, images.new_zeros(()))


def parameter_count(module: nn.Module) -> int:
    """Return the number of trained values."""
    return sum(p.numel() for p in module.parameters())
