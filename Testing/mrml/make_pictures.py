"""Pictures of a segmented phantom in Slicer's views and in its report: `python Testing/mrml/make_pictures.py [FOLDER]`.

The views are drawn outside Slicer, by the same displayable managers, and say so. Nothing but the phantom is ever shown.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

# VTK reads it when it is loaded: without a display, only EGL draws.
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "GSSSegmentation"), str(ROOT / "Testing" / "mrml")]

from typing import Any, NamedTuple

import numpy as np
import slicer
from PIL import Image

from GSSCore.phantom import Phantom, make_phantom
from GSSCore.results.files import MONTAGE_FILE, OVERVIEW_FILE
from GSSCore.results.layout import Frame
from GSSCore.results.legend import GROUND, HEADING, SMALL, SOFT, Colour, Pen
from GSSCore.results.overview import letter_sides, scale_bar
from GSSCore.results.planes import AXIAL, CORONAL, View
from GSSCore.vocabulary import CONFIDENCE_LEVELS, REGIONS, TUMOUR_LABELS, Modality, Subset, subset, subset_name
from GSSSegmentationLib.headless import ensure_scene
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.segments import set_segments
from GSSSegmentationLib.settings import Settings
from scenes import add_volume, label_map
from views import Shot, add_surface, set_up_views, slice_view, view_3d

SIZE = (480, 480)
PAGE_WIDTH = 1200
CAPTION = "Phantom, no patient. Drawn by Slicer's displayable managers, rendered outside Slicer. Not for clinical use."
Key = list[tuple[Colour, str]]
Panel = tuple[Shot, View | None]
"""A picture with the view of its slice; None in 3-D."""


class Segmented(NamedTuple):
    """A scene with its volumes, the result, and the middle of the tumour in RAS mm."""

    scene: Any
    volumes: dict[Modality, Any]
    result: Any
    centre: tuple[float, float, float]


def main(folder: Path) -> list[Path]:
    """Write the pictures and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    set_up_views(ensure_scene())
    phantom = make_phantom(seed=0)
    everything, pair = subset(Modality), subset((Modality.FLAIR, Modality.T2))
    with tempfile.TemporaryDirectory() as report:
        pictures = {
            "segments.png": _segments(phantom, _segmented(phantom, everything, Path(report))),
            "segments-flair-t2.png": _segments(phantom, two := _segmented(phantom, pair)),
            "confidence.png": _confidence(phantom, two),
            **{name: _narrower(Path(report, name)) for name in (OVERVIEW_FILE, MONTAGE_FILE)},
        }
    for name, picture in pictures.items():
        _small(picture).save(folder / name, optimize=True)
    return [folder / name for name in pictures]


def _small(picture: Image.Image) -> Image.Image:
    """Return a picture with 256 colours, those that mean something among them."""
    meaning = [kind.colour for kind in (*TUMOUR_LABELS, *CONFIDENCE_LEVELS)]
    room = 256 - len(meaning)
    others = picture.quantize(room, kmeans=1, dither=Image.Dither.NONE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*others[: 3 * room], *(channel for colour in meaning for channel in colour)])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def _narrower(path: Path) -> Image.Image:
    """Return a picture of a report at the width of a page."""
    picture = Image.open(path).convert("RGB")
    return picture.resize((PAGE_WIDTH, round(picture.height * PAGE_WIDTH / picture.width)), Image.Resampling.LANCZOS)


def _segments(phantom: Phantom, segmented: Segmented) -> Image.Image:
    """Axial and coronal slices with the sub-regions, and their surfaces."""
    scene, volumes, result, centre = segmented
    available = tuple(volumes)
    node = result.segmentation
    display = node.GetDisplayNode()
    display.SetOpacity2DFill(0.25)
    display.SetOpacity2DOutline(1.0)
    slices: list[Panel] = [
        (slice_view(scene, volumes[available[0]], centre, SIZE, view.name), view) for view in (AXIAL, CORONAL)
    ]
    node.CreateClosedSurfaceRepresentation()
    display.SetVisibility3D(True)
    display.SetSegmentOpacity3D("ED", 0.4)
    brain = np.asarray(phantom.study.images[available[0]]) != 0
    model = add_surface(scene, brain, phantom.study.grid.affine, 0.28)
    solid = view_3d(scene, SIZE, (0.9, 0.75, 0.5), zoom=1.3)
    scene.RemoveNode(model)
    title = f"Sub-regions from {subset_name(available)}"
    if Modality.T1CE not in available:
        title += ": without T1ce nobody sees enhancement, ET is a guess"
    key: Key = [(label.colour, f"{label.name} {result.volumes_ml[label.name]:.1f} ml") for label in TUMOUR_LABELS]
    return _composed(title, [*slices, (solid, None)], key)


def _confidence(phantom: Phantom, segmented: Segmented) -> Image.Image:
    """Nested regions as outlines, and the confidence map on the same slice."""
    scene, volumes, result, centre = segmented
    available = tuple(volumes)
    labels = label_map(result.segmentation, volumes[available[0]])
    set_segments(result.segmentation, labels, phantom.study.grid.affine, nested=True)
    display = result.segmentation.GetDisplayNode()
    display.SetOpacity2DFill(0.0)
    display.SetOpacity2DOutline(1.0)
    plain = slice_view(scene, volumes[available[0]], centre, SIZE)
    display.SetVisibility(False)
    levels = slice_view(scene, volumes[available[0]], centre, SIZE, foreground=result.confidence)
    title = f"Nested regions and confidence from {subset_name(available)}"
    key: Key = [(region.colour, f"{region.value} {result.volumes_ml[region.value]:.1f} ml") for region in REGIONS]
    key += [(level.colour, level.name.lower()) for level in CONFIDENCE_LEVELS]
    return _composed(title, [(plain, AXIAL), (levels, AXIAL)], key)


def _segmented(phantom: Phantom, available: Subset, report: Path | None = None) -> Segmented:
    """Return a scene with the phantom segmented; `report` gets the files of the result."""
    scene = ensure_scene()
    for kind in ("vtkMRMLVolumeNode", "vtkMRMLSegmentationNode", "vtkMRMLTableNode"):
        for node in slicer.util.getNodesByClass(kind):
            scene.RemoveNode(node)
    affine = phantom.study.grid.affine
    volumes = {m: add_volume(np.asarray(phantom.study.images[m]), affine, f"Phantom {m.display}") for m in available}
    for node in volumes.values():
        node.CreateDefaultDisplayNodes()
        values = slicer.util.arrayFromVolume(node)
        node.GetDisplayNode().SetAutoWindowLevel(False)
        node.GetDisplayNode().SetWindowLevelMinMax(0.0, float(np.percentile(values[values > 0], 99.7)))
    result = segment_nodes(volumes, settings=Settings(device="cpu"), report_folder=report)
    voxels = np.argwhere(phantom.truth.array)
    # The middle slice of the core shows all regions.
    core = np.argwhere(np.isin(phantom.truth.array, (1, 3)))
    middle = affine @ [*np.median(core if len(core) else voxels, axis=0), 1.0]
    return Segmented(scene, volumes, result, (float(middle[0]), float(middle[1]), float(middle[2])))


def _composed(title: str, panels: list[Panel], key: Key) -> Image.Image:
    """Return the views side by side, each with its sides and a scale bar, and title, key and caption."""
    width, height = SIZE
    gap, head, foot = 8, 44, 74
    whole = Image.new("RGB", (len(panels) * (width + gap) - gap, head + height + foot), GROUND)
    pen = Pen.on(whole)
    pen.write((14, 30), title, HEADING)
    for index, (shot, view) in enumerate(panels):
        left = index * (width + gap)
        box = (left, head, left + width, head + height)
        whole.paste(Image.fromarray(shot.picture), box)
        if view is not None:
            letter_sides(pen, view, Frame(box, box))
        scale_bar(pen, (left + 14, head + height - 14), 1.0 / shot.mm_per_pixel, width / 3)
    x = 14.0
    for colour, words in key:
        pen.sample((x, head + height + 26), colour)
        x += 74 + pen.write((x + 32, head + height + 26), words, SMALL)
    pen.write((14, head + height + 56), CAPTION, SMALL, SOFT)
    return whole


if __name__ == "__main__":
    for path in main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"):
        print(path)
