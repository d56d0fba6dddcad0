"""The Slicer module GSSSegmentation: module, widget, logic and test. GSSSegmentationLib and GSSCore do the work.

Nothing is imported here at file scope but what comes with Slicer. The rest is imported where it is used, after the
module was made: in a source checkout GSSCore can't be found before.

Research tool, not for clinical use.
"""

from __future__ import annotations

import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import slicer.util
import vtk
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin

from GSSSegmentationLib.library import find_library

if TYPE_CHECKING:
    from GSSCore.vocabulary import Modality
    from GSSSegmentationLib.nodes import Node
    from GSSSegmentationLib.panel import Panel
    from GSSSegmentationLib.run import RunProgress

HOMEPAGE = "https://example.invalid/SlicerGSSSegmentation"
"""A placeholder, as in CMakeLists.txt; see the release checklist in CONTRIBUTING.md."""
TRANSLATIONS = Path(__file__).resolve().parent / "Resources" / "Translations"


class GSSSegmentation(ScriptedLoadableModule):
    """What Slicer shows of the module in its lists and in Help & Acknowledgement."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        find_library()
        # Slicer looks for translations in its own folder only. They are loaded before the first text is made.
        slicer.app.loadTranslations(str(TRANSLATIONS))
        parent.title = _("GSS Brain Tumor Segmentation")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        parent.dependencies = ["Segmentations", "SubjectHierarchy", "Terminologies", "Volumes"]
        parent.contributors = ["GSSSegmentation developers"]
        parent.helpText = _help_text()
        parent.acknowledgementText = _acknowledgement_text()
        slicer.app.connect("startupCompleted()", _register_resources)


def _help_text() -> str:
    paragraphs = [
        _(
            "Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has. Scans are registered to "
            "each other and the brain is found where that was not done before. For adult glioma before surgery. "
            "Research tool, not for clinical use."
        ),
        _("See the {guide}, with a {example}.").format(
            guide=_link("docs/user-guide.md", _("user guide")),
            example=_link("docs/user-guide.md#a-worked-example", _("worked example on sample data")),
        ),
    ]
    return "<p>" + "</p><p>".join(paragraphs) + "</p>"


def _acknowledgement_text() -> str:
    paragraphs = [
        _("The shipped network was trained on studies of the BraTS challenges 2017 to 2021 and of BraTS-Africa."),
        _("How to cite: {link}.").format(link=_link("README.md#how-to-cite", _("in the README"))),
    ]
    return "<p>" + "</p><p>".join(paragraphs) + "</p>"


def _link(page: str, text: str) -> str:
    return f'<a href="{HOMEPAGE}/blob/main/{page}">{text}</a>'


def _register_resources() -> None:
    """Make Slicer know the terminology and the sample data, once."""
    from GSSSegmentationLib.sample_data import register_sample_data
    from GSSSegmentationLib.terminology import load_terminology

    load_terminology()
    register_sample_data()


class GSSSegmentationWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """Makes the panel, and keeps it in step with the scene. `GSSSegmentationLib.panel` is what the panel does."""

    def __init__(self, parent: Any = None) -> None:
        # These come before the base classes: one of them calls setup when there is no parent.
        self.panel: Panel | None = None
        self._parameters: Any = None
        self._connection: Any = None
        VTKObservationMixin.__init__(self)
        ScriptedLoadableModuleWidget.__init__(self, parent)

    def setup(self) -> None:
        """Make the panel. This works without torch and without a main window."""
        from GSSSegmentationLib.dialogs import confirm_installation
        from GSSSegmentationLib.panel import Panel

        ScriptedLoadableModuleWidget.setup(self)
        form = slicer.util.loadUI(self.resourcePath("UI/GSSSegmentation.ui"))
        self.layout.addWidget(form)
        self.ui = slicer.util.childWidgetVariables(form)
        form.setMRMLScene(slicer.mrmlScene)
        self.logic = GSSSegmentationLogic()
        self.panel = Panel(self.ui, confirm_installation, self.isShown)
        # A module that is added while Slicer runs never gets the signal that Slicer has started.
        _register_resources()
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndImportEvent, self.onSceneEndImport)
        self.initializeParameterNode()

    def isShown(self) -> bool:
        """Tell whether the user looks at the module now. A panel outside Slicer's module panel is always shown."""
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
        """The user opens another module: a run goes on, and the parameters stay connected to the widgets.

        In Slicer each connection leaves an observer on the parameter node. So it is not renewed at each visit.
        """

    def onSceneStartClose(self, caller: Any, event: Any) -> None:
        """Stop what runs: its volumes are about to be removed."""
        if self.panel is not None:
            self.panel.abandon(_("Stopped, as the scene was closed."))
        self.setParameterNode(None)

    def onSceneEndClose(self, caller: Any, event: Any) -> None:
        """Start anew in the empty scene."""
        if self.parent.isEntered:
            self.initializeParameterNode()

    def onSceneEndImport(self, caller: Any, event: Any) -> None:
        """Show the parameters that an imported scene has brought; unknown values become the defaults."""
        if self.parent.isEntered:
            self.initializeParameterNode()

    def onReload(self) -> None:
        """Reload GSSSegmentationLib and GSSCore as well as this file."""
        for name in [name for name in sys.modules if name.split(".")[0] in ("GSSSegmentationLib", "GSSCore")]:
            del sys.modules[name]
        ScriptedLoadableModuleWidget.onReload(self)

    def initializeParameterNode(self) -> None:
        """Take the scene's parameter node, or make one."""
        from GSSSegmentationLib.parameter_node import GSSSegmentationParameterNode

        node = self.logic.plainParameterNode()
        if self._parameters is None or self._parameters.parameterNode is not node:
            self.setParameterNode(GSSSegmentationParameterNode(node))
        else:
            self._parameters.Modified()  # the widgets show changes that they have missed

    def setParameterNode(self, parameters: Any) -> None:
        """Show a parameter node and observe it; None for none."""
        if self._parameters is not None:
            self._parameters.disconnectGui(self._connection)
            self.removeObserver(self._parameters, vtk.vtkCommand.ModifiedEvent, self.onParametersChanged)
        self._parameters, self._connection = parameters, None
        if parameters is not None:
            # As `connectGui` does. In some versions of Slicer that returns no tag, and without one the widgets can't be
            # disconnected again.
            names = {name: widget.property("SlicerParameterName") for name, widget in vars(self.ui).items()}
            connected = {parameter: getattr(self.ui, name) for name, parameter in names.items() if parameter}
            self._connection = parameters.connectParametersToGui(connected)
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
        from GSSSegmentationLib.parameter_node import GSSSegmentationParameterNode

        return GSSSegmentationParameterNode(self.plainParameterNode())

    def plainParameterNode(self) -> Node:
        """Return the node that holds them, without values that this version does not know."""
        from GSSSegmentationLib.parameters import take_out_unknown

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
        brain_mask: Node | Path | str | None = None,
        report_folder: Path | str | None = None,
        progress: Callable[[RunProgress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        **settings: Any,
    ) -> Node:
        """Segment the tumour in any of the four volumes, wait for the result, and return the segmentation node.

        Args:
            flair, t1ce, t1, t2: scalar volume nodes; None for a sequence that is missing.
            output: segmentation node to update; None makes a new one.
            reference: whose geometry the segments get: "flair", "t1ce", "t1", "t2" or the node; see the user guide.
            brain_mask: of raw scans: a segmentation node, a label map, or a file; drawn on the reference.
            report_folder: where label map, confidence, report and pictures go as files as well.
            progress: called while it runs, see `GSSSegmentationLib.run.RunProgress`.
            cancelled: asked while it runs; it stops within two seconds.
            settings: of `GSSSegmentationLib.settings.Settings`, by name: input, device, network, nested, ...

        Returns:
            vtkMRMLSegmentationNode; confidence, table and brain are beside it in the subject hierarchy.

        Raises:
            GSSError: with a sentence that says what to do; scene and files are as they were.
        """
        from GSSCore.vocabulary import MODALITIES
        from GSSSegmentationLib.segmentation import segment_nodes
        from GSSSegmentationLib.settings import Settings

        nodes = dict(zip(MODALITIES, (flair, t1ce, t1, t2), strict=True))
        if isinstance(brain_mask, (str, Path)):
            settings["brain_mask"], brain_mask = Path(brain_mask), None
        return segment_nodes(
            nodes,
            output,
            reference=reference,
            brain_mask=brain_mask,
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
            except unittest.SkipTest as reason:  # no test runner is here that would catch it
                self.delayDisplay(f"Skipped: {reason}")

    def test_a_phantom_is_segmented_from_two_sequences(self) -> None:
        """FLAIR and T2 of a head with a known tumour give segments that lie where it is."""
        from GSSCore.phantom import make_phantom
        from GSSCore.vocabulary import RESEARCH_USE, Modality
        from GSSSegmentationLib.dependencies import listed, missing

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
