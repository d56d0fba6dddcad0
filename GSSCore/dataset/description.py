"""What a `dataset.json` says of a data set: its channels, its labels and its cases.

The Decathlon and version 1 of nnU-Net's raw format name the channels in `modality`, version 2 in `channel_names`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from GSSCore.dataset.names import label_map, region_label_map
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.sequences import Reading, read_words
from GSSCore.study.labels import LabelMap
from GSSCore.vocabulary import Modality

logger = logging.getLogger(__name__)

DESCRIPTION = "dataset.json"


@dataclass(frozen=True)
class Description:
    """A `dataset.json`.

    Attributes:
        file: its path.
        names: what it calls the channels, by their number, counted from 0.
        channels: the modality of each channel that shows one of the four.
        ending: of the names of images and labels, such as `.nii.gz`.
        labels: what the values of the segmentations mean; None when `fault` says why that can't be used.
        fault: see above.
        training: the list of cases as it stands in the file; None where there is none.
    """

    file: Path
    names: Mapping[int, str]
    channels: Mapping[int, Modality]
    ending: str
    labels: LabelMap | None
    fault: Message | None
    training: Any


def read_description(dataset: Path) -> Description:
    """Return the description of a data set.

    Raises:
        InputError: when it can't be read, names no channel that is one of the four, or counts channels from 1.
    """
    file = dataset / DESCRIPTION
    content = _read(file)
    names = _channel_names(content, file)
    channels = _channels(names, file)
    ending = content.get("file_ending", ".nii.gz")
    if not isinstance(ending, str) or not ending.startswith("."):
        raise InputError(
            Message(
                "dataset.ending",
                "{file} has the file_ending '{ending}': write one such as .nii.gz.",
                file=file,
                ending=str(ending),
            )
        )
    labels, fault = _labels_or_fault(content, file)
    return Description(file, names, channels, ending, labels, fault, content.get("training"))


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
    """Return the modality of each channel that shows one of the four; the log names the channels that do not."""
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
