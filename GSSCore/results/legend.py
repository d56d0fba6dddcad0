"""Words on the overview: fonts, colours, and the column of volumes and keys beside the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from GSSCore.measurements import Side
from GSSCore.messages import Translate
from GSSCore.results.doubts import MARK, unreliable_names
from GSSCore.vocabulary import CONFIDENCE_LEVELS, REGIONS, Confidence, Label, LineStyle, Region

if TYPE_CHECKING:
    from PIL import Image, ImageDraw
    from PIL.ImageFont import FreeTypeFont

Colour = tuple[int, int, int]

GROUND: Colour = (14, 17, 22)
PANEL: Colour = (0, 0, 0)
RULE: Colour = (48, 56, 66)
TEXT: Colour = (232, 236, 241)
SOFT: Colour = (150, 160, 172)
AMBER: Colour = (255, 190, 92)

FONT = Path(__file__).parent / "data" / "DejaVuSansCondensed-Latin.ttf"
TITLE, HEADING, BODY, SMALL = 32, 20, 19, 16
"""Sizes of type in pixels."""


_SQUARE = ((-14, -1),)
_LINES = {LineStyle.THIN: ((-8, -7),), LineStyle.THICK: ((-9, -6),), LineStyle.DOUBLE: ((-10, -9), (-6, -5))}
"""Top and bottom of what stands for a colour in the keys, from the baseline of the words down."""


@cache
def font(size: int) -> FreeTypeFont:
    """Return a font that comes with the library, so that a picture looks the same on every machine.

    It is DejaVu Sans Condensed with the letters of European languages in Latin script; the simple layout engine is the
    one that every Pillow has.
    """
    from PIL import ImageFont

    return ImageFont.truetype(str(FONT), size, layout_engine=ImageFont.Layout.BASIC)


@dataclass(frozen=True)
class Pen:
    """Writes on a picture; anchors are Pillow's: `ls` is left and baseline, `rt` right and top, `mm` the middle."""

    draw: ImageDraw.ImageDraw

    @classmethod
    def on(cls, picture: Image.Image) -> Pen:
        """Return a pen for a picture."""
        from PIL import ImageDraw

        return cls(ImageDraw.Draw(picture))

    def write(
        self, place: tuple[float, float], words: str, size: int, colour: Colour = TEXT, anchor: str = "ls"
    ) -> float:
        """Write words, and return their width in pixels."""
        self.draw.text(place, words, fill=colour, font=font(size), anchor=anchor)
        return font(size).getlength(words)

    def write_on_image(self, place: tuple[float, float], words: str, anchor: str, size: int = BODY) -> None:
        """Write words that stay readable wherever the image is bright."""
        self.draw.text(place, words, fill=TEXT, font=font(size), anchor=anchor, stroke_width=2, stroke_fill=PANEL)

    def sample(
        self, corner: tuple[float, float], colour: Colour, line: LineStyle | None = None, *, dashed: bool = False
    ) -> None:
        """Draw what stands for a colour in the keys, a line or a square; `corner` is on the baseline of the words."""
        x, y = corner
        for top, bottom in _SQUARE if line is None else _LINES[line]:
            for start, end in ((0, 9), (15, 24)) if dashed else ((0, 24),):
                box = (x + start, y + top, x + end, y + bottom)
                self.draw.rounded_rectangle(box, radius=min(3, (bottom - top) // 2), fill=colour)

    def rule(self, x: tuple[float, float], y: float) -> None:
        """Draw a thin horizontal line."""
        self.draw.line([(x[0], y), (x[1], y)], fill=RULE, width=1)

    def pill(self, right: float, middle: float, words: str) -> None:
        """Write words in a rounded frame that ends at `right`."""
        half = font(HEADING).getlength(words) / 2
        self.draw.rounded_rectangle(
            (right - 2 * half - 40, middle - 20, right, middle + 20), radius=20, outline=AMBER, width=2
        )
        self.write((right - 20 - half, middle), words, HEADING, AMBER, "mm")


def fitted(words: str, size: int, width: float, shorter: str | None = None) -> str:
    """Return words no wider than `width` pixels: as they are, or `shorter`, which is cut short with dots if need be."""
    for whole in (words, shorter or words):
        if font(size).getlength(whole) <= width:
            return whole
    words = shorter or words
    while words and font(size).getlength(words + "...") > width:
        words = words[:-1]
    return words.rstrip() + "..."


@dataclass
class Column:
    """The column of text beside the pictures, written from the top down.

    Attributes:
        pen: what writes.
        x: its left and right edge.
        y: how far down it has come.
        started: whether it has a part already.
    """

    pen: Pen
    x: tuple[int, int]
    y: float
    started: bool = False

    def heading(self, words: str, remark: str = "") -> None:
        """Start a part."""
        self.y += 22 + (26 if self.started else 0)
        self.started = True
        end = self.pen.write((self.x[0], self.y), words, HEADING)
        room = self.x[1] - self.x[0] - end - 12
        self.pen.write((self.x[1], self.y), fitted(remark, SMALL, room), SMALL, SOFT, "rs")
        self.y += 13
        self.pen.rule(self.x, self.y)
        self.y += 12

    def entry(
        self,
        words: str,
        value: str,
        remark: str,
        swatch: Colour | None = None,
        *,
        line: LineStyle | None = None,
        dashed: bool = False,
        words_colour: Colour = TEXT,
    ) -> None:
        """Add a name with its value and, below it, what it means; before it a line or a square of its colour."""
        left, right = self.x
        self.y += 20
        if swatch is not None:
            self.pen.sample((left, self.y), swatch, line, dashed=dashed)
        self.pen.write((left + 36, self.y), words, BODY, words_colour)
        self.pen.write((right, self.y), value, BODY, anchor="rs")
        self.y += 21
        self.pen.write((left + 36, self.y), fitted(remark, SMALL, right - left - 36), SMALL, SOFT)
        self.y += 14

    def line(self, words: str, value: str, remark: str) -> None:
        """Add a name with its value and, between them, what it means."""
        left, right = self.x
        self.y += 22
        self.pen.write((left, self.y), words, BODY)
        end = right - self.pen.write((right, self.y), value, BODY, anchor="rs")
        self.pen.write((left + 46, self.y), fitted(remark, SMALL, end - left - 56), SMALL, SOFT)
        self.y += 9

    def note(self, lines: Iterable[str], colour: Colour = SOFT) -> None:
        """Add lines of remarks."""
        for line in lines:
            self.y += 21
            self.pen.write((self.x[0], self.y), fitted(line, SMALL, self.x[1] - self.x[0]), SMALL, colour)
        self.y += 10


def write_volumes(
    column: Column, volumes_ml: Mapping[str, float], unreliable: Iterable[Region], translate: Translate = str
) -> None:
    """Write the key of the contours with the volume of each label, then the two regions that are made of them."""
    tr, doubtful = translate, unreliable_names(unreliable)
    column.heading(tr("Contours"), tr("volume"))
    short = {Label.NCR: tr("necrotic / non-enhancing core")}
    for label in (Label.ET, Label.NCR, Label.ED):
        volume, meaning = _ml(volumes_ml[label.name]), short.get(label) or tr(label.display)
        if label.name in doubtful:
            name = f"{label.name} {MARK}"
            column.entry(name, volume, meaning, label.colour, line=label.line, dashed=True, words_colour=AMBER)
        else:
            column.entry(label.name, volume, meaning, label.colour, line=label.line)
    column.y += 6
    column.pen.rule((column.x[0] + 36, column.x[1]), column.y)
    column.y += 8
    for region, sum_of in ((Region.TC, "ET + NCR"), (Region.WT, "ET + NCR + ED")):
        name, colour = (f"{region.value} {MARK}", AMBER) if region.value in doubtful else (region.value, TEXT)
        meaning = f"{tr(region.display)} = {sum_of}"
        column.entry(name, _ml(volumes_ml[region.value]), meaning, words_colour=colour)
    if doubtful:
        column.note([tr("? and dashed: not to be relied on")], AMBER)
    if volumes_ml[Region.WT.value] == 0:
        column.note([tr("No tumour was found: the planes"), tr("go through the middle of the brain.")], AMBER)


def write_diameters(
    column: Column, measurements: Mapping[str, Any], unreliable: Iterable[Region], translate: Translate = str
) -> None:
    """Write the longest diameter of each region with its perpendicular, and the side of the tumour.

    Args:
        column: to write to.
        measurements: as a report has them, see `GSSCore.measurements.Measurements.to_json`.
        unreliable: the regions that can't be relied on.
        translate: from English.
    """
    tr, doubtful = translate, unreliable_names(unreliable)
    column.heading(tr("Longest diameters"), tr("axial, mm"))
    for region in REGIONS:
        found, mark = measurements["diameters_mm"][region.value], f" {MARK}" if region.value in doubtful else ""
        value = f"{found['longest']:.0f} × {found['perpendicular']:.0f}{mark}" if found else "–"
        column.line(region.value, value, _short(region, tr))
    side, there = measurements["side"], any(measurements["diameters_mm"].values())
    unsure = tr("not known") if there else "–"
    column.line(tr("Side"), unsure if side is None else tr(Side(side).display), "")


def write_levels(column: Column, shares: Mapping[Confidence, float], translate: Translate = str) -> None:
    """Write the key of the confidence map, with the share of the tumour at each level."""
    tr = translate
    column.heading(tr("Confidence"), tr("share of tumour") if shares else "")
    names = {Confidence.AGREED: tr("Agreed"), Confidence.GUIDED: tr("Guided"), Confidence.LOW: tr("Low")}
    for level in CONFIDENCE_LEVELS:
        share = f"{100.0 * shares[level]:.0f} %" if shares else ""
        column.entry(names[level], share, tr(level.display), level.colour)


def write_expectation(
    column: Column, dice: Mapping[str, float], unreliable: Iterable[Region], translate: Translate = str
) -> None:
    """Write how well the network did with these modalities where the truth was known."""
    tr, doubtful = translate, unreliable_names(unreliable)
    column.heading(tr("Expected accuracy"), tr("mean Dice"))
    for region in REGIONS:
        mark = f" {MARK}" if region.value in doubtful else ""
        column.line(region.value, f"{dice[region.value]:.2f}{mark}", _short(region, tr))
    column.note([tr("on other cases with the same"), tr("sequences")])


def _short(region: Region, tr: Translate) -> str:
    """Return what a region is, short enough to stand between its name and a value."""
    return {Region.ET: tr("enhancing")}.get(region) or tr(region.display)


def _ml(volume: float) -> str:
    return f"{volume:.1f} ml"
