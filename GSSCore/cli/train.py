"""`gss train`: a recipe and studies in, a network out."""

from __future__ import annotations

import argparse
from pathlib import Path

from GSSCore.cli.arguments import Commands


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "train", help="train a network by a recipe", description="Trains a network as a recipe (TOML) says."
    )
    parser.add_argument("recipe", type=Path, help="TOML file; see recipes/")
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="folders of cases with segmentations"
    )
    parser.add_argument("--split", type=Path, metavar="FILE", help='JSON file whose "train" lists the cases to use')
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="checkpoint, log and network")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="prepared cases (default: inside the output)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N or mps (default: auto)")
    parser.add_argument("--workers", type=int, default=0, help="processes that make samples")
    parser.add_argument("--start", type=Path, metavar="FOLDER", help="network whose weights to start from")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the output folder")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train, and print where the network is."""
    from GSSCore.training.recipe import read_recipe

    read_recipe(options.recipe)  # a mistake in it shows at once, before torch is loaded
    from GSSCore.training.run import TrainingPlaces, train

    places = TrainingPlaces(options.data, options.output, options.split, options.cache, options.start)
    folder = train(
        options.recipe,
        places,
        device=options.device,
        workers=options.workers,
        resume=options.resume,
        progress=not options.quiet,
    )
    print(f"network written to {folder}")
