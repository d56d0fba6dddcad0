"""`gss networks`: what each network costs, as a table."""

from __future__ import annotations

import argparse

from GSSCore.cli.arguments import Commands, plain_table
from GSSCore.messages import Message
from GSSCore.networks.figures import COSTS, SIZE, Cost


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "networks",
        help="what each network costs",
        description="Prints parameters and multiplications of each network at its default width.",
    )
    parser.add_argument("--size", type=int, default=SIZE, help=f"edge of the volume in voxels (default: {SIZE})")
    parser.add_argument("--name", action="append", help="this network only; may be given more than once")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print what is known, or count where another size is asked for."""
    rows = []
    for name in options.name or COSTS:
        cost = COSTS.get(name) if options.size == SIZE else None
        cost = cost or _counted(name, options.size)
        rows.append([name, f"{cost.parameters / 1e6:.2f}", f"{cost.gmacs:.1f}", f"{cost.single_gmacs:.1f}"])
    print(plain_table(["network", "million parameters", "GMAC, four modalities", "GMAC, one modality"], rows))


def _counted(name: str, size: int) -> Cost:
    """Return what a network costs for a volume of any size; PyTorch is needed, and some seconds."""
    from GSSCore.errors import UsageError
    from GSSCore.networks.cost import cost, create_without_values

    network = create_without_values(name)
    if size < 1 or size % network.stride:
        raise UsageError(
            Message(
                "cli.size",
                "The size {size} is no multiple of {stride}, the stride of {name}: choose one.",
                size=size,
                stride=network.stride,
                name=name,
            )
        )
    return cost(network, (size,) * 3)
