"""Finds GSSCore, the library that the module uses. Only the standard library is needed here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def find_library() -> None:
    """Make GSSCore importable.

    An installed extension has it beside the module, in a folder that Slicer searches: nothing changes then. In a source
    checkout Slicer searches the module's own folder only, and GSSCore lies in the folder above: that folder is added to
    the end of the search path.

    The module calls this when Slicer makes it, a batch script when it starts; importing the package changes nothing.
    """
    if importlib.util.find_spec("GSSCore") is not None:
        return
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "GSSCore" / "__init__.py").is_file():
        sys.path.append(str(checkout))
