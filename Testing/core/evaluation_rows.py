"""Scores that no network made, for the tests of tables, pictures and comparisons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from GSSCore.evaluation.rows import Row
from GSSCore.vocabulary import REGIONS, SUBSETS


def random_rows(cases: int, seed: int = 0, quick: bool = False) -> list[Row]:
    """A row per case, subset and region, values as a file holds them; the first case has no enhancing tumour."""
    rng = np.random.default_rng(seed)
    rows = []
    for case in range(cases):
        for subset in SUBSETS:
            for r, region in enumerate(REGIONS):
                dice, sensitivity, lesion_dice = (round(float(x), 6) for x in rng.uniform(0.3, 0.95, 3))
                hd95, lesion_hd95, predicted = (round(float(x), 3) for x in rng.uniform(2.0, 90.0, 3))
                row = Row(f"case{case}", subset, region, dice, 40.0 + case - 15.0 * r, predicted)
                row = replace(row, sensitivity=None if (case, r) == (0, 2) else sensitivity)
                if not quick:
                    row = replace(
                        row, hd95_mm=hd95, lesion_dice=lesion_dice, lesion_hd95_mm=lesion_hd95,
                        lesions=2, missed=case % 2, false_lesions=r,
                    )  # fmt: skip
                rows.append(row)
    return rows
