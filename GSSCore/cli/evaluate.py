"""`gss evaluate`: Dice of a network on a data set, for every subset of the modalities."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from GSSCore.cli.arguments import Commands, add_network, add_truth_labels, inference_settings, label_map
from GSSCore.cli.progress import FORMS, Reporter
from GSSCore.vocabulary import RESEARCH_USE

if TYPE_CHECKING:
    from GSSCore.evaluation.rows import Row
    from GSSCore.networks.bundle import Network


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "evaluate",
        help="Dice on a data set, for all 15 subsets",
        description="Scores a network on studies with expert segmentations, for every subset of their modalities.",
        epilog=RESEARCH_USE,
    )
    parser.add_argument("dataset", type=Path, nargs="+", help="folders of cases, one folder per case")
    parser.add_argument("--split", type=Path, metavar="FILE", help="JSON file with the cases to score")
    parser.add_argument("--part", default="validation", help="list in the split (default: validation)")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where dice.csv and dice.md go")
    add_network(parser)
    add_truth_labels(parser)
    parser.add_argument(
        "--write-card", action="store_true", help="put the table into the card of the network given by --network"
    )
    parser.add_argument("--progress", choices=FORMS, default="bar", help="bar, JSON lines on standard output, or none")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Score, print the table, and write what was asked for."""
    from GSSCore.dataset import gather_cases, read_split
    from GSSCore.errors import UsageError
    from GSSCore.evaluation.protocol import evaluate
    from GSSCore.evaluation.tables import markdown, write_tables
    from GSSCore.networks.bundle import Network

    if options.write_card and options.network is None:
        raise UsageError("--write-card changes a card; name its network with --network")
    names = None if options.split is None else read_split(options.split, options.part)
    cases = gather_cases(options.dataset, names)
    network = Network.load(options.network)
    settings = inference_settings(options, confidence=False)
    reporter = Reporter(options.progress)
    rows = evaluate(cases, network, settings=settings, label_map=label_map(options), progress=reporter)
    reporter.done()
    title = f"Dice of {network.card.name} {network.card.version}"
    if options.progress != "jsonl":
        print(markdown(rows, title))
    if options.output is not None:
        write_tables(options.output, rows, title)
    if options.write_card:
        _write_card(network, rows, options.part if names else "all")


def _write_card(network: Network, rows: Sequence[Row], part: str) -> None:
    """Put the mean Dice per subset and region into the network's card."""
    from GSSCore.evaluation.tables import RULES, subset_table
    from GSSCore.networks.bundle import write_card

    cases = sorted({row.case for row in rows})
    spacing = " x ".join(f"{mm:g}" for mm in network.preparation.spacing)
    text = f"{len(cases)} cases ({part}) at {spacing} mm: {', '.join(cases)}. {RULES}"
    assert network.folder is not None, "it was loaded from --network"
    write_card(network.folder, replace(network.card, subset_table=subset_table(rows), evaluated_on=text))
