"""From a study and a network to a segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.inference.pipeline import segment
    from GSSCore.inference.predictor import Predictor
    from GSSCore.inference.settings import InferenceSettings

__all__ = ["InferenceSettings", "Predictor", "segment"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "pipeline": ("segment",),
        "predictor": ("Predictor",),
        "settings": ("InferenceSettings",),
    },
)
