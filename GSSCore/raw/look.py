"""Looks at scans and decides: prepared ones are taken as they are, raw ones are registered and brain-extracted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Mask
from GSSCore.messages import Message
from GSSCore.raw.settings import Input
from GSSCore.study.checks.brain import MIN_OVERLAP
from GSSCore.study.given import Given
from GSSCore.study.grid import on_grid
from GSSCore.study.study import chosen_reference
from GSSCore.vocabulary import MODALITIES, Modality

MIN_OVERLAP_BETWEEN_GRIDS = 0.97
"""Least share of the smaller brain that lies in the larger one, where they lie on different grids: nothing but their
headers says that they are aligned. It is .99 or more in 100 real studies."""

MAX_FACES_CM2 = 100.0
"""A brain is round: at the faces of its bounding box lie 23 cm2 at most, in 112 images of 28 real studies. Where a part
of a head, on a background of 0, is no more than a brain's volume, it is 225 cm2 or more: in 23 heads of five origins,
cut in four ways. Parts of brains have as much as those, so what has more than this is looked at more closely."""

NOTHING_EXPECTED = Message(
    "raw.nothing-expected",
    "How accurate the network is on raw scans has been measured on few studies only, so no Dice is expected here; "
    "check every contour.",
)
"""Said of each study of raw scans: what cards tell was measured on prepared images."""


@dataclass(frozen=True)
class Look:
    """What scans look like, and what is decided.

    Attributes:
        raw: whether they are registered and brain-extracted.
        heads: the modalities that show more than a brain.
        message: what was found and what follows from it, for the reader.
    """

    raw: bool
    heads: tuple[Modality, ...]
    message: Message


def look(
    given: Sequence[Given],
    asked: Input = "auto",
    reference: Modality | str | None = None,
    *,
    mask: bool = False,
    is_head: Callable[[Given], bool] | None = None,
) -> Look:
    """Decide whether scans are prepared or raw.

    Prepared are images that show a brain on a background of exactly 0 and lie on each other: by their voxels, or by
    their headers as far as the brains agree.

    Args:
        given: one or more modalities.
        asked: "prepared" or "raw" settles it.
        reference: whose grid the result gets, if it was chosen.
        mask: whether a brain mask was given: whoever gives one wants it to be used.
        is_head: tells a part of a head from a part of a brain. None where there is no time for it: what may be a part
            of a head then counts as one.
    """
    shown = {g.modality for g in given if not g.thumbnail.stripped}
    doubtful = [] if asked == "prepared" else [g for g in given if g.modality not in shown and _may_be_cut_head(g)]
    shown |= {g.modality for g in doubtful if is_head is None or is_head(g)}
    heads = tuple(modality for modality in MODALITIES if modality in shown)
    if asked == "prepared":
        return Look(False, heads, Message("raw.asked-prepared", "The images are taken as prepared, as was asked."))
    if asked == "raw":
        return Look(True, heads, Message("raw.asked-raw", "The images are treated as raw scans, as was asked."))
    if heads and is_head is None and len(doubtful) == len(heads):
        return Look(True, heads, _perhaps_heads(heads))
    if heads:
        return Look(True, heads, _heads(heads, all_of_them=len(heads) == len(given)))
    if mask:
        return Look(True, heads, Message("raw.mask-given", "A brain mask was given, and is used."))
    if not _aligned(given, chosen_reference(reference, [g.modality for g in given])):
        return Look(
            True,
            heads,
            Message(
                "raw.not-aligned",
                "The images are skull-stripped, but the brains do not lie on each other: they are registered.",
            ),
        )
    return Look(
        False,
        heads,
        Message("raw.prepared", "The images are skull-stripped and lie on each other: they are taken as they are."),
    )


def _may_be_cut_head(g: Given) -> bool:
    """Tell whether an image that shows no more than a brain ends in so large planes that it may be a part of a head."""
    return g.thumbnail.faces_cm2 > MAX_FACES_CM2


def _perhaps_heads(heads: Sequence[Modality]) -> Message:
    return Message(
        "raw.perhaps-heads",
        "The images of {sequences} show a part of a brain, or of a head: the run looks closer, and registers and "
        "brain-extracts all images if it is of a head.",
        sequences=[m.display for m in heads],
    )


def _heads(heads: Sequence[Modality], *, all_of_them: bool) -> Message:
    if all_of_them:
        return Message("raw.heads", "The images show whole heads: they are registered and brain-extracted.")
    return Message(
        "raw.some-heads",
        "The images of {sequences} show a whole head, the others a brain: all are registered, and the brain is "
        "extracted where it has to be.",
        sequences=[m.display for m in heads],
    )


def _aligned(given: Sequence[Given], reference: Modality) -> bool:
    """Tell whether skull-stripped brains lie on each other by voxels or headers."""
    by_modality: Mapping[Modality, Given] = {g.modality: g for g in given}
    own = by_modality[reference]
    for g in given:
        if g is own:
            continue
        try:
            image, resampled = on_grid(g.array, g.volume, g.modality, own.volume.grid, reference, own.volume.name)
        except InputError:
            return False
        least = MIN_OVERLAP if resampled is None else MIN_OVERLAP_BETWEEN_GRIDS
        if _overlap(own.thumbnail.nonzero, g.thumbnail_of(image, own.volume.grid).nonzero) < least:
            return False
    return True


def _overlap(one: Mask, other: Mask) -> float:
    """Return the share of the smaller mask that lies in the larger one; 1 where one is empty."""
    smaller = min(np.count_nonzero(one), np.count_nonzero(other))
    return float(np.count_nonzero(one & other) / smaller) if smaller else 1.0
