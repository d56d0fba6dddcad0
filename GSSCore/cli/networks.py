"""`gss networks`: what each network costs, as a table."""

from __future__ import annotations

import argparse

from GSSCore.cli.arguments import Commands, plain_table
from GSSCore.messages import Message


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "networks",
        help="what each network costs",
        description="Prints parameters and multiplications of each network at its default width.",
    )
    parser.add_argument("--size", type=int, default=80, help="edge of the volume in voxels (default: 80)")
    parser.add_argument("--name", action="append", help="this network only; may be given more than once")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    from GSSCore.errors import UsageError
    from GSSCore.networks.cost import cost
    from GSSCore.networks.registry import create, names

    rows = []
    for name in options.name or names():
        network = create(name)
        if options.size < 1 or options.size % network.stride:
            raise UsageError(
                Message(
                    "cli.size",
                    "The size {size} is no multiple of {stride}, the stride of {name}: choose one.",
                    size=options.size,
                    stride=network.stride,
                    name=name,
                )
            )
        one = cost(network, (options.size,) * 3)
        rows.append([name, f"{one.parameters / 1e6:.2f}", f"{one.gmacs:.1f}", f"{one.single_gmacs:.1f}"])
    print(plain_table(["network", "million parameters", "GMAC, four modalities", "GMAC, one modality"], rows))
