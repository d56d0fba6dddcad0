"""`gss dicom`: the series of a patient's folder, and which of them a segmentation would take. Needs no torch.

A command of its own and not an option of `gss segment`, which needs a folder for results: here nothing is read but
headers and nothing is written, so that names can be tried until the choice is right.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from GSSCore.cli.arguments import Commands, as_path, plain_table
from GSSCore.cli.sources import named_series
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE

if TYPE_CHECKING:
    from GSSCore.dicom.series import Series


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "dicom",
        help="list the series of a DICOM folder",
        description="Lists the series of a patient's DICOM folder, and says which of them `gss segment --dicom` takes "
        "for which sequence, and why.",
    )
    parser.add_argument("dicom", type=as_path, metavar="FOLDER", help="folder with the patient's DICOM files")
    for modality in MODALITIES:
        parser.add_argument(
            f"--{modality.value}",
            type=as_path,
            metavar="SERIES",
            help=f"series of the {modality.display}: its number, description or UID; none leaves it out",
        )
    parser.add_argument("--study", metavar="DATE", help="date or UID of the study, where the folder holds several")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the series, and what is taken."""
    from GSSCore.dicom import choose, find_series

    series = find_series(options.dicom)
    if not options.json:
        print(as_table(series), flush=True)
    choice = choose(series, named_series(options), options.study)
    if options.json:
        told = {**choice.to_json(), "warnings": list(map(str, choice.warnings))}
        print(json.dumps(told, indent=1, ensure_ascii=False))
        return
    print()
    for line in choice.lines():
        print(line)
    for warning in dict.fromkeys(choice.warnings):
        print(f"warning: {warning}")
    print(RESEARCH_USE)


def as_table(series: Sequence[Series]) -> str:
    """Return the series as a table: those of a study together, in the order of their acquisition."""
    rows = []
    for one in sorted(series, key=lambda one: one.study.date):
        geometry = one.geometry
        told = one.finding.reading
        rows.append(
            [
                one.key,
                one.study.date or "-",
                one.words or "-",
                str(len(one.frames)),
                "-" if geometry is None else f"{geometry.spacing_mm:.3g}",
                "-" if geometry is None else f"{geometry.coverage_mm:.0f}",
                " or ".join(m.display for m in told.candidates) or "-",
            ]
        )
    return plain_table(["series", "study", "description", "images", "slices mm", "cover mm", "by its header"], rows)
