"""Data sets in BraTS form: one folder per case, with images and a segmentation under the names of any year."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from GSSCore.dataset.case import Case, ImageFile, no_case
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.study.folder import find_files, find_truth

logger = logging.getLogger(__name__)


def find_brats(place: Path, names: Iterable[str] | None = None) -> list[Case]:
    """Return the cases, sorted by name; or those of the given names, in their order.

    `place` holds one folder per case, or is the folder of one case. Without `names`, folders without a segmentation are
    left out, and the log says so. Such data sets do not declare what the values of a segmentation mean.

    Raises:
        InputError: when there is no case, a named case is missing or has no segmentation, or a case has a
            segmentation but no images.
    """
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
            Message(
                "dataset.no-case-folder",
                "{folder} holds no case, a folder with images under BraTS names and a segmentation such as "
                "case_seg.nii.gz: name the folder that holds the cases.",
                folder=place,
            )
        )
    return cases


def _named(place: Path, name: str) -> Case:
    folder = place / name
    if not folder.is_dir():
        near = get_close_matches(name, [f.name for f in place.iterdir() if f.is_dir()], n=1)
        raise InputError(no_case([place], name, near, missing=1))
    case = _case(folder)
    if case is None:
        raise InputError(
            Message(
                "dataset.case-without-truth",
                "{folder} holds no segmentation such as {case}_seg.nii.gz: add it, or leave the case out.",
                folder=folder,
                case=name,
            )
        )
    return case


def _case(folder: Path) -> Case | None:
    """Return the case in a folder; None without a segmentation. Raises InputError for a segmentation without images."""
    truth = find_truth(folder)
    if truth is None:
        return None
    found = find_files(folder)
    for warning in found.warnings:
        logger.warning("%s", warning)
    images = {modality: ImageFile(path) for modality, path in found.items()}
    return Case(folder.resolve().name, images, truth)
