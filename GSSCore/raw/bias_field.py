"""The bias field of a scan: coils receive some parts of a head more strongly than others, in all sequences alike.

The public data sets from which the tumour network learnt are nearly even. In raw scans the lowest slices may have three
quarters of the brightness of the others, and a cerebellum that is dark in T1 looks like a tumour. The field is found by
N4 (Tustison et al. 2010, doi:10.1109/TMI.2010.2046908) as SimpleITK has it, on a coarse copy, within the brain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from GSSCore.brain_extraction.distance import brain_mask
from GSSCore.cancellation import IsCancelled, check, never
from GSSCore.imaging.arrays import Affine, Array, Floats, Mask
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.registration.interruptible import interruptible
from GSSCore.study.alignment import Step
from GSSCore.vocabulary import Modality

if TYPE_CHECKING:
    import SimpleITK

STEP = "bias_field"
COPY_MM = 8.0
"""Spacing of the coarse copy, nearly. The field is far smoother."""
CONTROL_POINTS = 4
"""Of the field along each axis: the fewest that N4 takes. The field's logarithm is a polynomial of degree 3 then."""
ITERATIONS = (40,)
"""At most. At this one resolution the field can't follow a tumour. With two finer ones after it, N4's usual way, it
did: in two of three prepared studies, which are even, Dice WT fell by .02 and .04. With one it changed by less than
.005."""
CONVERGED = 1e-5
"""Change of the field from one iteration to the next, a coefficient of variation, at which N4 ends. At its default of
.001 it ended after a few, and most of the field was left."""
LEAST_VOXELS = 500
"""Of the coarse copy within the brain. Of fewer a field can't be told."""


def even_out(
    scans: Mapping[Modality, Volume],
    to_scan: Mapping[Modality, Affine],
    distance: Volume,
    cancelled: IsCancelled = never,
) -> tuple[dict[Modality, Volume], tuple[Step, ...]]:
    """Return scans without their bias fields, and what was done with each.

    Args:
        scans: each on its own grid; 0 is background.
        to_scan: (4, 4) for each of them, from RAS mm of `distance` to RAS mm of that scan.
        distance: signed distance to the brain's surface in mm, positive inside.
        cancelled: asked throughout.

    Returns:
        The scans, float32, divided by their fields, or as they were where the field could not be told; and for each a
        step whose check `range` is by how much the field differs from one part of the brain to another.

    Raises:
        Cancelled: when `cancelled` says so.
    """
    evened, steps = {}, []
    for modality, scan in scans.items():
        brain = brain_mask(distance, scan.seen_from(to_scan[modality]).grid) & (scan.array > 0)
        evened[modality], step = _evened(scan, brain, modality, cancelled)
        steps.append(step)
    return evened, tuple(steps)


def _evened(scan: Volume, brain: Mask, modality: Modality, cancelled: IsCancelled) -> tuple[Volume, Step]:
    field = _field(scan, brain, cancelled)
    if field is None:
        message = Message(
            "raw.no-bias-field",
            "{sequence}: too little of the brain is in the scan to tell how evenly bright it is; its brightness was "
            "left as it is.",
            sequence=modality.display,
        )
        return scan, Step(STEP, modality, False, message, {"range": None})
    field /= np.exp(np.log(field[brain]).mean())
    low, high = np.percentile(field[brain], [1.0, 99.0])
    message = Message(
        "raw.bias-field",
        "{sequence}: uneven brightness was corrected; the brightest part of the brain had {times:.2f} times the "
        "brightness of the darkest.",
        sequence=modality.display,
        times=float(high / low),
    )
    array = np.where(scan.array != 0, scan.array / field, 0.0).astype(np.float32)
    return replace(scan, array=array), Step(STEP, modality, True, message, {"range": float(high / low)})


def _field(scan: Volume, brain: Mask, cancelled: IsCancelled) -> Floats | None:
    """Return by what factor each voxel is too bright, float32, up to a constant; None where that can't be told."""
    import SimpleITK

    shrink = [max(1, round(COPY_MM / spacing)) for spacing in scan.grid.spacing]
    image, mask = _image(scan.array.astype(np.float32), scan), _image(brain.astype(np.uint8), scan)
    coarse, inside = SimpleITK.Shrink(image, shrink), SimpleITK.Shrink(mask, shrink)
    if int(SimpleITK.GetArrayViewFromImage(inside).sum()) < LEAST_VOXELS or min(coarse.GetSize()) < 2:
        return None
    n4 = SimpleITK.N4BiasFieldCorrectionImageFilter()
    n4.SetNumberOfControlPoints([CONTROL_POINTS] * 3)
    n4.SetMaximumNumberOfIterations(list(ITERATIONS))
    n4.SetConvergenceThreshold(CONVERGED)
    # On a cancellation N4 goes on to its end, a second or so, before it is heard: it asks for nothing within.
    interruptible(lambda: n4.Execute(coarse, inside), n4.Abort, lambda: check(cancelled))
    logarithm = SimpleITK.GetArrayFromImage(n4.GetLogBiasFieldAsImage(image)).T
    return np.asarray(np.exp(logarithm), np.float32)


def _image(array: Array, scan: Volume) -> SimpleITK.Image:
    """Return an array as an image of SimpleITK's, with its spacing alone: where it lies does not matter here."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(array.T))
    image.SetSpacing([float(spacing) for spacing in scan.grid.spacing])
    return image
