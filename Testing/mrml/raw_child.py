"""`gss segment` in which brain and registration are known beforehand: a fraction of a second in place of a minute.

    python raw_child.py KNOWN.json segment --flair ...

All else is the real command. KNOWN.json has `brain`, a mask in RAS mm of the reference, and for each scan its shape and
the matrix (4, 4) from RAS mm of the reference to its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.brain_extraction.checks import Extraction
from GSSCore.brain_extraction.distance import distance_of
from GSSCore.cli import main
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.raw import pipeline, registering
from GSSCore.registration import Registration
from GSSCore.registration.placing import placed


class Known:
    """Stands for the brain network and for registration.

    Args:
        path: KNOWN.json.
    """

    def __init__(self, path: Path) -> None:
        told = json.loads(path.read_text(encoding="utf-8"))
        self._distance = distance_of(read_volume(Path(told["brain"])))
        self._to_scan = {tuple(one["shape"]): np.array(one["matrix"]) for one in told["scans"]}

    def load(self, folder: Path | None = None) -> Known:
        """Take the place of `BrainExtractor.load`."""
        return self

    def extract(self, volume: Volume, **_: Any) -> Extraction:
        """Return where the brain is in a scan, and that nothing speaks against it."""
        matrix = self._to_scan[volume.array.shape]
        return Extraction(Volume(self._distance.array, matrix @ self._distance.affine))

    def register(
        self, fixed: Volume, moving: Volume, *_: Any, fixed_name: str, moving_name: str, **__: Any
    ) -> Registration:
        """Take the place of `register`."""
        there = self._to_scan[moving.array.shape] @ np.linalg.inv(self._to_scan[fixed.array.shape])
        return placed(Registration(there, {}, None, 0.0), 1.0, fixed_name, moving_name)


if __name__ == "__main__":
    known = Known(Path(sys.argv[1]))
    pipeline.BrainExtractor = known  # type: ignore[misc, assignment]
    registering.register = known.register  # type: ignore[assignment]
    sys.exit(main(sys.argv[2:]))
