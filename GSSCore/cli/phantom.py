"""`gss phantom`: an artificial study with a known truth."""

from __future__ import annotations

import argparse

from GSSCore.cli.arguments import Commands, as_path


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "phantom",
        help="make an artificial study",
        description="Makes a brain with a tumour in four contrasts, and its truth. It shows no patient.",
    )
    parser.add_argument("folder", type=as_path, help="where it goes")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes another head (default: 0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make it and say where it is."""
    from GSSCore.phantom import phantom_name, write_phantom

    write_phantom(options.folder, seed=options.seed)
    print(f"{phantom_name(options.seed)} written to {options.folder}")
