"""Stands in for `slicer.ScriptedLoadableModule`: what a module's classes inherit.

Not here: screenshots, editing of sources, and the choice between the menu's two entries that Slicer remembers.
"""

from __future__ import annotations

import importlib
import logging
import unittest
from pathlib import Path
from typing import Any

import slicer
import slicer.util

__all__ = [
    "ScriptedLoadableModule",
    "ScriptedLoadableModuleLogic",
    "ScriptedLoadableModuleTest",
    "ScriptedLoadableModuleWidget",
]

PARAMETER_NODE = "vtkMRMLScriptedModuleNode"


class ScriptedLoadableModule:
    """The module in Slicer's lists."""

    def __init__(self, parent: Any) -> None:
        import qt

        super().__init__()
        self.parent = parent
        self.moduleName = type(self).__name__
        parent.title = ""
        parent.categories, parent.dependencies, parent.contributors = [], [], []
        parent.helpText = parent.acknowledgementText = ""
        icons = Path(parent.path).parent / "Resources" / "Icons"
        for icon in (icons / f"{self.moduleName}.svg", icons / f"{self.moduleName}.png"):
            if icon.is_file():
                parent.icon = qt.QIcon(str(icon))
                break
        slicer.selfTests[self.moduleName] = self.runTest

    def resourcePath(self, filename: str) -> str:
        """Return the path of a resource."""
        return str(Path(self.parent.path).parent / "Resources" / filename)

    def getDefaultModuleDocumentationLink(self, docPage: str | None = None) -> str:
        """Return a sentence with a link to the documentation."""
        base = slicer.app.documentationBaseUrl
        url = base + docPage if docPage else slicer.app.moduleDocumentationUrl(self.moduleName)
        return f'<p>For more information see the <a href="{url}">online documentation</a>.</p>'

    def runTest(self, msec: int = 100, **options: Any) -> None:
        """Run the module's test class."""
        module = importlib.import_module(type(self).__module__)
        kind = getattr(module, f"{self.moduleName}Test", None)
        if kind is None:
            raise AssertionError(f"{module.__name__} has no class {self.moduleName}Test")
        case = kind()
        case.messageDelay = msec
        case.runTest(**options)


class ScriptedLoadableModuleWidget:
    """The module's panel."""

    def __init__(self, parent: Any = None) -> None:
        import qt

        super().__init__()
        self.moduleName = type(self).__name__.removesuffix("Widget")
        self.developerMode = slicer.util.settingsValue("Developer/DeveloperMode", False, converter=slicer.util.toBool)
        self.parent = parent
        if parent is None:
            self.parent = slicer.qMRMLWidget()
            self.parent.setLayout(qt.QVBoxLayout())
            self.parent.setMRMLScene(slicer.mrmlScene)
        self.layout = self.parent.layout()
        if parent is None:
            self.setup()
            self.parent.show()
        slicer.app.moduleManager().connect("moduleAboutToBeUnloaded(QString)", self._onModuleAboutToBeUnloaded)

    def resourcePath(self, filename: str) -> str:
        """Return the path of a resource."""
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / filename)

    def setup(self) -> None:
        """Make what every panel has: the developer's buttons, where these are wanted."""
        self.setupDeveloperSection()

    def setupDeveloperSection(self) -> None:
        """Make the buttons to reload and to test."""
        import ctk
        import qt

        if not self.developerMode:
            return
        self.reloadCollapsibleButton = ctk.ctkCollapsibleButton()
        self.reloadCollapsibleButton.text = "Reload && Test"
        self.layout.addWidget(self.reloadCollapsibleButton)
        row = qt.QHBoxLayout(self.reloadCollapsibleButton)
        self.reloadButton, self.reloadTestButton = qt.QPushButton("Reload"), qt.QPushButton("Reload and Test")
        row.addWidget(self.reloadButton)
        row.addWidget(self.reloadTestButton)
        self.reloadButton.connect("clicked()", self.onReload)
        self.reloadTestButton.connect("clicked()", self.onReloadAndTest)

    def cleanup(self) -> None:
        """Be told that the module goes."""

    def onReload(self) -> None:
        """Load the main file again, and make a new panel."""
        slicer.util.reloadScriptedModule(self.moduleName)

    def onTest(self, **options: Any) -> None:
        """Run the module's test class."""
        with slicer.util.tryWithErrorDisplay("Test failed."):
            slicer.selfTests[self.moduleName](msec=0, **options)

    def onReloadAndTest(self, **options: Any) -> None:
        """Do both."""
        with slicer.util.tryWithErrorDisplay("Reload and Test failed."):
            self.onReload()
            slicer.selfTests[self.moduleName](msec=0, **options)

    def _onModuleAboutToBeUnloaded(self, moduleName: str) -> None:
        """Clean up, once. Slicer's own reload takes this connection away, by this name."""
        if moduleName == self.moduleName:
            self.cleanup()
            slicer.app.moduleManager().disconnect("moduleAboutToBeUnloaded(QString)", self._onModuleAboutToBeUnloaded)


class ScriptedLoadableModuleLogic:
    """The module's logic, with its parameter node."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__()
        self.moduleName = type(self).__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self) -> Any:
        """Return the scene's parameter node of the module, a new one where there is none."""
        if not self.isSingletonParameterNode:
            every = self.getAllParameterNodes()
            return every[0] if every else slicer.mrmlScene.AddNode(self.createParameterNode())
        node = slicer.mrmlScene.GetSingletonNode(self.moduleName, PARAMETER_NODE)
        if node is None:
            return slicer.mrmlScene.AddNode(self.createParameterNode())
        # Closing the scene takes the attribute away and leaves the node.
        if node.GetAttribute("ModuleName") != self.moduleName:
            node.SetAttribute("ModuleName", self.moduleName)
        return node

    def getAllParameterNodes(self) -> list[Any]:
        """Return all of them: there may be several where they are no singletons."""
        every = slicer.util.getNodesByClass(PARAMETER_NODE)
        return [node for node in every if node.GetAttribute("ModuleName") == self.moduleName]

    def createParameterNode(self) -> Any:
        """Return a new one, which is not in the scene yet."""
        node = slicer.mrmlScene.CreateNodeByClass(PARAMETER_NODE)
        node.UnRegister(None)
        if self.isSingletonParameterNode:
            node.SetSingletonTag(self.moduleName)
        node.SetAttribute("ModuleName", self.moduleName)
        node.SetName(slicer.mrmlScene.GenerateUniqueName(self.moduleName))
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    """The module's self test."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What derived classes mix in besides; as in the original, it gets no arguments.
        super(unittest.TestCase, self).__init__()
        self.enableScreenshots = False
        self.screenshotScaleFactor = 1.0

    def delayDisplay(self, message: str, requestedDelay: int | None = None, msec: int | None = None) -> None:
        """Show a message for a while; here it is logged, and Qt gets time to work."""
        logging.getLogger(__name__).info(message)
        slicer.app.processEvents()

    def runTest(self) -> None:
        """Run nothing."""
        logging.getLogger(__name__).warning("No test is defined in %s", type(self).__name__)
