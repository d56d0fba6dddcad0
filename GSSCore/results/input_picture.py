"""The picture of how raw scans became a study: the brain on each, and the edges of the reference on the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from GSSCore.imaging.arrays import Floats, Mask
from GSSCore.messages import Translate
from GSSCore.results.contours import Outline, outline
from GSSCore.results.edges import edges
from GSSCore.results.layout import Box, Frame
from GSSCore.results.legend import AMBER, BODY, GROUND, HEADING, PANEL, SMALL, SOFT, Colour, Pen, fitted
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
_BRAIN_WIDTH, _EDGE_WIDTH = 2.0, 1.5
_MARGIN, _GAP, _APART, _HEAD, _FOOT, _CAPTION, _LINE = 32, 8, 40, 96, 56, 40, 26
_HALF = (WIDTH - 2 * _MARGIN - _APART) // 2
"""Width of a scan's three panels: two scans are side by side."""
_PADDING = 22
"""Around the image in its panel, where the letters are."""
_SMOOTH_MM, _SMOOTH_VOXELS = 1.3, 0.6
"""SD by which the reference is smoothed before its edges are sought: in mm, and at least in voxels."""
_SHORTEST_MM = 9.0
"""Length from which on an edge is drawn."""
_AROUND_MM = 22.0
"""Distance from the brain up to which edges are drawn: skull and scalp. Those of face and neck would hide the image."""


@dataclass(frozen=True)
class _Group:
    """The three panels of a scan, side by side."""

    scan: Treated
    frames: list[Frame]

    @property
    def panels(self) -> Box:
        """What the panels take together."""
        return (*self.frames[0].panel[:2], *self.frames[-1].panel[2:])


@dataclass(frozen=True)
class _Sheet:
    """Where everything is.

    Attributes:
        outlines: scans with the brain's outline.
        pairs: scans that lie on the reference, with its edges.
        left_out: how far down the lines of the scans that were left out are.
        titles: how far down the titles of both parts are; None for a part that is missing.
        height: of the picture.
    """

    outlines: list[_Group]
    pairs: list[_Group]
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
    scans, canvas = treated(alignment.to_json(), study.reference), canvas_of(study, alignment)
    scale = (_HALF - 2 * _GAP - 6 * _PADDING) / sum(canvas.extent_mm(view.across) for view in VIEWS)
    sheet = _sheet(canvas, scale, scans, tuple(alignment.scans))
    picture = Image.new("RGB", (WIDTH, sheet.height), GROUND)
    _paste_planes(picture, study, _Planes(alignment, canvas, scale), sheet)
    _write(picture, study, sheet, scale, translate)
    return png(picture)


# --- places ----------------------------------------------------------------------------------------------------------


def _sheet(canvas: Canvas, scale: float, scans: Sequence[Treated], used: Sequence[Modality]) -> _Sheet:
    """Return where everything is."""
    shown = [one for one in scans if one.modality in used]
    others = [one for one in shown if one.state != REFERENCE]
    first, second = _HEAD + 34, None
    outlines, y = _groups(canvas, scale, shown, first + 14)
    pairs: list[_Group] = []
    if others:
        second = y + 66
        lines = max(math.ceil(len(one.facts()) / 2) for one in others)
        pairs, y = _groups(canvas, scale, others, second + 14, lines * _LINE)
    left_out = []
    for one in scans:
        if one.state == LEFT_OUT:
            y += 44
            left_out.append((one, y))
    return _Sheet(outlines, pairs, left_out, (first, second), y + 24 + _FOOT)


def _groups(canvas: Canvas, scale: float, scans: Sequence[Treated], y: int, below: int = 0) -> tuple[list[_Group], int]:
    """Return the panels of scans, two scans in a row, from `y` on with room below each; and where they end."""
    groups = []
    for start in range(0, len(scans), 2):
        top = y + _CAPTION
        for column, one in enumerate(scans[start : start + 2]):
            groups.append(_Group(one, _frames(canvas, scale, _MARGIN + column * (_HALF + _APART), top)))
        y = groups[-1].panels[3] + below
    return groups, y


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
        from scipy.ndimage import distance_transform_edt

        found = []
        for view, value, brain in zip(VIEWS, values, self.brains, strict=True):
            down, across = (
                self._scale * max(_SMOOTH_MM, _SMOOTH_VOXELS * spacing[axis]) for axis in (view.down, view.across)
            )
            lines = edges(value, brain, (down, across), _EDGE_WIDTH, _SHORTEST_MM * self._scale)
            near = distance_transform_edt(~brain) <= _AROUND_MM * self._scale
            found.append(np.where(near & (value != 0), lines, np.uint8(0)))
        return found


def _paste_planes(picture: Image.Image, study: Study, planes: _Planes, sheet: _Sheet) -> None:
    """Paste scans with the brain's outline; again, all but the reference with its edges where both show something."""
    values = {group.scan.modality: planes.of(group.scan.modality) for group in sheet.outlines}
    greys = {modality: planes.greys(shown) for modality, shown in values.items()}
    sizes = [frame.size for frame in sheet.outlines[0].frames]
    brain = [outline(cut, size, _BRAIN_WIDTH) for cut, size in zip(planes.brains, sizes, strict=True)]
    for group in sheet.outlines:
        _paste(picture, group, greys[group.scan.modality], BRAIN_LINE, brain)
    if not sheet.pairs:
        return
    edges_there = planes.edges(values[study.reference], study.orientation.grid_in_ras(study.grid).spacing)
    for group in sheet.pairs:
        own = values[group.scan.modality]
        lines = [np.where(value != 0, line, np.uint8(0)) for value, line in zip(own, edges_there, strict=True)]
        _paste(picture, group, greys[group.scan.modality], EDGE_LINE, [Outline(line, (0, 0)) for line in lines])


def _paste(
    picture: Image.Image, group: _Group, greys: Sequence[Grey], colour: Colour, lines: Sequence[Outline | None]
) -> None:
    """Paste the planes of a scan with lines on them."""
    from PIL import Image

    for frame, grey, line in zip(group.frames, greys, lines, strict=True):
        picture.paste(PANEL, frame.panel)
        picture.paste(Image.fromarray(grey), frame.image)
        draw(picture, frame, [(colour, line)])


# --- words -----------------------------------------------------------------------------------------------------------


def _write(picture: Image.Image, study: Study, sheet: _Sheet, scale: float, tr: Translate) -> None:
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
    for group in sheet.outlines:
        facts = group.scan.brain_facts(tr)
        said = tr("brain found in it: {ml}").format(ml=facts[0].words) if facts else ""
        _caption(pen, group, scale, said, AMBER if any(fact.doubtful for fact in facts) else SOFT)
    if second is not None:
        reference = study.reference.display
        title = tr("Edges of {reference} on the others").format(reference=reference)
        _title(pen, second, EDGE_LINE, title, tr("they run along the edges below where both lie on each other"))
    for group in sheet.pairs:
        _caption(
            pen, group, scale, state_words(group.scan, study.reference, tr), AMBER if group.scan.doubtful else SOFT
        )
        _figures(pen, group, tr)
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


def _caption(pen: Pen, group: _Group, scale: float, said: str, colour: Colour) -> None:
    """Write what three panels show, the sides, and a scale bar."""
    left, top, right, _ = group.panels
    end = left + 2 + pen.write((left + 2, top - 10), group.scan.modality.display, BODY) + 12
    pen.write((end, top - 10), fitted(said, SMALL, right - end), SMALL, colour)
    for view, frame in zip(VIEWS, group.frames, strict=True):
        letter_sides(pen, view, frame)
    left, _, right, bottom = group.frames[0].panel
    scale_bar(pen, (left + 12, bottom - 14), scale, (right - left) / 3)


def _figures(pen: Pen, group: _Group, tr: Translate) -> None:
    """Write below a registered scan what was measured of it, two figures a line."""
    left, _, right, bottom = group.panels
    wide = (right - left) // 2
    for number, fact in enumerate(group.scan.facts(tr)):
        place = left + 2 + number % 2 * wide, bottom + (number // 2 + 1) * _LINE
        pen.write(place, fitted(fact.words, SMALL, wide - 12), SMALL, AMBER if fact.doubtful else SOFT)
