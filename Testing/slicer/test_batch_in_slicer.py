"""Segments a phantom inside Slicer with the module's logic. CTest runs it, see the CMakeLists.txt beside it.

Slicer runs a script as if it stood in its console, and goes on running after it: the exit code has to be set.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np
import slicer

SHAPE, SPACING_MM = (88, 110, 90), 2.0
LEAST_DICE = 0.5
"""Far below what the network reaches on a phantom, far above what wrong geometry would give."""
SKIPPED = 77
"""Exit code that CTest takes for a test that was skipped, see the CMakeLists.txt beside this file."""


def lacking() -> str:
    """Return the packages that are missing, of which torch comes with no Slicer."""
    from GSSSegmentationLib.library import find_library

    find_library()
    from GSSSegmentationLib.dependencies import listed, missing

    return listed(missing())


def segment_a_phantom() -> None:
    """Compare what the logic finds with the phantom's truth.

    Raises:
        AssertionError: when it is not a segmentation, or not where the tumour is.
    """
    # Imported here, as a module that can't be imported has to set the exit code too. `lacking` has found GSSCore.
    from GSSCore.phantom import phantom_name, write_phantom
    from GSSSegmentation import GSSSegmentationLogic

    with tempfile.TemporaryDirectory() as folder:
        write_phantom(folder, shape=SHAPE, spacing_mm=SPACING_MM)
        prefix = Path(folder) / phantom_name(0)
        flair, t2 = (slicer.util.loadVolume(f"{prefix}_{name}.nii.gz") for name in ("flair", "t2"))
        truth = slicer.util.arrayFromVolume(slicer.util.loadLabelVolume(f"{prefix}_seg.nii.gz")) > 0
    segmentation = GSSSegmentationLogic().segment(flair=flair, t2=t2)
    assert segmentation.IsA("vtkMRMLSegmentationNode"), segmentation
    found = np.zeros_like(truth)
    for segment in segmentation.GetSegmentation().GetSegmentIDs():
        found |= slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, segment, flair) > 0
    dice = 2.0 * (found & truth).sum() / (found.sum() + truth.sum())
    print(f"Dice of the whole tumour: {dice:.3f}")
    assert dice > LEAST_DICE, dice


if __name__ == "__main__":
    status = slicer.util.EXIT_FAILURE
    try:
        if lacking():
            print(f"Skipped: {lacking()} is not installed")
            status = SKIPPED
        else:
            segment_a_phantom()
            status = slicer.util.EXIT_SUCCESS
    except Exception:
        traceback.print_exc(file=sys.stdout)
    finally:
        slicer.util.exit(status)
