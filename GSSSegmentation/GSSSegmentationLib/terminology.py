"""The terminology of the segments: shipped with the module, as Slicer's own lists lack the code of enhancing tumour."""

from __future__ import annotations

from pathlib import Path

import slicer

from GSSSegmentationLib.segments import CONTEXT

TERMINOLOGY_FILE = Path(__file__).resolve().parents[1] / "Resources" / "Terminologies" / "GSSSegmentation.term.json"


def load_terminology() -> bool:
    """Make Slicer know the terminology, once; return whether it does. To be called when the application has started."""
    logic = slicer.modules.terminologies.logic()
    if logic is None:
        return False
    if not logic.IsTerminologyContextLoaded(CONTEXT):
        logic.LoadTerminologyFromFile(str(TERMINOLOGY_FILE))
    return bool(logic.IsTerminologyContextLoaded(CONTEXT))
