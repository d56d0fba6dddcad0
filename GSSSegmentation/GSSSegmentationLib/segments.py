"""Makes segments from a label map: names, colours, terminology, and the geometry of the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from GSSCore.imaging.arrays import Affine, Mask
from GSSCore.imaging.boxes import bounding_box, corner_of
from GSSCore.vocabulary import REGIONS, TUMOUR_LABELS, Label, Region
from GSSSegmentationLib.nodes import Node, vtk_matrix

OWN_TAG = "GSSSegmentation.segment"
"""Tag of the segments that this module makes. A later run replaces these, and does not touch others."""
CONTEXT = "Brain tumour - GSSSegmentation"
"""Name of the terminology in Resources/Terminologies."""
_CATEGORY = "SCT^49755003^Morphologically Altered Structure"
_ANATOMY = "Anatomic codes - DICOM master list~SCT^12738006^Brain~^^"
_TYPES: dict[Label | Region, str] = {
    Label.NCR: "SCT^6574001^Necrosis",
    Label.ED: "SCT^79654002^Edema",
    Label.ET: "NCIt^C113842^Enhancing Lesion",
    Region.WT: "SCT^52988006^Lesion",
    Region.TC: "SCT^108369006^Neoplasm",
    Region.ET: "NCIt^C113842^Enhancing Lesion",
}


@dataclass(frozen=True)
class Segment:
    """A segment to be made.

    Attributes:
        id: identifier in the segmentation, never translated.
        name: what the user reads.
        colour: RGB, 0 to 255.
        terminology: the entry, seven parts joined by a tilde.
        labels: the values of the label map that it consists of.
    """

    id: str
    name: str
    colour: tuple[int, int, int]
    terminology: str
    labels: tuple[Label, ...]


BRAIN = Segment(
    "brain",
    "Brain",
    (77, 201, 246),
    "Segmentation category and type - DICOM master list~SCT^123037004^Anatomical Structure~SCT^12738006^Brain~^^~"
    "Anatomic codes - DICOM master list~^^~^^",
    (),
)
"""The brain of a raw study. Its colour is none of a tumour's, and stands out from grey."""


def wanted_segments(nested: bool) -> tuple[Segment, ...]:
    """Return the sub-regions NCR, ED and ET, or the nested regions WT, TC and ET."""
    if nested:
        return tuple(_segment(region.value, region, region.colour, region.labels) for region in REGIONS)
    return tuple(_segment(label.name, label, label.colour, (label,)) for label in TUMOUR_LABELS)


def terminology_entry(structure: Label | Region) -> str:
    """Return the terminology entry of a segment: context, category, type, modifier, anatomy, region, modifier."""
    return f"{CONTEXT}~{_CATEGORY}~{_TYPES[structure]}~^^~{_ANATOMY}"


def own_segments(segmentation: Any) -> list[str]:
    """Return the ids of the segments of a vtkSegmentation that an earlier run made."""
    ids = [segmentation.GetNthSegmentID(index) for index in range(segmentation.GetNumberOfSegments())]
    return [name for name in ids if segmentation.GetSegment(name).HasTag(OWN_TAG)]


def set_segments(node: Node, labels: NDArray[np.uint8], affine: Affine, nested: bool) -> None:
    """Replace the segments of an earlier run by those of a label map. Other segments in the node stay.

    Args:
        node: vtkMRMLSegmentationNode; its parent transform is the reference's already.
        labels: uint8 (I, J, K), see `vocabulary.Label`.
        affine: (4, 4), voxel index to RAS in mm in the coordinates of the node, before its parent transform.
        nested: whether the segments are WT, TC and ET instead of NCR, ED and ET.
    """
    made = _with_images(wanted_segments(nested), labels, affine)
    segmentation = node.GetSegmentation()
    had_surface = segmentation.ContainsRepresentation(_surface())
    segmentation.SetSourceRepresentationName(_labelmap())
    for name in own_segments(segmentation):
        segmentation.RemoveSegment(name)
    for segment, image, value in made:
        wanted = segment.id if segmentation.GetSegment(segment.id) is None else ""
        segmentation.AddSegment(_vtk_segment(segment, image, value), wanted)
    if had_surface:
        node.CreateClosedSurfaceRepresentation()


def set_brain(node: Node, brain: NDArray[np.uint8], affine: Affine) -> None:
    """Make the brain the only segment of a node.

    Args:
        node: vtkMRMLSegmentationNode; its parent transform is the reference's already.
        brain: uint8 (I, J, K), 1 in the brain.
        affine: (4, 4), voxel index to RAS in mm, before the parent transform.
    """
    corner, box = _cropped(brain)
    segmentation = node.GetSegmentation()
    segmentation.RemoveAllSegments()
    segmentation.SetSourceRepresentationName(_labelmap())
    segmentation.AddSegment(_vtk_segment(BRAIN, _image(box, corner, affine), 1), BRAIN.id)


def stored_voxels(node: Node, segment: str) -> tuple[Mask, Any] | None:
    """Return the voxels that a segment is kept as, on a box of its own, and not resampled.

    Args:
        node: vtkMRMLSegmentationNode.
        segment: id of one of its segments, with a binary label map.

    Returns:
        Where the segment is, (I, J, K), and the vtkOrientedImageData with extent and geometry of these voxels; None
        where there are no voxels.
    """
    image = slicer.vtkOrientedImageData()
    node.GetBinaryLabelmapRepresentation(segment, image)
    scalars = image.GetPointData().GetScalars()
    if scalars is None or min(image.GetDimensions()) < 1:
        return None
    values = vtk_to_numpy(scalars).reshape(image.GetDimensions()[::-1]).transpose(2, 1, 0)
    return np.asarray(values != 0), image


def _segment(name: str, structure: Label | Region, colour: tuple[int, int, int], labels: tuple[Label, ...]) -> Segment:
    title = structure.display
    return Segment(name, f"{name} - {title}", colour, terminology_entry(structure), labels)


def _with_images(
    segments: tuple[Segment, ...], labels: NDArray[np.uint8], affine: Affine
) -> list[tuple[Segment, Any, int]]:
    """Return each segment with its image and its value in it. Segments that exclude each other share one image."""
    corner, box = _cropped(labels)
    if all(len(segment.labels) == 1 for segment in segments):
        shared = _image(box, corner, affine)
        return [(segment, shared, int(segment.labels[0])) for segment in segments]
    masks = [np.isin(box, segment.labels).astype(np.uint8) for segment in segments]
    return [(segment, _image(mask, corner, affine), 1) for segment, mask in zip(segments, masks, strict=True)]


def _vtk_segment(segment: Segment, image: Any, value: int) -> Any:
    made = slicer.vtkSegment()
    made.SetName(segment.name)
    made.SetColor(*(channel / 255 for channel in segment.colour))
    made.SetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), segment.terminology)
    made.SetTag(OWN_TAG, segment.id)
    made.SetLabelValue(value)
    made.AddRepresentation(_labelmap(), image)
    return made


def _cropped(labels: NDArray[np.uint8]) -> tuple[tuple[int, int, int], NDArray[np.uint8]]:
    """Return the index of the first voxel of the box around all tumour, and the box; a single voxel without tumour."""
    box = bounding_box(labels != 0)
    if box is None:
        return (0, 0, 0), labels[:1, :1, :1]
    return corner_of(box), labels[box]


def _image(box: NDArray[np.uint8], corner: tuple[int, int, int], affine: Affine) -> Any:
    """Return the box as an oriented image. Its extent says where in the whole grid the box is."""
    image = slicer.vtkOrientedImageData()
    extent = [end for first, size in zip(corner, box.shape, strict=True) for end in (first, first + size - 1)]
    image.SetExtent(extent)
    scalars = numpy_to_vtk(box.ravel(order="F"), deep=True, array_type=vtk.VTK_UNSIGNED_CHAR)
    scalars.SetName("Label")
    image.GetPointData().SetScalars(scalars)
    image.SetImageToWorldMatrix(vtk_matrix(affine))
    return image


def _labelmap() -> str:
    return str(slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName())


def _surface() -> str:
    return str(slicer.vtkSegmentationConverter.GetSegmentationClosedSurfaceRepresentationName())
