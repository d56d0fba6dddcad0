"""Widen a trained U-Net without changing what it computes.

    python docs/experiments/widen.py OLD NEW --widths 32 48 96 192

Each channel becomes several equal ones, and what reads it adds them up with weights that differ between them but keep
their sum (Chen et al. 2016, Net2Net, arXiv 1511.05641), so that training tells them apart at once. The copies lie side
by side in their group, so that group normalisation sees the same mean and spread.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.networks import create
from GSSCore.networks.bundle import Network

DIFFERENCE = 0.5
"""Between the copies' weights, in standard deviations of these."""


def copied(tensor: Tensor, dim: int, times: int) -> Tensor:
    """Return the tensor with each channel along `dim` `times` times."""
    return tensor.repeat_interleave(times, dim)


def shared(tensor: Tensor, dim: int, times: int, generator: torch.Generator) -> Tensor:
    """Return weights for inputs that come `times` times each along `dim`: their sum is the old weight."""
    if times == 1:
        return tensor
    wide = (copied(tensor, dim, times) / times).unflatten(dim, (-1, times))
    noise = torch.randn(wide.shape, generator=generator) * wide.std() * DIFFERENCE
    return (wide + noise - noise.mean(dim + 1, keepdim=True)).flatten(dim, dim + 1)


def widened(state: dict[str, Tensor], target: dict[str, Tensor], seed: int = 0) -> dict[str, Tensor]:
    """Return the weights `state` in the shapes of `target`, whose widths are multiples of theirs."""
    generator = torch.Generator().manual_seed(seed)
    result = {}
    for name, old in state.items():
        tensor, shape = old.float(), target[name].shape
        if tensor.ndim == 2:
            result[name] = copied(tensor, 1, shape[1] // tensor.shape[1])
            continue
        if tensor.ndim == 5:
            # The network's own input and output are not widened, and divide without a rest: factor 1.
            tensor = shared(tensor, 1, shape[1] // tensor.shape[1], generator)
            tensor = copied(tensor, 0, shape[0] // tensor.shape[0])
        result[name] = tensor
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Read one network folder and write another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--widths", type=int, nargs=4, required=True)
    chosen = parser.parse_args(arguments)
    network = Network.load(chosen.old)
    options = network.module.options
    if any(new % old for new, old in zip(chosen.widths, options["widths"], strict=True)):
        parser.error(f"each width must be a multiple of the old one, {options['widths']}")
    options = {**options, "widths": chosen.widths}
    module = create(network.module.name, **options)
    module.load_state_dict(widened(network.module.state_dict(), module.state_dict()))
    history = {"widened_from": {"sha256": network.card.sha256, "widths": network.module.options["widths"]}}
    card = replace(
        network.card, network={"name": module.name, "options": options}, recipe={**network.card.recipe, **history}
    )
    Network(module, card).save(chosen.new)


if __name__ == "__main__":
    main()
