"""`gss split`: which cases to train on and which to score, by patient; and whether a split leaks."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from GSSCore.cli.arguments import Commands, as_path
from GSSCore.messages import Message

if TYPE_CHECKING:
    from GSSCore.dataset import Case


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "split",
        help="divide a data set by patients",
        description="Draws a split of whole patients, or checks one: no patient, and no image, may be on both sides.",
    )
    parser.add_argument("dataset", type=as_path, nargs="+", help="folders of cases")
    parser.add_argument("--output", type=as_path, metavar="FILE", help="JSON file to write; folds get numbers added")
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument(
        "--validation", type=float, default=0.2, metavar="SHARE", help="share of the patients (default: 0.2)"
    )
    sides.add_argument(
        "--folds", type=int, default=1, metavar="K", help="K splits instead; each patient is validated once"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the drawing (default: 0)")
    parser.add_argument("--check", type=as_path, metavar="FILE", help="check this split instead, image by image")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Draw and write, or check."""
    from GSSCore.dataset import draw_splits, gather_cases
    from GSSCore.errors import UsageError
    from GSSCore.files import write_file

    if (options.output is None) == (options.check is None):
        raise UsageError(
            Message(
                "cli.split-or-check", "Name either a file to write with --output, or a split to check with --check."
            )
        )
    if options.folds < 1 or options.seed < 0 or not 0.0 < options.validation < 1.0:
        raise UsageError(
            Message(
                "cli.split-numbers", "Give --folds as 1 or more, --seed as 0 or more, and --validation between 0 and 1."
            )
        )
    if options.output is not None:
        require_file(options.output)
    cases = gather_cases(options.dataset)
    if options.check is not None:
        check(options.check, cases)
        return
    splits = draw_splits(cases, options.folds, options.seed, options.validation)
    paths = [_numbered(options.output, number) if len(splits) > 1 else options.output for number in range(len(splits))]
    contents = [content(split) for split in splits]
    for path, text in zip(paths, contents, strict=True):
        require_new(path, text)
    for path, split, text in zip(paths, splits, contents, strict=True):
        write_file(path, text)
        print(f"{path}: {', '.join(f'{len(names)} {part}' for part, names in split.items())}")


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix or '.json'}")


def content(split: dict[str, tuple[str, ...]]) -> bytes:
    """Return a split as JSON."""
    return (json.dumps(split, indent=1) + "\n").encode()


def require_file(path: Path) -> None:
    """Refuse a path at which no file can be written, before any work."""
    from GSSCore.errors import EnvironmentRefused
    from GSSCore.outputs import require_writable

    if path.is_dir():
        raise EnvironmentRefused(
            Message("split.folder", "{file} is a folder: name a file for the split, such as split.json.", file=path)
        )
    require_writable(path.parent)


def require_new(path: Path, text: bytes) -> None:
    """Refuse to replace a file with another content: it may be somebody's own split."""
    from GSSCore.errors import EnvironmentRefused

    if os.path.lexists(path) and not _holds(path, text):
        raise EnvironmentRefused(
            Message("split.exists", "{file} is there already, with another content: move it, or choose another name.",
                    file=path)
        )  # fmt: skip


def _holds(path: Path, text: bytes) -> bool:
    """Tell whether a file has this very content; an unreadable file has not."""
    try:
        return path.read_bytes() == text
    except OSError:
        return False


def check(path: Path, cases: Sequence[Case]) -> None:
    """Read every image of a split and refuse one that leaks."""
    from GSSCore.dataset import find_twins, read_parts
    from GSSCore.errors import InputError

    split = read_parts(path)
    known = {case.name for case in cases}
    absent = [name for names in split.values() for name in names if name not in known]
    twins = [f"{one} and {other} ({modality})" for one, other, modality in find_twins(cases, split)]
    if twins:
        raise InputError(
            Message(
                "split.twins",
                "The split {file} has the same image on both sides, {pairs}: keep each patient in one part.",
                file=path,
                pairs=twins,
            )
        )
    print(f"{path}: no patient and no image is in two parts" + (f"; not found: {', '.join(absent)}" if absent else ""))
