"""Warns of a segmentation that no glioma of an adult is likely to have: too large a share of the brain, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

from GSSCore.messages import Message
from GSSCore.vocabulary import Region

MAX_SHARES = {Region.WT: 0.27, Region.TC: 0.20, Region.ET: 0.12}
"""Largest share of the brain that passes for a tumour.

In 100 real studies the experts' tumours take up to .18, .15 and .08 of it; what the shipped network finds from seven
subsets in 13 of them, on which it was not trained, up to .20, .11 and .08. With T1 and T2 exchanged, WT takes .28 to
.54 in six studies.
"""


def warn_implausible(volumes_ml: Mapping[str, float], brain_ml: float) -> list[Message]:
    """Return a warning for the largest region that takes an implausible share of the brain, or where none was found.

    Args:
        volumes_ml: by region.
        brain_ml: volume of all that any of the images shows.
    """
    if not volumes_ml[Region.WT.value]:
        return [
            Message(
                "result.no-tumour",
                "The result holds no tumour, but the network knows brains with a glioma only: look at the images "
                "yourself.",
            )
        ]
    for region, bound in MAX_SHARES.items():
        share = float(volumes_ml[region.value] / brain_ml)
        if share > bound:
            return [
                Message(
                    "result.implausible-share",
                    "{region} fills {share:.0%} of the brain, {ml:.0f} ml, which is hardly a tumour: check that each "
                    "file shows the sequence it is given as, skull-stripped and registered.",
                    region=region.value,
                    share=share,
                    ml=float(volumes_ml[region.value]),
                )
            ]
    return []
