"""From scans as they come, heads on grids of their own, to a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.raw.settings import InputSettings

__all__ = ["InputSettings"]

__getattr__, __dir__ = lazy_names(__name__, {"settings": ("InputSettings",)})
