"""Words on the overview: fonts, colours, and the column of volumes and keys beside the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from GSSCore.vocabulary import LEVELS, REGIONS, Confidence, Label, Region

if TYPE_CHECKING:
    from PIL import Image, ImageDraw
    from PIL.ImageFont import FreeTypeFont

Colour = tuple[int, int, int]

PAGE: Colour = (14, 17, 22)
PANEL: Colour = (0, 0, 0)
RULE: Colour = (48, 56, 66)
TEXT: Colour = (232, 236, 241)
SOFT: Colour = (150, 160, 172)
AMBER: Colour = (255, 190, 92)

TITLE, HEADING, BODY, SMALL = 32, 20, 19, 16
"""Sizes of type in pixels."""


@cache
def font(size: int) -> FreeTypeFont:
    """Return the font that comes with Pillow, so that a picture looks the same on every machine. Latin-1 and less."""
    from PIL import ImageFont
    from PIL.ImageFont import FreeTypeFont

    found = ImageFont.load_default(size=size)
    assert isinstance(found, FreeTypeFont), "Pillow's wheels come with FreeType"
    return found


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


def fitted(words: str, size: int, width: float) -> str:
    """Return words that are no wider than `width` pixels, cut short with dots where need be."""
    if font(size).getlength(words) <= width:
        return words
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
        self.pen.write((self.x[0], self.y), words, HEADING)
        self.pen.write((self.x[1], self.y), remark, SMALL, SOFT, "rs")
        self.y += 13
        self.pen.rule(self.x, self.y)
        self.y += 12

    def entry(self, words: str, value: str, remark: str, swatch: Colour | None = None, filled: bool = False) -> None:
        """Add a name with its value and, below it, what it means; before it a line or a square of its colour."""
        left, right = self.x
        self.y += 20
        if swatch is not None:
            half = 7 if filled else 2
            self.pen.draw.rounded_rectangle(
                (left, self.y - 6 - half, left + 24, self.y - 7 + half), radius=min(half, 3), fill=swatch
            )
        self.pen.write((left + 36, self.y), words, BODY)
        self.pen.write((right, self.y), value, BODY, anchor="rs")
        self.y += 21
        self.pen.write((left + 36, self.y), fitted(remark, SMALL, right - left - 36), SMALL, SOFT)
        self.y += 14

    def line(self, words: str, value: str, remark: str) -> None:
        """Add a name with its value and, between them, what it means."""
        left, right = self.x
        self.y += 22
        self.pen.write((left, self.y), words, BODY)
        self.pen.write((left + 46, self.y), remark, SMALL, SOFT)
        self.pen.write((right, self.y), value, BODY, anchor="rs")
        self.y += 9

    def note(self, lines: Iterable[str], colour: Colour = SOFT) -> None:
        """Add lines of remarks."""
        for line in lines:
            self.y += 21
            self.pen.write((self.x[0], self.y), fitted(line, SMALL, self.x[1] - self.x[0]), SMALL, colour)
        self.y += 10


_SHORT = {Label.NCR: "necrotic / non-enhancing core"}


def write_volumes(column: Column, volumes_ml: Mapping[str, float]) -> None:
    """Write the key of the contours with the volume of each label, then the two regions that are made of them."""
    column.heading("Contours", "volume")
    for label in (Label.ET, Label.NCR, Label.ED):
        column.entry(label.name, _ml(volumes_ml[label.name]), _SHORT.get(label, label.display), label.colour)
    column.y += 6
    column.pen.rule((column.x[0] + 36, column.x[1]), column.y)
    column.y += 8
    for region, sum_of in ((Region.TC, "ET + NCR"), (Region.WT, "ET + NCR + ED")):
        column.entry(region.value, _ml(volumes_ml[region.value]), f"{region.display} = {sum_of}")
    if volumes_ml[Region.WT.value] == 0:
        column.note(["No tumour was found: the planes", "go through the middle of the brain."], AMBER)


def write_levels(column: Column, shares: Mapping[Confidence, float]) -> None:
    """Write the key of the confidence map, with the share of the tumour at each level."""
    column.heading("Confidence", "share of tumour" if shares else "")
    for level in LEVELS:
        share = f"{100.0 * shares[level]:.0f} %" if shares else ""
        column.entry(level.name.capitalize(), share, level.display, level.colour, filled=True)


def write_expectation(column: Column, dice: Mapping[str, float]) -> None:
    """Write how well the network did with these modalities where the truth was known."""
    column.heading("Expected accuracy", "mean Dice")
    for region in REGIONS:
        column.line(region.value, f"{dice[region.value]:.2f}", region.display)
    column.note(["on other cases with the same", "modalities"])


def _ml(volume: float) -> str:
    return f"{volume:.1f} ml"
