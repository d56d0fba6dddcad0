"""How often and how tumour pieces are pasted. Apart from `pieces`, so that reading a recipe needs no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class PiecesSettings:
    """Off unless `probability` says otherwise; then a training needs a file of pieces, see `pieces_file`.

    Attributes:
        probability: of a sample with anything pasted at all.
        most: pieces in such a sample: 1 up to this many, each number alike.
        jitter_mm: how far a piece may lie from its anatomical place, along each axis.
        blend_mm: width of the seam over which a piece passes into what is around it.
        mirror: probability of a piece changing its side, left for right.
    """

    probability: float = 0.0
    most: int = 2
    jitter_mm: float = 4.0
    blend_mm: float = 3.0
    mirror: float = 0.5

    def __post_init__(self) -> None:
        if not all(math.isfinite(getattr(self, item.name)) for item in fields(self)):
            raise ValueError("pieces are described by finite numbers")
        if not (0.0 <= self.probability <= 1.0 and 0.0 <= self.mirror <= 1.0):
            raise ValueError("probability and mirror must lie in [0, 1]")
        if self.most < 1:
            raise ValueError("most must be positive; probability = 0 switches pasting off")
        if self.jitter_mm < 0.0 or self.blend_mm < 0.0:
            raise ValueError("jitter_mm and blend_mm must not be negative")
