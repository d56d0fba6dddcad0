"""The cases of a data set in any of four layouts: BraTS folders, Decathlon, nnU-Net, BIDS."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from GSSCore.dataset.bids import find_bids, is_bids
from GSSCore.dataset.brats import find_brats
from GSSCore.dataset.case import Case, ImageFile, no_case, patient_of
from GSSCore.dataset.described import find_described, is_described
from GSSCore.dataset.reading import preprocess_case
from GSSCore.dataset.splits import draw_splits, find_split, find_twins, read_parts, read_split
from GSSCore.errors import InputError
from GSSCore.messages import Message

__all__ = [
    "Case",
    "ImageFile",
    "draw_splits",
    "find_cases",
    "find_split",
    "find_twins",
    "gather_cases",
    "patient_of",
    "preprocess_case",
    "read_parts",
    "read_split",
]

logger = logging.getLogger(__name__)


def find_cases(dataset: Path | str, names: Iterable[str] | None = None) -> list[Case]:
    """Return the cases of a data set, sorted by name; or those of the given names, in their order.

    The files tell the layout: `dataset.json` for the Decathlon and nnU-Net, `dataset_description.json` for BIDS, else
    a folder per case with BraTS names, or the folder of one case.

    Args:
        dataset: the folder.
        names: the cases to take; None for all.

    Raises:
        InputError: when there is no such folder, it holds no case, a named case is missing or has no segmentation, or
            the files allow more than one reading.
    """
    place = Path(dataset)
    if not place.is_dir():
        raise InputError(
            Message("dataset.no-folder", "{folder} is no folder: name the folder that holds the cases.", folder=place)
        )
    if is_described(place):
        logger.info("%s: cases as dataset.json describes them (Decathlon, nnU-Net)", place)
        cases = find_described(place)
    elif is_bids(place):
        logger.info("%s: cases of a BIDS data set", place)
        cases = find_bids(place)
    else:
        logger.info("%s: case folders with BraTS names", place)
        return find_brats(place, names)
    if not cases:
        raise InputError(
            Message(
                "dataset.no-cases",
                "{folder} holds no case with a segmentation: name the folder that holds the cases.",
                folder=place,
            )
        )
    return cases if names is None else _named(cases, names, [place])


def gather_cases(datasets: Sequence[Path | str], names: Sequence[str] | None = None) -> list[Case]:
    """Return the cases of several data sets together, sorted by name; or those of the given names, in their order.

    Args:
        datasets: the folders, each as for `find_cases`.
        names: the cases to take; None for all.

    Raises:
        InputError: as `find_cases`; also when two data sets hold a case of one name, or none holds a named one.
    """
    found: dict[str, Case] = {}
    for case in (case for dataset in datasets for case in find_cases(dataset)):
        if case.name in found:
            raise InputError(
                Message(
                    "dataset.case-twice",
                    "The case {case} is in {first} and in {second}: leave one of them out.",
                    case=case.name,
                    first=found[case.name].truth.parent,
                    second=case.truth.parent,
                )
            )
        found[case.name] = case
    cases = [found[name] for name in sorted(found)]
    return cases if names is None else _named(cases, names, datasets)


def _named(cases: Sequence[Case], names: Iterable[str], datasets: Sequence[Path | str]) -> list[Case]:
    found = {case.name: case for case in cases}
    wanted = list(dict.fromkeys(names))
    lacking = [name for name in wanted if name not in found]
    if lacking:
        near = get_close_matches(lacking[0], list(found), n=1)
        raise InputError(no_case(datasets, lacking[0], near, len(lacking)))
    return [found[name] for name in wanted]
