"""Reliability of the confidence levels: how often each is right near predicted or true tumour. Needs no torch.

Far from the tumour nearly every voxel is right and agreed, so that only voxels within `NEAR_MM` of the tumour count. A
voxel is right when its label is the expert's. Counts are added up over cases, so that large tumours weigh more than
small ones.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from GSSCore.evaluation.tables import dots, markdown_table
from GSSCore.imaging.arrays import Labels, Mask, Spacing
from GSSCore.imaging.boxes import bounding_box, widened
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE, SUBSETS, Confidence, Subset, subset_name

NEAR_MM = 5.0
ASCENDING = (Confidence.LOW, Confidence.GUIDED, Confidence.AGREED)
RULE = (
    f"Of the voxels within {NEAR_MM:g} mm of predicted or true tumour, those of a confidence level: which share has "
    "the expert's label, and in brackets, which share of the voxels has that level. Voxels of all cases are counted "
    "together. Without FLAIR, or with nothing else, there is no level between low and agreed."
)
ReliabilityTable = dict[str, dict[str, dict[str, float]]]
"""By subset name and level (`low`, `guided`, `agreed`): `right`, the share of the level's voxels that is right, and
`voxels`, the level's share of all voxels. Levels without voxels are left out."""


@dataclass(frozen=True)
class ReliabilityRow:
    """One level of one prediction: number of voxels near the tumour with that level, and of these that are right."""

    case: str
    subset: Subset
    level: Confidence
    voxels: int
    right: int


def near(mask: Mask, spacing: Spacing, mm: float = NEAR_MM) -> Mask:
    """Return where a voxel's centre is at most `mm` from that of one of the mask; nowhere for an empty mask."""
    result = np.zeros(mask.shape, np.bool_)
    box = bounding_box(mask)
    if box is None:
        return result
    wide = widened(box, [int(mm / size) for size in spacing], mask.shape)
    result[wide] = distance_transform_edt(~mask[wide], sampling=spacing) <= mm
    return result


class ReliabilityScorer:
    """Counts levels of one case's predictions.

    Args:
        case: its name.
        truth: uint8 (D, H, W), values of `vocabulary.Label`.
        spacing: of the voxels in mm.
    """

    def __init__(self, case: str, truth: Labels, spacing: Spacing) -> None:
        self._case, self._truth, self._spacing = case, truth, spacing
        self._near = near(truth > 0, spacing)

    def rows(self, subset: Subset, prediction: Labels, levels: Labels) -> list[ReliabilityRow]:
        """Return a row per level.

        Args:
            subset: the modalities that the prediction was made from.
            prediction: uint8 (D, H, W).
            levels: uint8 (D, H, W), values of `vocabulary.Confidence`.
        """
        counted = self._near | near(prediction > 0, self._spacing)
        found, right = levels[counted], prediction[counted] == self._truth[counted]
        voxels, hits = (np.bincount(part, minlength=len(Confidence)) for part in (found, found[right]))
        return [ReliabilityRow(self._case, subset, level, int(voxels[level]), int(hits[level])) for level in ASCENDING]


def reliability_table(rows: Iterable[ReliabilityRow]) -> ReliabilityTable:
    """Return the table over all cases, subsets in the order of `SUBSETS`."""
    counts: dict[Subset, dict[Confidence, NDArray[np.int64]]] = {}
    for row in rows:
        of_subset = counts.setdefault(row.subset, {level: np.zeros(2, np.int64) for level in ASCENDING})
        of_subset[row.level] += (row.voxels, row.right)
    table: ReliabilityTable = {}
    for subset in (s for s in SUBSETS if s in counts):
        whole = sum(int(voxels) for voxels, _ in counts[subset].values())
        table[subset_name(subset)] = {
            level.name.lower(): {"right": round(right / voxels, 5), "voxels": round(voxels / whole, 5)}
            for level, (voxels, right) in counts[subset].items()
            if voxels
        }
    return table


def misordered(table: ReliabilityTable) -> list[str]:
    """Return the subsets in which a higher level is not right more often than a lower one."""
    wrong = []
    for name, of_levels in table.items():
        shares = [of_levels[level.name.lower()]["right"] for level in ASCENDING if level.name.lower() in of_levels]
        if any(high <= low for low, high in pairwise(shares)):
            wrong.append(name)
    return wrong


def reliability_markdown(rows: Sequence[ReliabilityRow], title: str) -> str:
    """Return the table as Markdown, with its rule and the subsets in which the order of the levels does not hold."""
    table = reliability_table(rows)
    names = [level.name.lower() for level in ASCENDING]
    lines = []
    for subset, of_levels in table.items():
        cells = [
            f"{found['right']:.3f} ({100 * found['voxels']:.1f} %)" if (found := of_levels.get(name)) else "–"
            for name in names
        ]
        lines.append([*dots(subset), *cells])
    head = [*(m.display for m in MODALITIES), *(f"{int(level)} {level.name.lower()}" for level in ASCENDING)]
    wrong = misordered(table)
    verdict = (
        f"In these a higher level is not right more often: {', '.join(wrong)}."
        if wrong
        else "A higher level is right more often than a lower one in every line."
    )
    cases = len({row.case for row in rows})
    text = [f"# {title}", "", f"{cases} case{'' if cases == 1 else 's'}. {RULE}", ""]
    return "\n".join([*text, *markdown_table(head, lines), "", verdict, "", RESEARCH_USE]) + "\n"


def reliability_csv(rows: Iterable[ReliabilityRow]) -> str:
    """Return one line per case, subset and level."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("case", "subset", "level", "voxels", "right"))
    for row in rows:
        writer.writerow((row.case, subset_name(row.subset), row.level.name.lower(), row.voxels, row.right))
    return text.getvalue()
