"""`gss demo`: the shortest way to see what the project does, on a phantom or on a study of one's own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from GSSCore.cli.arguments import Commands, as_path, plain_table
from GSSCore.cli.progress import Reporter
from GSSCore.cli.segment import Done, segment_to_folder
from GSSCore.vocabulary import MODALITIES, REGIONS, RESEARCH_USE, Modality, Subset, subset_name

FEW: Subset = (Modality.FLAIR, Modality.T2)
"""What a patient without contrast agent and with little time has."""

PHANTOM_LABELS = "NCR=1,ED=2,ET=3"


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "demo",
        help="segment a phantom, or a case, with all and with few sequences",
        description="Segments a study with all its sequences and with FLAIR and T2 only, and compares.",
    )
    parser.add_argument("output", type=as_path, help="where everything goes")
    parser.add_argument("--case", type=as_path, metavar="FOLDER", help="a real case; without it a phantom is made")
    parser.add_argument(
        "--truth-labels", metavar="MAP", help="values of the case's own segmentation, such as NCR=1,ED=2,ET=4"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make or find the study, segment it twice, print the table and the places."""
    from GSSCore.study.folder import find_files, find_truth

    case = options.case or options.output / "phantom"
    _require_folders(options.output, case, made=options.case is None)
    if options.case is None:
        _make_phantom(case)
    # The meaning of the values of a user's segmentation is never guessed; that of the phantom's is known.
    truth_labels = options.truth_labels if options.case else PHANTOM_LABELS
    truth = find_truth(case)
    found = find_files(case)
    available = tuple(found)
    done: dict[Subset, Done] = {}
    for subset, folder in _folders(options.output, available).items():
        done[subset] = _segment(found, subset, folder, truth if truth_labels else None, truth_labels)
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
    for folder in _folders(output, available).values():
        require_result_folder(folder, read)


def _make_phantom(folder: Path) -> None:
    from GSSCore.phantom import write_phantom

    write_phantom(folder)


def _segment(
    files: Mapping[Modality, Path], subset: Subset, folder: Path, truth: Path | None, truth_labels: str | None
) -> Done:
    """Run `gss segment` on some of a case's files, as a user would."""
    from GSSCore.cli import build_parser

    words = ["segment", "--output", str(folder)]
    words += [word for m in subset for word in (f"--{m.value}", str(files[m]))]
    if truth is not None and truth_labels is not None:
        words += ["--truth", str(truth), "--truth-labels", truth_labels]
    reporter = Reporter("bar")
    with reporter.telling_failure():
        return segment_to_folder(build_parser().parse_args(words), reporter)


def _print(case: Path, done: Mapping[Subset, Done], more: Sequence[str]) -> None:
    from GSSCore.results.doubts import MARK, unreliable_names

    print(f"\n{case}")
    for warning in dict.fromkeys((*more, *(w for one in done.values() for w in one.result.warnings))):
        print(f"warning: {warning}")
    rows = []
    for subset, one in done.items():
        volumes, dice = one.result.volumes_ml, one.result.report.get("dice") or {}
        doubtful = unreliable_names(one.result.report["unreliable"])
        row = [subset_name(subset)]
        row += [f"{volumes[r.value]:.1f}{f' {MARK}' if r.value in doubtful else ''}" for r in REGIONS]
        rows.append([*row, *(f"{dice[r.value]:.3f}" if dice else "-" for r in REGIONS), f"{one.seconds:.1f}"])
    head = ["modalities", *(f"{r.value} ml" for r in REGIONS), *(f"{r.value} Dice" for r in REGIONS), "seconds"]
    print(plain_table(head, rows))
    print("\nlabels.nii.gz, confidence.nii.gz, overview.png, montage.png, report.html and report.json are in")
    for one in done.values():
        print(f"  {one.folder}")
    if len(done) < 2:
        print(f"The case has no more than {subset_name(next(iter(done)))}, so there is nothing to compare with.")
    print(RESEARCH_USE)
