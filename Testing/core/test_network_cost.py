"""What networks cost: counted as one counts by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from GSSCore.cli import main
from GSSCore.networks import create, names
from GSSCore.networks.base import NetworkOutput, SegmentationNetwork, blank_missing
from GSSCore.networks.cost import cost, create_without_values
from GSSCore.networks.figures import COSTS
from small_networks import SHAPE, SMALL, small


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


@pytest.mark.parametrize("name", ["unet", "m2ftrans", "shaspec"])
def test_counting_shapes_gives_what_running_the_network_gives(name: str) -> None:
    network = small(name)
    counts = []
    for available in ([True] * 4, [True, False, False, False]):
        # The fused attention of the CPU is one operation, whose multiplications PyTorch's counter does not know.
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            network(torch.zeros(1, 4, *SHAPE), torch.tensor([available]))
        counts.append(counter.get_total_flops() / 2e9)
    measured = cost(create_without_values(name, **SMALL[name]), SHAPE)
    assert [measured.gmacs, measured.single_gmacs] == counts


def test_the_figures_that_are_printed_are_those_that_are_counted() -> None:
    assert {name: cost(create_without_values(name)) for name in names()} == dict(COSTS)


def test_the_command_answers_without_pytorch() -> None:
    code = "import sys; from GSSCore.cli import main; assert main(['networks']) == 0; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8")
    head, _, *rows, loaded = [line.split()[0] for line in done.stdout.splitlines()]
    assert (head, rows, loaded) == ("network", [*names()], "False")


def test_a_network_without_values_takes_no_memory_for_them() -> None:
    assert all(p.is_meta for p in create_without_values("shaspec").parameters())


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
