"""`gss split`: which cases to train on and which to score, by patient; and whether a split leaks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from GSSCore.cli.arguments import Commands

if TYPE_CHECKING:
    from GSSCore.dataset import Case


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "split",
        help="divide a data set by patients",
        description="Draws a split of whole patients, or checks one: no patient, and no image, may be on both sides.",
    )
    parser.add_argument("dataset", type=Path, nargs="+", help="folders of cases")
    parser.add_argument("--output", type=Path, metavar="FILE", help="JSON file to write; folds get their numbers added")
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument(
        "--validation", type=float, default=0.2, metavar="SHARE", help="share of the patients (default: 0.2)"
    )
    sides.add_argument(
        "--folds", type=int, default=1, metavar="K", help="K splits instead; each patient is validated once"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the drawing (default: 0)")
    parser.add_argument("--check", type=Path, metavar="FILE", help="check this split instead, image by image")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Draw and write, or check."""
    from GSSCore.dataset import draw_splits, gather_cases
    from GSSCore.errors import UsageError

    if (options.output is None) == (options.check is None):
        raise UsageError("name either a file to write with --output, or a split to check with --check")
    if options.folds < 1 or not 0.0 < options.validation < 1.0:
        raise UsageError("--folds must be 1 or more, and --validation between 0 and 1")
    cases = gather_cases(options.dataset)
    if options.check is not None:
        check(options.check, cases)
        return
    splits = draw_splits(cases, options.folds, options.seed, options.validation)
    for number, split in enumerate(splits):
        path = options.output
        if len(splits) > 1:
            path = path.with_name(f"{path.stem}-{number}{path.suffix or '.json'}")
        write(path, split)
        print(f"{path}: {', '.join(f'{len(names)} {part}' for part, names in split.items())}")


def write(path: Path, split: dict[str, tuple[str, ...]]) -> None:
    """Write a split as JSON."""
    import json

    from GSSCore.imaging.atomic import write_file

    write_file(path, (json.dumps(split, indent=1) + "\n").encode())


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
            f"The split {path} has the same image on both sides: {'; '.join(twins)}. Keep each patient in one part."
        )
    print(f"{path}: no patient and no image is in two parts" + (f"; not found: {', '.join(absent)}" if absent else ""))
