"""How often and how lesions are pasted. Apart from `lesions`, so that reading a recipe needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from GSSCore.ranges import NOT_NEGATIVE, SHARE, check_ranges, within


@dataclass(frozen=True)
class LesionPastingSettings:
    """Off unless `probability` says otherwise; then a training needs a file of lesions, see `pieces_file`.

    Attributes:
        probability: of a sample with anything pasted at all.
        most: lesions in such a sample: 1 up to this many, each number alike.
        jitter_mm: how far a lesion may lie from its anatomical place, along each axis.
        blend_mm: width of the seam over which a lesion passes into what is around it.
        mirror: probability of a lesion changing its side, left for right.
    """

    probability: float = within(SHARE, 0.0)
    most: int = within("[1, 100]", 2)
    jitter_mm: float = within(NOT_NEGATIVE, 4.0)
    blend_mm: float = within(NOT_NEGATIVE, 3.0)
    mirror: float = within(SHARE, 0.5)

    def __post_init__(self) -> None:
        check_ranges(self)
