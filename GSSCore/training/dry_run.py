"""A dry run: what a training needs in data, memory and time, measured with a few steps."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from GSSCore.networks.base import parameter_count
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.training.cases import preprocess_cases
from GSSCore.training.distributed import choose_training_device
from GSSCore.training.fitting import require_fitting
from GSSCore.training.lesion_library import library_for
from GSSCore.training.loop import Trainer
from GSSCore.training.recipe_file import read_recipe
from GSSCore.training.run import declared_labels, find_training_cases, make_trainer, require_makers, step_fits
from GSSCore.training.settings import Running, TrainingPlaces
from GSSCore.vocabulary import MODALITIES

CASES, STEPS = 2, 3
"""Number of cases that are preprocessed, and of steps that are timed after a first one."""


@dataclass(frozen=True)
class Needs:
    """What a training needs.

    Attributes:
        cases: number of cases.
        with_modality: number of cases with each modality, in the order of `MODALITIES`.
        parameters: number of trained values.
        device: where it would run.
        cache_bytes: size of all preprocessed cases, estimated from the first ones.
        free_bytes: free space on the disk.
        memory_bytes: peak of the memory in use; None where that is not known.
        seconds_per_step: of a step with guidance, and of one without.
        hours: of the whole recipe on this device.
    """

    cases: int
    with_modality: tuple[int, ...]
    parameters: int
    device: str
    cache_bytes: int
    free_bytes: int
    memory_bytes: int | None
    seconds_per_step: tuple[float, float]
    hours: float


def dry_run(recipe_path: Path, places: TrainingPlaces, running: Running = Running()) -> Needs:
    """Preprocess two cases, train a few steps, and write nothing that stays.

    Raises:
        InputError, EnvironmentRefused: as `GSSCore.training.run.train`, as far as the first steps tell.
    """
    recipe = read_recipe(recipe_path)
    require_makers(running)
    require_fitting(recipe, accumulate=running.accumulate)
    lesions = library_for(recipe.lesion_pasting, places.lesions)
    cases = find_training_cases(places)
    device = choose_training_device(running.device)
    home = _existing(places.cache or places.output)
    with tempfile.TemporaryDirectory() as folder:
        preprocessed = preprocess_cases(
            cases[:CASES], PreprocessingSettings(recipe.data.spacing), declared_labels(recipe, places), Path(folder)
        )
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.npy")) // len(preprocessed)
        trainer = make_trainer(recipe, preprocessed, lesions, running, device)
        schedule = recipe.schedule
        with step_fits(device, running.samples_on):
            guided, memory = _measure(trainer, max(schedule.guided_from, 1))
            plain = _measure(trainer, 0)[0] if schedule.guided_from else guided
    before = min(schedule.guided_from, schedule.steps)
    return Needs(
        len(cases),
        tuple(sum(modality in case.available for case in cases) for modality in MODALITIES),
        parameter_count(trainer.network),
        str(device),
        size * len(cases),
        shutil.disk_usage(home).free,
        memory,
        (guided, plain),
        (before * plain + (schedule.steps - before) * guided) / 3600.0,
    )


def _measure(trainer: Trainer, step: int) -> tuple[float, int | None]:
    """Return the seconds of step number `step`, and the peak of the memory in use."""
    cuda = trainer.device.type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats(trainer.device)
    times: list[float] = []
    for _ in range(1 + STEPS):
        trainer.step = step
        start = time.perf_counter()
        trainer.run(until=step + 1)
        times.append(time.perf_counter() - start)
    return min(times[1:]), torch.cuda.max_memory_allocated(trainer.device) if cuda else _process_memory()


def _process_memory() -> int | None:
    """Return the peak of this process's memory in bytes; None on Windows, where Python does not tell it."""
    try:
        import resource
    except ImportError:
        return None
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest folder above it that exists."""
    return next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
