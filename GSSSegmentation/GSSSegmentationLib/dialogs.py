"""The questions that the panel asks in windows of their own. Needs Qt, so Slicer."""

from __future__ import annotations

from collections.abc import Sequence

import qt
import slicer.util
from packaging.requirements import Requirement
from slicer.i18n import tr as _

from GSSSegmentationLib.dependencies import REQUESTER, TORCH, listed


def confirm_installation(lacking: Sequence[Requirement]) -> bool:
    """Ask whether packages may be installed, and return whether the answer is yes."""
    lines = [_("To segment, these packages must be downloaded and installed into Slicer's Python: {packages}.")]
    if TORCH in lacking:
        lines.append(_("PyTorch is large: from 200 MB for a CPU to several GB for a GPU."))
    lines.append(_("No images leave this computer. Install now?"))
    question = "\n\n".join(lines).format(packages=listed(lacking))
    return bool(slicer.util.confirmOkCancelDisplay(question, windowTitle=REQUESTER))


def choose_log_file() -> str:
    """Ask where the log is to be saved, and return the path; "" when the user cancels."""
    return str(qt.QFileDialog.getSaveFileName(None, _("Save log"), "GSSSegmentation-log.txt", _("Text files (*.txt)")))
