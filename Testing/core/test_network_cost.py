"""What networks cost: counted as one counts by hand."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from GSSCore.cli import main
from GSSCore.networks import create
from GSSCore.networks.base import NetworkOutput, SegmentationNetwork, blank_missing
from GSSCore.networks.cost import cost


class Counted(SegmentationNetwork):
    """One convolution for each available modality, and a matrix product: easy to count."""

    name = "counted"
    stride = 2

    def __init__(self) -> None:
        super().__init__()
        self.options = {}
        self.conv = nn.Conv3d(1, 4, 3, padding=1, bias=False)
        self.mix = nn.Linear(4, 4, bias=False)

    def encode(self, images: Tensor, available: Tensor) -> Tensor:
        images = blank_missing(images, available)
        return torch.stack([self.conv(images[:, m : m + 1]) for m in range(4) if available[0, m]]).sum(0)

    def decode(self, features: Tensor, available: Tensor, per_modality: bool = False) -> NetworkOutput:
        return NetworkOutput(self.mix(features.movedim(1, -1)).movedim(-1, 1))


def test_multiplications_are_counted_as_by_hand() -> None:
    network = Counted()
    voxels = 6 * 4 * 8
    measured = cost(network, (6, 4, 8))
    assert measured.parameters == 4 * 27 + 16
    assert measured.gmacs == pytest.approx(voxels * (4 * 4 * 27 + 16) / 1e9)
    assert measured.single_gmacs == pytest.approx(voxels * (4 * 27 + 16) / 1e9)
    assert network.training, "it is left as it was"


def test_a_size_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="multiples of 16"):
        cost(create("unet"), (80, 80, 81))


def test_the_command_prints_a_line_for_each_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["networks", "--size", "32", "--name", "unet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split()[:2] == ["unet", "1.86"]


@pytest.mark.parametrize("words", [["--size", "33"], ["--name", "unets"]])
def test_nonsense_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["networks", *words]) in (2, 3)
    assert capsys.readouterr().err.count("\n") == 1
