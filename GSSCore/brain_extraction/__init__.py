"""The brain in a whole head, whatever the contrast.

Modules:
    distance: how far a point lies inside the brain; masks from it, and it from masks.
    network, card, extractor: the network that finds it, and how a scan is shown to it.
    stripped: what shows a brain alone already.
    checks: what speaks against a brain that was found.
    mask: a brain mask of the user's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.brain_extraction.card import BrainCard, read_brain_card
    from GSSCore.brain_extraction.checks import Extraction, disagreements
    from GSSCore.brain_extraction.distance import averaged, brain_mask, distance_of
    from GSSCore.brain_extraction.extractor import BrainExtractor
    from GSSCore.brain_extraction.mask import brain_mask_of, read_brain_mask, require_overlap
    from GSSCore.brain_extraction.network import BrainNetwork, scaled

__all__ = [
    "BrainCard",
    "BrainExtractor",
    "BrainNetwork",
    "Extraction",
    "averaged",
    "brain_mask",
    "brain_mask_of",
    "disagreements",
    "distance_of",
    "read_brain_card",
    "read_brain_mask",
    "require_overlap",
    "scaled",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "card": ("BrainCard", "read_brain_card"),
        "checks": ("Extraction", "disagreements"),
        "distance": ("averaged", "brain_mask", "distance_of"),
        "extractor": ("BrainExtractor",),
        "network": ("BrainNetwork", "scaled"),
        "mask": ("brain_mask_of", "read_brain_mask", "require_overlap"),
    },
)
