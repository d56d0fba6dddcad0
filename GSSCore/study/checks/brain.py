"""Whether the images are skull-stripped and aligned."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from GSSCore.messages import Message
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.vocabulary import Modality

MIN_OVERLAP = 0.90
"""Least share of the smaller of two brain masks that lies in the larger one.

It is .99 or more in 100 real studies, one of which has half a FLAIR; a shift by 12 mm along any axis makes it .90 or
less in all of them, as a front-to-back or an upside-down mix-up does.
"""


def warn_not_stripped(thumbnails: Mapping[Modality, Thumbnail]) -> list[Message]:
    """Warn of images that show more than a brain: too much that is not 0, or no background of 0 round it.

    A zero border is not asked for, as a study may be cropped to the brain, or be a slab of it. Silent on 100 real
    studies; see the bounds in `GSSCore.study.checks.thumbnail` for what they measure.
    """
    filled = [modality.display for modality, thumbnail in thumbnails.items() if thumbnail.filled]
    whole = [m.display for m, thumbnail in thumbnails.items() if not thumbnail.stripped and not thumbnail.filled]
    warnings: list[Message] = []
    if filled:
        warnings.append(
            Message(
                "study.background-noise",
                "{sequences}: not skull-stripped, as it looks, or the background is not 0 but noise, while the "
                "networks know brains on a background of 0 only; skull-strip all sequences alike first, e.g. with "
                "HD-BET, SynthStrip or Slicer's SwissSkullStripper, and set what is outside the brain to 0.",
                sequences=filled,
            )
        )
    if not whole:
        return warnings
    return [
        *warnings,
        Message(
            "study.not-stripped",
            "{sequences}: not skull-stripped, as it looks, but the networks know brains on a background of 0 only; "
            "skull-strip all sequences alike first, e.g. with HD-BET, SynthStrip or Slicer's SwissSkullStripper.",
            sequences=whole,
        ),
    ]


def warn_misaligned(thumbnails: Mapping[Modality, Thumbnail], reference: Modality) -> list[Message]:
    """Warn of modalities whose brain does not lie where the reference's does.

    The measure is the share of the smaller mask that lies in the larger one (the Szymkiewicz-Simpson coefficient): a
    modality that covers a part of the brain only, but in its place, is no reason to warn.
    """
    warnings: list[Message] = []
    for modality, thumbnail in thumbnails.items():
        one, other = thumbnail.foreground, thumbnails[reference].foreground
        smaller = min(np.count_nonzero(one), np.count_nonzero(other))
        if smaller and np.count_nonzero(one & other) < MIN_OVERLAP * smaller:
            warnings.append(
                Message(
                    "study.misaligned",
                    "{sequence}: the brain does not lie where it does in {reference} (they share {share:.0%}); "
                    "register all sequences to each other first.",
                    sequence=modality.display,
                    reference=reference.display,
                    share=float(np.count_nonzero(one & other) / smaller),
                )
            )
    return warnings
