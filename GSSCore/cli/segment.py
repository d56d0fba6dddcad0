"""`gss segment`: a study in, labels, confidence, pictures and a report out."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from GSSCore.cli.arguments import (
    Commands,
    add_progress,
    add_study,
    add_truth_labels,
    as_path,
    files_of_settings,
    label_map,
    plain_table,
)
from GSSCore.cli.options import add_options, read_options
from GSSCore.cli.progress import Reporter
from GSSCore.cli.scratch import follow_owner
from GSSCore.cli.sources import add_dicom, study_source
from GSSCore.errors import UsageError
from GSSCore.inference.settings import InferenceSettings, NetworkSettings
from GSSCore.messages import Message, Translate
from GSSCore.raw.settings import InputSettings
from GSSCore.vocabulary import REGIONS, RESEARCH_USE, TUMOUR_LABELS, subset_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from GSSCore.results.result import SegmentationResult


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("segment", help="segment a study", description="Segments a study.")
    add_study(parser)
    add_dicom(parser)
    parser.add_argument("--output", type=as_path, required=True, metavar="FOLDER", help="where the results go")
    add_options(parser, NetworkSettings)
    add_options(parser, InputSettings)
    parser.add_argument("--truth", type=as_path, metavar="FILE", help="expert segmentation, to measure Dice against")
    add_truth_labels(parser)
    add_progress(parser)
    # For the Slicer module: the command ends, and removes this folder, when the folder's owner ends.
    parser.add_argument("--scratch", type=as_path, help=argparse.SUPPRESS)
    # Of the case, and a JSON table of texts in the user's language: for who hands over files of its own.
    parser.add_argument("--name", help=argparse.SUPPRESS)
    parser.add_argument("--translations", type=as_path, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Segment, write, and print the volumes."""
    if options.scratch is not None:
        follow_owner(options.scratch)
    reporter: Reporter = options.reporter
    done = segment_to_folder(options, reporter)
    reporter.done(str(done.folder))
    if options.progress != "jsonl":
        print_result(done)


@dataclass(frozen=True)
class Done:
    """A segmentation that has been written: the result, its folder, and the seconds from files to files."""

    result: SegmentationResult
    folder: Path
    seconds: float


def segment_to_folder(options: argparse.Namespace, reporter: Reporter) -> Done:
    """Read, segment and write as the arguments say; nothing is written unless all went well."""
    if options.truth_labels is not None and options.truth is None:
        raise UsageError(
            Message(
                "cli.labels-of-what",
                "The option --truth-labels says what the values of --truth mean: name the expert segmentation as well.",
            )
        )
    from GSSCore.results.files import require_result_folder
    from GSSCore.study.study import chosen_reference

    start = perf_counter()
    settings, labels = read_options(InferenceSettings, options), label_map(options)
    reporter("read", 0.0)
    source = study_source(options)
    read = [*source.files, *files_of_settings(options), *([options.truth] if options.truth else [])]
    require_result_folder(options.output, read)
    chosen_reference(options.reference, source.modalities)
    if source.lines and options.progress != "jsonl":
        reporter.clear()
        print("\n".join(source.lines), flush=True)
    given = source.read()
    truth = None
    if options.truth is not None:
        from GSSCore.study.labels import read_truth

        truth = read_truth(options.truth, labels)
    from GSSCore.inference.pipeline import segment
    from GSSCore.networks.bundle import Network
    from GSSCore.raw.pipeline import study_of

    network = Network.load(options.network)
    reporter("read", 1.0)
    study = study_of(given, read_options(InputSettings, options), reference=options.reference, progress=reporter)
    study = source.finish(study)
    study = study if options.name is None else study.called(options.name)
    result = segment(study, network, settings, progress=reporter)
    if truth is not None:
        result = result.compared_with(truth)
    reporter("write", 0.0)
    folder = result.save(options.output, _translation(options.translations))
    reporter("write", 1.0)
    return Done(result, folder, perf_counter() - start)


def _translation(path: Path | None) -> Translate:
    """Return what translates by a JSON table of English texts; nothing is translated without one."""
    if path is None:
        return str
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return lambda text: table.get(text, text)


def print_result(done: Done) -> None:
    """Print warnings, volumes, expected and measured Dice, and the folder."""
    from GSSCore.results.doubts import MARK, unreliable_names
    from GSSCore.results.treatment import in_a_line

    result = done.result
    lines = result.report["measurements"]["diameters_mm"]
    expected = result.report["network"].get("expected_dice") or {}
    dice = result.report.get("dice") or {}
    doubtful = unreliable_names(result.unreliable)
    rows = []
    for name in [*(r.value for r in REGIONS), *(label.name for label in TUMOUR_LABELS[:2])]:
        volume = f"{result.volumes_ml[name]:.1f}"
        row = [f"{name} {MARK}" if name in doubtful else name, volume, _diameters(lines.get(name))]
        row += [f"{expected[name]:.2f}" if name in expected else ""] if expected else []
        rows.append(row + ([f"{dice[name]:.3f}" if name in dice else ""] if dice else []))
    head = ["region", "ml", "longest diameters, mm"]
    head += (["expected Dice"] if expected else []) + (["Dice to the truth"] if dice else [])
    print(f"{subset_name(result.study.available)}: {done.seconds:.1f} s")
    print(in_a_line(result.report))
    for warning in result.warnings:
        print(f"warning: {warning}")
    print(plain_table(head, rows))
    if doubtful:
        print(f"{MARK}: not to be relied on, see the warnings")
    print(f"written to {done.folder}\n{RESEARCH_USE}")


def _diameters(found: Mapping[str, float] | None) -> str:
    """Return both diameters of a region; nothing for one that is not there, and for labels."""
    return f"{found['longest']:.1f} x {found['perpendicular']:.1f}" if found else ""
