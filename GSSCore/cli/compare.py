"""`gss compare`: two evaluations of the same cases, case by case."""

from __future__ import annotations

import argparse

from GSSCore.cli.arguments import Commands, as_path

METRICS = ("dice", "sensitivity", "hd95", "lesion-dice", "lesion-hd95")
"""The options of `evaluation.rows.Metric`, written out so that `gss --help` loads nothing else."""


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "compare",
        help="compare two evaluations case by case",
        description="Differences of two evaluations of the same cases, B minus A: mean with 95 % interval, Wilcoxon's "
        "signed-rank test, Holm's correction.",
    )
    for name, words in (("a", "the first"), ("b", "the second")):
        parser.add_argument(
            name, type=as_path, metavar=name.upper(), help=f"{words} evaluation: its folder, or its scores.csv"
        )
    parser.add_argument("--metric", choices=METRICS, default="dice", help="what to compare (default: dice)")
    parser.add_argument(
        "--output", type=as_path, metavar="FOLDER", help="gets the comparison as comparison.csv and comparison.md"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the comparison, and write it where that was asked for."""
    from GSSCore.evaluation.comparison import compare, comparison_markdown, require_comparison_folder, write_comparison
    from GSSCore.evaluation.files import read_rows, scores_file
    from GSSCore.evaluation.rows import Metric

    if options.output is not None:
        require_comparison_folder(options.output, [scores_file(options.a), scores_file(options.b)])
    metric = next(metric for metric in Metric if metric.option == options.metric)
    names = str(options.a), str(options.b)
    comparison = compare(read_rows(options.a), read_rows(options.b), metric)
    print(comparison_markdown(comparison, *names))
    if options.output is not None:
        write_comparison(options.output, comparison, *names)
