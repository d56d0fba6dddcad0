"""A process that gives itself less memory than the work wants, by the system's own limit, and says how it ended.

    python limited_memory.py predict MIB | train MIB | segment MIB FOLDER OUTPUT

MIB is what it may take beyond what it has when the work begins. One JSON object is printed.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from GSSCore.cli import main
from GSSCore.errors import EnvironmentRefused
from GSSCore.inference.predictor import Predictor
from GSSCore.inference.settings import InferenceSettings
from GSSCore.networks import create
from GSSCore.training.loop import Trainer
from GSSCore.training.recipe import DataRecipe, NetworkRecipe, Recipe, ScheduleRecipe
from GSSCore.training.run import step_fits
from inference_networks import preprocessed_study
from training_cases import make_cases

SETTINGS = InferenceSettings(device="cpu", precision="fp32", threads=1)
ALL = (True,) * 4


@contextlib.contextmanager
def limited(mib: int) -> Iterator[None]:
    """Leave this process so much more memory than it has, for as long as the context lasts."""
    has = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (has + mib * 2**20, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def predict(mib: int) -> dict[str, Any]:
    """Predict a crop that is larger than the small windows; compare with the windows that were taken in the end."""
    torch.manual_seed(0)
    network = create("unet", widths=[24, 24, 32, 32], groups=4)
    preprocessed = preprocessed_study((160, 128, 128))
    predictor = Predictor(network, SETTINGS)
    try:
        with limited(mib):
            (found,) = predictor.logits(preprocessed, [ALL])
    except EnvironmentRefused as refusal:
        return {"refused": str(refusal), "warnings": [w.code for w in predictor.warnings]}
    again = Predictor(network, InferenceSettings("cpu", "fp32", window=predictor.execution_plan.window, threads=1))
    (expected,) = again.logits(preprocessed, [ALL])
    return {
        "window": predictor.execution_plan.window,
        "warnings": [w.code for w in predictor.warnings],
        "same": bool(torch.equal(found, expected)),
    }


def train(mib: int, folder: Path) -> dict[str, Any]:
    """Make a step of training."""
    recipe = Recipe(
        network=NetworkRecipe("unet", {"widths": [8, 8, 16, 16], "groups": 4}),
        data=DataRecipe(crop=(96, 96, 96)),
        schedule=ScheduleRecipe(steps=1, warmup=0),
    )
    trainer = Trainer(recipe, make_cases(folder), torch.device("cpu"))
    try:
        with limited(mib), step_fits(torch.device("cpu")):
            trainer.run()
    except EnvironmentRefused as refusal:
        return {"refused": str(refusal)}
    return {"steps": trainer.step}


def segment(mib: int, folder: Path, output: Path) -> dict[str, Any]:
    """Run the command line."""
    said = io.StringIO()
    arguments = ["segment", "--case", folder, "--output", output, "--progress", "none", "--threads", 1]
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()), limited(mib):
        code = main([*map(str, arguments), "--no-confidence", "--precision", "fp32"])
    return {"code": code, "said": said.getvalue(), "written": sorted(p.name for p in output.glob("*"))}


if __name__ == "__main__":
    torch.set_num_threads(1)
    work = {"predict": predict, "train": train, "segment": segment}[sys.argv[1]]
    print(json.dumps(work(int(sys.argv[2]), *map(Path, sys.argv[3:]))))
