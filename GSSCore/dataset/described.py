"""Data sets with a `dataset.json`: the Medical Segmentation Decathlon, and nnU-Net's raw format (versions 1 and 2).

Images lie in `imagesTr`, labels in `labelsTr`; where `training` lists pairs of them, these are the cases. The
Decathlon's images are four-dimensional, `<case>.nii.gz`, and `modality` names their volumes. nnU-Net has a file
per channel, `<case>_0000.nii.gz`; version 2 names the channels in `channel_names`, version 1 in `modality`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from GSSCore.dataset.case import Case, ImageFile, is_there, ordered
from GSSCore.dataset.names import REMEDY, channel, label_map, region_label_map
from GSSCore.errors import InputError
from GSSCore.truth import LabelMap
from GSSCore.vocabulary import Modality

logger = logging.getLogger(__name__)

DESCRIPTION = "dataset.json"
IMAGES, LABELS = "imagesTr", "labelsTr"
_CHANNEL_NUMBER = re.compile(r"_\d{4}$")


def is_described(dataset: Path) -> bool:
    """Tell whether a folder is such a data set."""
    return (dataset / DESCRIPTION).is_file()


def find_described(dataset: Path) -> list[Case]:
    """Return the training cases of a data set with a `dataset.json`, sorted by name.

    A channel file that is absent is a missing modality. Images without a segmentation are left out, as are labels
    that a list `training` leaves out; the log says so.

    Raises:
        InputError: when the description can't be read or lacks something, it lists a label file that is not there, or a
            case has no image. Labels that can't be told are a `fault` of the cases, for the user may declare them.
    """
    description = dataset / DESCRIPTION
    content = _read(description)
    channels = _channels(content, description)
    ending = content.get("file_ending", ".nii.gz")
    if not isinstance(ending, str) or not ending.startswith("."):
        raise InputError(f'{description} has the "file_ending" {ending!r}: write one such as ".nii.gz".')
    labels, fault = _labels_or_fault(content, description)
    pairs = _listed(content, description) if content.get("training") else _found(dataset, ending)
    cases = []
    for whole, truth in pairs:
        name = truth.name.removesuffix(ending)
        images = _images(whole, ending, channels)
        if not images:
            raise InputError(f"{whole.parent} holds no image of the case {name}: add it, or leave {truth} out.")
        cases.append(Case(name, ordered(images), truth, labels, description, fault))
    _log_left_out(dataset, ending, {case.name for case in cases})
    return sorted(cases, key=lambda case: case.name)


def _listed(content: dict[str, Any], description: Path) -> list[tuple[Path, Path]]:
    """Return the pairs of image and label that `training` lists; an image may stand for a file per channel."""
    entries = content["training"]
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("image"), str) and isinstance(entry.get("label"), str)
        for entry in entries
    ):
        raise InputError(f'{description} has a "training" that is no list of image and label: correct or remove it.')
    folder = description.parent
    pairs = list(dict.fromkeys((folder / entry["image"], folder / entry["label"]) for entry in entries))
    absent = [truth for _, truth in pairs if not truth.is_file()]
    if absent:
        count = f" ({len(absent)} are missing)" if absent[1:] else ""
        raise InputError(
            f'{description} lists {absent[0]}, which is not there{count}: add it, or take it out of "training".'
        )
    return pairs


def _found(dataset: Path, ending: str) -> list[tuple[Path, Path]]:
    """Return the pair of image and label for each label file."""
    truths = _files(dataset / LABELS, ending)
    if not truths:
        raise InputError(f"{dataset / LABELS} holds no segmentation *{ending}: check the data set's folder.")
    return [(dataset / IMAGES / truth.name, truth) for truth in truths]


def _files(folder: Path, ending: str) -> list[Path]:
    return [path for path in sorted(folder.glob(f"*{ending}")) if not path.name.startswith(".")]


def _images(whole: Path, ending: str, channels: Mapping[int, Modality]) -> dict[Modality, ImageFile]:
    """Return the volumes of one file, or the file per channel that is named after it."""
    if is_there(whole):
        return {modality: ImageFile(whole, number) for number, modality in channels.items()}
    stem = whole.name.removesuffix(ending)
    single = {modality: whole.with_name(f"{stem}_{number:04d}{ending}") for number, modality in channels.items()}
    return {modality: ImageFile(path) for modality, path in single.items() if is_there(path)}


def _log_left_out(dataset: Path, ending: str, names: set[str]) -> None:
    left_out: dict[str, None] = {}
    for folder in (IMAGES, LABELS):
        for path in _files(dataset / folder, ending):
            stem = path.name.removesuffix(ending)
            case = _CHANNEL_NUMBER.sub("", stem) if folder == IMAGES else stem
            if not {stem, case} & names:
                left_out[case] = None
    for case in left_out:
        logger.warning("%s has no segmentation, or is not listed, and is left out", dataset / IMAGES / case)


def _read(description: Path) -> dict[str, Any]:
    try:
        content = json.loads(description.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise InputError(f"{description} can't be read ({fault}): correct it.") from fault
    if not isinstance(content, dict):
        raise InputError(f"{description} is no JSON object: correct it.")
    return content


def _channels(content: dict[str, Any], description: Path) -> dict[int, Modality]:
    names = content.get("channel_names", content.get("modality"))
    if not isinstance(names, dict) or not all(str(key).isdecimal() and isinstance(n, str) for key, n in names.items()):
        raise InputError(f'{description} names no channels, such as "channel_names": {{"0": "FLAIR"}}: add them.')
    found: dict[int, Modality] = {}
    for key, name in names.items():
        modality = channel(name)
        if modality is None:
            logger.warning("%s: the channel %s is no FLAIR, T1ce, T1 or T2 and is left out", description, name)
        elif modality in found.values():
            raise InputError(f"{description} has two channels for {modality.display}: correct it.")
        else:
            found[int(key)] = modality
    if not found:
        raise InputError(f"{description} has no channel for FLAIR, T1ce, T1 or T2: correct its names.")
    return found


def _labels_or_fault(content: dict[str, Any], description: Path) -> tuple[LabelMap | None, str | None]:
    """Return what the description declares of the labels; or None, and why that can't be used."""
    try:
        return _labels(content, description), None
    except InputError as fault:
        logger.warning("%s", fault)
        return None, str(fault)


def _labels(content: dict[str, Any], description: Path) -> LabelMap:
    """Return the label map, from {value: name} (version 1), {name: value} or {name: [values]} (version 2)."""
    labels = content.get("labels")
    if not isinstance(labels, dict) or not labels:
        raise InputError(f"{description} declares no labels: {REMEDY}.")
    if all(str(key).isdecimal() and isinstance(name, str) for key, name in labels.items()):
        return label_map(((int(key), name) for key, name in labels.items()), description)
    values = {name: [value] if type(value) is int else value for name, value in labels.items()}
    if not all(isinstance(v, list) and all(type(number) is int for number in v) for v in values.values()):
        raise InputError(f"{description} declares labels in no known form, which is name and value: {REMEDY}.")
    if all(len(v) == 1 for v in values.values()):
        return label_map(((v[0], name) for name, v in values.items()), description)
    regions = {name: tuple(v) for name, v in values.items() if name.lower() != "background"}
    return region_label_map(regions, description)
