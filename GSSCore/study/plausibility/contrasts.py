"""Warns of images that look like another sequence than the one they are given as.

Every way to name the images given is scored: how well each image fits its name alone, and each two fit theirs
together. The study is warned about when another way fits better by more than a bound. T1 and T1ce count as one here:
without enhancement nothing tells them apart, and `study.checks.swap` looks for a swap of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, permutations

import numpy as np

from GSSCore.imaging.arrays import Doubles
from GSSCore.messages import Message
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.study.plausibility.features import VoxelSample, own_features, shared_features
from GSSCore.study.plausibility.model import PAIRS, load_discriminants
from GSSCore.vocabulary import MODALITIES, Modality

EXCHANGE_BOUND = 5.0
"""Least advantage, as a log-likelihood ratio, of a way that gives the same names to other images."""
RENAME_BOUNDS = {1: 8.0, 2: 10.0, 3: 10.0}
"""The same of a way with other names, by the number of images.

Measured on 100 real studies, each subset of each, by discriminants of the other nine tenths of them: no genuine study
comes nearer than 1.8 to the bound of 5, and 6.1, 7.6 and 7.8 to those of 8, 10 and 10. Of FLAIR, T2 and T1 or T1ce that
were exchanged, 98 % of pairs are found, 99.6 % among three and 99.8 % among four images; where a name was given that
belongs to none of the images, 90 % of pairs and 97 % of threes; of one image alone, 96 to 99 % of T1 or T1ce called T2
or the reverse, and 48 to 61 % of what involves FLAIR. (On the 16 of them that the shipped numbers were not fitted to:
98.6, 100 and 100 %, 88 and 97 %.) Silent on 30 brains of other origin, healthy or with MS, and on six phantoms.
"""
WHOLE_BRAIN_ML = 1000.0
"""Of less than this, contrasts are not judged: of half brains and slabs, 1 to 4 % raise a false alarm."""
MIN_COVER = 0.9
"""Share of the brain that an image must show to be judged."""


def warn_contrasts(thumbnails: Mapping[Modality, Thumbnail]) -> list[Message]:
    """Return a warning when the images of a study look exchanged, or one of them like another sequence."""
    judged = _whole({modality: one for modality, one in thumbnails.items() if one.stripped})
    if not judged:
        return []
    spacing = next(iter(judged.values())).spacing
    likely = likelier_names(VoxelSample.of({m: one.array for m, one in judged.items()}, spacing))
    if likely is None:
        return []
    wrong = [(given, name) for given, name in likely.items() if _kind(given) != _kind(name)]
    if len(wrong) > 1 and _kinds([given for given, _ in wrong]) == _kinds([name for _, name in wrong]):
        return [
            Message(
                "study.contrasts-exchanged",
                "{sequences} look exchanged by their contrast: check which file shows which sequence.",
                sequences=[given.display for given, _ in wrong],
            )
        ]
    return [
        Message(
            "study.contrast",
            "{sequence} looks more like {other} by its contrast: check which sequence it is, or leave it out.",
            sequence=given.display,
            other=name.display,
        )
        for given, name in wrong
    ]


def _whole(thumbnails: Mapping[Modality, Thumbnail]) -> dict[Modality, Thumbnail]:
    """Return the images that show a whole brain; none where even all images together do not."""
    if not thumbnails:
        return {}
    brain = np.logical_or.reduce([one.nonzero for one in thumbnails.values()])
    voxels = np.count_nonzero(brain)
    if voxels * np.prod(next(iter(thumbnails.values())).spacing) < WHOLE_BRAIN_ML * 1000.0:
        return {}
    return {m: one for m, one in thumbnails.items() if np.count_nonzero(one.nonzero) >= MIN_COVER * voxels}


def likelier_names(sample: VoxelSample) -> dict[Modality, Modality] | None:
    """Return what each image should be called, for the way that beats its bound by the most; None where none does."""
    found = margins(sample)
    beyond = {names: margin - bound_of(tuple(sample.values), names) for names, margin in found.items()}
    best = max(beyond, key=lambda names: beyond[names], default=None)
    if best is None or beyond[best] <= 0:
        return None
    return dict(zip(sample.values, best, strict=True))


def margins(sample: VoxelSample) -> dict[tuple[Modality, ...], float]:
    """Return by how much each other way to name the images fits better than the one given."""
    given = tuple(sample.values)
    alone, together = _scores(sample)
    fits: dict[tuple[int, ...], tuple[float, tuple[Modality, ...]]] = {}
    for names in permutations(MODALITIES, len(given)):
        named = dict(zip(given, names, strict=True))
        score = sum(alone[image][name.channel] for image, name in named.items() if image in alone)
        score += sum(scores[PAIRS.index((named[a], named[b]))] for (a, b), scores in together.items())
        kinds = tuple(map(_kind, names))
        fits[kinds] = max(fits.get(kinds, (-np.inf, names)), (float(score), names))
    claimed, _ = fits.pop(tuple(map(_kind, given)))
    return {names: score - claimed for score, names in fits.values()}


def bound_of(given: tuple[Modality, ...], names: tuple[Modality, ...]) -> float:
    """Return by how much `names` must fit better than the names given."""
    return EXCHANGE_BOUND if _kinds(given) == _kinds(names) else RENAME_BOUNDS[len(given)]


def _scores(sample: VoxelSample) -> tuple[dict[Modality, Doubles], dict[tuple[Modality, Modality], Doubles]]:
    """Return the scores of each image, by `MODALITIES`, and of each two, by `PAIRS`; none where too little is shown."""
    one, two = load_discriminants()
    own = {m: own_features(values, sample.depth) for m, values in sample.values.items()}
    shared = {(a, b): shared_features(sample.values[a], sample.values[b]) for a, b in combinations(sample.values, 2)}
    return (
        {m: one.scores(features) for m, features in own.items() if features is not None},
        {pair: two.scores(features) for pair, features in shared.items() if features is not None},
    )


def _kind(modality: Modality) -> int:
    """Return a number that T1 and T1ce have in common."""
    return (Modality.T1 if modality is Modality.T1CE else modality).channel


def _kinds(modalities: Iterable[Modality]) -> list[int]:
    return sorted(map(_kind, modalities))
