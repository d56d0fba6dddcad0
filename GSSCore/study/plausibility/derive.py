"""Makes `discriminants.json` from labelled real studies: `python -m GSSCore.study.plausibility.derive FOLDER SPLIT`.

FOLDER holds case folders with all four modalities, SPLIT is a JSON file whose list `train` names those that count.
Nobody needs to run this to use the library; it is here so that the numbers can be checked and made again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from GSSCore.imaging.arrays import Doubles
from GSSCore.imaging.reading import read_volume
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.study.folder import find_files
from GSSCore.study.plausibility.features import VoxelSample, own_features, shared_features
from GSSCore.study.plausibility.model import MODEL_FILE, PAIRS, Discriminant, fitted
from GSSCore.vocabulary import MODALITIES


def sample_of(folder: Path) -> VoxelSample:
    """Return what the check would look at in a case folder, whose files lie on one grid."""
    volumes = {m: read_volume(path, what=m.display) for m, path in find_files(folder).items()}
    thumbnails = {m: Thumbnail.of(volume.array, volume.grid) for m, volume in volumes.items()}
    return VoxelSample.of({m: one.array for m, one in thumbnails.items()}, thumbnails[MODALITIES[0]].spacing)


def discriminants(samples: Iterable[VoxelSample]) -> tuple[Discriminant, Discriminant]:
    """Return the discriminant of one image and that of two, fitted to studies that have all four."""
    rows = [_rows(sample) for sample in samples]
    return fitted(np.stack([own for own, _ in rows])), fitted(np.stack([shared for _, shared in rows]))


def _rows(sample: VoxelSample) -> tuple[Doubles, Doubles]:
    own = [own_features(sample.values[m], sample.depth) for m in MODALITIES]
    shared = [shared_features(sample.values[a], sample.values[b]) for a, b in PAIRS]
    return np.array(own, np.float64), np.array(shared, np.float64)


def as_json(one: Discriminant, two: Discriminant, cases: Iterable[str]) -> Mapping[str, Any]:
    """Return the content of `MODEL_FILE`."""
    return {"one": one.to_json(), "two": two.to_json(), "cases": list(cases)}


def main(folder: Path, split: Path) -> None:
    """Write `MODEL_FILE`."""
    cases = [c for c in json.loads(split.read_text(encoding="utf-8"))["train"] if (folder / c).is_dir()]
    one, two = discriminants(sample_of(folder / case) for case in cases)
    MODEL_FILE.write_text(json.dumps(as_json(one, two, cases), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
