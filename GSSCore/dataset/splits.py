"""Splits: the cases for training and those for validation, without a patient in both."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from GSSCore.dataset.case import Case, patient_of
from GSSCore.errors import InputError, UsageError
from GSSCore.messages import Message

SPLIT_FILE = "split.json"
TRAIN, VALIDATION = "train", "validation"

Split = dict[str, tuple[str, ...]]
"""Names of cases by part."""


def read_split(path: Path | str, part: str) -> tuple[str, ...]:
    """Return the names of the cases that one part of a split lists.

    Args:
        path: a JSON file of the form {"train": [names], "validation": [names]}.
        part: such as "validation".

    Raises:
        InputError: as `read_parts`, and when there is no such part.
    """
    split = read_parts(path)
    if part not in split:
        raise InputError(f"The split {path} has no part {part!r}: choose one of {', '.join(split)}.")
    return split[part]


def read_parts(path: Path | str) -> Split:
    """Return all parts of a split.

    Raises:
        InputError: when the file is not of the form that `read_split` describes, or a patient is in two parts.
    """
    path = Path(path)
    try:
        parts = json.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise InputError(
            Message(
                "split.unreadable",
                "The split {file} can't be read ({reason}): name a JSON file of lists of cases.",
                file=path,
                reason=getattr(fault, "strerror", None) or str(fault),
            )
        ) from fault
    if not isinstance(parts, dict) or not all(_is_names(names) for names in parts.values()):
        raise InputError(
            f'The split {path} is not of the form {{"train": [names], "validation": [names]}}: correct it.'
        )
    for one, other in combinations(parts, 2):
        shared = sorted({patient_of(name) for name in parts[one]} & {patient_of(name) for name in parts[other]})
        if shared:
            raise InputError(
                f"In the split {path}, {one} and {other} share {_some(shared)}: keep each patient in one part."
            )
    return {part: tuple(names) for part, names in parts.items()}


def find_split(dataset: Path | str) -> Path:
    """Return the split that comes with a data set: `split.json` in its folder or beside it.

    Raises:
        InputError: when there is none.
    """
    place = Path(dataset).resolve()
    for folder in (place, place.parent):
        if (folder / SPLIT_FILE).is_file():
            return folder / SPLIT_FILE
    raise InputError(
        f"{place} has no {SPLIT_FILE}, neither in it nor beside it: name the cases, or leave the split out."
    )


def draw_splits(cases: Sequence[Case], parts: int, seed: int, validation: float | None = None) -> list[Split]:
    """Return splits of whole patients. They depend on the seed and the patients' names, not on the order of the cases.

    Args:
        cases: of all data sets.
        parts: how many folds there are; 1 for a single split.
        seed: of the drawing.
        validation: with a single split, the share of the patients to validate on.

    Raises:
        UsageError: when one side would have no patients.
    """
    patients = sorted({case.patient for case in cases})
    random.Random(seed).shuffle(patients)
    if parts == 1:
        folds = [patients[: round((validation or 0.0) * len(patients))]]
    else:
        folds = [patients[fold::parts] for fold in range(parts)]
    if not all(0 < len(fold) < len(patients) for fold in folds):
        raise UsageError(
            Message(
                "split.too-few",
                "Patients (number: {count}) can't be split so, as one side would have none: take another share, fewer "
                "folds, or more patients.",
                count=len(patients),
            )
        )
    return [
        {
            TRAIN: tuple(sorted(case.name for case in cases if case.patient not in fold)),
            VALIDATION: tuple(sorted(case.name for case in cases if case.patient in fold)),
        }
        for fold in folds
    ]


def find_twins(cases: Sequence[Case], split: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of cases in different parts that share an image voxel by voxel, and the modality's name.

    Raises:
        InputError: when a case can't be read.
    """
    part_of = {name: part for part, names in split.items() for name in names}
    seen: dict[tuple[str, bytes], list[str]] = {}
    for case in cases:
        if case.name in part_of:
            for modality, image in case.study().images.items():
                # Of the values alone, as the same image may be stored in another type.
                digest = hashlib.sha256(image.astype("<f4").tobytes(order="F")).digest()
                seen.setdefault((modality.display, digest), []).append(case.name)
    for (modality_name, _), names in seen.items():
        for one, other in combinations(names, 2):
            if part_of[one] != part_of[other]:
                yield one, other, modality_name


def _is_names(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
