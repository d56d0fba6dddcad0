"""Data sets with a `dataset.json`: the Medical Segmentation Decathlon, and nnU-Net's raw format (versions 1 and 2).

Images lie in `imagesTr`, labels in `labelsTr`. Where `training` lists pairs of them, these are the cases. The
Decathlon's images are four-dimensional, `<case>.nii.gz`. nnU-Net has a file per channel, `<case>_0000.nii.gz`. See
`GSSCore.dataset.description` for what `dataset.json` says of them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from GSSCore.dataset.case import Case, ImageFile, is_there, ordered
from GSSCore.dataset.description import DESCRIPTION, Description, read_description
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality

logger = logging.getLogger(__name__)

IMAGES, LABELS = "imagesTr", "labelsTr"
_CHANNEL_NUMBER = re.compile(r"_\d{4}$")


def is_described(dataset: Path) -> bool:
    """Tell whether a folder is a data set with a `dataset.json`."""
    return (dataset / DESCRIPTION).is_file()


def find_described(dataset: Path) -> list[Case]:
    """Return the training cases of a data set with a `dataset.json`, sorted by name.

    A channel file that is absent is a missing modality. Images without a segmentation are left out, as are labels
    that a list `training` leaves out; the log says so.

    Raises:
        InputError: when the description can't be read or lacks something; when it counts channels from 1, names a
            channel that no case has, or lacks one of which there is a file; when it lists a label file that is not
            there; when a case has no image. Labels that it does not declare well are a `fault` of the cases, as the
            user may declare them.
    """
    description = read_description(dataset)
    ending = description.ending
    pairs = _listed(description) if description.training else _found(dataset, ending)
    _require_channels([whole for whole, _ in pairs], description)
    cases = []
    for whole, truth in pairs:
        name = truth.name.removesuffix(ending)
        images = _images(whole, description)
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
        cases.append(Case(name, ordered(images), truth, description.labels, description.file, description.fault))
    _log_left_out(dataset, ending, {case.name for case in cases})
    return sorted(cases, key=lambda case: case.name)


def _listed(description: Description) -> list[tuple[Path, Path]]:
    """Return the pairs of image and label that `training` lists; an image may stand for a file per channel."""
    entries = description.training
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("image"), str) and isinstance(entry.get("label"), str)
        for entry in entries
    ):
        raise InputError(
            Message(
                "dataset.training",
                "{file} has a 'training' that is no list of image and label: correct or remove it.",
                file=description.file,
            )
        )
    folder = description.file.parent
    pairs = list(dict.fromkeys((folder / entry["image"], folder / entry["label"]) for entry in entries))
    absent = [truth for _, truth in pairs if not truth.is_file()]
    if absent:
        raise InputError(
            Message(
                "dataset.label-gone",
                "{file} lists {truth}, which is not there ({count} missing in all): add it, or take it out of "
                "'training'.",
                file=description.file,
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


def _images(whole: Path, description: Description) -> dict[Modality, ImageFile]:
    """Return the volumes of the file `whole`, or else the files per channel whose names begin like its name."""
    channels = description.channels.items()
    if is_there(whole):
        return {modality: ImageFile(whole, number, len(description.names)) for number, modality in channels}
    single = {modality: _channel_file(whole, description.ending, number) for number, modality in channels}
    return {modality: ImageFile(path) for modality, path in single.items() if is_there(path)}


def _channel_file(whole: Path, ending: str, number: int) -> Path:
    return whole.with_name(f"{whole.name.removesuffix(ending)}_{number:04d}{ending}")


def _require_channels(wholes: Sequence[Path], description: Description) -> None:
    """Refuse a description whose channels are not those of the files, as its numbers may be shifted."""
    ending, names = description.ending, description.names
    apart = [whole for whole in wholes if not is_there(whole)]
    there = _channel_files(apart, ending)
    unnamed = sorted(set(there) - set(names))
    if unnamed:
        raise InputError(
            Message(
                "dataset.unnamed-channel",
                "{file} names no channel {number}, and {image} is there: name all channels, counted from 0.",
                file=description.file,
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
                file=description.file,
                number=absent[0],
                name=names[absent[0]],
                image=_channel_file(wholes[0], ending, absent[0]).name,
            )
        )


def _channel_files(wholes: Iterable[Path], ending: str) -> dict[int, Path]:
    """Return a file for each channel number among the files of these cases, whether the channel is named or not."""
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
