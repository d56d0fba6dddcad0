"""The files of a result: what they are called, and how they replace those of an older one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from GSSCore.files import encoded, remove_older, write_file, write_files
from GSSCore.outputs import hashes_of, json_kind, own_files, require_free, require_writable, sha256_of

LABELS_FILE = "labels.nii.gz"
CONFIDENCE_FILE = "confidence.nii.gz"
BRAIN_FILE = "brain.nii.gz"
REPORT_FILE = "report.json"
OVERVIEW_FILE = "overview.png"
MONTAGE_FILE = "montage.png"
INPUT_FILE = "input.png"
HTML_REPORT_FILE = "report.html"
PREPARED_FILES = (LABELS_FILE, REPORT_FILE, OVERVIEW_FILE, MONTAGE_FILE, HTML_REPORT_FILE)
"""Of every result. A confidence map is not among them, as it may be switched off."""
RAW_FILES = (BRAIN_FILE, INPUT_FILE)
"""Of a result from raw scans, besides."""
NAMES = (*PREPARED_FILES, *RAW_FILES, CONFIDENCE_FILE)
RESULT = json_kind(REPORT_FILE, "schema", "gss-report-", NAMES)
"""How a result is known again: its report has the names and hashes of its files."""


def report_bytes(report: Mapping[str, Any]) -> bytes:
    """Return the content of the report's file."""
    return encoded(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def require_result_folder(folder: Path | str, read: Iterable[Path] = (), more: Iterable[str] = ()) -> None:
    """Refuse a folder that can't take a result, before any work is spent on it.

    Args:
        folder: where the result would go.
        read: files that it will be made from.
        more: names of further files that go with the result.

    Raises:
        EnvironmentRefused: when it can't be written to, or holds under a result's name what is read, or what this
            program did not write.
    """
    require_writable(folder)
    require_free(folder, (*NAMES, *more), RESULT, read)


def write_result(folder: Path | str, files: Mapping[str, bytes], read: Iterable[Path] = ()) -> Path:
    """Write the files of a result to `folder`, made where needed, so that a full disk keeps an older result whole.

    Args:
        folder: where to.
        files: content by name, the report among them; it gets the hashes of the others. What only some
            results have is removed where an older one has it and this one does not.
        read: files that the result was made from.

    Returns:
        The folder.

    Raises:
        EnvironmentRefused: when the folder can't be written, or as `require_result_folder`.
    """
    place = Path(folder)
    require_free(place, NAMES, RESULT, read)
    others = {name: content for name, content in files.items() if name != REPORT_FILE}
    further = {name: digest for name, digest in own_files(place, RESULT).items() if name not in NAMES}
    report = json.loads(files[REPORT_FILE]) | {"files": further | hashes_of(others)}
    write_files(place, {**files, REPORT_FILE: report_bytes(report)})
    for name in {CONFIDENCE_FILE, *RAW_FILES} - set(files):
        # Beside labels that it does not belong to, it would mislead.
        remove_older(place / name, "result")
    return place


def note_in_result(folder: Path, names: Iterable[str], facts: Mapping[str, Any]) -> None:
    """Enter files that lie beside a result, written by other means, and facts into its report.

    Raises:
        EnvironmentRefused: when the report can't be written; it is as it was then.
    """
    report = json.loads((folder / REPORT_FILE).read_bytes())
    digests = {name: sha256_of(folder / name) for name in names if (folder / name).is_file()}
    report = {**report, **facts, "files": report["files"] | digests}
    write_file(folder / REPORT_FILE, report_bytes(report))
