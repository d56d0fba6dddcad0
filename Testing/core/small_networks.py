"""Every network in a size that tests can afford, and heads that it can learn by heart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from GSSCore.networks import SegmentationNetwork, create
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.vocabulary import SUBSETS, subset_mask

SMALL: dict[str, dict[str, Any]] = {
    "unet": {"widths": [8, 8, 16, 16], "groups": 4},
    "mmformer": {"width": 2, "token_dim": 8, "mlp_dim": 16, "heads": 2, "dropout": 0.0, "grid": [2, 3, 2]},
    "rfnet": {"width": 2},
    "m2ftrans": {"width": 2, "mlp_dim": 16, "heads": 2, "dropout": 0.0, "grid": [2, 3, 2]},
    "shaspec": {"width": 2, "blocks": [1, 1, 1, 1]},
}
"""Options of the smallest useful form of each network, without dropout."""

NARROW: dict[str, dict[str, Any]] = {
    "unet": {"widths": [8, 16, 16, 16], "groups": 4},
    "mmformer": {"width": 4, "token_dim": 16, "mlp_dim": 32, "heads": 4, "grid": [2, 2, 2]},
    "rfnet": {"width": 8},
    "m2ftrans": {"width": 4, "mlp_dim": 32, "heads": 4, "grid": [2, 2, 2]},
    "shaspec": {"width": 8, "blocks": [1, 1, 1, 1]},
}
"""Options of a narrow form that can learn."""

SHAPE = (16, 32, 48)
"""A multiple of every network's stride, each axis of another length."""

ALL = torch.ones(1, 4, dtype=torch.bool)
EVERY_SUBSET = torch.tensor([subset_mask(s) for s in SUBSETS])


def small(name: str) -> SegmentationNetwork:
    """Return a small network in evaluation mode, nothing of which is still at the value that it starts with."""
    torch.manual_seed(0)
    network = create(name, **SMALL[name])
    for parameter in network.parameters():
        # Zero weights would hide what they multiply.
        torch.nn.init.normal_(parameter, std=0.2)
    return network.eval()


def save_untrained(folder: Path, *, name: str = "noise", spacing_mm: float = 3.5, groups: int = 4) -> Path:
    """Save an untrained network on a coarse grid, and return its folder: what it finds is noise, but it is quick."""
    module = create("unet", widths=[8, 8, 8, 8], groups=groups)
    settings = PreprocessingSettings((spacing_mm, spacing_mm, spacing_mm))
    Network(module, Card(name, "0", {"name": "unet", "options": module.options}, settings, 0, "")).save(folder)
    return folder


def head(batch: int, seed: int = 1, shape: tuple[int, int, int] = SHAPE) -> Tensor:
    """Return images of noise (batch, M, *shape)."""
    return torch.randn(batch, 4, *shape, generator=torch.Generator().manual_seed(seed))


def two_heads(shape: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
    """Return images (2, M, *shape) and labels (2, *shape): noise with nested boxes, a grey value for each class."""
    labels = torch.zeros(2, *shape, dtype=torch.long)
    for label, margin in ((2, 0.15), (1, 0.25), (3, 0.35)):
        inside = tuple(slice(int(n * margin), n - int(n * margin)) for n in shape)
        labels[(0, *inside)] = label
    labels[1] = labels[0].roll((1, -2), (0, 1))
    contrast = torch.tensor([[0.0, 1.0, 2.0, 1.5], [0.0, -0.5, 0.2, 2.0], [0.0, -1.0, -0.5, 0.5], [0.0, 1.5, 1.0, 0.5]])
    return contrast[:, labels].transpose(0, 1) + 0.2 * head(2, shape=shape), labels
