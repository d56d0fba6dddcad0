"""Does guidance help? Train the same network by each method with the same seeds and budget, and compare them.

    python docs/experiments/compare_methods.py --data FOLDER --split FILE --output FOLDER [--recipe FILE] [--seeds 1 2]

Every training is resumed where it stopped, and skipped where it is done, so the script may be started again and
again. The output gets a folder for each method and seed, with recipe, network and scores; and `comparison.md`, in which
each method is set against `none`, over all seeds together: a case's score is its mean over the seeds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.dataset import gather_cases, read_split
from GSSCore.evaluation.comparison import compare, comparison_markdown
from GSSCore.evaluation.files import read_rows, write_report
from GSSCore.evaluation.protocol import evaluate
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.evaluation.tables import markdown
from GSSCore.imaging.atomic import write_file
from GSSCore.networks.bundle import Network
from GSSCore.training.loop import OnStep, StepReport
from GSSCore.training.run import CHECKPOINT, Running, TrainingPlaces, train

METHODS = ("none", "gss", "meta-drop")
RECIPE = Path(__file__).parents[2] / "recipes" / "incomplete.toml"


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, evaluate, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--split", type=Path, required=True, help="its parts train and validation are used")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--note", default="", help="a sentence for the head of the comparison")
    options = parser.parse_args(arguments)
    rows: dict[str, list[Row]] = {}
    for method in options.methods:
        of_seeds = [scores(options, method, seed) for seed in options.seeds]
        rows[method] = mean_over_seeds(of_seeds)
    write_file(options.output / "comparison.md", report(rows, options).encode())


def scores(options: argparse.Namespace, method: str, seed: int) -> list[Row]:
    """Return the scores of one training, which is done first where it has not been."""
    place = options.output / f"{method}-{seed}"
    if not (place / "scores" / "scores.csv").is_file():
        network = trained(options, method, seed, place)
        cases = gather_cases(options.data, read_split(options.split, "validation"))
        write_report(place / "scores", evaluate(cases, network, quick=True), f"{method}, seed {seed}", {}, {})
    return read_rows(place / "scores")


def trained(options: argparse.Namespace, method: str, seed: int, place: Path) -> Network:
    """Return the network of one method and seed."""
    folder = place / "training" / "network"
    if not (folder / "card.json").is_file():
        recipe = place / "recipe.toml"
        write_file(recipe, with_method(options.recipe.read_text(encoding="utf-8"), method, seed).encode())
        places = TrainingPlaces(options.data, place / "training", options.split, options.output / "cache")
        resume = (place / "training" / CHECKPOINT).exists()
        train(recipe, places, Running(options.device, options.workers, resume=resume), tell(method, seed))
    return Network.load(folder)


def with_method(recipe: str, method: str, seed: int) -> str:
    """Return a recipe's text with another seed and method; it must have a line for the seed and no method."""
    lines = recipe.splitlines()
    if "[method]" in lines or not any(line.startswith("seed = ") for line in lines):
        raise SystemExit("the recipe must have a line `seed = ...` and no table [method]: both are set here")
    lines = [f"seed = {seed}" if line.startswith("seed = ") else line for line in lines]
    return "\n".join([*lines, "", "[method]", f'name = "{method}"', ""])


def tell(method: str, seed: int) -> OnStep:
    """Return what prints a line every 100 steps."""

    def report(step: StepReport) -> None:
        if step.step % 100 == 0:
            print(f"{method}-{seed} step {step.step}: loss {step.loss:.3f}", flush=True)

    return report


def mean_over_seeds(of_seeds: Sequence[Sequence[Row]]) -> list[Row]:
    """Return each case's scores, averaged over the seeds."""
    found: list[Row] = []
    for same in zip(*of_seeds, strict=True):
        first = same[0]
        if any((row.case, row.subset, row.region) != (first.case, first.subset, first.region) for row in same):
            raise SystemExit("the seeds were evaluated on different cases: remove the scores and start again")
        # Sensitivity is not defined where the truth is empty, which it is for all seeds or none.
        shares = [row.sensitivity for row in same if row.sensitivity is not None]
        found.append(
            replace(
                first,
                dice=fmean(row.dice for row in same),
                sensitivity=fmean(shares) if shares else None,
                predicted_ml=fmean(row.predicted_ml for row in same),
            )
        )
    return found


def report(rows: dict[str, list[Row]], options: argparse.Namespace) -> str:
    """Return the whole comparison as Markdown."""
    seeds = ", ".join(map(str, options.seeds))
    text = [f"Training methods compared: recipe {options.recipe.name}, seeds {seeds}. {options.note}".rstrip(), ""]
    text += [markdown(of_method, f"Method {method}") for method, of_method in rows.items()]
    for method in rows:
        if method != "none" and "none" in rows:
            text.append(comparison_markdown(compare(rows["none"], rows[method], Metric.DICE), "none", method))
    return "\n".join(text)


if __name__ == "__main__":
    main()
