"""Studies with label maps, prepared once and kept on disk, so that training reads arrays and nothing else."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from GSSCore.dataset import Case
from GSSCore.preparation import prepare, prepare_labels
from GSSCore.preparation_settings import Preparation
from GSSCore.study import Study
from GSSCore.study_folder import find_files
from GSSCore.training.data import PreparedCase
from GSSCore.truth import LabelMap, read_truth
from GSSCore.vocabulary import Modality

log = logging.getLogger(__name__)

CACHE_VERSION = 1
SMALLEST_HALF = np.float16(6e-8)
"""The smallest half-precision number above zero: what a brain voxel at the mean becomes, for zero is background."""


def prepare_cases(
    cases: Sequence[Case],
    preparation: Preparation,
    label_map: LabelMap,
    cache: Path,
    progress: Callable[[int, int], None] | None = None,
) -> list[PreparedCase]:
    """Return the cases, prepared; what lies in `cache` and still fits its files is taken from there.

    Args:
        cases: studies with their truths.
        preparation: grid and normalisation.
        label_map: what the values of the truths mean.
        cache: folder of the prepared arrays.
        progress: called with the number of cases done and of all.

    Raises:
        InputError: when a case's study or truth is refused.
    """
    prepared = []
    for number, case in enumerate(cases, start=1):
        prepared.append(_prepare_case(case, preparation, label_map, cache))
        if progress:
            progress(number, len(cases))
    return prepared


def _prepare_case(case: Case, preparation: Preparation, label_map: LabelMap, cache: Path) -> PreparedCase:
    files = find_files(case.folder)
    folder = cache / f"{case.name}-{_key(files, case.truth, preparation, label_map)}"
    if not folder.is_dir():
        _write(case, preparation, label_map, folder)
    return PreparedCase(case.name, folder, case.available)


def _key(files: dict[Modality, Path], truth: Path, preparation: Preparation, label_map: LabelMap) -> str:
    """What the prepared arrays depend on, in short: the files by path, size and time, and all settings."""
    stamps = [(str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns) for p in (*files.values(), truth)]
    labels = sorted((value, label.name) for value, label in label_map.items())
    everything = json.dumps([CACHE_VERSION, stamps, preparation.to_json(), labels])
    return hashlib.sha256(everything.encode()).hexdigest()[:12]


def _write(case: Case, preparation: Preparation, label_map: LabelMap, folder: Path) -> None:
    """Prepare one case beside its place and move it there whole, so that two writers can't mix."""
    study = Study.from_folder(case.folder)
    for warning in study.warnings:
        log.warning("case %s: %s", case.name, warning)
    prepared = prepare(study, preparation)
    labels = prepare_labels(read_truth(case.truth, label_map), prepared)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".preparing-", dir=folder.parent))
    try:
        np.save(beside / "images.npy", to_half(prepared.images))
        np.save(beside / "labels.npy", labels)
        beside.rename(folder)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        if not folder.is_dir():
            raise


def to_half(images: np.ndarray) -> np.ndarray:
    """Return z-scores in half precision, with what was not background still different from zero."""
    half = images.astype(np.float16)
    half[(half == 0) & (images != 0)] = SMALLEST_HALF
    return half
