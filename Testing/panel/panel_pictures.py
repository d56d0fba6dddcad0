"""Pictures of the panel in every state, in every language: `python Testing/panel/panel_pictures.py [FOLDER]`.

A sheet for each language. They are rendered outside Slicer, and say so; nothing but the phantom is ever shown.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / name) for name in (".", "GSSSegmentation", "Testing", "Testing/mrml")]

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from standin import host

host.start()

import slicer
import slicer.util
from PySide6 import QtGui

from GSSCore.phantom import make_raw_phantom
from GSSSegmentationLib import panel as panel_module
from GSSSegmentationLib.run import Run
from GSSSegmentationLib.sample_data import CATEGORY
from processes import SLEEPS

WIDTH, GAP, HEAD = 400, 14, 34
PER_ROW = 4
LANGUAGES = {"en": "", "de": "de"}


def main(folder: Path) -> list[Path]:
    """Write a sheet for each language, and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, language in LANGUAGES.items():
        slicer.app.settings().setValue("language", language)
        sheet = _sheet(list(states()))
        slicer.app.forget_translations()
        paths.append(folder / f"panel-{name}.png")
        sheet.quantize(256, dither=Image.Dither.NONE).save(paths[-1], optimize=True)
    slicer.app.settings().setValue("language", "")
    return paths


def states() -> Iterator[tuple[str, Image.Image]]:
    """Yield each state's name and picture, in the language that is set."""
    host.close_scene()
    _, widget = host.open_module(ROOT / "GSSSegmentation" / "GSSSegmentation.py")
    ui, panel = widget.ui, widget.panel
    panel._learn_pace = lambda result: None  # how busy this machine is would be seen in the next estimate

    def shot(title: str) -> tuple[str, Image.Image]:
        return title, _image(host.picture(widget, WIDTH))

    yield shot("idle, nothing chosen")
    raw = _raw_scans()
    ui.findButton.click()
    _hide_proposal(panel)
    ui.advancedCollapsibleButton.collapsed = False
    yield shot("raw scans, advanced things shown")
    ui.advancedCollapsibleButton.collapsed = True
    for node in raw:
        slicer.mrmlScene.RemoveNode(node)
    sources = sys.modules["SampleData"].SampleDataLogic.sampleDataSourcesByCategory(CATEGORY)
    source = next(source for source in sources if source.sampleName == "GSSPhantom")
    source.customDownloader(source)
    ui.findButton.click()
    yield shot("idle, prepared volumes found")
    ui.t1ceSelector.setCurrentNode(None)
    ui.t1Selector.setCurrentNode(None)
    _hide_proposal(panel)
    with _installing(lambda: pictures.append(shot("installing"))) as pictures:
        ui.applyButton.click()
    yield pictures[0]
    _wait(lambda: ui.progressBar.value >= 50)
    yield shot("running")
    panel.abandon()
    with patch.object(Run, "_command", lambda self: SLEEPS):
        ui.applyButton.click()
        ui.applyButton.click()
        yield shot("cancelling")
        _wait(lambda: panel.state.value == "idle")
    ui.applyButton.click()
    _wait(lambda: panel.state.value == "done")
    yield shot("done, with warnings")
    slicer.util.arrayFromVolume(ui.t2Selector.currentNode())[:] = 7
    slicer.util.arrayFromVolumeModified(ui.t2Selector.currentNode())
    ui.applyButton.click()
    _wait(lambda: panel.state.value == "failed")
    yield shot("failed")
    host.close_module(widget)


@contextmanager
def _installing(look: Callable[[], None]) -> Iterator[list[Any]]:
    """Let the panel think that packages are missing, and look at it while they are installed."""
    pictures: list[Any] = []
    with (
        patch.object(panel_module, "missing", lambda: ("torch",)),
        patch.object(panel_module, "ensure_installed", lambda ask: look()),
    ):
        yield pictures


def _raw_scans() -> list[Any]:
    """Return the volumes that the button of the raw phantom makes, coarser, as only their names are seen."""
    scans = make_raw_phantom(seed=0, coarser=3.0).scans
    return [
        slicer.util.addVolumeFromArray(
            np.ascontiguousarray(np.transpose(scan.array, (2, 1, 0))),
            ijkToRAS=scan.affine,
            name=f"GSS raw phantom {modality.display}",
        )
        for modality, scan in scans.items()
    ]


def _hide_proposal(panel: Any) -> None:
    panel._form.set_proposal(None)


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, "the panel never came to the state of the picture"
        slicer.app.processEvents()
        time.sleep(0.01)


def _image(picture: QtGui.QImage) -> Image.Image:
    picture = picture.convertToFormat(QtGui.QImage.Format.Format_RGB888)
    stride = picture.bytesPerLine()
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), stride)
    return Image.fromarray(pixels[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3).copy())


def _sheet(shots: list[tuple[str, Image.Image]]) -> Image.Image:
    """Return all pictures side by side, each below its name."""
    rows = [shots[start : start + PER_ROW] for start in range(0, len(shots), PER_ROW)]
    heights = [max(picture.height for _, picture in row) + HEAD + GAP for row in rows]
    sheet = Image.new("RGB", (PER_ROW * (WIDTH + GAP) + GAP, sum(heights) + GAP), (255, 255, 255))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=17)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, (title, picture) in enumerate(row):
            left = GAP + column * (WIDTH + GAP)
            draw.text((left + 4, top + 6), title, fill=(60, 66, 74), font=font)
            sheet.paste(picture, (left, top + HEAD))
        top += height
    return sheet


if __name__ == "__main__":
    for path in main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"):
        print(path)
