"""Arguments that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from GSSCore.cli.progress import FORMS, Form
from GSSCore.errors import UsageError
from GSSCore.messages import Message
from GSSCore.vocabulary import MODALITIES

if TYPE_CHECKING:
    from GSSCore.study.folder import FoundFiles
    from GSSCore.study.labels import LabelMap

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = Any


def as_path(text: str) -> Path:
    """Return an argument as a path; an empty one would be the folder at work."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty; name a file or a folder")
    return Path(text)


def add_study(parser: argparse.ArgumentParser) -> None:
    """Add how a study is named: files by modality, or a case folder."""
    group = parser.add_argument_group("the study: any of these files, or a folder")
    for modality in MODALITIES:
        group.add_argument(f"--{modality.value}", type=as_path, metavar="FILE", help=f"{modality.display} volume")
    group.add_argument(
        "--case",
        type=as_path,
        metavar="FOLDER",
        help="case folder whose file names say what they are, as in case_t1ce.nii.gz",
    )
    add_reference(group)


def add_reference(parser: argparse._ActionsContainer) -> None:
    """Add whose grid a result gets."""
    parser.add_argument(
        "--reference",
        choices=[m.value for m in MODALITIES],
        help="whose grid the result gets; by default the first of FLAIR, T1ce, T2, T1 of prepared images, and the "
        "finest of raw scans",
    )


def add_progress(parser: argparse.ArgumentParser, default: Form = "bar") -> None:
    """Add how the command tells how far it is."""
    parser.add_argument(
        "--progress", choices=FORMS, default=default, help="bar, JSON lines on standard output, or none"
    )


def study_files(options: argparse.Namespace) -> FoundFiles:
    """Return the files that the arguments name, or those in the folder that they name.

    Raises:
        UsageError: when both were given.
        InputError: when the folder holds no study.
    """
    from GSSCore.study.folder import FoundFiles, find_files

    files = {m: getattr(options, m.value) for m in MODALITIES if getattr(options, m.value) is not None}
    if options.case is None:
        return FoundFiles(files)
    if files:
        raise UsageError(
            Message(
                "cli.case-and-files",
                "Both --case and --{name} were given: name the folder or the files.",
                name=next(iter(files)).value,
            )
        )
    return find_files(options.case)


def files_of_settings(options: argparse.Namespace) -> list[Path]:
    """Return the files of the networks that the arguments name, none for shipped ones, and of the brain mask."""
    from GSSCore.networks.card import CARD_FILE, WEIGHTS_FILE

    folders = [getattr(options, name, None) for name in ("network", "brain_network")]
    mask = [options.brain_mask] if getattr(options, "brain_mask", None) else []
    return [*(folder / name for folder in folders if folder for name in (CARD_FILE, WEIGHTS_FILE)), *mask]


def add_truth_labels(parser: argparse.ArgumentParser) -> None:
    """Add what the values of an expert segmentation mean."""
    parser.add_argument(
        "--truth-labels",
        metavar="MAP",
        help="values of the expert segmentation, such as NCR=1,ED=2,ET=4 (default: NCR=1,ED=2,ET=3)",
    )


def label_map(options: argparse.Namespace) -> LabelMap | None:
    """Return the declared label map, or None for the default."""
    from GSSCore.study.labels import parse_label_map

    return None if options.truth_labels is None else parse_label_map(options.truth_labels)


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]

    def line(row: Sequence[str]) -> str:
        first, *others = (f"{cell:{'>' if i else '<'}{widths[i]}}" for i, cell in enumerate(row))
        return "  ".join((first, *others)).rstrip()

    return "\n".join([line(head), "  ".join("-" * w for w in widths), *map(line, rows)])
