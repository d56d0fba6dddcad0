"""Stands in for `slicer.ScriptedLoadableModule`: what a module's classes inherit."""

from __future__ import annotations

import importlib
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


class ScriptedLoadableModule:
    """The module in Slicer's lists."""

    def __init__(self, parent: Any) -> None:
        self.parent = parent
        self.moduleName = type(self).__name__
        slicer.selfTests[self.moduleName] = self.runTest

    def resourcePath(self, name: str) -> str:
        """Return the path of a resource."""
        return str(Path(self.parent.path).parent / "Resources" / name)

    def runTest(self, msec: int = 100, **options: Any) -> None:
        """Run the module's test class."""
        module = importlib.import_module(type(self).__module__)
        case = getattr(module, f"{self.moduleName}Test")()
        case.messageDelay = msec
        case.runTest(**options)


class ScriptedLoadableModuleWidget:
    """The module's panel."""

    def __init__(self, parent: Any = None) -> None:
        self.moduleName = type(self).__name__.removesuffix("Widget")
        self.developerMode = False
        self.parent = parent
        self.layout = parent.layout()
        slicer.app.moduleManager().connect("moduleAboutToBeUnloaded(QString)", self._unloaded)

    def resourcePath(self, name: str) -> str:
        """Return the path of a resource."""
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / name)

    def setup(self) -> None:
        """Make what every panel has: nothing, outside developer mode."""

    def cleanup(self) -> None:
        """Be told that the module goes."""

    def onReload(self) -> None:
        """Load the main file again, and make a new panel."""
        slicer.util.reloadScriptedModule(self.moduleName)

    def _unloaded(self, name: str) -> None:
        if name == self.moduleName:
            self.cleanup()


class ScriptedLoadableModuleLogic:
    """The module's logic, with its parameter node."""

    def __init__(self, parent: Any = None) -> None:
        self.moduleName = type(self).__name__.removesuffix("Logic")
        self.isSingletonParameterNode = True

    def getParameterNode(self) -> Any:
        """Return the scene's parameter node of the module, a new one where there is none."""
        kind = "vtkMRMLScriptedModuleNode"
        node = slicer.mrmlScene.GetSingletonNode(self.moduleName, kind)
        if node is None:
            node = slicer.mrmlScene.CreateNodeByClass(kind)
            node.UnRegister(None)
            node.SetSingletonTag(self.moduleName)
            node.SetAttribute("ModuleName", self.moduleName)
            node.SetName(slicer.mrmlScene.GenerateUniqueName(self.moduleName))
            node = slicer.mrmlScene.AddNode(node)
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    """The module's self test."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*(arguments or ("runTest",)), **options)
        self.messageDelay = 100

    def delayDisplay(self, message: str, msec: int | None = None) -> None:
        """Show a message for a while: here, not at all."""

    def runTest(self) -> None:
        """Run nothing."""
