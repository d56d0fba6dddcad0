"""The Slicer module GSSSegmentation: thin, for what it does is in GSSSegmentationLib and GSSCore.

Research tool, not for clinical use.
"""

# No `from __future__ import annotations`: parameterNodeWrapper reads the annotations of its class as types.

import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import slicer
import slicer.util
import vtk
from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import Choice, WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin

import GSSSegmentationLib  # noqa: F401  first, for it finds GSSCore in a source checkout
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE, Modality
from GSSSegmentationLib.dependencies import listed, missing
from GSSSegmentationLib.dialogs import confirm_installation
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.panel import Panel
from GSSSegmentationLib.parameters import DEVICES, LARGEST_ML, REFERENCES, SEGMENTS, take_out_unknown
from GSSSegmentationLib.run import RunProgress
from GSSSegmentationLib.sample_data import register_sample_data
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from GSSSegmentationLib.terminology import load_terminology

TRANSLATIONS = Path(__file__).resolve().parent / "Resources" / "Translations"


class GSSSegmentation(ScriptedLoadableModule):
    """What Slicer shows of the module in its lists."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        # Slicer looks for translations in its own folder only. Before the first text is made:
        slicer.app.loadTranslations(str(TRANSLATIONS))
        parent.title = _("GSS Segmentation")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        parent.dependencies = ["Segmentations", "SubjectHierarchy", "Terminologies", "Volumes"]
        parent.contributors = ["GSSSegmentation developers"]
        parent.helpText = _(
            "Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has. The images must be "
            "skull-stripped and registered to each other. For adult glioma before surgery. Research tool, not for "
            "clinical use."
        )
        parent.acknowledgementText = _(
            "The shipped network was trained on studies of the BraTS challenges 2017 to 2021 and of BraTS-Africa."
        )
        slicer.app.connect("startupCompleted()", load_terminology)
        slicer.app.connect("startupCompleted()", register_sample_data)


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


class GSSSegmentationWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel's life; what it does is in GSSSegmentationLib.panel."""

    def __init__(self, parent: Any = None) -> None:
        # Before the base classes: without a parent, the first of them calls setup.
        self.panel: Panel | None = None
        self._parameters: Any = None
        self._connection: Any = None
        VTKObservationMixin.__init__(self)
        ScriptedLoadableModuleWidget.__init__(self, parent)

    def setup(self) -> None:
        """Make the panel. Needs no torch, and no main window."""
        ScriptedLoadableModuleWidget.setup(self)
        form = slicer.util.loadUI(self.resourcePath("UI/GSSSegmentation.ui"))
        self.layout.addWidget(form)
        self.ui = slicer.util.childWidgetVariables(form)
        form.setMRMLScene(slicer.mrmlScene)
        self.logic = GSSSegmentationLogic()
        self.panel = Panel(self.ui, confirm_installation, self.isShown)
        # Slicer has told a module that is added while it runs nothing of its start.
        load_terminology()
        register_sample_data()
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndImportEvent, self.onSceneEndImport)
        self.initializeParameterNode()

    def isShown(self) -> bool:
        """Tell whether the user looks at the module; a panel of its own, without Slicer's place for it, always is."""
        return bool(getattr(self.parent, "isEntered", True))

    def cleanup(self) -> None:
        """Stop what runs: the module is unloaded, or Slicer quits."""
        if self.panel is not None:
            self.panel.close()
        self.setParameterNode(None)
        self.removeObservers()

    def enter(self) -> None:
        """The user opens the module."""
        self.initializeParameterNode()

    def exit(self) -> None:
        """The user opens another module: a run goes on, and what is chosen stays tied to the widgets.

        Each tie leaves an observer of the parameter node behind, in Slicer, so that it is not made anew at each visit.
        """

    def onSceneStartClose(self, caller: Any, event: Any) -> None:
        """Stop what runs: its volumes are about to go."""
        if self.panel is not None:
            self.panel.abandon(_("Stopped, as the scene was closed."))
        self.setParameterNode(None)

    def onSceneEndClose(self, caller: Any, event: Any) -> None:
        """Start anew in the empty scene."""
        if self.parent.isEntered:
            self.initializeParameterNode()

    def onSceneEndImport(self, caller: Any, event: Any) -> None:
        """Show what a scene has brought: it may say of the parameters what nobody knows."""
        if self.parent.isEntered:
            self.initializeParameterNode()

    def onReload(self) -> None:
        """Load the helpers anew as well, and not the main file alone."""
        for name in [name for name in sys.modules if name.split(".")[0] in ("GSSSegmentationLib", "GSSCore")]:
            del sys.modules[name]
        ScriptedLoadableModuleWidget.onReload(self)

    def initializeParameterNode(self) -> None:
        """Take the scene's parameter node, which is made where there is none."""
        node = self.logic.plainParameterNode()
        if self._parameters is None or self._parameters.parameterNode is not node:
            self.setParameterNode(GSSSegmentationParameterNode(node))
        else:
            self._parameters.Modified()  # so that the widgets say what it says, and not what they missed

    def setParameterNode(self, parameters: Any) -> None:
        """Show and follow a parameter node; None for none."""
        if self._parameters is not None:
            self._parameters.disconnectGui(self._connection)
            self.removeObserver(self._parameters, vtk.vtkCommand.ModifiedEvent, self.onParametersChanged)
        self._parameters, self._connection = parameters, None
        if parameters is not None:
            # What `connectGui` does: in some versions that returns nothing, by which the widgets could be untied again.
            names = {name: widget.property("SlicerParameterName") for name, widget in vars(self.ui).items()}
            tied = {parameter: getattr(self.ui, name) for name, parameter in names.items() if parameter}
            self._connection = parameters.connectParametersToGui(tied)
            self.addObserver(parameters, vtk.vtkCommand.ModifiedEvent, self.onParametersChanged)
        if self.panel is not None:
            self.panel.set_parameters(parameters)

    def onParametersChanged(self, caller: Any, event: Any) -> None:
        """Something was chosen."""
        if self.panel is not None:
            self.panel.refresh()


class GSSSegmentationLogic(ScriptedLoadableModuleLogic):
    """Segmentation for the Python console and for scripts."""

    def getParameterNode(self) -> Any:
        """Return the scene's parameters, typed."""
        return GSSSegmentationParameterNode(self.plainParameterNode())

    def plainParameterNode(self) -> Node:
        """Return the node that holds them; what it says and nobody knows has been taken out."""
        node = super().getParameterNode()
        take_out_unknown(node)
        return node

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
        progress: Callable[[RunProgress], None] | None = None,
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
            progress: called while it runs, see `GSSSegmentationLib.run.RunProgress`.
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
        for test in (
            self.test_a_phantom_is_segmented_from_two_sequences,
            self.test_nonsense_is_refused_and_adds_nothing,
        ):
            self.setUp()
            try:
                test()
            except unittest.SkipTest as reason:  # called here, and not by a runner that knows it
                self.delayDisplay(f"Skipped: {reason}")

    def test_a_phantom_is_segmented_from_two_sequences(self) -> None:
        """FLAIR and T2 of a head with a known tumour give segments that lie where it is."""
        from GSSCore.phantom import make_phantom

        if missing():
            self.skipTest(f"{listed(missing())} is not installed")

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
