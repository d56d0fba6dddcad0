"""The files of a result: what they are called, and how they replace those of an older one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from GSSCore.errors import EnvironmentRefused
from GSSCore.imaging.atomic import encoded, remove_older, write_files

LABELS_FILE = "labels.nii.gz"
CONFIDENCE_FILE = "confidence.nii.gz"
REPORT_FILE = "report.json"
OVERVIEW_FILE = "overview.png"
PAGE_FILE = "report.html"


def report_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return the content of the report's file."""
    return encoded(json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_result(folder: Path | str, files: Mapping[str, bytes]) -> Path:
    """Write the files of a result to `folder`, made where needed, so that a full disk keeps an older result whole.

    Args:
        folder: where to.
        files: content by name. Where the confidence is left out, that of an older result is removed.

    Returns:
        The folder.

    Raises:
        EnvironmentRefused: when the folder can't be written.
    """
    place = Path(folder)
    write_files(place, files)
    if CONFIDENCE_FILE not in files:
        # Beside labels that it does not belong to, it would mislead.
        remove_older(place / CONFIDENCE_FILE, "result")
    return place


def require_writable(folder: Path | str) -> None:
    """Refuse a folder that can't be written to, or be made, before any work is spent on what would go there.

    Raises:
        EnvironmentRefused: with the folder.
    """
    place = Path(folder).absolute()
    nearest = next(parent for parent in (place, *place.parents) if parent.exists())
    if not nearest.is_dir():
        raise EnvironmentRefused(f"{nearest} is a file, nothing can be written to {place}: choose another folder.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise EnvironmentRefused(f"{nearest} can't be written to: check its permissions, or choose another folder.")
