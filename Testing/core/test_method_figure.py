"""The figure of docs/method.md is made by the code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from method_figure import REGIONS, main


def test_the_figure_shows_students_regions_and_teacher(tmp_path: Path) -> None:
    picture = np.asarray(Image.open(main(tmp_path)).convert("RGB"), np.int64)
    for colour in list(REGIONS.values())[::2]:
        near = np.abs(picture - colour).sum(axis=-1) < 40
        assert near.mean() > 0.0005, "more than the key's sample"
    row = picture[306:556]
    assert ((row[..., 0] > 200) & (row[..., 2] < 120)).mean() > 0.001, "students are sure somewhere"
