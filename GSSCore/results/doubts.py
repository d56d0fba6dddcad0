"""What of a result can't be relied on, and why: said by one rule in the report, the pictures, the tables and the panel.

Two things make a region unreliable: what the network's card says of the sequences at hand (`Card.unreliable`), and
doubts about the images themselves, with which nothing that was measured on sound ones holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from GSSCore.messages import Message, as_message
from GSSCore.networks.card import RELIABLE_DICE, Card
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS, Label, Modality, Region, Subset, subset_name

DOUBTS = frozenset(
    {
        "study.contrast",
        "study.contrasts-exchanged",
        "study.few-slices",
        "study.few-values",
        "study.small-brain",
        "study.not-stripped",
        "study.background-noise",
        "study.misaligned",
        "study.alike",
        "study.swapped",
        "brain.unsure",
        "brain.disagrees",
        "registration.mirrored",
        "result.implausible-share",
    }
)
"""Codes of the messages after which nothing in the result can be relied on, nor any Dice expected."""
_OF_SCANS = ("raw.left-out", "raw.kept", "registration.", "brain.")
"""Begin the codes of what became of raw scans that a reader has to know first: one is not used, or not all of it, or
its place is not sure."""
MARK = "?"
"""Stands beside whatever can't be relied on."""


def in_doubt(warnings: Iterable[str]) -> bool:
    """Tell whether what was measured of the network doesn't hold for this study."""
    return any(as_message(warning).code in DOUBTS for warning in warnings)


def unreliable_regions(card: Card, modalities: Subset, warnings: Iterable[str]) -> tuple[Region, ...]:
    """Return the regions that can't be relied on, given the warnings of the images and of the result."""
    return REGIONS if in_doubt(warnings) else card.unreliable(modalities)


def unreliable_labels(regions: Iterable[Region | str]) -> tuple[Label, ...]:
    """Return the labels whose contour or volume falls with unreliable regions.

    ED is drawn by the whole tumour's outline and ET is a region itself; NCR is what the core has besides ET, so that it
    falls with either.
    """
    found = {Region(region) for region in regions}
    falls_with = {Label.NCR: {Region.TC, Region.ET}, Label.ED: {Region.WT}, Label.ET: {Region.ET}}
    return tuple(label for label in TUMOUR_LABELS if found & falls_with[label])


def unreliable_names(regions: Iterable[Region | str]) -> frozenset[str]:
    """Return the names of the regions, and of the labels that fall with them, as tables of volumes have them."""
    found = tuple(Region(region) for region in regions)
    return frozenset([*(region.value for region in found), *(label.name for label in unreliable_labels(found))])


def in_order(card: Card, modalities: Subset, warnings: Sequence[str]) -> tuple[Message, ...]:
    """Return the warnings of a result in the order in which they matter, with what can't be relied on among them.

    Doubts about the images come first, then which raw scans were left out or may lie elsewhere, then unreliable
    regions, then everything else as it came.
    """
    messages = [as_message(warning) for warning in warnings]
    doubts = [message for message in messages if message.code in DOUBTS]
    scans = [message for message in messages if _of_scans(message)]
    rest = [message for message in messages if message.code not in DOUBTS and not _of_scans(message)]
    return (*doubts, *scans, *_unreliable(card, modalities), *rest)


def _of_scans(message: Message) -> bool:
    return message.code not in DOUBTS and message.code.startswith(_OF_SCANS)


def _unreliable(card: Card, modalities: Subset) -> list[Message]:
    regions = card.unreliable(modalities)
    found = []
    if Modality.T1CE not in modalities:
        found.append(
            Message(
                "result.no-enhancement",
                "ET is not to be relied on: without T1ce nothing shows enhancement. Add T1ce, or disregard ET.",
            )
        )
        regions = tuple(region for region in regions if region is not Region.ET)
    if regions:
        found.append(
            Message(
                "result.unreliable",
                "{regions} can't be relied on from {subset}: the network's mean Dice there is below {bound:.1f}. Add "
                "the sequences that are missing, or check every contour.",
                regions=[region.value for region in regions],
                subset=subset_name(modalities),
                bound=RELIABLE_DICE,
            )
        )
    return found
