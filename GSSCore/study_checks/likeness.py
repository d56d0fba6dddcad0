"""Whether two modalities are the same image."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.volume import Array, Volume
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality


def require_distinct_hashes(hashes: Mapping[Modality, tuple[Path, str]]) -> None:
    """Refuse two files with the same content."""
    for (one, (path, digest)), (other, (other_path, other_digest)) in combinations(hashes.items(), 2):
        if digest == other_digest:
            raise InputError(same_volume(one, path, other, other_path))


def require_distinct(volumes: Mapping[Modality, Volume], images: Mapping[Modality, Array]) -> None:
    """Refuse two modalities whose `images`, already on one grid, are equal; `volumes` names them."""
    for one, other in combinations(images, 2):
        a, b = images[one], images[other]
        coarse = (slice(None, None, 8),) * 3
        if np.array_equal(a[coarse], b[coarse]) and np.array_equal(a, b):
            raise InputError(same_volume(one, volumes[one].path, other, volumes[other].path))


def same_volume(one: Modality, path: Path | None, other: Modality, other_path: Path | None) -> Message:
    """Return the refusal of one image that is given for two modalities."""
    if path is None or other_path is None:
        return Message(
            "study.same-volume",
            "{one} and {other} are the same volume: give each modality its own, or leave one out.",
            one=one.display,
            other=other.display,
        )
    return Message(
        "study.same-files",
        "{one} and {other} are the same volume ({file} and {other_file}): give each modality its own file, or leave "
        "one out.",
        one=one.display,
        other=other.display,
        file=path,
        other_file=other_path,
    )
