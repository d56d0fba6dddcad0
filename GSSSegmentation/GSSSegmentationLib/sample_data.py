"""The phantom, an artificial study, as data sets of Slicer's Sample Data module. They are made on this computer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import slicer
import slicer.util

from GSSSegmentationLib.nodes import Node

CATEGORY = "GSS Brain Tumor Segmentation"
"""Where the Sample Data module lists them: the title of this module, in English."""
ICON = Path(__file__).resolve().parents[1] / "Resources" / "Icons" / "GSSSegmentation.png"


def register_sample_data() -> None:
    """Add the phantom, prepared and raw, to the Sample Data module, once. Call this when the application has started.

    A click on a button makes it. Scripts call `make_phantom_nodes` or `make_raw_phantom_nodes`, as
    `SampleData.downloadSamples` only loads from addresses.
    """
    try:
        import SampleData
    except ImportError:  # users can switch modules off
        return
    logic = SampleData.SampleDataLogic
    there = {source.sampleName: source for source in logic.sampleDataSourcesByCategory(CATEGORY)}
    for name, (uri, title, make) in _sources().items():
        # After a reload the downloader is another function, and the logic would make a second button for it.
        if name in there:
            there[name].customDownloader = make
            continue
        logic.registerCustomSampleDataSource(
            category=CATEGORY,
            sampleName=name,
            uris=f"gss:{uri}",
            fileNames=f"gss-{uri}",
            nodeNames=title,
            thumbnailFileName=str(ICON),
            customDownloader=make,
        )


def make_phantom_nodes(source: Any = None) -> list[Node]:
    """Make the four sequences of a brain with a tumour, some seconds of work, and return their volume nodes.

    Args:
        source: given by the Sample Data module; not needed.
    """
    from GSSCore.phantom import make_phantom

    with slicer.util.tryWithErrorDisplay("The phantom could not be made", waitCursor=True):
        study = make_phantom(seed=0).study
        return _shown("GSS phantom", {m.display: (image, study.grid.affine) for m, image in study.images.items()})
    return []


def make_raw_phantom_nodes(source: Any = None) -> list[Node]:
    """Make the same with the head around it, as scanned, each sequence on a grid of its own; otherwise the same."""
    from GSSCore.phantom import make_raw_phantom

    with slicer.util.tryWithErrorDisplay("The phantom could not be made", waitCursor=True):
        scans = make_raw_phantom(seed=0).scans
        return _shown("GSS raw phantom", {m.display: (scan.array, scan.affine) for m, scan in scans.items()})
    return []


def _sources() -> dict[str, tuple[str, str, Callable[..., list[Node]]]]:
    """Return address, title and maker of each data set by its name."""
    return {
        "GSSPhantom": ("phantom", "GSS phantom", make_phantom_nodes),
        "GSSRawPhantom": ("raw-phantom", "GSS raw phantom", make_raw_phantom_nodes),
    }


def _shown(title: str, images: Mapping[str, tuple[Any, Any]]) -> list[Node]:
    """Return volume nodes of images and their affines, the first of them shown."""
    nodes = [
        slicer.util.addVolumeFromArray(
            np.ascontiguousarray(np.transpose(image, (2, 1, 0))), ijkToRAS=affine, name=f"{title} {name}"
        )
        for name, (image, affine) in images.items()
    ]
    slicer.util.setSliceViewerLayers(background=nodes[0], fit=True)
    return nodes
