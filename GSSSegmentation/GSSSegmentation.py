"""The Slicer module GSSSegmentation: thin, for what it does is in GSSSegmentationLib and GSSCore.

Research tool, not for clinical use.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import slicer
import slicer.util
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
)

import GSSSegmentationLib  # noqa: F401  first, for it finds GSSCore in a source checkout
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE, Modality
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.run import Progress
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from GSSSegmentationLib.terminology import load_terminology


class GSSSegmentation(ScriptedLoadableModule):
    """What Slicer shows of the module in its lists."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = _("GSS Segmentation")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        parent.dependencies = ["Segmentations", "SubjectHierarchy", "Terminologies", "Volumes"]
        parent.contributors = ["GSSSegmentation developers"]
        parent.helpText = _(
            "Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has. The images must be "
            "skull-stripped and registered to each other. Research tool, not for clinical use."
        )
        parent.acknowledgementText = _(
            "The shipped network was trained on studies of the BraTS challenges 2017 to 2021 and of BraTS-Africa."
        )
        slicer.app.connect("startupCompleted()", load_terminology)


class GSSSegmentationLogic(ScriptedLoadableModuleLogic):
    """Segmentation for the Python console and for scripts."""

    def segment(
        self,
        flair: Node | None = None,
        t1ce: Node | None = None,
        t1: Node | None = None,
        t2: Node | None = None,
        output: Node | None = None,
        *,
        reference: Modality | str | Node | None = None,
        report_folder: Path | str | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        **settings: Any,
    ) -> Node:
        """Segment the tumour in any of the four volumes, wait for the result, and return the segmentation node.

        Args:
            flair, t1ce, t1, t2: scalar volume nodes; None for a sequence that is missing.
            output: segmentation node to update; None makes a new one.
            reference: whose geometry the segments get: "flair", "t1ce", "t1", "t2" or the node; None is the first of
                FLAIR, T1ce, T2, T1.
            report_folder: where label map, confidence, report and pictures go as files as well.
            progress: called while it runs, see `GSSSegmentationLib.run.Progress`.
            cancelled: asked while it runs; it stops within two seconds.
            settings: of `GSSSegmentationLib.settings.Settings`: device, network, confidence, nested, ...

        Returns:
            vtkMRMLSegmentationNode. Confidence volume and table of volumes are beside it in the subject hierarchy.

        Raises:
            GSSError: with a sentence that says what to do; scene and files are as they were.
        """
        nodes = dict(zip(MODALITIES, (flair, t1ce, t1, t2), strict=True))
        return segment_nodes(
            nodes,
            output,
            reference=reference,
            settings=Settings.of(settings),
            report_folder=report_folder,
            progress=progress,
            cancelled=cancelled,
        ).segmentation


class GSSSegmentationTest(ScriptedLoadableModuleTest):
    """Runs in Slicer, by CTest and by the button Reload and Test."""

    def setUp(self) -> None:
        """Start from an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self) -> None:
        """Run all tests."""
        self.setUp()
        self.test_a_phantom_is_segmented_from_two_sequences()
        self.setUp()
        self.test_nonsense_is_refused_and_adds_nothing()

    def test_a_phantom_is_segmented_from_two_sequences(self) -> None:
        """FLAIR and T2 of a head with a known tumour give segments that lie where it is."""
        from GSSCore.phantom import make_phantom

        self.delayDisplay("Segmenting a phantom from FLAIR and T2")
        phantom = make_phantom(seed=0, shape=(88, 110, 90), spacing_mm=2.0)
        nodes = {
            modality.value: slicer.util.addVolumeFromArray(
                np.ascontiguousarray(np.transpose(phantom.study.images[modality], (2, 1, 0))),
                ijkToRAS=phantom.study.grid.affine,
                name=modality.display,
            )
            for modality in (Modality.FLAIR, Modality.T2)
        }
        segmentation = GSSSegmentationLogic().segment(**nodes, nested=True)
        found = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, "WT", nodes["flair"]) > 0
        truth = np.transpose(phantom.truth.array, (2, 1, 0)) > 0
        dice = 2.0 * (found & truth).sum() / (found.sum() + truth.sum())
        self.assertGreater(dice, 0.5)
        self.assertIn("not for clinical use", segmentation.GetAttribute("GSSSegmentation.ResearchUse"))
        self.delayDisplay(f"Whole tumour found with a Dice of {dice:.2f}. {RESEARCH_USE}")

    def test_nonsense_is_refused_and_adds_nothing(self) -> None:
        """A call without volumes says what to do, and leaves the scene alone."""
        from GSSCore.errors import InputError

        nodes = slicer.mrmlScene.GetNumberOfNodes()
        with self.assertRaises(InputError):
            GSSSegmentationLogic().segment()
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodes(), nodes)
