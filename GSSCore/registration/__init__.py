"""Rigid registration of two scans of one head, with checks that tell a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.registration.pipeline import register
    from GSSCore.registration.registration import Registration
    from GSSCore.registration.settings import RegistrationSettings

__all__ = ["Registration", "RegistrationSettings", "register"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {"pipeline": ("register",), "registration": ("Registration",), "settings": ("RegistrationSettings",)},
)
