"""How often and how lesions are pasted. A file of its own, so that reading a recipe needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from GSSCore.options import NOT_NEGATIVE, SHARE, documented, option, require_allowed


@documented
@dataclass(frozen=True)
class LesionPastingSettings:
    """Off unless `probability` says otherwise; then a training needs a file of lesions, see `lesion_library`."""

    probability: float = option(0.0, "share of the samples that get lesions of other patients", SHARE)
    most: int = option(2, "largest number of lesions in such a sample; each number from 1 on is as likely", "[1, 100]")
    jitter_mm: float = option(
        4.0, "how far a lesion may lie from its anatomical place, along each axis", NOT_NEGATIVE, unit="mm"
    )
    blend_mm: float = option(
        3.0, "width of the seam over which a lesion passes into what is around it", NOT_NEGATIVE, unit="mm"
    )
    mirror: float = option(0.5, "probability that a lesion changes its side, left for right", SHARE)

    def __post_init__(self) -> None:
        require_allowed(self)
