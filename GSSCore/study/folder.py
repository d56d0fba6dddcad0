"""Which file of a case folder is which modality, which images are passed over, and which is the expert segmentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.sequences import (
    EXTENSIONS,
    Reading,
    numbered_channel,
    originals,
    read_file_names,
    stem_of,
    tokens,
)
from GSSCore.vocabulary import MODALITIES, Modality

SEGMENTATION = ".seg.nrrd"
"""The ending of Slicer's segmentations, which are no images: those of this project's own results are among them."""

TRUTH_NAMES = ("seg", "segm", "ot")
"""Last word of an expert segmentation's name: `seg` from BraTS 2017 on, `segm` in one case of 2020, `ot` up to 2016."""

NAMED = 6
"""How many of the files that were passed over a sentence names."""


@dataclass(frozen=True, eq=False)
class FoundFiles(Mapping[Modality, Path]):
    """The image of each modality of a study, in the order of `MODALITIES`.

    Attributes:
        files: the image of each modality.
        folder: where they were found; None when they were named one by one.
        passed_over: images whose names say none of the four, or something else; segmentations and masks left out.
        gave_way: reformats, bias-corrected copies and the like of images that were taken.
    """

    files: Mapping[Modality, Path]
    folder: Path | None = None
    passed_over: tuple[Path, ...] = ()
    gave_way: tuple[Path, ...] = ()

    def __getitem__(self, modality: Modality) -> Path:
        return self.files[modality]

    def __iter__(self) -> Iterator[Modality]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    @property
    def warnings(self) -> tuple[Message, ...]:
        """Warnings about images that were not taken."""
        if self.folder is None:
            return ()
        return (*_passed_over(self.folder, self.passed_over), *_gave_way(self.folder, self.gave_way))


def find_files(folder: Path | str) -> FoundFiles:
    """Return the image of each modality that a case folder holds, and which images were passed over.

    Names are read by the rules of `GSSCore.sequences`: those of BraTS 2012 to 2016 (`VSD.Brain.XX.O.MR_T1c.54514.mha`,
    each in a folder of its own), 2017 to 2021 (`<case>_t1ce.nii.gz`) and 2023 on (`<case>-t1c.nii.gz`), of BIDS
    (`sub-01_ce-gad_T1w.nii.gz`), and what else people write, such as `T1_post.nii.gz`. Segmentations are left out.

    Raises:
        InputError: when there is no such folder, no modality in it, more than one file for a modality, or a file whose
            name may mean several.
    """
    folder = _existing(folder)
    readings = _readings(folder)
    found = {m: [path for path, reading in readings.items() if reading.modality is m] for m in MODALITIES}
    for path, reading in readings.items():
        if len(reading.candidates) > 1:
            raise InputError(
                Message(
                    "study.ambiguous-name",
                    "The name of {file} may mean {sequences}: rename the file so that it says one of them, or name the "
                    "files one by one.",
                    file=path,
                    sequences=[m.display for m in reading.candidates],
                )
            )
    for modality, paths in found.items():
        found[modality] = paths = originals(paths, readings)
        if len(paths) > 1:
            raise InputError(
                Message(
                    "study.two-files",
                    "{folder} holds more than one {sequence}, {files}: keep one of them in the folder, or name the "
                    "files one by one.",
                    folder=folder,
                    sequence=modality.display,
                    files=[path.name for path in paths],
                )
            )
    if not any(found.values()):
        raise InputError(_nothing_found(folder, readings))
    files = {modality: paths[0] for modality, paths in found.items() if paths}
    rest = [path for path in readings if path not in files.values() and not readings[path].label]
    return FoundFiles(
        files,
        folder,
        tuple(path for path in rest if not readings[path].candidates),
        tuple(path for path in rest if readings[path].candidates),
    )


def _passed_over(folder: Path, paths: tuple[Path, ...]) -> tuple[Message, ...]:
    names = [path.name for path in paths]
    if not names:
        return ()
    if len(names) > NAMED:
        return (
            Message(
                "study.passed-over-many",
                "Passed over in {folder}, by the name no FLAIR, T1ce, T1 or T2: {count} images, among them {files}. "
                "Rename what should be used, or name the files one by one.",
                count=len(names),
                folder=folder,
                files=names[:NAMED],
            ),
        )
    return (
        Message(
            "study.passed-over",
            "Passed over in {folder}, by the name no FLAIR, T1ce, T1 or T2: {files}. Rename what should be used, or "
            "name the files one by one.",
            folder=folder,
            files=names,
        ),
    )


def _gave_way(folder: Path, paths: tuple[Path, ...]) -> tuple[Message, ...]:
    if not paths:
        return ()
    return (
        Message(
            "study.gave-way",
            "Left out in {folder}, by the name reformats or corrected copies of images that are there: {files}. To use "
            "one, name the files one by one.",
            folder=folder,
            files=[path.name for path in paths],
        ),
    )


def named_otherwise(files: Mapping[Modality, Path]) -> tuple[Message, ...]:
    """Return which files are given as another modality than their names say, or are named like a segmentation.

    A name that says T1, and nothing of a contrast agent, may be of a T1ce.
    """
    messages = []
    readings = read_file_names(path.name for path in files.values())
    for modality, path in files.items():
        reading = readings[path.name]
        may_be = reading.modality is Modality.T1 and modality is Modality.T1CE and reading.contrast is None
        if reading.modality not in (None, modality) and not may_be:
            messages.append(
                Message(
                    "study.named-otherwise",
                    "{sequence}: by its name, {file} is {other}: check that the files are not exchanged.",
                    sequence=modality.display,
                    file=path.name,
                    other=reading.modality.display,
                )
            )
        elif reading.label:
            messages.append(
                Message(
                    "study.named-like-label",
                    "{sequence}: by its name, {file} is a segmentation or a mask: check that it is the image.",
                    sequence=modality.display,
                    file=path.name,
                )
            )
    return tuple(messages)


def case_name(paths: Iterable[Path]) -> str | None:
    """Return what the files of a study are called together; None where neither their names nor one folder says it.

    It is what all their names begin with, if that holds a number, as in `BraTS2021_00000_flair.nii.gz` beside
    `BraTS2021_00000_t2.nii.gz`; otherwise the name of the folder that they lie in.
    """
    files = [path.absolute() for path in paths]
    letters = zip(*(stem_of(path.name) for path in files), strict=False) if len(files) > 1 else ()
    shared = "".join(same[0] for same in takewhile(lambda found: len(set(found)) == 1, letters))
    whole = re.match(r"(.+)[-_. ]", shared)
    if whole is not None and re.search(r"\d", whole[1]):
        return whole[1].rstrip("-_. ")
    folders = {path.parent for path in files}
    return folders.pop().name or None if len(folders) == 1 else None


def holds_study(folder: Path | str) -> bool:
    """Tell whether a folder holds an image whose name says a modality, be it one too many, or leaves a choice.

    Raises:
        InputError: when there is no such folder.
    """
    return any(reading.candidates for reading in _readings(_existing(folder)).values())


def holds_images(folder: Path | str) -> bool:
    """Tell whether a folder holds files that may be images, whatever their names say, segmentations left out.

    Raises:
        InputError: when there is no such folder.
    """
    return any(not reading.label for reading in _readings(_existing(folder)).values())


def find_truth(folder: Path | str) -> Path | None:
    """Return the expert segmentation in a case folder, `<case>_seg.nii.gz` or the like; None when there is none.

    Raises:
        InputError: when there is no such folder, or more than one segmentation in it.
    """
    folder = _existing(folder)
    paths = [path for path in _images(folder) if _last_word(path) in TRUTH_NAMES]
    if len(paths) > 1:
        raise InputError(
            Message(
                "study.two-truths",
                "{folder} holds more than one segmentation, {files}: keep one of them in the folder.",
                folder=folder,
                files=[path.name for path in paths],
            )
        )
    return paths[0] if paths else None


def _nothing_found(folder: Path, readings: Mapping[Path, Reading]) -> Message:
    """Return why a folder is no case, with the names of the images that it does hold."""
    names = [path.name for path, reading in readings.items() if not reading.label]
    if names and all(numbered_channel(name) for name in names):
        return Message(
            "study.numbered-channels",
            "{folder} holds numbered channels, such as {file}, and nothing says which is FLAIR, T1ce, T1 or T2: name "
            "the files one by one.",
            folder=folder,
            file=names[0],
        )
    if names:
        return Message(
            "study.no-known-name",
            "{folder} holds no FLAIR, T1ce, T1 or T2 under a known name, such as case_flair.nii.gz or case-t2f.nii.gz, "
            "but images such as {files}: rename the files so, or name them one by one.",
            folder=folder,
            files=names[:NAMED],
        )
    return Message(
        "study.no-image",
        "{folder} holds no FLAIR, T1ce, T1 or T2 under a known name, such as case_flair.nii.gz or case-t2f.nii.gz: "
        "rename the files so, or name them one by one.",
        folder=folder,
    )


def _readings(folder: Path) -> dict[Path, Reading]:
    """Return what the name of each image in a folder says."""
    paths = list(_images(folder))
    by_name = read_file_names(path.name for path in paths)
    return {path: by_name[path.name] for path in paths}


def _existing(folder: Path | str) -> Path:
    """Return `folder` as a path; refuse anything but a folder."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(
            Message("study.no-folder", "{folder} is no folder: check the name of the case folder.", folder=folder)
        )
    return folder


def _images(folder: Path) -> Iterator[Path]:
    """Yield the image files of a case, sorted, without hidden ones: macOS leaves `._case_t1.nii.gz` beside a file."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name.startswith("VSD."):
            yield from _images(path)
        elif path.is_file() and path.name.lower().endswith(EXTENSIONS) and not path.name.lower().endswith(SEGMENTATION):
            yield path


def _last_word(path: Path) -> str:
    """Return the last word of a file's name, without numbers behind it: `t1c` of `MR_T1c.54514.mha`."""
    words = tokens(stem_of(path.name))
    while words and words[-1].isdecimal():
        words.pop()
    return words[-1] if words else ""
