"""What the Slicer module does beyond its thin main file. No Qt here: it runs under Slicer and on `slicer-core` alike.

The network never runs in this process. Volume nodes are written to files, a child process runs `python -m GSSCore` on
them, and what it found becomes segments; see `run`. Needs no torch.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def _find_library() -> None:
    """Make GSSCore importable from a source checkout, where Slicer knows the module's own folder only.

    In an installed extension the library lies beside the module, and nothing is to be done.
    """
    if importlib.util.find_spec("GSSCore") is not None:
        return
    beside = Path(__file__).resolve().parents[2]
    if (beside / "GSSCore" / "__init__.py").is_file():
        sys.path.append(str(beside))


_find_library()
