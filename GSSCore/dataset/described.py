"""Data sets with a `dataset.json`: the Medical Segmentation Decathlon, and nnU-Net's raw format (versions 1 and 2).

Images lie in `imagesTr`, labels in `labelsTr`. The Decathlon's images are four-dimensional, `<case>.nii.gz`, and
`modality` names their volumes. nnU-Net has a file per channel, `<case>_0000.nii.gz`; version 2 names the channels in
`channel_names`, version 1 in `modality`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from GSSCore.dataset.case import Case, ImageFile, ordered
from GSSCore.dataset.names import channel, label_map, region_label_map
from GSSCore.errors import InputError
from GSSCore.truth import LabelMap
from GSSCore.vocabulary import Modality

logger = logging.getLogger(__name__)

DESCRIPTION = "dataset.json"
IMAGES, LABELS = "imagesTr", "labelsTr"


def is_described(dataset: Path) -> bool:
    """Tell whether a folder is such a data set."""
    return (dataset / DESCRIPTION).is_file()


def find_described(dataset: Path) -> list[Case]:
    """Return the training cases of a data set with a `dataset.json`, sorted by name.

    A channel file that is absent is a missing modality.

    Raises:
        InputError: when the description can't be read or lacks something, or a case has no image or no label file.
    """
    description = dataset / DESCRIPTION
    content = _read(description)
    channels = _channels(content, description)
    labels = _labels(content, description)
    ending = str(content.get("file_ending", ".nii.gz"))
    truths = sorted((dataset / LABELS).glob(f"*{ending}"))
    truths = [path for path in truths if not path.name.startswith(".")]
    if not truths:
        raise InputError(f"{dataset / LABELS} holds no segmentation *{ending}: check the data set's folder.")
    cases = []
    for truth in truths:
        name = truth.name.removesuffix(ending)
        images = _images(dataset / IMAGES, name, ending, channels)
        if not images:
            raise InputError(f"{dataset / IMAGES} holds no image of the case {name}: add it, or remove {truth}.")
        cases.append(Case(name, ordered(images), truth, labels, description))
    return cases


def _images(folder: Path, name: str, ending: str, channels: Mapping[int, Modality]) -> dict[Modality, ImageFile]:
    whole = folder / f"{name}{ending}"
    if whole.is_file():
        return {modality: ImageFile(whole, number) for number, modality in channels.items()}
    single = {modality: folder / f"{name}_{number:04d}{ending}" for number, modality in channels.items()}
    return {modality: ImageFile(path) for modality, path in single.items() if path.is_file()}


def _read(description: Path) -> dict[str, Any]:
    try:
        content = json.loads(description.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
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


def _labels(content: dict[str, Any], description: Path) -> LabelMap:
    """Return the label map, from {value: name} (version 1), {name: value} or {name: [values]} (version 2)."""
    labels = content.get("labels")
    if not isinstance(labels, dict) or not labels:
        raise InputError(f"{description} declares no labels: add them.")
    if all(str(key).isdecimal() and isinstance(name, str) for key, name in labels.items()):
        return label_map({int(key): name for key, name in labels.items()}, description)
    if all(type(value) is int for value in labels.values()):
        return label_map({value: name for name, value in labels.items()}, description)
    values = {name: (value,) if type(value) is int else value for name, value in labels.items()}
    if not all(isinstance(v, (list, tuple)) and all(type(number) is int for number in v) for v in values.values()):
        raise InputError(f"{description} declares labels in no known form: write name and value.")
    regions = {name: tuple(v) for name, v in values.items() if name.lower() != "background"}
    return region_label_map(regions, description)
