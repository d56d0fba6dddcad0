"""A module as small as can be, on which the stand-ins are tested."""

from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Optional

import ctk
import qt
import slicer
import slicer.util
import vtk
from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode
from slicer.i18n import tr as _
from slicer.parameterNodeWrapper import Choice, Default, WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin

LOADED: list[str] = []
"""What was made, in its order."""


class Speed(Enum):
    SLOW = "slow"
    FAST = "fast"


class StandInTiny(ScriptedLoadableModule):
    """The module in Slicer's lists."""

    def __init__(self, parent: Any) -> None:
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = _("Tiny")
        parent.categories = ["Testing"]


@parameterNodeWrapper
class StandInTinyParameterNode:
    """What the user has chosen."""

    image: vtkMRMLScalarVolumeNode
    result: Optional[vtkMRMLSegmentationNode]  # noqa: UP045  the wrapper knows no bar
    threshold: Annotated[float, WithinRange(-100.0, 500.0)] = 100.0
    count: Annotated[int, Default(3)]
    inverted: bool = False
    label: str = "tumour"
    view: Annotated[str, Choice(["axial", "coronal"])] = "axial"
    speed: Speed
    folder: Path


class StandInTinyWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel."""

    def __init__(self, parent: Any = None) -> None:
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.parameters: Any = None
        self.connection: Any = None
        self.told: list[str] = []

    def setup(self) -> None:
        ScriptedLoadableModuleWidget.setup(self)
        form = slicer.util.loadUI(self.resourcePath("UI/StandInTiny.ui"))
        self.layout.addWidget(form)
        self.ui = slicer.util.childWidgetVariables(form)
        form.setMRMLScene(slicer.mrmlScene)
        self.logic = StandInTinyLogic()
        self.section = ctk.ctkCollapsibleButton()
        self.layout.addWidget(self.section)
        qt.QFormLayout(self.section)
        self.ui.applyButton.connect("clicked(bool)", self.onApply)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onEndClose)
        self.told.append("setup")

    def enter(self) -> None:
        self.told.append("enter")
        self.follow(self.logic.getParameterNode())

    def exit(self) -> None:
        self.told.append("exit")
        self.follow(None)

    def cleanup(self) -> None:
        self.told.append("cleanup")
        self.follow(None)
        self.removeObservers()

    def onStartClose(self, caller: Any, event: Any) -> None:
        self.told.append("start close")
        self.follow(None)

    def onEndClose(self, caller: Any, event: Any) -> None:
        self.told.append("end close")
        if self.parent.isEntered:
            self.follow(self.logic.getParameterNode())

    def follow(self, parameters: Any) -> None:
        if self.parameters is not None:
            self.parameters.disconnectGui(self.connection)
            self.removeObserver(self.parameters, vtk.vtkCommand.ModifiedEvent, self.onModified)
        self.parameters = parameters
        if parameters is not None:
            self.connection = parameters.connectGui(self.ui)
            self.addObserver(parameters, vtk.vtkCommand.ModifiedEvent, self.onModified)

    def onModified(self, caller: Any, event: Any) -> None:
        self.ui.statusLabel.text = f"{self.parameters.threshold:g}"

    def onApply(self, checked: bool = False) -> None:
        with slicer.util.tryWithErrorDisplay(_("It failed."), waitCursor=True):
            if self.parameters.image is None:
                raise ValueError("no image")
            self.ui.statusLabel.text = "done"


class StandInTinyLogic(ScriptedLoadableModuleLogic):
    """The logic."""

    def getParameterNode(self) -> Any:
        return StandInTinyParameterNode(super().getParameterNode())


class StandInTinyTest(ScriptedLoadableModuleTest):
    """The self test."""

    def runTest(self) -> None:
        self.delayDisplay("testing")
        LOADED.append("tested")
