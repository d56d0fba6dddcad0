"""Does guidance help? Train the same network further by each method, with equal steps and with equal time, and compare.

    python docs/experiments/compare_methods.py --data FOLDER --split FILE --output FOLDER [--recipe FILE]
        [--seeds 1 2 3] [--methods gss idt-drop ...] [--further 2000] [--budgets steps time]

For each seed the recipe is trained once by the baseline, with fixed masks, to its end; every method goes on from there,
with a learning rate that begins anew. Methods share the seed and, for `steps`, the number of steps; for `time`, each
gets as many steps as take the processor time of the `--further` steps of `gss`, measured here beforehand.

Every training is resumed where it stopped, and skipped where it is done, so the script may be started again and again.
`comparison.md` and `comparison.png` set each method against the baseline; a case's score is its mean over the seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median

sys.path.insert(0, str(Path(__file__).parents[2]))

import methods_report
from methods import BASELINE, METHODS

from GSSCore.dataset import gather_cases, read_split
from GSSCore.evaluation.files import read_rows, write_report
from GSSCore.evaluation.protocol import evaluate
from GSSCore.evaluation.rows import Row
from GSSCore.files import write_file
from GSSCore.networks.bundle import Network
from GSSCore.training.loop import OnStep, StepReport
from GSSCore.training.output_folder import CHECKPOINT
from GSSCore.training.recipe import Recipe
from GSSCore.training.recipe_file import read_recipe
from GSSCore.training.run import train
from GSSCore.training.settings import Running, TrainingPlaces

RECIPE = Path(__file__).parents[2] / "recipes" / "incomplete.toml"
BUDGETS = ("steps", "time")
TIMED_STEPS = 8
"""Steps of each method that are timed, after as many that warm up; the median counts."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, evaluate, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--split", type=Path, required=True, help="its parts train and validation are used")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--budgets", nargs="+", choices=BUDGETS, default=BUDGETS)
    parser.add_argument("--further", type=int, default=2000, metavar="STEPS")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--note", default="", help="a sentence for the head of the comparison")
    options = parser.parse_args(arguments)
    recipe = read_recipe(options.recipe)
    compared: dict[str, dict[str, list[Row]]] = {}
    for budget in options.budgets:
        steps = further_steps(options, recipe, budget)
        for name in dict.fromkeys((BASELINE, *options.methods)):
            of_seeds = [scores(options, recipe, budget, name, seed, steps[name]) for seed in options.seeds]
            compared.setdefault(budget, {})[name] = mean_over_seeds(of_seeds)
    seeds = ", ".join(map(str, options.seeds))
    head = f"Recipe {options.recipe.name}, {options.further} further steps, seeds {seeds}. {options.note}".rstrip()
    write_file(options.output / "comparison.md", methods_report.markdown(compared, head).encode())
    write_file(options.output / "comparison.png", methods_report.picture(compared))


def further_steps(options: argparse.Namespace, recipe: Recipe, budget: str) -> dict[str, int]:
    """Return how many steps each method goes on for. Measured times are kept, so that a later start agrees."""
    if budget == "steps":
        return dict.fromkeys(METHODS, options.further)
    kept = options.output / "seconds_per_step.json"
    if not kept.is_file():
        seconds = {name: seconds_per_step(options, of_method(recipe, name, 1, TIMED_STEPS)) for name in METHODS}
        write_file(kept, (json.dumps(seconds, indent=1) + "\n").encode())
    seconds = json.loads(kept.read_text(encoding="utf-8"))
    return {name: max(1, round(options.further * seconds["gss"] / seconds[name])) for name in METHODS}


def seconds_per_step(options: argparse.Namespace, recipe: Recipe) -> float:
    """Return the processor time of a step of a method, in a training that is thrown away."""
    from tempfile import TemporaryDirectory

    times: list[float] = []
    recipe = replace(recipe, schedule=replace(recipe.schedule, steps=2 * TIMED_STEPS))
    with TemporaryDirectory() as folder:
        places = TrainingPlaces(options.data, Path(folder), options.split, options.output / "cache")
        train(recipe, places, Running(options.device), lambda step: times.append(time.process_time()))
    return median(after - before for before, after in zip(times[TIMED_STEPS:], times[TIMED_STEPS + 1 :], strict=False))


def of_method(recipe: Recipe, name: str, seed: int, steps: int) -> Recipe:
    """Return the recipe by which a method goes on: guided, where it is, from the first step."""
    changed = METHODS[name][1](replace(recipe, name=name, seed=seed))
    schedule = replace(changed.schedule, steps=steps, guided_from=0, guidance_ramp=0, horizon=0)
    return replace(changed, schedule=schedule)


def scores(options: argparse.Namespace, recipe: Recipe, budget: str, name: str, seed: int, steps: int) -> list[Row]:
    """Return the scores of one training, which is done first where it has not been."""
    place = options.output / budget / f"{name}-{seed}"
    if not (place / "scores" / "scores.csv").is_file():
        start = trained(options, METHODS[BASELINE][1](replace(recipe, seed=seed)), options.output / f"start-{seed}")
        folder = trained(options, of_method(recipe, name, seed, steps), place, start)
        cases = gather_cases(options.data, read_split(options.split, "validation"))
        title = f"{name}, seed {seed}, {steps} steps further"
        write_report(place / "scores", evaluate(cases, Network.load(folder), quick=True), title, {}, {})
    return read_rows(place / "scores")


def trained(options: argparse.Namespace, recipe: Recipe, place: Path, start: Path | None = None) -> Path:
    """Return the folder of a network, trained by a recipe where it is not there yet."""
    folder = place / "training" / "network"
    if not (folder / "card.json").is_file():
        places = TrainingPlaces(options.data, place / "training", options.split, options.output / "cache", start)
        resume = (place / "training" / CHECKPOINT).exists()
        train(recipe, places, Running(options.device, options.workers, resume=resume), tell(place.name))
    return folder


def tell(name: str) -> OnStep:
    """Return what prints a line every 100 steps."""

    def report(step: StepReport) -> None:
        if step.step % 100 == 0:
            print(f"{name} step {step.step}: loss {step.loss:.3f}", flush=True)

    return report


def mean_over_seeds(of_seeds: Sequence[Sequence[Row]]) -> list[Row]:
    """Return each case's scores, averaged over the seeds."""
    found: list[Row] = []
    for same in zip(*of_seeds, strict=True):
        first = same[0]
        if any((row.case, row.subset, row.region) != (first.case, first.subset, first.region) for row in same):
            raise SystemExit("The seeds were evaluated on different cases: remove the scores and start again.")
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


if __name__ == "__main__":
    main()
