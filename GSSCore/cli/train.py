"""`gss train`: a recipe and studies in, a network out."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from GSSCore.cli.arguments import Commands, add_progress, as_path, plain_table
from GSSCore.cli.options import add_options, read_options
from GSSCore.cli.progress import Reporter
from GSSCore.training.settings import Running, TrainingPlaces
from GSSCore.vocabulary import MODALITIES

if TYPE_CHECKING:
    from GSSCore.training.dry_run import Needs
    from GSSCore.training.loop import StepReport
    from GSSCore.training.recipe import Recipe


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "train",
        help="train a network by a recipe",
        description="Trains a network as a recipe (TOML) says. Ctrl-C or SIGTERM stops it after the step at work, with "
        "a checkpoint. On several GPUs: torchrun --nproc-per-node N -m GSSCore train ...",
    )
    parser.add_argument("recipe", type=as_path, help="TOML file; see recipes/")
    add_options(parser, TrainingPlaces)
    add_options(parser, Running)
    parser.add_argument(
        "--dry-run", action="store_true", help="tell data, memory and time from a few steps, and write nothing"
    )
    add_progress(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train, and print where the network is; or tell what it would take."""
    from GSSCore.training.recipe_file import read_recipe

    # A mistake in the recipe or the options shows at once, before torch is loaded.
    recipe = read_recipe(options.recipe)
    places, running = read_options(TrainingPlaces, options), read_options(Running, options)
    if options.dry_run:
        from GSSCore.training.dry_run import dry_run

        print(describe(recipe, dry_run(options.recipe, places, running)))
        return
    from GSSCore.training.run import train

    reporter: Reporter = options.reporter
    steps = recipe.schedule.steps

    def tell(report: StepReport) -> None:
        reporter("train", report.step / steps, f"step {report.step} of {steps}, loss {report.loss:.3f}")

    folder = train(options.recipe, places, running, tell)
    if _is_main():
        reporter.done(str(folder))
        if options.progress != "jsonl":
            print(f"network written to {folder}")


def describe(recipe: Recipe, needs: Needs) -> str:
    """Return what a training needs as a table."""
    guided, plain = needs.seconds_per_step
    having = ", ".join(f"{m.display} {n}" for m, n in zip(MODALITIES, needs.with_modality, strict=True))
    step = f"{guided:.2f} s" + (f", {plain:.2f} s before step {recipe.schedule.guided_from}" if plain != guided else "")
    memory = "not known" if needs.memory_bytes is None else f"{needs.memory_bytes / 2**30:.2f} GiB"
    return plain_table(
        ["recipe", recipe.name],
        [
            ["cases", f"{needs.cases} ({having})"],
            ["network", f"{recipe.network.name}, {needs.parameters / 1e6:.2f} million parameters"],
            ["device", needs.device],
            ["memory at its highest", memory],
            ["time per step", step],
            ["steps", f"{recipe.schedule.steps}, about {needs.hours:.1f} h"],
            ["preprocessed cases", f"{needs.cache_bytes / 2**30:.2f} GiB of {needs.free_bytes / 2**30:.1f} GiB free"],
        ],
    )


def _is_main() -> bool:
    """Tell whether this is the only process, or the first of those that `torchrun` started."""
    return os.environ.get("RANK", "0") == "0"
