"""The terms that all other parts share: modalities, labels, regions, subsets, confidence levels.

This is the one source of truth. It needs neither torch nor numpy, so that the command line, the Slicer panel and
the tests can read it at no cost.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum
from itertools import combinations

RESEARCH_USE = "Research tool, not for clinical use."


class Modality(str, Enum):
    """An MRI sequence, in the fixed channel order that every network and every file of this project uses."""

    FLAIR = "flair"
    T1CE = "t1ce"
    T1 = "t1"
    T2 = "t2"

    @property
    def channel(self) -> int:
        """Channel of this modality in a network's input, 0 to 3."""
        return MODALITIES.index(self)

    @property
    def display(self) -> str:
        """How a radiologist writes it: FLAIR, T1ce, T1, T2."""
        return _DISPLAY[self]


_DISPLAY = {Modality.FLAIR: "FLAIR", Modality.T1CE: "T1ce", Modality.T1: "T1", Modality.T2: "T2"}

MODALITIES: tuple[Modality, ...] = tuple(Modality)
REFERENCE_ORDER: tuple[Modality, ...] = (Modality.FLAIR, Modality.T1CE, Modality.T2, Modality.T1)
"""Whose grid the result gets when the user chooses none: the first of these that is available."""


class LineStyle(str, Enum):
    """How a contour is drawn. None of them is dashed: dashes say that a contour can't be relied on."""

    THIN = "thin"
    THICK = "thick"
    DOUBLE = "double"


class Label(IntEnum):
    """The exclusive classes of a label map. BraTS data up to 2021 stores ET as 4; here it is always 3."""

    BACKGROUND = 0
    NCR = 1
    ED = 2
    ET = 3

    @property
    def display(self) -> str:
        """The anatomical name, in words."""
        return _LABEL_DISPLAY[self]

    @property
    def colour(self) -> tuple[int, int, int]:
        """Customary RGB colour, 0 to 255."""
        return _LABEL_COLOUR[self]

    @property
    def line(self) -> LineStyle:
        """How its contour is drawn, so that it is known without its colour."""
        return _LABEL_LINE[self]


_LABEL_DISPLAY = {
    Label.BACKGROUND: "background",
    Label.NCR: "necrotic and non-enhancing tumour core",
    Label.ED: "peritumoural oedema",
    Label.ET: "enhancing tumour",
}
_LABEL_COLOUR = {
    Label.BACKGROUND: (0, 0, 0),
    Label.NCR: (214, 50, 50),
    Label.ED: (50, 215, 125),
    Label.ET: (252, 228, 60),
}
"""Red, green and yellow as is customary, but so far apart in lightness that who sees no red or no green can tell them
apart too, and from an image in shades of grey (`Testing/core/test_colours.py`)."""
_LABEL_LINE: dict[Label, LineStyle] = {
    Label.BACKGROUND: LineStyle.THIN,
    Label.NCR: LineStyle.DOUBLE,
    Label.ED: LineStyle.THIN,
    Label.ET: LineStyle.THICK,
}
CLASSES: tuple[Label, ...] = tuple(Label)
TUMOUR_LABELS: tuple[Label, ...] = (Label.NCR, Label.ED, Label.ET)


class Region(str, Enum):
    """The nested regions by which the field scores a segmentation."""

    WT = "WT"
    TC = "TC"
    ET = "ET"

    @property
    def labels(self) -> tuple[Label, ...]:
        """The classes that make up this region."""
        return _REGION_LABELS[self]

    @property
    def display(self) -> str:
        """The region's name, in words."""
        return _REGION_DISPLAY[self]

    @property
    def colour(self) -> tuple[int, int, int]:
        """RGB colour, 0 to 255: that of the class which this region has and the next smaller one lacks."""
        return self.own_label.colour

    @property
    def ink(self) -> tuple[int, int, int]:
        """RGB colour, 0 to 255, for a plot on white paper, where a yellow line would not be seen."""
        return _REGION_INK[self]

    @property
    def own_label(self) -> Label:
        """The class which this region has and the next smaller one lacks."""
        return _REGION_OWN_LABEL[self]


_REGION_LABELS = {
    Region.WT: (Label.NCR, Label.ED, Label.ET),
    Region.TC: (Label.NCR, Label.ET),
    Region.ET: (Label.ET,),
}
_REGION_OWN_LABEL = {Region.WT: Label.ED, Region.TC: Label.NCR, Region.ET: Label.ET}
_REGION_INK = {Region.WT: (0, 114, 178), Region.TC: (213, 94, 0), Region.ET: (0, 158, 115)}
"""Blue, vermilion and bluish green of Okabe and Ito, which are told apart without colour vision."""
_REGION_DISPLAY = {Region.WT: "whole tumour", Region.TC: "tumour core", Region.ET: "enhancing tumour"}
REGIONS: tuple[Region, ...] = tuple(Region)


class Confidence(IntEnum):
    """Levels of the confidence map (see GSSCore.inference.confidence)."""

    OUTSIDE = 0
    LOW = 1
    GUIDED = 2
    AGREED = 3

    @property
    def display(self) -> str:
        """What the level says, in words."""
        return _CONFIDENCE_DISPLAY[self]

    @property
    def colour(self) -> tuple[int, int, int]:
        """RGB colour, 0 to 255: grey where all is well, the warmer the more doubtful."""
        return _CONFIDENCE_COLOUR[self]


_CONFIDENCE_DISPLAY = {
    Confidence.OUTSIDE: "outside the brain",
    Confidence.LOW: "neither FLAIR nor all others",
    Confidence.GUIDED: "FLAIR or all others are sure",
    Confidence.AGREED: "each sequence alone is sure",
}
_CONFIDENCE_COLOUR = {
    Confidence.OUTSIDE: (0, 0, 0),
    Confidence.LOW: (245, 110, 30),
    Confidence.GUIDED: (70, 165, 235),
    Confidence.AGREED: (150, 158, 168),
}
CONFIDENCE_LEVELS: tuple[Confidence, ...] = (Confidence.AGREED, Confidence.GUIDED, Confidence.LOW)
"""The levels inside the brain, the best first."""


Subset = tuple[Modality, ...]
"""A non-empty set of modalities, always in the order of `MODALITIES`."""


def subset(modalities: Iterable[Modality | str]) -> Subset:
    """Return the given modalities in their fixed order, without repeats.

    Raises:
        ValueError: when there is none, or when a name is not a modality.
    """
    wanted = {Modality(m) for m in modalities}
    if not wanted:
        raise ValueError("a subset of modalities must not be empty")
    return tuple(m for m in MODALITIES if m in wanted)


def subset_name(modalities: Iterable[Modality | str]) -> str:
    """Return how tables call a subset, such as `FLAIR+T2`."""
    return "+".join(m.display for m in subset(modalities))


def subset_mask(modalities: Iterable[Modality | str]) -> tuple[bool, ...]:
    """Return one bool per channel, True where the modality is available."""
    present = subset(modalities)
    return tuple(m in present for m in MODALITIES)


def mask_subset(mask: Iterable[bool]) -> Subset:
    """Return the subset that an availability mask stands for; the inverse of `subset_mask`."""
    return subset(m for m, present in zip(MODALITIES, mask, strict=True) if present)


_F, _C, _1, _2 = MODALITIES
SUBSETS: tuple[Subset, ...] = tuple(
    subset(s)
    for s in (
        (_2,), (_C,), (_1,), (_F,),
        (_C, _2), (_C, _1), (_F, _1), (_1, _2), (_F, _2), (_F, _C),
        (_F, _C, _1), (_F, _1, _2), (_F, _C, _2), (_C, _1, _2),
        (_F, _C, _1, _2),
    )
)  # fmt: skip
"""All 15 non-empty subsets, in the order in which the field's tables list them."""

assert set(SUBSETS) == {s for n in range(1, 5) for s in combinations(MODALITIES, n)}
