"""Where a network fails, as outlines on blank paper: expert beside prediction, for the cases with the lowest Dice.

    python docs/experiments/failures.py --data FOLDER --split FILE --output failures.png [--network FOLDER] [--cases 5]

No intensities are drawn, so that the picture can be published where the images can't. Each case is shown in the axial
slice that has most wrong voxels with all four modalities. Needs matplotlib.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

import labelled_cases
from labelled_cases import Labels, Predicting

from GSSCore.dataset import Case
from GSSCore.evaluation.rows import Row
from GSSCore.vocabulary import (
    MODALITIES,
    RESEARCH_USE,
    TUMOUR_LABELS,
    Label,
    LineStyle,
    Modality,
    Subset,
    subset,
    subset_name,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = (
    MODALITIES,
    subset([Modality.FLAIR, Modality.T1, Modality.T2]),
    subset([Modality.FLAIR]),
    subset([Modality.T1CE]),
    subset([Modality.T1]),
)


_LINES: dict[LineStyle, dict[str, Any]] = {
    LineStyle.THIN: {"linewidth": 0.6, "linestyle": "-"},
    LineStyle.THICK: {"linewidth": 1.4, "linestyle": "-"},
    LineStyle.DOUBLE: {"linewidth": 0.9, "linestyle": ":"},
}
"""How contours are drawn; matplotlib has no double line, and here nothing is in doubt, so that one is dotted."""


@dataclass(frozen=True, eq=False)
class Failure:
    """A case with its predictions: label maps and scores by subset."""

    case: str
    brain: NDArray[np.bool_]
    truth: Labels
    labels: dict[Subset, Labels]
    rows: dict[Subset, list[Row]]
    mm: float
    """Distance between voxels along R and A."""

    @property
    def dice(self) -> float:
        """Mean Dice of the regions with all four modalities."""
        return fmean(row.dice for row in self.rows[MODALITIES])


def main(arguments: Sequence[str] | None = None) -> None:
    """Predict, choose, draw."""
    parser = labelled_cases.parser(__doc__)
    parser.add_argument("--cases", type=int, default=5)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    network = Predicting(options.network)
    complete = [case for case in labelled_cases.cases(options) if set(case.available) == set(MODALITIES)]
    found = [predicted(case, network) for case in complete]
    worst = sorted(found, key=lambda failure: failure.dice)[: options.cases]
    picture(worst, f"{network.name}: lowest Dice of the {options.part} cases").savefig(options.output, dpi=110)
    for failure in worst:
        scores = ", ".join(f"{row.region.value} {row.dice:.2f}" for row in failure.rows[MODALITIES])
        print(f"{failure.case}: {scores}")


def predicted(case: Case, network: Predicting) -> Failure:
    """Return what the network makes of a case."""
    labelled = network.preprocess(case, quick=True)
    labels = dict(network.subsets(labelled, set(SHOWN)))
    rows = {s: labelled.scorer.rows(s, found) for s, found in labels.items()}
    return Failure(
        case.name, labelled.preprocessed.brain, labelled.truth, labels, rows, labelled.preprocessed.grid.spacing[0]
    )


def picture(failures: Sequence[Failure], title: str) -> Figure:
    """Return a row of outlines for each case: the expert's, and those from each of `SHOWN`."""
    with mpl.rc_context({"font.size": 8, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(1.55 * (1 + len(SHOWN)), 1.95 * len(failures) + 0.55), layout="constrained")
        for line, failure in enumerate(failures):
            wrong = (failure.labels[MODALITIES] != failure.truth).sum((0, 1))
            place = int(wrong.argmax())
            columns = [("expert", failure.truth, None), *((s, failure.labels[s], failure.rows[s]) for s in SHOWN)]
            for column, (who, labels, rows) in enumerate(columns):
                axes = figure.add_subplot(len(failures), len(columns), line * len(columns) + column + 1)
                _draw(axes, failure.brain[:, :, place], labels[:, :, place])
                _letter(axes, failure.mm)
                if line == 0:
                    axes.set_title(who if isinstance(who, str) else _title(who))
                axes.set_xlabel(
                    failure.case if rows is None else " ".join(f"{row.region.value} {row.dice:.2f}" for row in rows),
                    fontsize=6,
                )
        legend = [
            mpl.lines.Line2D([], [], color=_colour(label), label=label.display, **_LINES[label.line])
            for label in TUMOUR_LABELS
        ]
        figure.legend(handles=legend, loc="outside lower center", ncols=len(legend), frameon=False)
        figure.suptitle(f"{title}. {RESEARCH_USE}", fontsize=8)
    return figure


def _title(wanted: Subset) -> str:
    return "all four" if wanted == MODALITIES else subset_name(wanted)


def _colour(label: Label) -> tuple[float, ...]:
    return tuple(channel / 255 for channel in label.colour)


def _letter(axes: Axes, mm: float) -> None:
    """Write the patient's sides, and draw a bar of 50 mm."""
    for letter, x in (("R", 0.0), ("L", 1.0)):
        axes.text(x, 0.5, letter, transform=axes.transAxes, ha="center", va="center", fontsize=6, color="#777777")
    low, _ = axes.get_ylim()
    axes.plot([0.0, 50.0 / mm], [low, low], color="#777777", linewidth=1.2, solid_capstyle="butt", clip_on=False)
    axes.text(0.0, low, "50 mm", ha="left", va="bottom", fontsize=5, color="#777777")


def _outline(label: Label) -> dict[str, Any]:
    """Return the line of a label, as contours want it."""
    return {f"{name}s": value for name, value in _LINES[label.line].items()}


def _draw(axes: Axes, brain: NDArray[np.bool_], labels: Labels) -> None:
    """Draw outlines as radiologists look at them: the patient's right on the left, the front above."""
    axes.contour(brain[::-1].T, [0.5], colors="#bbbbbb", linewidths=0.6)
    for label in TUMOUR_LABELS:
        mask = np.equal(labels[::-1].T, label)
        if mask.any():
            axes.contourf(mask, [0.5, 1.5], colors=[_colour(label)], alpha=0.35)
            axes.contour(mask, [0.5], colors=[_colour(label)], **_outline(label))
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)


if __name__ == "__main__":
    main()
