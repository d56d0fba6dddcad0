"""The terminology of the segments: shipped with the module, as Slicer's own lists lack the code of enhancing tumour."""

from __future__ import annotations

from pathlib import Path

import slicer

TERMINOLOGY_FILE = Path(__file__).resolve().parents[1] / "Resources" / "Terminologies" / "GSSSegmentation.term.json"


_loaded: list[str] = []
"""The files that are loaded: not every version of Slicer's logic can tell."""


def load_terminology() -> bool:
    """Make Slicer know the terminology, once; return whether it does. To be called when the application has started."""
    logic = slicer.modules.terminologies.logic()
    file = str(TERMINOLOGY_FILE)
    # The logic returns the name of what it has loaded or, in earlier versions, whether it has.
    if file not in _loaded and logic is not None and logic.LoadTerminologyFromFile(file):
        _loaded.append(file)
    return file in _loaded
