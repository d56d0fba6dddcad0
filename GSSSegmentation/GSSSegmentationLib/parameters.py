"""What the parameters of a scene may say. A scene from elsewhere, or of another version, may say something else."""

from __future__ import annotations

from typing import Any

from GSSCore.vocabulary import MODALITIES

REFERENCES = ("automatic", *(modality.value for modality in MODALITIES))
SEGMENTS = ("sub-regions", "nested")
DEVICES = ("auto", "cpu", "cuda", "mps")
"""Identifiers of the choices, in the order of the items of their combo boxes; what the items say is translated."""
CHOICES = {"reference": REFERENCES, "segments": SEGMENTS, "device": DEVICES}
"""Of each parameter that is one; the first is the default."""
LARGEST_ML = 50.0
"""Of the components that may be cleaned up."""
_VOLUMES_ML = ("minimumComponent", "minimumEnhancing")
_NODES = dict.fromkeys((modality.value for modality in MODALITIES), "vtkMRMLScalarVolumeNode") | {
    "segmentation": "vtkMRMLSegmentationNode"
}


def take_out_unknown(node: Any) -> None:
    """Take what nobody knows out of a parameter node, so that the defaults take its place.

    `parameterNodeWrapper` checks what is set, but not what it reads, and fails at what is no number.

    Args:
        node: vtkMRMLScriptedModuleNode.
    """
    modified = node.StartModify()
    for name, choices in CHOICES.items():
        if node.HasParameter(name) and node.GetParameter(name) not in choices:
            node.UnsetParameter(name)
    for name in _VOLUMES_ML:
        if node.HasParameter(name) and not _is_volume(node.GetParameter(name)):
            node.UnsetParameter(name)
    for name, kind in _NODES.items():
        other = node.GetNodeReference(name)
        if other is not None and not other.IsA(kind):
            node.SetNodeReferenceID(name, None)
    node.EndModify(modified)


def _is_volume(text: str) -> bool:
    try:
        return 0.0 <= float(text) <= LARGEST_ML
    except ValueError:
        return False
