"""The icon: drawn once, as SVG, and shown as PNG."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import render_icon
from PIL import Image

from GSSCore.vocabulary import TUMOUR_LABELS

PNG = render_icon.SVG.with_suffix(".png")


def pixels(path: Path) -> np.ndarray:
    """Red, green, blue and opacity, premultiplied: what is transparent has no colour."""
    image = np.asarray(Image.open(path).convert("RGBA"), np.float64)
    return np.dstack([image[..., :3] * image[..., 3:] / 255.0, image[..., 3]])


def test_the_icon_is_a_small_png_of_the_catalogues_size() -> None:
    with Image.open(PNG) as image:
        assert image.format == "PNG"
        assert image.size == (128, 128)
        assert image.mode == "RGBA"
    assert PNG.stat().st_size < 20_000


def test_the_icon_stands_on_any_ground() -> None:
    opacity = pixels(PNG)[..., 3]
    assert not opacity[[0, 0, -1, -1], [0, -1, 0, -1]].any(), "the corners are transparent"
    assert 0.4 < np.mean(opacity > 250) < 0.9


def test_the_icon_shows_the_tumour_in_the_colours_of_its_labels() -> None:
    image = pixels(PNG)
    for label in TUMOUR_LABELS:
        shown = np.all(image == [*label.colour, 255], axis=-1)
        assert shown.sum() > 100, label


def test_the_png_is_the_drawing(tmp_path: Path) -> None:
    # In a process of its own: Qt's application settings must not reach other tests.
    command = [sys.executable, render_icon.__file__, "--output", str(tmp_path / "icon.png")]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    if "No module named 'PySide6'" in done.stderr:
        pytest.fail("PySide6 is needed to draw the icon; `pip install PySide6-Essentials` brings it.")
    assert done.returncode == 0, done.stderr
    difference = np.abs(pixels(tmp_path / "icon.png") - pixels(PNG))
    # Qt's versions may differ in how they smooth an edge.
    assert difference.mean() < 1.0, "run python Testing/packaging/render_icon.py"
