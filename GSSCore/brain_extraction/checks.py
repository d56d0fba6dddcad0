"""What speaks against a brain that was found: signs of failure, and sentences for the reader. Needs no torch.

The bounds were set on 23 scans of heads, thick-sliced and in four contrasts, most of them also with a third cut off
(mirror image and contrast on three cuts of one), and on some 30 images of other things: noise, phantoms, three slices
of a series, drawings of a spine, a leg, a trunk and CT. They have not been tried on others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from GSSCore.brain_extraction.distance import REACH_MM, interpolated, largest_filled
from GSSCore.imaging.arrays import Floats, Mask
from GSSCore.imaging.boxes import bounding_box, size_of
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.messages import Message

NONE = "brain.none"
"""Code of the message that there is no brain at all."""
MIN_BRAIN_ML, MAX_BRAIN_ML = 600.0, 2200.0
"""No adult brain with its fluid is smaller or larger; in 100 real skull-stripped studies the largest has 1910 ml."""
MIN_PART_ML = 100.0
"""Of a brain that the field of view cuts, so much has to be seen."""
MAX_BRAIN_MM = (165.0, 175.0, 210.0)
"""No brain is longer, its sides in order of length: in 100 real studies they are 144, 153 and 187 mm at most."""
MIN_MIRRORED_DICE, SURE_MIRRORED_DICE = 0.90, 0.96
"""Agreement of what is found with what is found in the mirror image: .97 or more in heads, .33 to .89 in most other
things, .92 to .97 where three slices stand for a head."""
MIN_CONTRAST, SURE_CONTRAST = 0.10, 0.2
"""Range of the intensities within the brain (10th to 90th percentile), in terms of how far their median is from the
darkest: .31 or more in heads, .07 or less in CT and in phantoms filled with water."""
SURE_RIM, MAX_RIM = 0.95, 1.2
"""Brightness of what lies `RIM_MM` outside the brain, mostly bone (25th percentile), in terms of the brain's median:
.71 at most in 27 scans of heads in four contrasts, 1.7 and more in drawn CT, as it is or windowed."""
RIM_MM = (3.0, 6.0)
MAX_CUT_SHARE = 0.03
"""Share of the brain's surface that the field of view makes: up to .01 in whole heads, .02 and more in cut ones."""
MAX_OTHER_SHARE = 0.02
"""Volume of all other parts together, in terms of the largest."""
MIN_AGREEMENT = 0.90
"""Dice of one scan's brain with that of the others."""


@dataclass(frozen=True, eq=False)
class Extraction:
    """A brain that was found, or not.

    Attributes:
        distance: see `GSSCore.brain_extraction.distance`.
        stripped: whether the scan showed a brain alone already, so that what is not 0 was taken.
        checks: figures by name; None where one could not be measured.
        refusal: why there is no brain to rely on; None where there is one.
        doubts: what the reader has to know of it.
    """

    distance: Volume
    stripped: bool = False
    checks: Mapping[str, float | None] = field(default_factory=dict)
    refusal: Message | None = None
    doubts: tuple[Message, ...] = ()


def checked(
    distance: Volume, image: Floats | None, mirrored_dice: float | None, sequence: str, file: str
) -> Extraction:
    """Return a brain with its checks.

    Args:
        distance: at 2 mm.
        image: the scan on the same grid; None for one that was skull-stripped already.
        mirrored_dice: agreement with what was found in the mirror image; None likewise.
        sequence: which scan this is, for messages.
        file: its file, for messages.
    """
    inside = distance.array > 0
    brain = largest_filled(inside)
    count = int(np.count_nonzero(brain))
    millilitres = count * distance.grid.voxel_ml
    seen = distance.array > -REACH_MM
    contrast, rim = (None, None) if image is None or not count else _brightness(image, brain, distance.array, seen)
    checks: dict[str, float | None] = {
        "brain_ml": millilitres,
        "mirrored_dice": mirrored_dice,
        "contrast": contrast,
        "rim": rim,
        "cut_share": _cut_share(brain, seen),
        "other_share": (int(np.count_nonzero(inside)) - int(np.count_nonzero(inside & brain))) / max(1, count),
    }
    sides = sorted(n * mm for n, mm in zip(size_of(bounding_box(brain)), distance.grid.spacing, strict=True))
    refusal = _refusal(checks, sides, sequence, file)
    doubts = () if refusal is not None else tuple(_doubts(checks, sequence, file))
    return Extraction(distance, image is None, checks, refusal, doubts)


def _refusal(checks: Mapping[str, float | None], sides: list[float], sequence: str, file: str) -> Message | None:
    """Return why a brain can't be relied on at all."""
    millilitres, mirrored = checks["brain_ml"] or 0.0, checks["mirrored_dice"]
    cut = (checks["cut_share"] or 0.0) > MAX_CUT_SHARE
    if (mirrored is not None and mirrored < MIN_MIRRORED_DICE) or millilitres == 0.0:
        return Message(
            "brain.none",
            "{sequence}: no brain was found in {file}; give a scan of a head, or a brain mask of your own.",
            sequence=sequence,
            file=file,
        )
    if checks["contrast"] is not None and checks["contrast"] < MIN_CONTRAST:
        return Message(
            "brain.even",
            "{sequence}: what could be the brain in {file} is all but even, as in CT or in a phantom; give an MR scan "
            "of a head, or a brain mask of your own.",
            sequence=sequence,
            file=file,
        )
    if checks["rim"] is not None and checks["rim"] > MAX_RIM:
        return Message(
            "brain.bright-bone",
            "{sequence}: what lies round the brain in {file} is brighter than the brain, as bone is in CT and in "
            "inverted images; give an MR scan of a head as the scanner made it, or a brain mask of your own.",
            sequence=sequence,
            file=file,
        )
    if not (MIN_PART_ML if cut else MIN_BRAIN_ML) <= millilitres <= MAX_BRAIN_ML or any(
        side > most for side, most in zip(sides, MAX_BRAIN_MM, strict=True)
    ):
        return Message(
            "brain.size",
            "{sequence}: what could be the brain in {file} has {ml:.0f} ml and is {mm:.0f} mm long, which no adult "
            "brain is; check the spacing, or give a brain mask of your own.",
            sequence=sequence,
            file=file,
            ml=millilitres,
            mm=sides[-1],
        )
    return None


def _doubts(checks: Mapping[str, float | None], sequence: str, file: str) -> list[Message]:
    """Return what a reader has to know of a brain that is used."""
    found: list[Message] = []
    named = {"sequence": sequence, "file": file}
    unsure = [
        value is not None and value < sure
        for value, sure in ((checks["mirrored_dice"], SURE_MIRRORED_DICE), (checks["contrast"], SURE_CONTRAST))
    ]
    if any(unsure) or (checks["rim"] or 0.0) > SURE_RIM:
        found.append(
            Message(
                "brain.unsure",
                "{sequence}: the brain in {file} was found with doubt; look at its outline, and give a brain mask of "
                "your own where it is wrong.",
                **named,
            )
        )
    if (checks["cut_share"] or 0.0) > MAX_CUT_SHARE:
        found.append(
            Message(
                "brain.cut",
                "{sequence}: the field of view of {file} ends within the brain; {ml:.0f} ml of it are seen.",
                ml=checks["brain_ml"],
                **named,
            )
        )
    if (checks["other_share"] or 0.0) > MAX_OTHER_SHARE:
        found.append(
            Message(
                "brain.fragments",
                "{sequence}: the brain in {file} was found in several parts, of which the largest was taken; look at "
                "its outline.",
                **named,
            )
        )
    return found


def disagreements(distances: Mapping[str, Volume], grid: Grid) -> list[Message]:
    """Return which scans of one head show the brain elsewhere than the mean of the others does.

    Args:
        distances: of two or more scans by sequence, all in the RAS mm of `grid`.
        grid: where they are compared.
    """
    values = {name: interpolated(one, grid) for name, one in distances.items()}
    messages: list[Message] = []
    for name, own in values.items():
        others = [other for key, other in values.items() if key != name]
        seen = np.logical_and.reduce([one > -REACH_MM for one in values.values()])
        mean = np.mean(others, axis=0) if others else own
        dice = dice_of((own > 0) & seen, (mean > 0) & seen)
        if dice < MIN_AGREEMENT:
            messages.append(
                Message(
                    "brain.disagrees",
                    "{sequence}: the brain does not lie where the other sequences show it (Dice {dice:.2f}); look at "
                    "the outlines.",
                    sequence=name,
                    dice=dice,
                )
            )
    return messages


def dice_of(one: Mask, other: Mask) -> float:
    """Return the Dice overlap of two masks, 1 for two empty ones."""
    total = int(np.count_nonzero(one)) + int(np.count_nonzero(other))
    return 2.0 * int(np.count_nonzero(one & other)) / total if total else 1.0


def _brightness(image: Floats, brain: Mask, distance: Floats, seen: Mask) -> tuple[float, float | None]:
    """Return the contrast within the brain and the brightness of its rim, see `MIN_CONTRAST` and `MAX_RIM`."""
    darkest = float(np.percentile(image[seen], 1.0))
    return _contrast(image, brain, darkest), _rim(image, brain, distance, darkest)


def _contrast(image: Floats, brain: Mask, darkest: float) -> float:
    """Return the range of the intensities within the brain in terms of how bright it is."""
    from scipy.ndimage import binary_erosion

    inner = binary_erosion(brain, iterations=3)
    values = image[inner if inner.any() else brain]
    low, middle, high = np.percentile(values, (10.0, 50.0, 90.0))
    bright = float(middle) - darkest
    return float(high - low) / bright if bright > 0 else 0.0


def _rim(image: Floats, brain: Mask, distance: Floats, darkest: float) -> float | None:
    """Return how bright it is round the brain in terms of how bright it is; None where the rim is not seen."""
    near, far = RIM_MM
    rim = image[(distance < -near) & (distance > -far)]
    bright = float(np.median(image[brain])) - darkest
    return (float(np.percentile(rim, 25.0)) - darkest) / bright if rim.size and bright > 0 else None


def _cut_share(brain: Mask, seen: Mask) -> float:
    """Return the share of the voxels at the brain's surface that lie at the end of the field of view."""
    from scipy.ndimage import binary_erosion

    bounds = bounding_box(seen)
    if bounds is None:
        return 0.0
    own, view = brain[bounds], seen[bounds]
    surface = own & ~binary_erosion(own)
    at_end = surface & ~binary_erosion(view)
    return int(np.count_nonzero(at_end)) / max(1, int(np.count_nonzero(surface)))
