"""Segments volume nodes in one blocking call, for the console and for batch scripts. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from GSSCore.messages import Message
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import Node, Nodes
from GSSSegmentationLib.run import Run, RunProgress
from GSSSegmentationLib.scene import SceneResult
from GSSSegmentationLib.settings import Settings

POLL_SECONDS = 0.05


def segment_nodes(
    nodes: Nodes,
    output: Node | None = None,
    *,
    reference: Modality | str | Node | None = None,
    brain_mask: Node | None = None,
    settings: Settings | None = None,
    report_folder: Path | str | None = None,
    warnings: Sequence[Message] = (),
    progress: Callable[[RunProgress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SceneResult:
    """Segment the tumour in whichever of FLAIR, T1ce, T1 and T2 there is.

    Args:
        nodes: modality, or its name, -> scalar volume node; None, or left out, for a missing one.
        output: segmentation node to update; None makes a new one.
        reference: whose geometry the segments get; None is the first of FLAIR, T1ce, T2, T1; of raw scans the finest.
        brain_mask: node with the brain, in place of the one that the brain network finds, see `GSSSegmentationLib.run`.
        settings: how to segment.
        report_folder: where label map, confidence, report and pictures go as files as well.
        warnings: of the inputs, such as files that were passed over; the report lists them.
        progress: called about 20 times a second with how far the run is.
        cancelled: asked as often; when it returns True, the run stops within two seconds.

    Returns the nodes and the report.

    Raises:
        GSSError: InputError, UsageError, EnvironmentRefused or Cancelled; scene and files are as they were.
    """
    run = Run(
        nodes,
        output,
        reference=reference,
        brain_mask=brain_mask,
        settings=settings,
        report_folder=report_folder,
        warnings=warnings,
    )
    run.start()
    try:
        while (now := run.poll()).running:
            if progress is not None:
                progress(now)
            if cancelled is not None and cancelled():
                run.cancel()
            time.sleep(POLL_SECONDS)
        return run.finish()
    finally:
        run.close()
