"""The phantom, an artificial study, as a data set of Slicer's Sample Data module. It is made on this computer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import slicer
import slicer.util

from GSSSegmentationLib.nodes import Node

CATEGORY = "GSS Brain Tumor Segmentation"
"""Where the Sample Data module lists it: the title of this module, in English."""
NAME = "GSSPhantom"
ICON = Path(__file__).resolve().parents[1] / "Resources" / "Icons" / "GSSSegmentation.png"


def register_sample_data() -> None:
    """Add the phantom to the Sample Data module, once. Call this when the application has started.

    A click on its button makes the phantom. Scripts call `make_phantom_nodes`, as `SampleData.downloadSamples` only
    loads from addresses.
    """
    try:
        import SampleData
    except ImportError:  # users can switch modules off
        return
    # After a reload the downloader is another function, and the logic would make a second button for it.
    for source in SampleData.SampleDataLogic.sampleDataSourcesByCategory(CATEGORY):
        if source.sampleName == NAME:
            source.customDownloader = make_phantom_nodes
            return
    SampleData.SampleDataLogic.registerCustomSampleDataSource(
        category=CATEGORY,
        sampleName=NAME,
        uris="gss:phantom",
        fileNames="gss-phantom",
        nodeNames="GSS phantom",
        thumbnailFileName=str(ICON),
        customDownloader=make_phantom_nodes,
    )


def make_phantom_nodes(source: Any = None) -> list[Node]:
    """Make the four sequences of a head with a tumour, some seconds of work, and return their volume nodes.

    Args:
        source: given by the Sample Data module; not needed.
    """
    from GSSCore.phantom import make_phantom

    with slicer.util.tryWithErrorDisplay("The phantom could not be made", waitCursor=True):
        study = make_phantom(seed=0).study
        nodes = [
            slicer.util.addVolumeFromArray(
                np.ascontiguousarray(np.transpose(image, (2, 1, 0))),
                ijkToRAS=study.grid.affine,
                name=f"GSS phantom {modality.display}",
            )
            for modality, image in study.images.items()
        ]
        slicer.util.setSliceViewerLayers(background=nodes[0], fit=True)
    return nodes
