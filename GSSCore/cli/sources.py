"""Where the images of a study come from: files, a case folder, or a folder of DICOM series."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from GSSCore.cli.arguments import as_path, study_files
from GSSCore.errors import UsageError
from GSSCore.messages import Message
from GSSCore.vocabulary import MODALITIES, Modality

if TYPE_CHECKING:
    from GSSCore.dicom.choice import Choice
    from GSSCore.study.given import Given
    from GSSCore.study.study import Study


@dataclass(frozen=True)
class Source:
    """The images that arguments name; nothing but headers has been read.

    Attributes:
        modalities: the sequences that are there.
        files: what is read.
        read: reads the images.
        finish: adds to the study that they make what it is called and what is to be told of where it comes from.
        lines: what was found, for the reader.
    """

    modalities: tuple[Modality, ...]
    files: tuple[Path, ...]
    read: Callable[[], list[Given]]
    finish: Callable[[Study], Study]
    lines: tuple[str, ...] = ()


def add_dicom(parser: argparse.ArgumentParser) -> None:
    """Add a folder of DICOM series, and which study in it."""
    group = parser.add_argument_group("a study as DICOM: a folder of series; --flair 7 then names a series")
    group.add_argument(
        "--dicom",
        type=as_path,
        metavar="FOLDER",
        help="folder with the patient's DICOM files, under any names; `gss dicom FOLDER` lists its series",
    )
    group.add_argument("--study", metavar="DATE", help="date or UID of the study, where the folder holds several")


def named_series(options: argparse.Namespace) -> dict[Modality, str]:
    """Return the series that arguments name: number, description or UID, or `none`."""
    given = {modality: getattr(options, modality.value) for modality in MODALITIES}
    return {modality: path.as_posix() for modality, path in given.items() if path is not None}


def study_source(options: argparse.Namespace) -> Source:
    """Return where the images of a study come from.

    Raises:
        UsageError: when arguments contradict each other.
        InputError: when no study is there.
    """
    if options.dicom is None:
        if options.study is not None:
            raise UsageError(
                Message(
                    "cli.study-of-what", "The option --study chooses among the studies of --dicom: name the folder."
                )
            )
        return _of_files(options)
    if options.case is not None:
        raise UsageError(
            Message("cli.case-and-dicom", "Both --case and --dicom were given: name one folder of the study.")
        )
    from GSSCore.dicom import choose, find_series

    series = find_series(options.dicom)
    return _of_series(choose(series, named_series(options), options.study), options.dicom)


def _of_files(options: argparse.Namespace) -> Source:
    from GSSCore.study.folder import case_name, named_otherwise
    from GSSCore.study.given import read_given

    found = study_files(options)

    def finish(study: Study) -> Study:
        name = case_name(found.values())
        study = study if name is None else study.called(name)
        return study.with_warnings([*found.warnings, *named_otherwise(found)])

    return Source(tuple(found), tuple(found.values()), lambda: read_given(found), finish)


def _of_series(choice: Choice, folder: Path) -> Source:
    def read() -> list[Given]:
        from GSSCore.raw.from_dicom import given_series

        return given_series(choice)

    def finish(study: Study) -> Study:
        from GSSCore.raw.from_dicom import from_choice

        return from_choice(study, choice).called(folder.resolve().name)

    return Source(tuple(choice.taken), tuple(_files(choice)), read, finish, tuple(choice.lines()))


def _files(choice: Choice) -> Iterator[Path]:
    """Yield all files of the folder that were looked at: results may go on top of none of them."""
    for told in (*choice.taken.values(), *choice.left_out):
        yield from told.series.files
