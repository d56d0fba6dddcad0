"""Runs of raw scans with a child process that knows brain and registration, see `raw_child.py`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from GSSCore.imaging.writing import nifti_bytes
from GSSCore.phantom import RawPhantom
from GSSSegmentationLib.run import Run

CHILD = Path(__file__).with_name("raw_child.py")


def let_the_child_know(folder: Path, phantom: RawPhantom, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let runs start the child that knows a phantom, and return the list that gets the arguments of each."""
    brain, known = folder / "brain.nii", folder / "known.json"
    brain.write_bytes(nifti_bytes(phantom.brain, compressed=False))
    scans = [{"shape": phantom.scans[m].array.shape, "matrix": phantom.to_scan[m].tolist()} for m in phantom.scans]
    known.write_text(json.dumps({"brain": str(brain), "scans": scans}), encoding="utf-8")
    told: list[list[str]] = []
    original = Run._command

    def command(self: Run) -> list[str]:
        words = original(self)
        told.append(words)
        at = words.index("-m")
        return [*words[:at], str(CHILD), str(known), *words[at + 2 :]]

    monkeypatch.setattr(Run, "_command", command)
    return told
