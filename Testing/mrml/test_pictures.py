"""The command that draws the pictures, in a process of its own, as it sets up rendering before VTK is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from GSSCore.vocabulary import Label

pytestmark = pytest.mark.long

COMMAND = Path(__file__).with_name("make_pictures.py")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    folder = tmp_path_factory.mktemp("pictures")
    run = subprocess.run(
        [sys.executable, COMMAND, folder], capture_output=True, encoding="utf-8", check=False, timeout=280
    )
    assert run.returncode == 0, f"EGL is needed (Debian: libegl1, libgl1-mesa-dri)\n{run.stderr[-2000:]}"
    return {path.name: Image.open(path).convert("RGB") for path in folder.iterdir()}


def share_near(picture: Image.Image, colour: tuple[int, int, int], distance: int = 60) -> float:
    """Share of the pixels that have about a colour."""
    pixels = np.asarray(picture, np.int64)
    return float((np.abs(pixels - colour).sum(axis=-1) < distance).mean())


def test_all_are_there(pictures: dict[str, Image.Image]) -> None:
    assert set(pictures) == {"segments.png", "segments-flair-t2.png", "confidence.png", "overview.png", "montage.png"}


@pytest.mark.parametrize("name", ["segments.png", "segments-flair-t2.png"])
def test_slices_show_the_anatomy_under_the_segments_and_the_view_their_surfaces(
    name: str, pictures: dict[str, Image.Image]
) -> None:
    picture = pictures[name]
    for left in (0, 488):
        panel = np.asarray(picture.crop((left, 44, left + 480, 524)), np.int64)
        grey = (np.ptp(panel, axis=-1) < 10) & (panel.mean(axis=-1) > 60)
        green = (panel[..., 1] - panel[..., [0, 2]].max(axis=-1) > 12) & (panel.mean(axis=-1) > 60)
        assert grey.mean() > 0.08, "brain"
        assert green.mean() > 0.005, "oedema, through which the brain is seen"
    solid = np.asarray(picture.crop((976, 44, 1456, 524)), np.int64)
    assert (solid.max(axis=-1) > 60).mean() > 0.2


def test_the_confidence_is_painted_in_its_colours(pictures: dict[str, Image.Image]) -> None:
    panel = np.asarray(pictures["confidence.png"].crop((488, 44, 968, 524)), np.int64)
    assert (panel[..., 0] - panel[..., 2] > 60).mean() > 0.005, "low, orange"
    assert (panel[..., 2] - panel[..., 0] > 40).mean() > 0.005, "guided, blue"


def test_the_key_has_the_segments_colours(pictures: dict[str, Image.Image]) -> None:
    key = pictures["segments.png"].crop((0, 530, 400, 560))
    for label in (Label.NCR, Label.ED, Label.ET):
        assert share_near(key, label.colour) > 0.005
