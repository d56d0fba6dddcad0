"""GSSCore: brain tumour segmentation from whichever of FLAIR, T1ce, T1 and T2 a patient has.

The names below are loaded when they are first asked for, so that `import GSSCore` is quick and does without torch.
Research tool, not for clinical use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names
from GSSCore.version import VERSION as __version__

if TYPE_CHECKING:
    from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError, InputError, UsageError
    from GSSCore.inference import InferenceSettings, segment
    from GSSCore.networks import Network
    from GSSCore.phantom import make_phantom
    from GSSCore.raw import InputSettings, read_dicom_study, read_study
    from GSSCore.results import SegmentationResult
    from GSSCore.study import Study
    from GSSCore.vocabulary import Confidence, Label, Modality, Region

__all__ = [
    "Study", "read_study", "read_dicom_study", "InputSettings",
    "Network", "segment", "InferenceSettings", "SegmentationResult", "make_phantom",
    "Modality", "Label", "Region", "Confidence",
    "GSSError", "InputError", "UsageError", "EnvironmentRefused", "Cancelled",
    "__version__",
]  # fmt: skip

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "study": ("Study",),
        "networks": ("Network",),
        "inference": ("segment", "InferenceSettings"),
        "results": ("SegmentationResult",),
        "phantom": ("make_phantom",),
        "raw": ("InputSettings", "read_dicom_study", "read_study"),
        "vocabulary": ("Modality", "Label", "Region", "Confidence"),
        "errors": ("GSSError", "InputError", "UsageError", "EnvironmentRefused", "Cancelled"),
    },
)
