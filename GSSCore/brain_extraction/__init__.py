"""The brain in a whole head, whatever the contrast: so far the network and its training (`GSSCore.training.brain`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.brain_extraction.network import BrainNetwork, scaled

__all__ = ["BrainNetwork", "scaled"]

__getattr__, __dir__ = lazy_names(__name__, {"network": ("BrainNetwork", "scaled")})
