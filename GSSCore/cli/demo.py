"""`gss demo`: the shortest way to see what the project does, on a phantom or on a study of one's own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from GSSCore.cli.arguments import Commands, as_path, plain_table
from GSSCore.cli.progress import Reporter
from GSSCore.cli.segment import Done, segment_to_folder
from GSSCore.vocabulary import MODALITIES, REGIONS, RESEARCH_USE, Modality, Subset, subset_name

FEW: Subset = (Modality.FLAIR, Modality.T2)
"""What a patient without contrast agent and with little time has."""

RAW, RAW_RESULT = "phantom-raw", "raw"
"""Folders of the phantom as it comes from the scanner, and of its result."""
PHANTOM_LABELS = "NCR=1,ED=2,ET=3"


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "demo",
        help="segment a phantom, or a case, with all and with few sequences",
        description="Segments a study with all its sequences and with FLAIR and T2 only, and compares. A phantom is "
        "segmented as raw scans too.",
    )
    parser.add_argument("output", type=as_path, help="where everything goes")
    parser.add_argument("--case", type=as_path, metavar="FOLDER", help="a real case; without it a phantom is made")
    parser.add_argument(
        "--truth-labels", metavar="MAP", help="values of the case's own segmentation, such as NCR=1,ED=2,ET=4"
    )
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class Part:
    """One segmentation of the demonstration.

    Attributes:
        title: what the table calls it.
        files: the images, by modality.
        folder: where the result goes.
        truth: the expert's segmentation, where one is compared with.
    """

    title: str
    files: Mapping[Modality, Path]
    folder: Path
    truth: Path | None


def run(options: argparse.Namespace) -> None:
    """Make or find the study, segment it twice, print the table and the places; of the phantom its raw scans too."""
    from GSSCore.study.folder import find_files, find_truth

    case = options.case or options.output / "phantom"
    _require_folders(options.output, case, made=options.case is None)
    if options.case is None:
        _make_phantoms(case, options.output / RAW)
    # The meaning of the values of a user's segmentation is never guessed; that of the phantom's is known.
    truth_labels = options.truth_labels if options.case else PHANTOM_LABELS
    truth = find_truth(case)
    found = find_files(case)
    compared = truth if truth_labels else None
    parts = [
        Part(subset_name(subset), {m: found[m] for m in subset}, folder, compared)
        for subset, folder in _folders(options.output, tuple(found)).items()
    ]
    if options.case is None:
        raw = options.output / RAW
        parts.append(Part("raw scans", find_files(raw), options.output / RAW_RESULT, find_truth(raw)))
    done = [(part, _segment(part, truth_labels)) for part in parts]
    _print(case, done, found.warnings)
    if truth is not None and not truth_labels:
        print(
            f"{truth.name} was not compared with: say what its values mean, as in TRUTH_LABELS={PHANTOM_LABELS} for "
            "`make demo`, or --truth-labels for `gss demo`."
        )


def _folders(output: Path, available: Subset) -> dict[Subset, Path]:
    """Return the result folder of each subset: all modalities, and those of `FEW`."""
    few = tuple(m for m in FEW if m in available) or available[:1]
    return {subset: output / "-".join(m.value for m in subset) for subset in dict.fromkeys((available, few))}


def _require_folders(output: Path, case: Path, made: bool) -> None:
    """Refuse result folders that can't be written, before anything is made."""
    from GSSCore.results.files import require_result_folder
    from GSSCore.study.folder import find_files, find_truth

    read: list[Path] = []
    available: Subset = MODALITIES
    if not made:
        files, truth = find_files(case), find_truth(case)
        available, read = tuple(files), [*files.values(), *([truth] if truth else [])]
    for folder in (*_folders(output, available).values(), *([output / RAW_RESULT] if made else [])):
        require_result_folder(folder, read)


def _make_phantoms(prepared: Path, raw: Path) -> None:
    from GSSCore.phantom import write_phantom, write_raw_phantom

    write_phantom(prepared)
    write_raw_phantom(raw)


def _segment(part: Part, truth_labels: str | None) -> Done:
    """Run `gss segment` on some of a case's files, as a user would."""
    from GSSCore.cli import build_parser

    words = ["segment", "--output", str(part.folder)]
    words += [word for m, path in part.files.items() for word in (f"--{m.value}", str(path))]
    if part.truth is not None and truth_labels is not None:
        words += ["--truth", str(part.truth), "--truth-labels", truth_labels]
    reporter = Reporter("bar")
    with reporter.telling_failure():
        return segment_to_folder(build_parser().parse_args(words), reporter)


def _print(case: Path, done: Sequence[tuple[Part, Done]], more: Sequence[str]) -> None:
    from GSSCore.results.doubts import MARK, unreliable_names

    print(f"\n{case}")
    for warning in dict.fromkeys((*more, *(w for _, one in done for w in one.result.warnings))):
        print(f"warning: {warning}")
    rows = []
    for part, one in done:
        volumes, dice = one.result.volumes_ml, one.result.report.get("dice") or {}
        doubtful = unreliable_names(one.result.report["unreliable"])
        row = [part.title]
        row += [f"{volumes[r.value]:.1f}{f' {MARK}' if r.value in doubtful else ''}" for r in REGIONS]
        rows.append([*row, *(f"{dice[r.value]:.3f}" if dice else "-" for r in REGIONS), f"{one.seconds:.1f}"])
    head = ["sequences", *(f"{r.value} ml" for r in REGIONS), *(f"{r.value} Dice" for r in REGIONS), "seconds"]
    print(plain_table(head, rows))
    print("\nLabels, confidence, pictures and reports, of raw scans the brain mask too, are in")
    for _, one in done:
        print(f"  {one.folder}")
    if len(done) < 2:
        print(f"The case has no more than {done[0][0].title}, so there is nothing to compare with.")
    print(RESEARCH_USE)
