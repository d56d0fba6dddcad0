"""The parameter node of the module."""

# No `from __future__ import annotations`: parameterNodeWrapper reads the annotations of its class as types.

from typing import Annotated, Union

from slicer import vtkMRMLLabelMapVolumeNode, vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode
from slicer.parameterNodeWrapper import Choice, parameterNodeWrapper

from GSSSegmentationLib.parameters import REFERENCES, with_settings


@parameterNodeWrapper
@with_settings
class GSSSegmentationParameterNode:
    """What the user has chosen; saved with the scene. The options of `Settings` that the panel shows are added."""

    flair: vtkMRMLScalarVolumeNode
    t1ce: vtkMRMLScalarVolumeNode
    t1: vtkMRMLScalarVolumeNode
    t2: vtkMRMLScalarVolumeNode
    segmentation: vtkMRMLSegmentationNode
    # `parameterNodeWrapper` knows no other way to write this, and needs the None.
    brainMask: Union[vtkMRMLSegmentationNode, vtkMRMLLabelMapVolumeNode, None]  # noqa: UP007
    reference: Annotated[str, Choice(REFERENCES)] = "automatic"
    showResult: bool = True
