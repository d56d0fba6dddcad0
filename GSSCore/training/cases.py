"""Studies with label maps, prepared once and kept on disk, so that training reads arrays and nothing else."""

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
"""Changes with what the checks of a study make of its images: arrays of another version are not taken."""
SMALLEST_HALF = np.float16(6e-8)
"""The smallest half-precision number above zero: what a brain voxel at the mean becomes, for zero is background."""


def preprocess_cases(
    cases: Sequence[Case],
    preprocessing: PreprocessingSettings,
    label_map: LabelMap | None,
    cache: Path,
    progress: Callable[[int, int], None] | None = None,
) -> list[PreprocessedCase]:
    """Return the cases, prepared; what lies in `cache` and still fits its files is taken from there.

    A file counts as changed when its path, its size or its time of modification is another; so does everything when
    the preparation or the labels are. Several processes may prepare into one cache.

    Args:
        cases: studies with their truths.
        preprocessing: grid and normalisation.
        label_map: what the values of the truths mean, where their data set does not say so itself.
        cache: folder of the prepared arrays.
        progress: called with the number of cases done and of all.

    Raises:
        InputError: when a case's study or truth is refused.
        EnvironmentRefused: when the cache can't be written.
    """
    preprocessed = []
    # What a data set says of itself is cheap to check, and a mistake in it had better show before hours of work.
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
    """Return the modalities that a prepared case shows: of one that was left out nothing was written but zeros."""
    images = np.load(folder / IMAGES, mmap_mode="r")
    return subset(m for m in MODALITIES if any(plane.any() for plane in images[m.channel]))


def is_sound(folder: Path) -> bool:
    """Tell whether a folder holds the arrays of a prepared case, as large as they say, in form and size alike."""
    try:
        images = np.load(folder / IMAGES, mmap_mode="r")
        labels = np.load(folder / LABELS, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return False
    expected = (len(MODALITIES), *labels.shape)
    return bool(images.shape == expected and images.dtype == np.float16 and labels.dtype == np.uint8)


def _key(case: Case, preprocessing: PreprocessingSettings, label_map: LabelMap) -> str:
    """What the prepared arrays depend on, in short: the files by path, size and time, and all settings."""
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
    """Prepare one case beside its place and move it there whole, so that two writers can't mix."""
    preprocessed, labels = preprocess_case(case, preprocessing, label_map)
    images = to_half(preprocessed.images)
    beside = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".preparing-", dir=folder.parent))
        np.save(beside / IMAGES, images)
        np.save(beside / LABELS, labels)
        beside.rename(folder)
    except OSError as fault:
        # Another process may have been quicker; its arrays are the same.
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
    """Take a damaged case out of the way; another process may do so at the same time."""
    aside = Path(tempfile.mkdtemp(prefix=".damaged-", dir=folder.parent))
    with contextlib.suppress(OSError):
        folder.rename(aside / folder.name)
    shutil.rmtree(aside, ignore_errors=True)


def to_half(images: np.ndarray) -> np.ndarray:
    """Return z-scores in half precision, with what was not background still different from zero."""
    half = images.astype(np.float16)
    half[(half == 0) & (images != 0)] = SMALLEST_HALF
    return half
