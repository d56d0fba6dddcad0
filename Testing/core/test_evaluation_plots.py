"""Plots are drawn for whatever scores there are, the same every time, and their lack of matplotlib is said."""

from __future__ import annotations

import io
import sys
import warnings

import numpy as np
import pytest
from PIL import Image

from evaluation_rows import random_rows
from GSSCore.errors import EnvironmentRefused
from GSSCore.evaluation import plots
from GSSCore.evaluation.files import BOXES_FILE, HEAT_MAP_FILE, VOLUMES_FILE
from GSSCore.evaluation.plots import DPI, WIDTH, pictures
from GSSCore.evaluation.rows import Row
from GSSCore.vocabulary import MODALITIES, Modality, Region


def opened(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def test_there_are_three_as_wide_as_a_page_and_none_is_blank() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = pictures(random_rows(6))
    assert set(made) == {HEAT_MAP_FILE, BOXES_FILE, VOLUMES_FILE}
    for data in made.values():
        pixels = opened(data)
        assert pixels.shape[1] == WIDTH * DPI
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50


def test_the_same_scores_make_the_same_files() -> None:
    assert pictures(random_rows(2)) == pictures(random_rows(2))
    assert pictures(random_rows(2))[BOXES_FILE] != pictures(random_rows(2, seed=1))[BOXES_FILE]


@pytest.mark.parametrize("cases", [1, 2])
def test_few_cases_are_drawn_too(cases: int) -> None:
    assert len(pictures(random_rows(cases, quick=True))) == 3


def test_volumes_need_cases_with_all_four_modalities() -> None:
    without = [row for row in random_rows(3) if row.subset != MODALITIES]
    assert set(pictures(without)) == {HEAT_MAP_FILE, BOXES_FILE}


def test_a_single_score_is_enough() -> None:
    assert set(pictures([Row("A", (Modality.T2,), Region.WT, 0.5, 1.0, 2.0)])) == {HEAT_MAP_FILE, BOXES_FILE}


def test_bias_and_limits_are_those_of_bland_and_altman(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(plots, "_png", lambda figure: drawn.append(figure) or b"")
    given = [row for row in random_rows(7) if row.subset == MODALITIES]
    pictures(given)
    difference = np.array([row.predicted_ml - row.truth_ml for row in given if row.region is Region.WT])
    axes = drawn[-1].axes[0]
    heights = [line.get_ydata()[0] for line in axes.lines if line.get_linestyle() in ("-", "--")][1:]
    spread = 1.96 * difference.std(ddof=1)
    mean = difference.mean()
    assert heights == pytest.approx([mean, mean - spread, mean + spread])


def test_without_matplotlib_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(EnvironmentRefused, match=r"pip install 'gsssegmentation\[evaluate\]'"):
        pictures(random_rows(1))
