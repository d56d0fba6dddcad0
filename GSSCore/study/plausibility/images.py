"""Warns of images with a handful of values, and of brains that are too small."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from GSSCore.messages import Message
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.vocabulary import Modality

MIN_VALUES = 20
"""Fewer different values than this are labels, a mask or a coarse posterisation.

At every second millimetre, 100 real studies show 117 and more in each image, though they are stored in seven bits.
"""
_ENOUGH_VOXELS = 1000
"""Images with fewer voxels need not have many values."""
MIN_BRAIN_ML = 300.0
"""Less than this is a piece of a brain: the network knows whole ones, of 1146 to 1910 ml in 100 real studies."""


def warn_few_values(thumbnails: Mapping[Modality, Thumbnail]) -> list[Message]:
    """Return a warning for each image that holds fewer than `MIN_VALUES` values besides 0."""
    found = []
    for modality, thumbnail in thumbnails.items():
        inside = thumbnail.array[thumbnail.nonzero]
        count = len(np.unique(inside))
        if inside.size >= _ENOUGH_VOXELS and count < MIN_VALUES:
            found.append(
                Message(
                    "study.few-values",
                    "{sequence} holds {count} different values only, as labels or a mask do: give the MRI volume "
                    "itself, or leave this sequence out.",
                    sequence=modality.display,
                    count=count,
                )
            )
    return found


def warn_small_brain(thumbnails: Mapping[Modality, Thumbnail]) -> list[Message]:
    """Return a warning where all the images together show less than `MIN_BRAIN_ML`."""
    shown = np.logical_or.reduce([one.nonzero for one in thumbnails.values()])
    ml = float(np.count_nonzero(shown) * np.prod(next(iter(thumbnails.values())).spacing) / 1000.0)
    if ml >= MIN_BRAIN_ML:
        return []
    return [
        Message(
            "study.small-brain",
            "The images show {ml:.1f} ml only, a piece of a brain: the network knows whole ones; give the whole "
            "volumes, and check their voxel size.",
            ml=ml,
        )
    ]
