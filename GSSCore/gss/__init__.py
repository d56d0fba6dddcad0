"""Guided Self-Supervision: the teacher, the distillation towards it, and the loss that trains a network.

In training a network predicts from each modality alone and from all available modalities together. A teacher is built
from the single-modality predictions, voxel by voxel and by confidence (`teacher`). Each of these predictions is
distilled towards the teacher (`distillation`), and all are compared with the truth (`loss`). Importing this package's
modules imports torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.gss.distillation import distillation_loss
    from GSSCore.gss.loss import gss_loss
    from GSSCore.gss.settings import LossSettings, TeacherSettings
    from GSSCore.gss.teacher import guided_teacher

__all__ = ["LossSettings", "TeacherSettings", "distillation_loss", "gss_loss", "guided_teacher"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "distillation": ("distillation_loss",),
        "loss": ("gss_loss",),
        "settings": ("LossSettings", "TeacherSettings"),
        "teacher": ("guided_teacher",),
    },
)
