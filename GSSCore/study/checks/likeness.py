"""Whether two modalities are the same image: identical, rescaled, or nearly so."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Array, Doubles
from GSSCore.imaging.intensities import ranks
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.vocabulary import Modality

MIN_LIKENESS = 0.97
"""From this correlation inside both brains on, two modalities are warned about, be it of intensities or of their ranks.

Of the 600 pairs of 100 real studies, those of T1 and T1ce are the most alike: .933 at most, ranks .937 (median .55 and
.66); all other pairs have .85 at most. A copy with noise of a fifth of its standard deviation has .98.
"""
MIN_COMPARED_VOXELS = 500
"""With fewer voxels in both, a correlation means little."""
ROUNDING = 0.75
"""How far from a line rounding to whole numbers may take an intensity: by half of one, and the fitted line is a little
off the true one. Cutting off instead of rounding only shifts all of them."""
MIN_STEPS = 4.0
"""The least standard deviation, in whole numbers, at which rounding can be told from what an image shows."""
EXACT = 1e-4
"""How far, in standard deviations, a copy in floating point may be off."""


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
            "{one} and {other} are the same volume: give each sequence its own, or leave one out.",
            one=one.display,
            other=other.display,
        )
    return Message(
        "study.same-files",
        "{one} and {other} are the same volume ({file} and {other_file}): give each sequence its own file, or leave "
        "one out.",
        one=one.display,
        other=other.display,
        file=path,
        other_file=other_path,
    )


def compare(volumes: Mapping[Modality, Volume], thumbnails: Mapping[Modality, Thumbnail]) -> list[Message]:
    """Refuse a modality that is another one rescaled, and warn of two that are nearly the same.

    Only what both show is compared, so that another mask does not hide a copy. Near copies are looked for in brains
    only: in whole heads, what is outside the brain is alike in all.

    Raises:
        InputError: when one is a linear function of the other, but for the rounding of whole numbers.
    """
    warnings: list[Message] = []
    for one, other in combinations(thumbnails, 2):
        both = thumbnails[one].nonzero & thumbnails[other].nonzero
        a, b = thumbnails[one].array[both].astype(np.float64), thumbnails[other].array[both].astype(np.float64)
        if a.size < MIN_COMPARED_VOXELS or not (a.std() and b.std()):
            continue
        whole = tuple(volumes[m].array.dtype.kind in "iu" for m in (one, other))
        if _rescaled(a, b, rounded=whole[1]) or _rescaled(b, a, rounded=whole[0]):
            raise InputError(_rescaled_volume(one, volumes[one].name, other, volumes[other].name))
        if not (thumbnails[one].stripped and thumbnails[other].stripped):
            continue
        likeness = max(_correlation(a, b), _correlation(ranks(a), ranks(b)))
        if likeness >= MIN_LIKENESS:
            warnings.append(
                Message(
                    "study.alike",
                    "{one} and {other} look like the same image (their correlation is {correlation:.3f}); check that "
                    "each sequence has its own file.",
                    one=one.display,
                    other=other.display,
                    correlation=likeness,
                )
            )
    return warnings


def _rescaled(a: Doubles, b: Doubles, *, rounded: bool) -> bool:
    """Tell whether `b` is a linear function of `a`, or one `rounded` to whole numbers."""
    centred = a - a.mean()
    slope = float(centred @ (b - b.mean()) / (centred @ centred))
    off = b - b.mean() - slope * centred
    reach = (off.max() - off.min()) / 2.0
    spread = float(b.std())
    return bool(reach <= EXACT * spread or (rounded and reach <= ROUNDING and spread >= MIN_STEPS))


def _correlation(a: Doubles, b: Doubles) -> float:
    """Return the absolute value of Pearson's coefficient."""
    return abs(float(np.corrcoef(a, b)[0, 1]))


def _rescaled_volume(one: Modality, name: str, other: Modality, other_name: str) -> Message:
    return Message(
        "study.rescaled",
        "{one} and {other} are the same image on another scale of intensities ({file} and {other_file}): give each "
        "sequence its own file, or leave one out.",
        one=one.display,
        other=other.display,
        file=name,
        other_file=other_name,
    )
