"""`gss cohort`: many studies, one after the other, each into a folder of its own."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from GSSCore.cli.arguments import Commands, add_progress, add_reference, as_path, files_of_settings
from GSSCore.cli.options import add_options, read_options
from GSSCore.cli.progress import Reporter
from GSSCore.inference.settings import InferenceSettings, NetworkSettings
from GSSCore.options import told_part
from GSSCore.raw.settings import INPUT, InputSettings
from GSSCore.vocabulary import RESEARCH_USE, Modality

if TYPE_CHECKING:
    from GSSCore.cohort.segmenters import Job, Segmenter
    from GSSCore.cohort.summary import StudyOutcome
    from GSSCore.cohort.up_to_date import Conditions
    from GSSCore.results.result import SegmentationResult
    from GSSCore.study.study import Study


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "cohort",
        help="segment many studies",
        description="Segments a folder of studies, or those that a CSV file lists.",
    )
    add_cohort(parser)
    parser.add_argument(
        "--dicom", action="store_true", help="each study's folder holds DICOM series, in it and below, see `gss dicom`"
    )
    add_options(parser, NetworkSettings)
    add_options(parser, InputSettings)
    add_progress(parser)
    parser.set_defaults(run=run)


def add_cohort(parser: argparse.ArgumentParser) -> None:
    """Add which studies, and where their results go."""
    parser.add_argument(
        "source",
        type=as_path,
        help="folder with one folder per study, or a CSV file with the columns id,flair,t1ce,t1,t2",
    )
    parser.add_argument("--output", type=as_path, required=True, metavar="FOLDER", help="gets a folder per study")
    parser.add_argument(
        "--skip-existing",
        action="store_true",
        help="leave out studies whose result still holds",
    )
    parser.add_argument("--part", metavar="I/N", help="only the I-th of N parts, to share the work between machines")
    add_reference(parser)


def run(options: argparse.Namespace) -> int:
    """Segment all of them, print what became of each, and return the exit code."""
    from GSSCore.results.files import CONFIDENCE_FILE

    # A result without confidence is incomplete for a run that writes confidence.
    files = (CONFIDENCE_FILE,) if options.confidence else ()
    return segment_cohort(options, _overlapped(options), options.reporter, files)


def segment_cohort(
    options: argparse.Namespace, segment_all: Segmenter, reporter: Reporter, result_files: tuple[str, ...] = ()
) -> int:
    """Go through a cohort as the arguments say.

    Args:
        options: of `add_cohort`.
        segment_all: how a study is segmented.
        reporter: told how many are done.
        result_files: what a complete result has besides what every one has.

    Returns:
        The exit code.
    """
    from GSSCore.cohort.running import run_cohort
    from GSSCore.cohort.summary import exit_code, summary_name
    from GSSCore.cohort.table import part_of, read_cohort
    from GSSCore.outputs import require_writable
    from GSSCore.results.files import PREPARED_FILES

    require_writable(options.output)
    rows = read_cohort(options.source, dicom=getattr(options, "dicom", False))
    if options.part is not None:
        rows = part_of(rows, options.part)
    told: list[StudyOutcome] = []

    def tell(outcome: StudyOutcome) -> None:
        told.append(outcome)
        reporter.clear()
        if options.progress != "jsonl":
            print(_line(outcome), flush=True)
        reporter(f"study {outcome.id}", len(told) / len(rows))

    summary = summary_name(options.part)
    outcomes = run_cohort(
        rows,
        options.output,
        segment_all,
        summary=summary,
        skip_existing=_conditions(options) if options.skip_existing else None,
        result_files=(*PREPARED_FILES, *result_files),
        on_outcome=tell,
        read=[options.source, *files_of_settings(options)],
    )
    reporter.done(str(options.output))
    if options.progress != "jsonl":
        counts = [f"{sum(o.status == status for o in outcomes)} {status}" for status in ("done", "skipped", "failed")]
        print(f"{', '.join(counts)}; see {options.output / summary}\n{RESEARCH_USE}")
    return exit_code(outcomes)


def _line(outcome: StudyOutcome) -> str:
    if outcome.status == "failed":
        return f"{outcome.id}: failed: {outcome.message}"
    volumes = ", ".join(
        f"{name} {ml:.1f} ml{'?' if name in outcome.unreliable else ''}"
        for name, ml in list(outcome.volumes_ml.items())[:3]
    )
    took = "skipped, its result is there" if outcome.status == "skipped" else f"{outcome.seconds:.1f} s"
    why = f" ({outcome.message})" if outcome.message else ""
    return f"{outcome.id}: {outcome.modalities}, {volumes}, {took}{why}"


def _conditions(options: argparse.Namespace) -> Conditions:
    """Return what the results of this run depend on besides the images."""
    from GSSCore.cohort.up_to_date import Conditions
    from GSSCore.inference.asked import asked, clean_up_asked
    from GSSCore.networks.card import PRETRAINED, SHIPPED, read_card
    from GSSCore.raw.brains import brain_from

    settings = read_options(InferenceSettings, options)
    card = read_card(options.network or PRETRAINED / SHIPPED)
    reference = None if options.reference is None else Modality(options.reference)
    treatment = read_options(InputSettings, options)
    return Conditions(
        card.sha256,
        reference,
        clean_up_asked(settings),
        asked(settings),
        told_part(treatment, INPUT),
        brain_from(treatment),
    )


def _overlapped(options: argparse.Namespace) -> Segmenter:
    """Return a segmenter that keeps the network loaded, reads the next study ahead and writes the last one behind."""

    def segment_all(jobs: Iterable[Job]) -> Iterator[tuple[Job, Any]]:
        from GSSCore.cohort.segmenters import overlapped
        from GSSCore.inference.device import choose_device
        from GSSCore.inference.pipeline import segment
        from GSSCore.networks.bundle import Network
        from GSSCore.raw.pipeline import read_study

        settings, treatment = read_options(InferenceSettings, options), read_options(InputSettings, options)
        choose_device(settings.device)  # a missing device concerns all studies at once
        network = Network.load(options.network)

        def read(job: Job) -> Study:
            if job.row.dicom is not None:
                from GSSCore.raw.from_dicom import read_dicom_study

                return read_dicom_study(job.row.dicom, treatment, reference=options.reference)
            study = read_study(job.row.files, treatment, reference=options.reference)
            return study.with_warnings(job.row.warnings).called(job.row.id)

        def work(job: Job, study: Study) -> SegmentationResult:
            return segment(study, network, settings)

        def write(job: Job, result: SegmentationResult) -> dict[str, Any]:
            result.save(job.folder)
            return result.report

        return overlapped(jobs, read, work, write)

    return segment_all
