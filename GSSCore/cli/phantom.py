"""`gss phantom`: an artificial study with a known truth."""

from __future__ import annotations

import argparse

from GSSCore.cli.arguments import Commands, as_path


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "phantom",
        help="make an artificial study",
        description="Makes a brain with a tumour in four contrasts, or the head around it as a hospital scans it, and "
        "the truth. It shows no patient.",
    )
    parser.add_argument("folder", type=as_path, help="where it goes")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes another head (default: 0)")
    parser.add_argument(
        "--raw",
        action="store_true",
        help="the whole head, moved between the sequences, each on a grid of its own, FLAIR and T2 in thick slices",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make it and say where it is."""
    from GSSCore.phantom import phantom_name, write_phantom, write_raw_phantom

    if options.raw:
        write_raw_phantom(options.folder, seed=options.seed)
    else:
        write_phantom(options.folder, seed=options.seed)
    print(f"{'raw_' if options.raw else ''}{phantom_name(options.seed)} written to {options.folder}")
