"""Rigid registration of two scans of one head, with checks that tell a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.registration.registration import Registration

__all__ = ["Registration"]

__getattr__, __dir__ = lazy_names(__name__, {"registration": ("Registration",)})
