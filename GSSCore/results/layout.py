"""Where everything is on the overview, in pixels: rows of four panels at one scale, a column of keys beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from GSSCore.results.planes import AXIAL, CORONAL, SAGITTAL, Scene

WIDTH = 1840
COLUMNS = (AXIAL, AXIAL, CORONAL, SAGITTAL)
"""The views of a row; the first one is shown without contours."""
MARGIN, GAP, PADDING = 32, 10, 30
"""Around everything, between panels, and within a panel around the image, where the letters are."""
HEAD, FOOT, SIDE = 172, 56, 350
"""Height of what is above and below the panels, width of the column of keys."""
KEYS = (400, 31, 218, 240, 225)
"""Height of the keys to the contours, of what a `?` means, of the diameters, of the confidence, of the accuracy."""

_TALLEST = 480
"""Height that a panel may take."""
_NARROWEST = 0.16
"""Share of the width that a panel gets even where its image needs less."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Frame:
    """A panel's place in the picture, and that of the image in it."""

    panel: Box
    image: Box

    @property
    def size(self) -> tuple[int, int]:
        """Pixels (x, y) of the image."""
        return self.image[2] - self.image[0], self.image[3] - self.image[1]


@dataclass(frozen=True)
class Layout:
    """The whole picture.

    Attributes:
        rows: a frame for each of `COLUMNS`, row by row.
        height: of the picture.
        scale: pixels per mm, the same in every panel and direction.
    """

    rows: list[list[Frame]]
    height: int
    scale: float


def lay_out(scene: Scene, rows: int, keys: int) -> Layout:
    """Return the layout for so many rows; `keys` is the least height of them together."""
    room = WIDTH - SIDE - 3 * MARGIN - (len(COLUMNS) - 1) * GAP
    across = [scene.extent_mm(view.across) for view in COLUMNS]
    down = [scene.extent_mm(view.down) for view in COLUMNS]
    shares = [max(mm / sum(across), _NARROWEST) for mm in across]
    widths = [math.floor(room * share / sum(shares)) for share in shares]
    scale = min((w - 2 * PADDING) / mm for w, mm in zip(widths, across, strict=True))
    scale = min(scale, (_TALLEST - 2 * PADDING) / max(down))
    least = keys - (rows - 1) * GAP
    tall = max(math.ceil(scale * max(down)) + 2 * PADDING, math.ceil(least / rows))
    frames = [
        _row(
            HEAD + row * (tall + GAP), tall, widths, [(scale * x, scale * y) for x, y in zip(across, down, strict=True)]
        )
        for row in range(rows)
    ]
    return Layout(frames, HEAD + rows * (tall + GAP) - GAP + FOOT, scale)


def _row(top: int, tall: int, widths: list[int], sizes: list[tuple[float, float]]) -> list[Frame]:
    """Return panels side by side, each with its image in the middle."""
    frames, left = [], MARGIN
    for wide, size in zip(widths, sizes, strict=True):
        x, y = (max(1, round(pixels)) for pixels in size)
        corner = left + (wide - x) // 2, top + (tall - y) // 2
        frames.append(Frame((left, top, left + wide, top + tall), (*corner, corner[0] + x, corner[1] + y)))
        left += wide + GAP
    return frames
