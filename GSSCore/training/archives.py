"""Arrays in an .npz archive: read whole, without pickles."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path

import numpy as np

from GSSCore.imaging.arrays import Array

UNREADABLE = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
"""What `read_arrays` raises for a file that is damaged, or something else."""


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays of an archive by name. Raises one of `UNREADABLE`."""
    if path.exists() and not path.is_file():
        raise ValueError("no regular file")
    archive = np.load(path, allow_pickle=False)
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise ValueError("one array, not an .npz archive")
    with archive:
        return dict(archive)
