"""From a study to what a network sees, and the settings that a network's card holds for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.preprocessing.pipeline import preprocess, preprocess_labels
    from GSSCore.preprocessing.preprocessed import Preprocessed, ReferenceFrame
    from GSSCore.preprocessing.settings import PreprocessingSettings

__all__ = ["Preprocessed", "PreprocessingSettings", "ReferenceFrame", "preprocess", "preprocess_labels"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "pipeline": ("preprocess", "preprocess_labels"),
        "preprocessed": ("Preprocessed", "ReferenceFrame"),
        "settings": ("PreprocessingSettings",),
    },
)
