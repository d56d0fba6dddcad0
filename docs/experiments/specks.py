"""What taking small components away does to the scores, for thresholds side by side.

    python docs/experiments/specks.py --data FOLDER --split FILE [--network FOLDER] [--part validation] [--output FILE]

Each subset of each case is predicted once, and then cleaned with every pair of thresholds: the least volume of a tumour
component, and of an enhancing component, which becomes necrotic core. A table goes to standard output, or to a file.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import labelled_cases
from labelled_cases import Predicting

from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.evaluation.tables import markdown_table, summaries
from GSSCore.files import write_file
from GSSCore.inference.postprocessing import relabel_small_enhancement, remove_small_tumours
from GSSCore.vocabulary import MODALITIES, REGIONS, SUBSETS, subset_name

THRESHOLDS = ((0.0, 0.0), (0.1, 0.0), (0.25, 0.0), (0.5, 0.0), (1.0, 0.0), (2.0, 0.0), (0.5, 0.05), (0.5, 0.2))
"""Least volumes in ml: of a tumour component, of an enhancing component."""
SHOWN = (Metric.DICE, Metric.HD95, Metric.LESION_DICE)

Found = dict[tuple[float, float], list[Row]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Predict, clean, score, tell."""
    parser = labelled_cases.parser(__doc__)
    parser.add_argument("--output", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    network = Predicting(options.network)
    cases = labelled_cases.cases(options)
    found: Found = {pair: [] for pair in THRESHOLDS}
    for case in cases:
        labelled = network.preprocess(case)
        voxel_ml = labelled.preprocessed.grid.voxel_ml
        for subset, labels in network.subsets(labelled, {s for s in SUBSETS if set(s) <= set(case.available)}):
            for tumour, enhancing in THRESHOLDS:
                cleaned = labels.copy()
                if tumour:
                    remove_small_tumours(cleaned, voxel_ml, tumour)
                if enhancing:
                    relabel_small_enhancement(cleaned, voxel_ml, enhancing)
                found[tumour, enhancing] += labelled.scorer.rows(subset, cleaned)
        print(case.name, file=sys.stderr, flush=True)
    text = report(found, f"{network.name}, {len(cases)} cases ({options.part})")
    if options.output is None:
        print(text)
    else:
        write_file(options.output, text.encode())


def report(found: Found, title: str) -> str:
    """Return the tables of all four modalities and of the mean of the subsets."""
    head = ["tumour, ml", "enhancing, ml", *(f"{m.display} {region.value}" for m in SHOWN for region in REGIONS)]
    text = [title, ""]
    for subset in (subset_name(MODALITIES), MEAN_OF_SUBSETS):
        lines = []
        for (tumour, enhancing), rows in found.items():
            cells = []
            for metric in SHOWN:
                of_subset = summaries(rows, metric)[subset]
                cells += [f"{of_subset[region.value].mean:.{metric.decimals}f}" for region in REGIONS]
            lines.append([f"{tumour:g}", f"{enhancing:g}", *cells])
        text += [f"{subset}:", "", *markdown_table(head, lines), ""]
    return "\n".join(text)


if __name__ == "__main__":
    main()
