"""Data sets with a `dataset.json`: the Medical Segmentation Decathlon, and nnU-Net's raw format (versions 1 and 2).

Images lie in `imagesTr`, labels in `labelsTr`; where `training` lists pairs of them, these are the cases. The
Decathlon's images are four-dimensional, `<case>.nii.gz`, and `modality` names their volumes. nnU-Net has a file
per channel, `<case>_0000.nii.gz`; version 2 names the channels in `channel_names`, version 1 in `modality`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from GSSCore.dataset.case import Case, ImageFile, is_there, ordered
from GSSCore.dataset.names import label_map, region_label_map
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.sequences import Reading, read_words
from GSSCore.study.labels import LabelMap
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
        InputError: when the description can't be read or lacks something, counts channels from 1, names one that no
            case has, or none for a file that is there; when it lists a label file that is not there, or a case has no
            image. Labels that can't be told are a `fault` of the cases, for the user may declare them.
    """
    description = dataset / DESCRIPTION
    content = _read(description)
    names = _channel_names(content, description)
    channels = _channels(names, description)
    ending = content.get("file_ending", ".nii.gz")
    if not isinstance(ending, str) or not ending.startswith("."):
        raise InputError(
            Message(
                "dataset.ending",
                "{file} has the file_ending '{ending}': write one such as .nii.gz.",
                file=description,
                ending=str(ending),
            )
        )
    labels, fault = _labels_or_fault(content, description)
    pairs = _listed(content, description) if content.get("training") else _found(dataset, ending)
    _require_channels([whole for whole, _ in pairs], ending, names, description)
    cases = []
    for whole, truth in pairs:
        name = truth.name.removesuffix(ending)
        images = _images(whole, ending, channels, len(names))
        if not images:
            raise InputError(
                Message(
                    "dataset.no-image",
                    "{folder} holds no image of the case {case}: add it, or leave {truth} out.",
                    folder=whole.parent,
                    case=name,
                    truth=truth,
                )
            )
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
        raise InputError(
            Message(
                "dataset.training",
                "{file} has a 'training' that is no list of image and label: correct or remove it.",
                file=description,
            )
        )
    folder = description.parent
    pairs = list(dict.fromkeys((folder / entry["image"], folder / entry["label"]) for entry in entries))
    absent = [truth for _, truth in pairs if not truth.is_file()]
    if absent:
        raise InputError(
            Message(
                "dataset.label-gone",
                "{file} lists {truth}, which is not there ({count} missing in all): add it, or take it out of "
                "'training'.",
                file=description,
                truth=absent[0],
                count=len(absent),
            )
        )
    return pairs


def _found(dataset: Path, ending: str) -> list[tuple[Path, Path]]:
    """Return the pair of image and label for each label file."""
    truths = _files(dataset / LABELS, ending)
    if not truths:
        raise InputError(
            Message(
                "dataset.no-truth",
                "{folder} holds no segmentation *{ending}: check the data set's folder.",
                folder=dataset / LABELS,
                ending=ending,
            )
        )
    return [(dataset / IMAGES / truth.name, truth) for truth in truths]


def _files(folder: Path, ending: str) -> list[Path]:
    return [path for path in sorted(folder.glob(f"*{ending}")) if not path.name.startswith(".")]


def _images(whole: Path, ending: str, channels: Mapping[int, Modality], count: int) -> dict[Modality, ImageFile]:
    """Return the volumes of one file, or the file per channel that is named after it."""
    if is_there(whole):
        return {modality: ImageFile(whole, number, count) for number, modality in channels.items()}
    single = {modality: _channel_file(whole, ending, number) for number, modality in channels.items()}
    return {modality: ImageFile(path) for modality, path in single.items() if is_there(path)}


def _channel_file(whole: Path, ending: str, number: int) -> Path:
    return whole.with_name(f"{whole.name.removesuffix(ending)}_{number:04d}{ending}")


def _require_channels(wholes: Sequence[Path], ending: str, names: Mapping[int, str], description: Path) -> None:
    """Refuse a description that names a channel which no case has, or none for a file: its numbers may be shifted."""
    apart = [whole for whole in wholes if not is_there(whole)]
    there = _channel_files(apart, ending)
    unnamed = sorted(set(there) - set(names))
    if unnamed:
        raise InputError(
            Message(
                "dataset.unnamed-channel",
                "{file} names no channel {number}, and {image} is there: name all channels, counted from 0.",
                file=description,
                number=unnamed[0],
                image=there[unnamed[0]],
            )
        )
    absent = sorted(set(names) - set(there))
    if there and len(apart) == len(wholes) and absent:
        raise InputError(
            Message(
                "dataset.channel-gone",
                "{file} names the channel {number} {name}, of which no case has a file such as {image}: correct the "
                "channels, counted from 0.",
                file=description,
                number=absent[0],
                name=names[absent[0]],
                image=_channel_file(wholes[0], ending, absent[0]).name,
            )
        )


def _channel_files(wholes: Iterable[Path], ending: str) -> dict[int, Path]:
    """Return a file of each channel that there is, whatever is named, of the cases whose channels are files apart."""
    stems = {whole.with_name(whole.name.removesuffix(ending)) for whole in wholes}
    found: dict[int, Path] = {}
    for folder in {stem.parent for stem in stems}:
        for path in _files(folder, ending):
            stem = path.name.removesuffix(ending)
            if _CHANNEL_NUMBER.search(stem) and path.with_name(stem[:-5]) in stems:
                found.setdefault(int(stem[-4:]), path)
    return found


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
        # From bytes: UTF-8, -16 or -32, as JSON may be, with a byte order mark or none.
        content = json.loads(description.read_bytes())
    except (OSError, ValueError, RecursionError) as fault:
        raise InputError(
            Message(
                "dataset.unreadable", "{file} can't be read ({reason}): correct it.", file=description, reason=fault
            )
        ) from fault
    if not isinstance(content, dict):
        raise InputError(Message("dataset.no-object", "{file} is no JSON object: correct it.", file=description))
    return content


def _channel_names(content: dict[str, Any], description: Path) -> dict[int, str]:
    """Return what the description calls its channels, by their number, counted from 0."""
    names = content.get("channel_names", content.get("modality"))
    if (
        not isinstance(names, dict)
        or not names
        or not all(str(key).isdecimal() and len(key) <= 4 and isinstance(n, str) for key, n in names.items())
    ):
        raise InputError(
            Message(
                "dataset.no-channels",
                "{file} names no channels, such as {example}: add them.",
                file=description,
                example='"channel_names": {"0": "FLAIR"}',
            )
        )
    numbered = {int(key): name for key, name in names.items()}
    if len(numbered) < len(names):
        raise InputError(
            Message("dataset.channel-number-twice", "{file} numbers two channels alike: correct it.", file=description)
        )
    if 0 not in numbered:
        raise InputError(
            Message(
                "dataset.channels-from",
                "{file} counts channels from {first}, and files and volumes are counted from 0: number the channels "
                "from 0.",
                file=description,
                first=min(numbered),
            )
        )
    return numbered


def _channels(names: Mapping[int, str], description: Path) -> dict[int, Modality]:
    """Return the channels that are one of the four; the others are left out, and the log says so."""
    found: dict[int, Modality] = {}
    for number, name in names.items():
        modality = _modality(read_words(name), name, description)
        if modality is None:
            logger.warning("%s: the channel %s is no FLAIR, T1ce, T1 or T2 and is left out", description, name)
        elif modality in found.values():
            raise InputError(
                Message(
                    "dataset.channel-twice",
                    "{file} has two channels for {sequence}: correct it.",
                    file=description,
                    sequence=modality.display,
                )
            )
        else:
            found[number] = modality
    if not found:
        raise InputError(
            Message(
                "dataset.no-known-channel",
                "{file} has no channel for FLAIR, T1ce, T1 or T2: correct its names.",
                file=description,
            )
        )
    return found


def _modality(reading: Reading, name: str, description: Path) -> Modality | None:
    if len(reading.candidates) > 1:
        raise InputError(
            Message(
                "dataset.channel-ambiguous",
                "{file} calls a channel '{name}', which may mean {sequences}: write one of them.",
                file=description,
                name=name,
                sequences=[m.display for m in reading.candidates],
            )
        )
    return reading.modality


def _labels_or_fault(content: dict[str, Any], description: Path) -> tuple[LabelMap | None, Message | None]:
    """Return what the description declares of the labels; or None, and why that can't be used."""
    try:
        return _labels(content, description), None
    except InputError as fault:
        logger.warning("%s", fault)
        return None, fault.message


def _labels(content: dict[str, Any], description: Path) -> LabelMap:
    """Return the label map, from {value: name} (version 1), {name: value} or {name: [values]} (version 2)."""
    labels = content.get("labels")
    if not isinstance(labels, dict) or not labels:
        raise InputError(
            Message(
                "dataset.no-labels",
                "{file} declares no labels: correct it, or declare all labels with --truth-labels.",
                file=description,
            )
        )
    if all(str(key).isdecimal() and isinstance(name, str) for key, name in labels.items()):
        return label_map(((int(key), name) for key, name in labels.items()), description)
    values = {name: [value] if type(value) is int else value for name, value in labels.items()}
    if not all(isinstance(v, list) and all(type(number) is int for number in v) for v in values.values()):
        raise InputError(
            Message(
                "dataset.label-form",
                "{file} declares labels in no known form, which is name and value: correct it, or declare all labels "
                "with --truth-labels.",
                file=description,
            )
        )
    if all(len(v) == 1 for v in values.values()):
        return label_map(((v[0], name) for name, v in values.items()), description)
    regions = {name: tuple(v) for name, v in values.items() if name.lower() != "background"}
    return region_label_map(regions, description)
