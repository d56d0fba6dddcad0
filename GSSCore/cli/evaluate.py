"""`gss evaluate`: scores of a network on a data set, for every subset of the modalities."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from GSSCore.cli.arguments import Commands, add_progress, add_truth_labels, as_path, files_of_settings, label_map
from GSSCore.cli.options import add_options, read_options
from GSSCore.cli.progress import Reporter
from GSSCore.inference.settings import InferenceSettings, NetworkSettings
from GSSCore.messages import Message

if TYPE_CHECKING:
    from GSSCore.dataset import Case
    from GSSCore.evaluation.reliability import ReliabilityRow
    from GSSCore.evaluation.rows import Row
    from GSSCore.networks.bundle import Network


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "evaluate",
        help="Dice, HD95 and more on a data set, for all 15 subsets",
        description="Scores a network on studies with expert segmentations, for every subset of their modalities.",
    )
    parser.add_argument("dataset", type=as_path, nargs="+", help="data sets: BraTS, Decathlon, nnU-Net or BIDS")
    parser.add_argument("--split", type=as_path, metavar="FILE", help="JSON file with the cases to score")
    parser.add_argument("--part", default="validation", help="list in the split (default: validation)")
    parser.add_argument(
        "--output",
        type=as_path,
        metavar="FOLDER",
        help="gets scores (CSV), tables (Markdown, JSON) and plots (PNG)",
    )
    parser.add_argument("--quick", action="store_true", help="no HD95, no lesion-wise scores")
    parser.add_argument(
        "--confidence", action="store_true", help="also how often each confidence level is right near the tumour"
    )
    add_options(parser, NetworkSettings, without=["confidence"])
    add_truth_labels(parser)
    parser.add_argument(
        "--write-card", action="store_true", help="put the tables into the card of the network given by --network"
    )
    add_progress(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Score, print the tables, and write what was asked for."""
    reporter: Reporter = options.reporter
    _evaluate(options, reporter)
    reporter.done("" if options.output is None else str(options.output))


def _evaluate(options: argparse.Namespace, reporter: Reporter) -> None:
    from GSSCore.evaluation.files import scores_markdown
    from GSSCore.evaluation.protocol import evaluate, evaluate_confidence
    from GSSCore.evaluation.reliability import reliability_markdown
    from GSSCore.networks.bundle import Network

    cases = _cases(options)
    network = Network.load(options.network)
    settings = read_options(InferenceSettings, options, confidence=False)
    labels = label_map(options)

    def first(case: str, share: float) -> None:
        reporter(case, share / 2 if options.confidence else share)

    def second(case: str, share: float) -> None:
        reporter(case, (1 + share) / 2)

    notes: dict[Message, None] = {}
    note = notes.setdefault
    rows = evaluate(
        cases, network, settings=settings, label_map=labels, quick=options.quick, progress=first, on_note=note
    )
    reliability = None
    if options.confidence:
        reliability = evaluate_confidence(cases, network, settings, label_map=labels, progress=second, on_note=note)
    reporter.clear()
    for sentence in notes:
        print(f"warning: {sentence}", file=sys.stderr)
    name = f"{network.card.name} {network.card.version}"
    title = f"Scores of {name}"
    evaluated_on = " ".join([_evaluated_on(network, rows, options.part if options.split else "all"), *notes])
    if options.progress != "jsonl":
        print(scores_markdown(rows, title, list(notes)))
        if reliability:
            print(reliability_markdown(reliability, f"Confidence of {name}"))
    if options.output is not None:
        _write_report(
            options.output, rows, title, _facts(network, evaluated_on, notes), reliability, f"Confidence of {name}"
        )
    if options.write_card:
        _write_card(network, rows, reliability, evaluated_on)


def _cases(options: argparse.Namespace) -> list[Case]:
    """Return the cases to score; what can't be written later is refused first."""
    from GSSCore.dataset import gather_cases, read_split
    from GSSCore.errors import UsageError
    from GSSCore.evaluation.files import require_evaluation_folder
    from GSSCore.outputs import require_writable

    if options.write_card and options.network is None:
        raise UsageError(
            Message("cli.card-of-what", "The option --write-card changes a card: name its network with --network.")
        )
    if options.output is not None:
        require_writable(options.output)
    if options.write_card:
        require_writable(options.network)
    names = None if options.split is None else read_split(options.split, options.part)
    cases = gather_cases(options.dataset, names)
    if options.output is not None:
        read = [file for case in cases for file in case.files]
        require_evaluation_folder(options.output, [*read, *files_of_settings(options), *filter(None, [options.split])])
    return cases


def _write_report(
    folder: Path,
    rows: Sequence[Row],
    title: str,
    facts: dict[str, Any],
    reliability: Sequence[ReliabilityRow] | None,
    reliability_title: str,
) -> None:
    """Write the report; without matplotlib all of it but the plots, and say so."""
    from GSSCore.errors import EnvironmentRefused
    from GSSCore.evaluation.files import reliability_files, write_report
    from GSSCore.evaluation.plots import pictures

    try:
        drawn = pictures(rows)
    except EnvironmentRefused as fault:
        drawn = {}
        print(f"gss: {fault}", file=sys.stderr)
    write_report(
        folder, rows, title, facts, drawn, reliability_files(reliability, reliability_title) if reliability else {}
    )


def _facts(network: Network, evaluated_on: str, notes: Iterable[Message]) -> dict[str, Any]:
    """Return what was evaluated, and on what, for the JSON file."""
    card = network.card
    return {
        "network": {"name": card.name, "version": card.version, "architecture": card.network, "sha256": card.sha256},
        "spacing_mm": network.preprocessing.spacing,
        "evaluated_on": evaluated_on,
        "warnings": list(notes),
    }


def _evaluated_on(network: Network, rows: Sequence[Row], part: str) -> str:
    """Return the cases and the rules behind the scores, for a card."""
    from GSSCore.evaluation.tables import CARD_METRICS, RULES, measured

    cases = sorted({row.case for row in rows})
    spacing = " x ".join(f"{mm:g}" for mm in network.preprocessing.spacing)
    rules = " ".join(RULES[metric] for metric in CARD_METRICS if metric in measured(rows))
    return f"{len(cases)} cases ({part}) at {spacing} mm: {', '.join(cases)}. {rules}"


def _write_card(
    network: Network, rows: Sequence[Row], reliability: Sequence[ReliabilityRow] | None, evaluated_on: str
) -> None:
    """Put the scores per subset and region, and what the confidence levels are worth, into the network's card."""
    from GSSCore.evaluation.reliability import RULE, reliability_table
    from GSSCore.evaluation.tables import score_table, subset_table
    from GSSCore.networks.bundle import write_card

    assert network.folder is not None, "it was loaded from --network"
    card = replace(
        network.card,
        subset_table=subset_table(rows),
        scores=score_table(rows),
        confidence=reliability_table(reliability) if reliability else None,
        evaluated_on=f"{evaluated_on} {RULE}" if reliability else evaluated_on,
    )
    write_card(network.folder, card)
