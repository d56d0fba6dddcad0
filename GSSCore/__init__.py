"""GSSCore: brain tumour segmentation from whichever of FLAIR, T1ce, T1 and T2 a patient has.

The names below are loaded when they are first asked for, so that `import GSSCore` is quick and does without torch.
Research tool, not for clinical use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from GSSCore.version import VERSION as __version__

if TYPE_CHECKING:
    from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError, InputError, UsageError
    from GSSCore.inference.pipeline import segment
    from GSSCore.inference.settings import InferenceSettings
    from GSSCore.networks.bundle import Network
    from GSSCore.phantom import make_phantom
    from GSSCore.results.result import SegmentationResult
    from GSSCore.study.study import Study
    from GSSCore.vocabulary import Confidence, Label, Modality, Region

_HOMES = {
    "Study": "study",
    "Network": "networks.bundle",
    "segment": "inference.pipeline",
    "InferenceSettings": "inference.settings",
    "SegmentationResult": "results.result",
    "make_phantom": "phantom",
    "Modality": "vocabulary",
    "Label": "vocabulary",
    "Region": "vocabulary",
    "Confidence": "vocabulary",
    "GSSError": "errors",
    "InputError": "errors",
    "UsageError": "errors",
    "EnvironmentRefused": "errors",
    "Cancelled": "errors",
}

__all__ = [
    "Study", "Network", "segment", "InferenceSettings", "SegmentationResult", "make_phantom",
    "Modality", "Label", "Region", "Confidence",
    "GSSError", "InputError", "UsageError", "EnvironmentRefused", "Cancelled",
    "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
