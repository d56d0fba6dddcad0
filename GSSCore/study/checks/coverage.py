"""How much of the brain each modality shows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from GSSCore.errors import InputError
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.study.checks.thumbnail import Thumbnail
from GSSCore.vocabulary import Modality

MIN_COVERAGE = 0.90
"""Below this share of the brain a modality is warned about. It is .96 or more in 99 of 100 real studies; the hundredth
has a FLAIR of two thirds of the brain, .66."""
MIN_USED_COVERAGE = 0.10
"""Below this share of the brain a modality is left out: the mean and the spread of its intensities, which a network is
given them by, say nothing, and it counts as available where it shows nothing."""
MIN_DENSE_VOXELS = 10000
"""Empty layers between those of a thumbnail are told from this many voxels on: the density of 408 images of real
studies is .999 to 1.021, that of a thin thing anything."""


def coverages(thumbnails: Mapping[Modality, Thumbnail], reference: Modality) -> dict[Modality, float]:
    """Return the share of the reference's brain that each modality shows; the reference's own is that of the others'.

    The reference is compared with the largest brain that its own is a part of, as one that shows next to nothing would
    make all others look complete. Layers that are empty between those of a thumbnail count as well. Images that are
    not skull-stripped are compared with nothing.
    """
    stripped = {m: t.nonzero for m, t in thumbnails.items() if t.stripped}
    shares = dict.fromkeys(thumbnails, 1.0)
    if reference not in stripped:
        return shares
    own = stripped.pop(reference)
    for modality, other in stripped.items():
        shared = int(np.count_nonzero(own & other))
        shares[modality] = shared / max(1, int(np.count_nonzero(own)))
        if 2 * shared >= np.count_nonzero(own):
            shares[reference] = min(shares[reference], shared / max(1, int(np.count_nonzero(other))))
    for modality in (reference, *stripped):
        if np.count_nonzero(thumbnails[modality].nonzero) >= MIN_DENSE_VOXELS:
            shares[modality] *= min(1.0, thumbnails[modality].density)
    return shares


def require_reference(share: float, volume: Volume, reference: Modality) -> None:
    """Refuse a reference that shows next to nothing of the brain that the others show."""
    if share >= MIN_USED_COVERAGE:
        return
    raise InputError(
        Message(
            "study.reference-sliver",
            "{sequence}: {file} shows {share:.1%} of the brain only and can not be the reference; choose another one, "
            "or leave {sequence} out.",
            sequence=reference.display,
            file=volume.name,
            share=share,
        )
    )


def warn_coverage(share: float, volume: Volume, modality: Modality) -> list[Message]:
    """Warn of a modality that shows a part of the brain only, or that is left out because it shows too little."""
    if share < MIN_USED_COVERAGE:
        return [
            Message(
                "study.sliver",
                "{sequence}: {file} shows {share:.1%} of the brain only and was left out; check that it is the right "
                "file, and registered.",
                sequence=modality.display,
                file=volume.name,
                share=share,
            )
        ]
    if share < MIN_COVERAGE:
        return [
            Message(
                "study.partial",
                "{sequence}: {file} shows {share:.0%} of the brain only; where it shows nothing, the result stands on "
                "the other sequences alone.",
                sequence=modality.display,
                file=volume.name,
                share=share,
            )
        ]
    return []
