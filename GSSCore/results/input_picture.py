"""The picture of how raw scans became a study: the brain on each, and the edges of the reference on the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats, Mask
from GSSCore.messages import Translate
from GSSCore.results.contours import Outline, outline
from GSSCore.results.edges import edges
from GSSCore.results.layout import Frame
from GSSCore.results.legend import AMBER, BODY, GROUND, HEADING, PANEL, SMALL, SOFT, TEXT, Colour, Pen, fitted
from GSSCore.results.overview import letter_sides, png, scale_bar
from GSSCore.results.panels import BRAIN_LINE, Grey, draw, shades, window_of
from GSSCore.results.planes import VIEWS
from GSSCore.results.scans import Canvas, brain_at, canvas_of, shown_at
from GSSCore.results.treatment import LEFT_OUT, REFERENCE, Treated, state_words, treated
from GSSCore.study.alignment import Alignment
from GSSCore.study.study import Study
from GSSCore.vocabulary import RESEARCH_USE, Modality

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 1840
EDGE_LINE: Colour = (255, 140, 40)
"""Orange, which is told apart from `BRAIN_LINE` without colour vision, and is no colour of the tumour's parts."""
_BRAIN_WIDTH, _EDGE_WIDTH = 2.0, 1.8
_MARGIN, _GAP, _APART, _HEAD, _FOOT, _CAPTION, _SIDE = 32, 8, 40, 96, 56, 40, 420
_PADDING = 22
"""Around the image in its panel, where the letters are."""
_TALLEST = 560
"""Height that a panel of the registered sequences may take."""
_SMOOTH_MM, _SMOOTH_VOXELS = 1.3, 0.6
"""SD by which the reference is smoothed before its edges are sought: in mm, and at least in voxels."""
_SHORTEST_MM = 9.0
"""Length from which on an edge is drawn."""


@dataclass(frozen=True)
class _Row:
    """Panels side by side at one scale, with what is written above them."""

    scans: tuple[Treated, ...]
    frames: list[list[Frame]]
    scale: float
    top: int


@dataclass(frozen=True)
class _Sheet:
    """Where everything is.

    Attributes:
        outlines: rows with the brain's outline, two scans in each.
        pairs: a row for each scan that lies on the reference.
        left_out: how far down the lines of the scans that were left out are.
        titles: how far down the titles of both parts are; None for a part that is missing.
        height: of the picture.
    """

    outlines: list[_Row]
    pairs: list[_Row]
    left_out: list[tuple[Treated, int]]
    titles: tuple[int, int | None]
    height: int


def input_png(study: Study, translate: Translate = str) -> bytes:
    """Return the picture of a study of raw scans as a PNG file, `WIDTH` pixels wide.

    Above, the outline of the brain that was used on each scan, in three planes through the middle of the brain. Below,
    each other scan with the edges of the reference on it: where both lie on each other, the lines run along the edges
    that it shows itself.

    Args:
        study: of raw scans.
        translate: from English; as it is by default.
    """
    from PIL import Image

    alignment = study.alignment
    if alignment is None:
        raise ValueError("the study is none of raw scans")
    tr = translate
    scans = treated(alignment.to_json(), study.reference)
    canvas = canvas_of(study, alignment)
    sheet = _sheet(canvas, scans, tuple(alignment.scans))
    picture = Image.new("RGB", (WIDTH, sheet.height), GROUND)
    _paste_outlined(picture, alignment, canvas, sheet.outlines)
    if sheet.pairs:
        _paste_compared(picture, study, alignment, canvas, sheet.pairs)
    _write(picture, study, sheet, tr)
    return png(picture)


# --- places ----------------------------------------------------------------------------------------------------------


def _sheet(canvas: Canvas, scans: Sequence[Treated], used: Sequence[Modality]) -> _Sheet:
    """Return where everything is."""
    shown = [one for one in scans if one.modality in used]
    others = [one for one in shown if one.state != REFERENCE]
    y = _HEAD + 34
    titles = y
    y += 14
    outlines, scale = [], _outline_scale(canvas)
    for start in range(0, len(shown), 2):
        pair = tuple(shown[start : start + 2])
        y += _CAPTION
        half = (WIDTH - 2 * _MARGIN - _APART) // 2 + _APART
        frames = [_frames(canvas, scale, _MARGIN + number * half, y) for number in range(len(pair))]
        outlines.append(_Row(pair, frames, scale, y))
        y = frames[0][0].panel[3]
    second: int | None = None
    pairs, scale = [], _pair_scale(canvas)
    if others:
        y += 66
        second = y
        y += 14
    for one in others:
        y += _CAPTION
        frames = [_frames(canvas, scale, _MARGIN, y)]
        pairs.append(_Row((one,), frames, scale, y))
        y = frames[0][0].panel[3]
    left_out = []
    for one in scans:
        if one.state == LEFT_OUT:
            y += 44
            left_out.append((one, y))
    return _Sheet(outlines, pairs, left_out, (titles, second), y + 24 + _FOOT)


def _across(canvas: Canvas) -> float:
    return sum(canvas.extent_mm(view.across) for view in VIEWS)


def _outline_scale(canvas: Canvas) -> float:
    room = (WIDTH - 2 * _MARGIN - _APART) // 2 - 2 * _GAP - 6 * _PADDING
    return room / _across(canvas)


def _pair_scale(canvas: Canvas) -> float:
    room = WIDTH - 2 * _MARGIN - _APART - _SIDE - 2 * _GAP - 6 * _PADDING
    tallest = max(canvas.extent_mm(view.down) for view in VIEWS)
    return min(room / _across(canvas), (_TALLEST - 2 * _PADDING) / tallest)


def _frames(canvas: Canvas, scale: float, left: int, top: int) -> list[Frame]:
    """Return a panel for each of `VIEWS`, side by side."""
    sizes = [canvas.size(view, scale) for view in VIEWS]
    tall = max(y for _, y in sizes) + 2 * _PADDING
    frames = []
    for x, y in sizes:
        wide = x + 2 * _PADDING
        corner = left + _PADDING, top + (tall - y) // 2
        frames.append(Frame((left, top, left + wide, top + tall), (*corner, corner[0] + x, corner[1] + y)))
        left += wide + _GAP
    return frames


# --- images ----------------------------------------------------------------------------------------------------------


class _Planes:
    """The three planes at one scale: where their pixels are, the brain on them, and what scans show there."""

    def __init__(self, alignment: Alignment, canvas: Canvas, scale: float) -> None:
        self._alignment, self._scale = alignment, scale
        self._places = [canvas.places(view, scale) for view in VIEWS]
        self.brains: list[Mask] = [brain_at(alignment, there) for there in self._places]

    def of(self, modality: Modality) -> list[Floats]:
        """Return what a scan shows, 0 where it does not reach."""
        return [shown_at(self._alignment, modality, there) for there in self._places]

    def greys(self, values: Sequence[Floats]) -> list[Grey]:
        """Return planes of a scan in shades of grey, the whole head through the window of the brain."""
        brains = [value[brain & (value != 0)] for value, brain in zip(values, self.brains, strict=True)]
        window = window_of(np.concatenate(brains))
        return [shades(value, window, 0) for value in values]

    def edges(self, values: Sequence[Floats], spacing: Sequence[float]) -> list[NDArray[np.uint8]]:
        """Return how much of each pixel the edges of a scan cover, whose voxels lie so many mm apart along R, A, S."""
        found = []
        for view, value, brain in zip(VIEWS, values, self.brains, strict=True):
            down, across = (
                self._scale * max(_SMOOTH_MM, _SMOOTH_VOXELS * spacing[axis]) for axis in (view.down, view.across)
            )
            lines = edges(value, brain, (down, across), _EDGE_WIDTH, _SHORTEST_MM * self._scale)
            found.append(np.where(value != 0, lines, np.uint8(0)))
        return found


def _paste_outlined(picture: Image.Image, alignment: Alignment, canvas: Canvas, rows: Sequence[_Row]) -> None:
    """Paste scans with the brain's outline."""
    planes = _Planes(alignment, canvas, rows[0].scale)
    lines = [
        (BRAIN_LINE, outline(brain, frame.size, _BRAIN_WIDTH))
        for brain, frame in zip(planes.brains, rows[0].frames[0], strict=True)
    ]
    for row in rows:
        for one, frames in zip(row.scans, row.frames, strict=True):
            greys = planes.greys(planes.of(one.modality))
            for grey, frame, line in zip(greys, frames, lines, strict=True):
                _paste(picture, grey, frame)
                draw(picture, frame, [line])


def _paste_compared(picture: Image.Image, study: Study, alignment: Alignment, canvas: Canvas, rows: list[_Row]) -> None:
    """Paste scans with the edges of the reference, where both show something."""
    planes = _Planes(alignment, canvas, rows[0].scale)
    spacing = study.orientation.grid_in_ras(study.grid).spacing
    lines = planes.edges(planes.of(study.reference), spacing)
    for row in rows:
        values = planes.of(row.scans[0].modality)
        for grey, value, line, frame in zip(planes.greys(values), values, lines, row.frames[0], strict=True):
            _paste(picture, grey, frame)
            draw(picture, frame, [(EDGE_LINE, Outline(np.where(value != 0, line, np.uint8(0)), (0, 0)))])


def _paste(picture: Image.Image, grey: Grey, frame: Frame) -> None:
    from PIL import Image

    picture.paste(PANEL, frame.panel)
    picture.paste(Image.fromarray(grey), frame.image)


# --- words -----------------------------------------------------------------------------------------------------------


def _write(picture: Image.Image, study: Study, sheet: _Sheet, tr: Translate) -> None:
    """Write what is shown, and what was measured."""
    pen = Pen.on(picture)
    named = [words for words in (study.case, tr("raw scans, whole heads")) if words]
    pen.write((_MARGIN, 46), " · ".join(named), BODY)
    pen.pill(WIDTH - _MARGIN, 40, tr(RESEARCH_USE).rstrip("."))
    convention = tr("Radiological convention: the patient's right is on the left of the picture.")
    pen.write((_MARGIN, 74), convention, SMALL, SOFT)
    first, second = sheet.titles
    used = tr("{ml:.0f} ml; every contour of tumour lies within it").format(ml=_brain_ml(study))
    _title(pen, first, BRAIN_LINE, tr("Brain that was used"), used)
    for row in sheet.outlines:
        for one, frames in zip(row.scans, row.frames, strict=True):
            facts = [fact.words for fact in one.brain_facts(tr)]
            said = [tr("brain found in it: {ml}").format(ml=facts[0])] if facts else []
            colour = AMBER if any(fact.doubtful for fact in one.brain_facts(tr)) else SOFT
            _caption(pen, frames, row, one.modality.display, " · ".join(said), colour)
    if second is not None:
        reference = study.reference.display
        title = tr("Edges of {reference} on the others").format(reference=reference)
        _title(pen, second, EDGE_LINE, title, tr("they run along the edges below where both lie on each other"))
    for row in sheet.pairs:
        _caption(pen, row.frames[0], row, row.scans[0].modality.display, "", SOFT)
        _figures(pen, row, study.reference, tr)
    for one, y in sheet.left_out:
        end = _MARGIN + pen.write((_MARGIN, y), one.modality.display, HEADING, AMBER) + 14
        words = tr("left out") if one.message is None else one.message.translated(tr)
        pen.write((end, y), fitted(words, SMALL, WIDTH - _MARGIN - end), SMALL, AMBER)


def _brain_ml(study: Study) -> float:
    return float(np.count_nonzero(study.brain)) * study.grid.voxel_ml


def _title(pen: Pen, y: int, colour: Colour, words: str, remark: str) -> None:
    pen.sample((_MARGIN, y), colour, None)
    end = _MARGIN + 36 + pen.write((_MARGIN + 36, y), words, HEADING) + 14
    pen.write((end, y), remark, SMALL, SOFT)
    pen.rule((_MARGIN, WIDTH - _MARGIN), y + 14)


def _caption(pen: Pen, frames: Sequence[Frame], row: _Row, name: str, said: str, colour: Colour) -> None:
    """Write what a group of three panels shows, the sides, and a scale bar."""
    left, _, right, bottom = frames[0].panel
    end = left + 2 + pen.write((left + 2, row.top - 10), name, BODY) + 12
    pen.write((end, row.top - 10), fitted(said, SMALL, frames[-1].panel[2] - end), SMALL, colour)
    for view, frame in zip(VIEWS, frames, strict=True):
        letter_sides(pen, view, frame)
    scale_bar(pen, (left + 12, bottom - 14), row.scale, (right - left) / 3)


def _figures(pen: Pen, row: _Row, reference: Modality, tr: Translate) -> None:
    """Write beside a registered scan what was measured of it."""
    (one,) = row.scans
    x, y = row.frames[0][-1].panel[2] + _APART, float(row.top + 24)
    pen.write((x, y), state_words(one, reference, tr), HEADING, AMBER if one.doubtful else TEXT)
    for fact in one.facts(tr):
        y += 32
        pen.write((x, y), fitted(fact.words, SMALL, WIDTH - _MARGIN - x), SMALL, AMBER if fact.doubtful else SOFT)
