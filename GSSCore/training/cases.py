"""The cache: studies with label maps are preprocessed once, and training reads the arrays from the disk."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from GSSCore.dataset import Case, preprocess_case
from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.imaging.reading import voxel_file
from GSSCore.messages import Message
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import LabelMap
from GSSCore.training.preprocessed_case import IMAGES, LABELS, PreprocessedCase
from GSSCore.vocabulary import MODALITIES, Subset, subset

log = logging.getLogger(__name__)

CACHE_VERSION = 3
"""Goes up when checks or preprocessing change the arrays of a study: arrays of another version are made again."""
SMALLEST_HALF = np.float16(6e-8)
"""The smallest half-precision number above zero. It replaces zero in the brain, as zero means background."""


def preprocess_cases(
    cases: Sequence[Case],
    preprocessing: PreprocessingSettings,
    label_map: LabelMap | None,
    cache: Path,
    progress: Callable[[int, int], None] | None = None,
) -> list[PreprocessedCase]:
    """Return the cases preprocessed; arrays in `cache` that are up to date are taken from there.

    Arrays are up to date when path, size and time of modification of each file, the preprocessing and the labels are
    the same. Several processes may fill one cache at the same time.

    Args:
        cases: studies with their truths.
        preprocessing: grid and normalisation.
        label_map: what the values of the truths mean, where their data set does not say so itself.
        cache: folder of the preprocessed arrays.
        progress: called with the number of cases done and of all.

    Raises:
        InputError: when a case's study or truth is refused.
        EnvironmentRefused: when the cache can't be written.
    """
    preprocessed = []
    # Labels are checked for all cases first: that is quick, and a mistake shows before hours of work.
    labels = [case.labels(label_map) for case in cases]
    for number, (case, of_case) in enumerate(zip(cases, labels, strict=True), start=1):
        preprocessed.append(_preprocess_case(case, preprocessing, of_case, cache))
        if progress:
            progress(number, len(cases))
    return preprocessed


def _preprocess_case(
    case: Case, preprocessing: PreprocessingSettings, label_map: LabelMap, cache: Path
) -> PreprocessedCase:
    folder = cache / f"{case.name}-{_key(case, preprocessing, label_map)}"
    if folder.is_dir() and not is_sound(folder):
        log.warning("%s is damaged and is made again", folder)
        _discard(folder)
    if not folder.is_dir():
        _write(case, preprocessing, label_map, folder)
    return PreprocessedCase(case.name, folder, _modalities(folder))


def _modalities(folder: Path) -> Subset:
    """Return the modalities of a preprocessed case; one that was left out is zero throughout."""
    images = np.load(folder / IMAGES, mmap_mode="r")
    return subset(m for m in MODALITIES if any(plane.any() for plane in images[m.channel]))


def is_sound(folder: Path) -> bool:
    """Tell whether a folder holds the arrays of a preprocessed case, complete and of the right shapes and types."""
    try:
        images = np.load(folder / IMAGES, mmap_mode="r")
        labels = np.load(folder / LABELS, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return False
    expected = (len(MODALITIES), *labels.shape)
    return bool(images.shape == expected and images.dtype == np.float16 and labels.dtype == np.uint8)


def _key(case: Case, preprocessing: PreprocessingSettings, label_map: LabelMap) -> str:
    """Return a hash of all that the arrays depend on: files by path, size and time, and settings."""
    try:
        files = [p for file in case.files for p in dict.fromkeys((file, voxel_file(file)))]
        stamps = [(str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns) for p in files]
    except OSError as fault:
        raise InputError(
            Message(
                "training.file",
                "Case {case}: {file} cannot be read ({reason}): add it, fetch what it links to, or leave the case out.",
                case=case.name,
                file=fault.filename,
                reason=fault.strerror,
            )
        ) from fault
    volumes = [(modality.value, image.volume) for modality, image in case.images.items()]
    labels = sorted((value, label.name) for value, label in label_map.items())
    everything = json.dumps([CACHE_VERSION, stamps, volumes, preprocessing.to_json(), labels])
    return hashlib.sha256(everything.encode()).hexdigest()[:12]


def _write(case: Case, preprocessing: PreprocessingSettings, label_map: LabelMap, folder: Path) -> None:
    """Write a case to a temporary folder and rename that, so that arrays of two writers do not mix."""
    preprocessed, labels = preprocess_case(case, preprocessing, label_map)
    images = to_half(preprocessed.images)
    beside = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".preprocessing-", dir=folder.parent))
        np.save(beside / IMAGES, images)
        np.save(beside / LABELS, labels)
        beside.rename(folder)
    except OSError as fault:
        # Another process may have written the folder first; its arrays are equal.
        if not folder.is_dir():
            raise EnvironmentRefused(
                Message(
                    "training.cache",
                    "Case {case}: {folder} can't take its {mib:.0f} MiB ({reason}): make room, or choose another "
                    "folder with --cache.",
                    case=case.name,
                    folder=folder.parent,
                    mib=(images.nbytes + labels.nbytes) / 2**20,
                    reason=str(fault.strerror or fault),
                )
            ) from fault
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _discard(folder: Path) -> None:
    """Remove a damaged case; another process may do so at the same time."""
    aside = Path(tempfile.mkdtemp(prefix=".damaged-", dir=folder.parent))
    with contextlib.suppress(OSError):
        folder.rename(aside / folder.name)
    shutil.rmtree(aside, ignore_errors=True)


def to_half(images: np.ndarray) -> np.ndarray:
    """Return z-scores in half precision; values other than zero stay other than zero."""
    half = images.astype(np.float16)
    half[(half == 0) & (images != 0)] = SMALLEST_HALF
    return half
