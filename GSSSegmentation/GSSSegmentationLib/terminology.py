"""Loads the terminology of the segments. It is shipped, as Slicer's own lists lack the code of enhancing tumour."""

from __future__ import annotations

from pathlib import Path

import slicer

TERMINOLOGY_FILE = Path(__file__).resolve().parents[1] / "Resources" / "Terminologies" / "GSSSegmentation.term.json"


_loaded: list[str] = []
"""The files that were loaded. Not every version of Slicer's logic can tell."""


def load_terminology() -> bool:
    """Load the terminology, once, and return whether it is loaded. Call this when the application has started."""
    logic = slicer.modules.terminologies.logic()
    file = str(TERMINOLOGY_FILE)
    # The logic returns the name of the terminology or, in earlier versions, whether it was loaded.
    if file not in _loaded and logic is not None and logic.LoadTerminologyFromFile(file):
        _loaded.append(file)
    return file in _loaded
