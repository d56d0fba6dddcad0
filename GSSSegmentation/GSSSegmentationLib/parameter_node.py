"""The parameter node of the module."""

# No `from __future__ import annotations`: parameterNodeWrapper reads the annotations of its class as types.

from typing import Annotated

from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode
from slicer.parameterNodeWrapper import Choice, WithinRange, parameterNodeWrapper

from GSSSegmentationLib.parameters import DEVICES, LARGEST_ML, REFERENCES, SEGMENTS


@parameterNodeWrapper
class GSSSegmentationParameterNode:
    """What the user has chosen; saved with the scene."""

    flair: vtkMRMLScalarVolumeNode
    t1ce: vtkMRMLScalarVolumeNode
    t1: vtkMRMLScalarVolumeNode
    t2: vtkMRMLScalarVolumeNode
    segmentation: vtkMRMLSegmentationNode
    reference: Annotated[str, Choice(REFERENCES)] = "automatic"
    segments: Annotated[str, Choice(SEGMENTS)] = "sub-regions"
    confidence: bool = True
    showResult: bool = True
    device: Annotated[str, Choice(DEVICES)] = "auto"
    network: str = ""
    minimumComponent: Annotated[float, WithinRange(0.0, LARGEST_ML)] = 0.0
    minimumEnhancing: Annotated[float, WithinRange(0.0, LARGEST_ML)] = 0.0
