"""Two cases learnt by heart: what every network must manage, by every method.

`python Testing/core/overfitting.py` prints a curve for each.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from GSSCore.gss.settings import LossSettings  # noqa: E402  (the path comes first)
from GSSCore.networks import names  # noqa: E402
from GSSCore.training.augmentation_settings import NO_AUGMENTATION  # noqa: E402
from GSSCore.training.loop import Trainer  # noqa: E402
from GSSCore.training.preprocessed_case import PreprocessedCase  # noqa: E402
from GSSCore.training.recipe import DataRecipe, MethodRecipe, NetworkRecipe, Recipe, ScheduleRecipe  # noqa: E402
from GSSCore.vocabulary import MODALITIES  # noqa: E402
from small_networks import NARROW, two_heads  # noqa: E402

SHAPE = (16, 32, 32)
METHODS = ("gss", "none", "meta-drop")


def preprocessed_heads(folder: Path) -> list[PreprocessedCase]:
    """Write the two heads as preprocessed cases."""
    cases = []
    for number, (images, labels) in enumerate(zip(*two_heads(SHAPE), strict=True)):
        place = folder / f"head{number}"
        place.mkdir()
        np.save(place / "images.npy", images.numpy().astype(np.float16))
        np.save(place / "labels.npy", labels.numpy().astype(np.uint8))
        cases.append(PreprocessedCase(place.name, place, MODALITIES))
    return cases


def learn(name: str, method: str, folder: Path, steps: int) -> list[float]:
    """Train on the two heads and return the fused prediction's Dice loss plus cross-entropy at each step."""
    recipe = Recipe(
        seed=1,
        method=MethodRecipe(name=method),  # type: ignore[arg-type]
        network=NetworkRecipe(name, NARROW[name]),
        data=DataRecipe(crop=SHAPE, jitter=0, full_probability=0.5),
        augmentation=NO_AUGMENTATION,
        loss=LossSettings(cross_entropy_weight=1.0, auxiliary_weight=0.3),
        schedule=ScheduleRecipe(steps=steps, batch=2, warmup=3, learning_rate=1e-2, horizon=4 * steps),
    )
    losses: list[float] = []
    Trainer(recipe, preprocessed_heads(folder), torch.device("cpu")).run(lambda report: losses.append(report.fused))
    return losses


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--network", choices=names(), action="append")
    options = parser.parse_args(arguments)
    shown = [0, *range(options.steps // 6 - 1, options.steps, options.steps // 6)]
    print("network    method     " + "".join(f"{step + 1:8d}" for step in shown))
    for name in options.network or names():
        for method in METHODS:
            with tempfile.TemporaryDirectory() as folder:
                losses = learn(name, method, Path(folder), options.steps)
            print(f"{name:10s} {method:10s} " + "".join(f"{losses[step]:8.3f}" for step in shown), flush=True)


if __name__ == "__main__":
    main()
