"""The segmentation node that a run is to update: checks that it can be updated."""

from __future__ import annotations

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.segments import own_segments


def checked_output(output: Node | None, reference: Node) -> Node | None:
    """Return the segmentation node to update, or None for a new one.

    Raises:
        InputError: when it is no segmentation node in the reference's scene. Also when it lies under another transform
            than the reference and holds segments that this module did not make: these would move.
    """
    if output is None:
        return None
    if not hasattr(output, "IsA") or not output.IsA("vtkMRMLSegmentationNode"):
        what = f"'{output.GetName()}' ({output.GetClassName()})" if hasattr(output, "GetClassName") else repr(output)
        raise InputError(
            Message(
                "output.no-segmentation",
                "The output {output} is no segmentation: choose a segmentation node, or none for a new one.",
                output=what,
            )
        )
    if output.GetScene() is None or output.GetScene() is not reference.GetScene():
        raise InputError(
            Message(
                "output.no-scene",
                "The output '{output}' is not in the scene of the volumes: choose another one, or none for a new one.",
                output=output.GetName(),
            )
        )
    foreign = output.GetSegmentation().GetNumberOfSegments() - len(own_segments(output.GetSegmentation()))
    if foreign and output.GetTransformNodeID() != reference.GetTransformNodeID():
        raise InputError(
            Message(
                "output.other-transform",
                "The output '{output}' holds other segments under another transform than the reference '{reference}': "
                "choose another output, or put both under the same transform.",
                output=output.GetName(),
                reference=reference.GetName(),
            )
        )
    return output
