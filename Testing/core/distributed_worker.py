"""One of the processes of a training that the tests start: prints as JSON what the first one sees.

Arguments: a folder with preprocessed cases, the network, the method, passes per step.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from GSSCore.gss.settings import LossSettings  # noqa: E402  (the path comes first)
from GSSCore.training.augmentation_settings import AugmentationSettings  # noqa: E402
from GSSCore.training.data import collate  # noqa: E402
from GSSCore.training.distributed import process_group  # noqa: E402
from GSSCore.training.loop import StepReport, Trainer  # noqa: E402
from GSSCore.training.preprocessed_case import PreprocessedCase  # noqa: E402
from GSSCore.training.recipe import DataRecipe, MethodRecipe, NetworkRecipe, Recipe, ScheduleRecipe  # noqa: E402
from GSSCore.vocabulary import MODALITIES  # noqa: E402
from small_networks import SMALL  # noqa: E402


def worker_recipe(network: str, method: str) -> Recipe:
    """Return a short training of a small network."""
    return Recipe(
        seed=2,
        method=MethodRecipe(method),  # type: ignore[arg-type]
        network=NetworkRecipe(network, SMALL[network]),
        data=DataRecipe(crop=(16, 32, 16), jitter=4, full_probability=0.0),
        augmentation=AugmentationSettings(affine=0.5),
        loss=LossSettings(auxiliary_weight=0.0, cross_entropy_weight=1.0),
        schedule=ScheduleRecipe(steps=4, batch=4, warmup=1, learning_rate=1e-4),
    )


def train(folder: Path, network: str, method: str, accumulate: int) -> dict[str, list[Any]]:
    """Train on every case in the folder; return the norm of each weight's first gradient, and what each step tells."""
    cases = [PreprocessedCase(place.name, place, MODALITIES) for place in sorted(folder.glob("case*"))]
    reports: list[StepReport] = []
    with process_group("cpu") as (distributed, device):
        trainer = Trainer(worker_recipe(network, method), cases, device, distributed, accumulate)
        trainer._gradients(collate([trainer.data[number] for number in distributed.share(range(4))]))
        gradients = [None if p.grad is None else float(p.grad.norm()) for p in trainer.network.parameters()]
        trainer.run(reports.append)
    return {"gradients": gradients, "steps": [asdict(report) for report in reports]}


if __name__ == "__main__":
    torch.set_num_threads(1)
    told = train(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
    if os.environ.get("RANK", "0") == "0":
        print(json.dumps(told))
