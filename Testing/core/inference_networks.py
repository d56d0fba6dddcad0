"""Tiny networks whose output is known by a formula, and preprocessed studies, for the tests of inference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from GSSCore.imaging.boxes import box_at
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid
from GSSCore.networks.base import NetworkOutput, SegmentationNetwork, blank_missing
from GSSCore.preprocessing.preprocessed import Preprocessed, ReferenceFrame

STRIDE = 4
WEIGHTS = torch.tensor(
    [[0.0, 0.1, -0.2, 0.0], [0.5, -0.3, 0.2, 0.1], [-0.4, 0.6, 0.1, -0.2], [0.2, 0.3, -0.5, 0.7]]
)  # fmt: skip
"""(C, M): by default, logits of `Pointwise` are this times a voxel's intensities."""


class Pointwise(SegmentationNetwork):
    """Logits that depend on a voxel's own intensities only, so that windows must not change anything.

    Args:
        before_decode: called with the images of every decoding: to record, to count, or to raise.
        weights: (C, M).
        bias: (C,).
    """

    name = "pointwise"
    stride = STRIDE

    def __init__(
        self,
        before_decode: Callable[[Tensor], None] = lambda images: None,
        weights: Tensor = WEIGHTS,
        bias: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.options = {}
        self.weights = nn.Parameter(weights.clone())
        self.bias = nn.Parameter(torch.zeros(len(weights)) if bias is None else bias.clone())
        self.layer = nn.Identity()
        self.before_decode = before_decode

    def __deepcopy__(self, memo: dict[int, Any]) -> Pointwise:
        # The copy that inference makes reports to the same place.
        copy = Pointwise(self.before_decode)
        copy.load_state_dict(self.state_dict())
        return copy

    def encode(self, images: Tensor, available: Tensor) -> Tensor:
        """Keep the images."""
        self.check(images, available)
        kept: Tensor = self.layer(blank_missing(images, available))
        return kept

    def decode(self, features: Tensor, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        """Weigh the intensities of the available modalities."""
        self.before_decode(features)
        images = blank_missing(features, available)
        return NetworkOutput(F.conv3d(images, self.weights[:, :, None, None, None], self.bias))


def preprocessed_study(
    shape: tuple[int, int, int] = (22, 17, 13), available: Sequence[bool] = (True,) * 4, seed: int = 0
) -> Preprocessed:
    """A crop of noise, brain everywhere but in one corner, NaN in missing channels, RAS at 1 mm."""
    images = np.random.default_rng(seed).standard_normal((4, *shape)).astype(np.float32)
    images[~np.array(available)] = np.nan
    brain = np.ones(shape, np.bool_)
    brain[:2, :2, :2] = False
    images[np.array(available), :2, :2, :2] = 0.0
    grid = Grid(shape, np.eye(4))
    frame = ReferenceFrame(grid, Orientation.of(grid.affine), box_at((0, 0, 0), shape), brain, None)
    return Preprocessed(images, np.array(available), brain, grid, frame)


def expected_logits(preprocessed: Preprocessed, subset: Sequence[bool]) -> NDArray[np.float64]:
    """What `Pointwise` says of a crop: its formula in numpy."""
    present = np.array(subset)
    return np.tensordot(WEIGHTS.double().numpy()[:, present], preprocessed.images[present].astype(np.float64), axes=1)
