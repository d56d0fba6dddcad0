"""The report of a run: the child process knows temporary files, and the reader gets the volume nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from GSSCore.messages import Message
from GSSCore.results.report import with_warnings
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.node_names import NodeNames
from GSSSegmentationLib.nodes import Node, described


def report_of_nodes(
    report: dict[str, Any],
    volumes: Mapping[Modality, Node],
    names: NodeNames,
    resampled: Collection[Modality],
    warnings: Sequence[Message],
) -> dict[str, Any]:
    """Return a report with the nodes in place of temporary files, and with more warnings.

    The hashes stay: they are those of the voxels that were handed over.

    Args:
        report: of the child process.
        volumes: the volume nodes.
        names: their names in place of temporary files.
        resampled: the volumes that were resampled before the child process got them.
        warnings: what else the child process could not know.
    """
    files: dict[str, dict[str, Any]] = {m.display: {"file": described(node)} for m, node in volumes.items()}
    for modality in resampled:
        files[modality.display]["resampled"] = True
    inputs, left_out = (
        {name: one | files[name] for name, one in report[part].items()} for part in ("inputs", "left_out")
    )
    messages = [names.in_message(Message.from_json(message)) for message in report["messages"]]
    said = {"warnings": [str(one) for one in messages], "messages": [one.to_json() for one in messages]}
    treated = {"input": names.in_values(report["input"])}
    return with_warnings(report | {"inputs": inputs, "left_out": left_out} | treated | said, warnings)


def node_warnings(
    moved: bool, report_folder: bool, resampled: Collection[Modality], reference: Modality
) -> list[Message]:
    """Return what the reader has to know of the nodes, besides what the child process says of the images.

    Args:
        moved: whether all volumes were moved together while the network ran.
        report_folder: whether the result is written to files as well.
        resampled: the volumes that were resampled before the child process got them.
        reference: whose grid they were resampled onto.
    """
    warnings = []
    if moved:
        warnings.append(
            Message(
                "scene.moved",
                "The volumes were moved together while the segmentation ran; the segments lie where the volumes lie "
                "now.",
            )
        )
    if moved and report_folder:
        warnings.append(
            Message(
                "scene.files-not-moved",
                "The files of the report lie where the volumes were when the segmentation started.",
            )
        )
    warnings.extend(
        Message(
            "scene.resampled",
            "{sequence} lies under a transform that is not affine, and was resampled onto the grid of {reference}.",
            sequence=modality.display,
            reference=reference.display,
        )
        for modality in resampled
    )
    return warnings
