"""Draws the icon GSSSegmentation.png from its SVG: `python Testing/packaging/render_icon.py`. Needs PySide6-Essentials.

The SVG is the drawing, the PNG what Slicer and its catalogue show.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

SVG = Path(__file__).resolve().parents[2] / "GSSSegmentation" / "Resources" / "Icons" / "GSSSegmentation.svg"
SIZE = 128


def render(output: Path, size: int = SIZE) -> None:
    """Write the icon as a PNG of `size` x `size` pixels with a transparent ground.

    Raises:
        ValueError: when Qt can't read the drawing.
        OSError: when the file can't be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    drawing = QSvgRenderer(str(SVG))
    if not drawing.isValid():
        raise ValueError(f"Qt can't read {SVG}.")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.render(painter)
    painter.end()
    # Quality 0 is the strongest compression; a PNG loses nothing by it.
    if not image.save(str(output), quality=0):
        raise OSError(f"{output} can't be written as a picture.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=SVG.with_suffix(".png"))
    parser.add_argument("--size", type=int, default=SIZE)
    options = parser.parse_args()
    render(options.output, options.size)
