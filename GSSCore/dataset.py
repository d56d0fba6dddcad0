"""Which cases a data set's folder holds: one folder per case, with BraTS names, and a segmentation in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.study_folder import find_files, find_truth
from GSSCore.vocabulary import Subset, subset

logger = logging.getLogger(__name__)

SPLIT_FILE = "split.json"


@dataclass(frozen=True)
class Case:
    """A patient with an expert segmentation.

    Attributes:
        name: the folder's.
        folder: where the images are.
        truth: the segmentation's file.
        available: the modalities that are there.
    """

    name: str
    folder: Path
    truth: Path
    available: Subset


def find_cases(dataset: Path | str, names: Iterable[str] | None = None) -> list[Case]:
    """Return the cases of a data set, sorted by name; or those of the given names, in their order.

    `dataset` holds one folder per case, or is one case's folder itself. Without `names`, folders that hold no
    segmentation are left out, and the log says so.

    Args:
        dataset: the folder.
        names: the cases to take; None for all.

    Raises:
        InputError: when there is no such folder, no case in it, a named case is missing or has no segmentation, or
            a case has a segmentation but no images.
    """
    place = Path(dataset)
    if not place.is_dir():
        raise InputError(f"{place} is no folder: name the folder that holds the cases.")
    if names is not None:
        return [_named(place, name) for name in dict.fromkeys(names)]
    itself = _case(place)
    if itself is not None:
        return [itself]
    cases: list[Case] = []
    for folder in sorted(f for f in place.iterdir() if f.is_dir() and not f.name.startswith(".")):
        case = _case(folder)
        if case is None:
            logger.warning("%s holds no segmentation and is left out", folder)
        else:
            cases.append(case)
    if not cases:
        raise InputError(
            f"{place} holds no case, a folder with images under BraTS names and a segmentation such as "
            "case_seg.nii.gz: name the folder that holds the cases."
        )
    return cases


def gather_cases(datasets: Sequence[Path | str], names: Sequence[str] | None = None) -> list[Case]:
    """Return the cases of several data sets together, sorted by name; or those of the given names, in their order.

    Args:
        datasets: the folders, each as for `find_cases`.
        names: the cases to take; None for all.

    Raises:
        InputError: as `find_cases`; also when two folders hold a case of one name, or none holds a named one.
    """
    found: dict[str, Case] = {}
    for case in (case for dataset in datasets for case in find_cases(dataset)):
        if case.name in found:
            raise InputError(
                f"The case {case.name} is in {found[case.name].folder} and in {case.folder}: leave one of them out."
            )
        found[case.name] = case
    if names is None:
        return [found[name] for name in sorted(found)]
    lacking = [name for name in dict.fromkeys(names) if name not in found]
    if lacking:
        near = get_close_matches(lacking[0], list(found), n=1)
        hint = f", the nearest name is {near[0]}" if near else ""
        raise InputError(
            f"{' and '.join(str(d) for d in datasets)} hold{'s' if len(datasets) == 1 else ''} no case {lacking[0]!r}"
            f"{hint}: add its folder, or take the name out{f' ({len(lacking)} are missing)' if lacking[1:] else ''}."
        )
    return [found[name] for name in dict.fromkeys(names)]


def read_split(path: Path | str, part: str) -> tuple[str, ...]:
    """Return the names of the cases that one part of a split lists.

    Args:
        path: a JSON file of the form {"train": [names], "validation": [names]}.
        part: such as "validation".

    Raises:
        InputError: when the file is not of that form, or has no such part.
    """
    path = Path(path)
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise InputError(f"The split {path} can't be read ({fault}): name a JSON file of lists of cases.") from fault
    if not isinstance(parts, dict) or not all(_is_names(names) for names in parts.values()):
        raise InputError(
            f'The split {path} is not of the form {{"train": [names], "validation": [names]}}: correct it.'
        )
    if part not in parts:
        raise InputError(f"The split {path} has no part {part!r}: choose one of {', '.join(map(str, parts))}.")
    return tuple(parts[part])


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


def _is_names(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _named(place: Path, name: str) -> Case:
    folder = place / name
    if not folder.is_dir():
        near = get_close_matches(name, [f.name for f in place.iterdir() if f.is_dir()], n=1)
        hint = f", the nearest name is {near[0]}" if near else ""
        raise InputError(f"{place} holds no case {name!r}{hint}: correct the name.")
    case = _case(folder)
    if case is None:
        raise InputError(f"{folder} holds no segmentation such as {name}_seg.nii.gz: add it, or leave the case out.")
    return case


def _case(folder: Path) -> Case | None:
    """Return the case in a folder, None when it has no segmentation. Raises InputError when it has nothing else."""
    truth = find_truth(folder)
    if truth is None:
        return None
    return Case(folder.resolve().name, folder, truth, subset(find_files(folder)))
