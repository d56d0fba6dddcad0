"""The picture of a result slice by slice: axial slices from the lowest to the highest of the tumour, with contours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from GSSCore.imaging.arrays import Array
from GSSCore.imaging.boxes import bounding_box, box_at
from GSSCore.messages import Translate
from GSSCore.results.doubts import MARK, unreliable_labels
from GSSCore.results.layout import Frame
from GSSCore.results.legend import AMBER, BODY, GROUND, SMALL, SOFT, TEXT, Pen
from GSSCore.results.overview import brain_key, letter_sides, paste_image, png, scale_bar
from GSSCore.results.panels import Plane, around_mm, backgrounds, brain_lines, contours, draw, greys
from GSSCore.results.planes import AXIAL, slice_number, widened_spans
from GSSCore.study.study import Study
from GSSCore.vocabulary import RESEARCH_USE, TUMOUR_LABELS, Label, Modality, Region

if TYPE_CHECKING:
    from PIL import Image

WIDTH, COLUMNS, ROWS = 1840, 6, 2
"""Pixels across, slices in a row, rows in all."""
_MARGIN, _GAP, _HEAD, _FOOT = 32, 8, 96, 56
_PADDING, _CAPTION = 26, 26
"""Around the image in its panel, and above the panel."""


@dataclass(frozen=True)
class _Sheet:
    """Where the slices are: frames row by row, the height of all, pixels per mm."""

    frames: list[list[Frame]]
    height: int
    scale: float


def montage_png(
    study: Study, labels: Array, unreliable: Collection[Region] = (), network: str = "", translate: Translate = str
) -> bytes:
    """Return the montage as a PNG file, `WIDTH` pixels wide.

    Slices are spread evenly over the tumour or, without one, over the brain. They are shown in the modality that shows
    the whole tumour best: six of them with the same ones of T1ce below where it is there, otherwise twelve.

    Args:
        study: the images.
        labels: uint8 (I, J, K) on the study's grid.
        unreliable: the regions that can't be relied on; contours that fall with them are dashed.
        network: its name and version.
        translate: from English; as it is by default.
    """
    from PIL import Image

    shown = backgrounds(study)
    planes, extent = slices_of(study, labels, shown[0], COLUMNS * ROWS // len(shown))
    groups = [planes[start : start + COLUMNS] for start in range(0, len(planes), COLUMNS)]
    rows = [(modality, group) for group in groups for modality in shown]
    sheet = _sheet(extent, len(rows))
    picture = Image.new("RGB", (WIDTH, sheet.height), GROUND)
    grey = {m: greys(study, m, planes) for m in shown}
    size, broken = sheet.frames[0][0].size, unreliable_labels(unreliable)
    brain = brain_lines(study, planes, [size] * len(planes))
    cuts = [plane.cut(study, labels) for plane in planes]
    lines = [[*own, *contours(cut, size, broken)] for own, cut in zip(brain, cuts, strict=True)]
    for (modality, group), frames in zip(rows, sheet.frames, strict=True):
        for plane, frame in zip(group, frames, strict=False):
            place = planes.index(plane)
            paste_image(picture, grey[modality][place], frame)
            draw(picture, frame, lines[place])
    _write(picture, study, rows, sheet, network, broken, translate)
    return png(picture)


def slices_of(study: Study, labels: Array, modality: Modality, most: int) -> tuple[list[Plane], tuple[float, float]]:
    """Return at most so many slices from the lowest to the highest, none twice; and the mm that they show, R and A."""
    orientation = study.orientation
    image = orientation.to_ras(study.images[modality])
    everything = box_at((0, 0, 0), image.shape)
    tumour = bounding_box(orientation.to_ras(labels) != Label.BACKGROUND)
    _, _, s = tumour or bounding_box(image != 0) or everything
    low, high = s.start, s.stop
    # Each in the middle of its share: the first and the last voxel of a tumour show little.
    places = np.unique(low + ((np.arange(most) + 0.5) / most * (high - low)).astype(int))
    r, a, _ = bounding_box(image[:, :, places] != 0) or everything
    spacing = orientation.grid_in_ras(study.grid).spacing
    shown = ((r.start, r.stop), (a.start, a.stop), (low, high))
    wider = widened_spans(shown, around_mm(study), spacing, image.shape)
    spans = (wider[0], wider[1], (low, high))
    across, down = ((end - start) * mm for (start, end), mm in zip(spans[:2], spacing[:2], strict=True))
    return [Plane(AXIAL, int(place), spans) for place in places], (across, down)


def _sheet(extent: tuple[float, float], rows: int) -> _Sheet:
    """Return the places for slices of an extent in mm."""
    wide = (WIDTH - 2 * _MARGIN - (COLUMNS - 1) * _GAP) // COLUMNS
    scale = min((wide - 2 * _PADDING) / extent[0], 1.4 * wide / extent[1])
    x, y = (max(1, round(scale * mm)) for mm in extent)
    tall = y + 2 * _PADDING
    frames = []
    for row in range(rows):
        top = _HEAD + _CAPTION + row * (tall + _CAPTION)
        lefts = [_MARGIN + column * (wide + _GAP) for column in range(COLUMNS)]
        image = [(left + (wide - x) // 2, top + _PADDING) for left in lefts]
        frames.append(
            [
                Frame((left, top, left + wide, top + tall), (i, j, i + x, j + y))
                for left, (i, j) in zip(lefts, image, strict=True)
            ]
        )
    return _Sheet(frames, _HEAD + rows * (tall + _CAPTION) + _FOOT, scale)


def _write(
    picture: Image.Image,
    study: Study,
    rows: Sequence[tuple[Modality, Sequence[Plane]]],
    sheet: _Sheet,
    network: str,
    broken: Collection[Label],
    tr: Translate,
) -> None:
    """Write what is shown: case, network, slices, sides, a scale bar in each row, and what the colours mean."""
    pen = Pen.on(picture)
    named = [words for words in (study.case, tr("axial slices from below upwards"), network) if words]
    pen.write((_MARGIN, 46), " · ".join(named), BODY)
    pen.pill(WIDTH - _MARGIN, 40, tr(RESEARCH_USE).rstrip("."))
    for (modality, group), frames in zip(rows, sheet.frames, strict=True):
        for plane, frame in zip(group, frames, strict=False):
            left, top, _, _ = frame.panel
            number, count = slice_number(plane.index, AXIAL.normal, study.grid, study.orientation)
            end = left + 2 + pen.write((left + 2, top - 8), modality.display, SMALL) + 10
            words = tr("slice {number} of {count}").format(number=number, count=count)
            pen.write((end, top - 8), words, SMALL, SOFT)
            letter_sides(pen, AXIAL, frame)
        left, top, right, bottom = frames[0].panel
        scale_bar(pen, (left + 12, bottom - 14), sheet.scale, (right - left) / 3)
    convention = tr("Radiological convention: the patient's right is on the left of the picture.")
    pen.write((_MARGIN, 74), convention, SMALL, SOFT)
    x, y = float(_MARGIN), picture.height - _FOOT + 34
    for label in reversed(TUMOUR_LABELS):
        dashed = label in broken
        pen.sample((x, y), label.colour, label.line, dashed=dashed)
        name = f"{label.name} {MARK}" if dashed else label.name
        words = f"{name}, {tr(label.display)}"
        x += 34 + pen.write((x + 34, y), words, SMALL, AMBER if dashed else TEXT) + 26
    if study.alignment is not None:
        x = brain_key(pen, (x, y), tr) + 26
    if broken:
        pen.write((x, y), tr("? and dashed: not to be relied on"), SMALL, AMBER)
