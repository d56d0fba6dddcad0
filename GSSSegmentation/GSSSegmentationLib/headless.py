"""Slicer's scene and module logics without the Slicer application, on the `slicer-core` package.

Batch scripts and tests use it. In Slicer all of it exists already, and `ensure_scene` changes nothing.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import slicer
import vtk

LOGICS = {
    "Volumes": "vtkSlicerVolumesLogic",
    "SubjectHierarchy": "vtkSlicerSubjectHierarchyModuleLogic",
    "Segmentations": "vtkSlicerSegmentationsModuleLogic",
}
"""Classes of the module logics by module. Colours and terminologies are set up on their own."""


def in_application() -> bool:
    """Tell whether this process is the Slicer application, rather than Python with `slicer-core`."""
    return hasattr(slicer, "app")


def ensure_scene() -> Any:
    """Return the scene, or make it: vtkMRMLScene with application and module logics.

    Afterwards `slicer.mrmlScene`, `slicer.modules.<name>.logic()` and `slicer.util` work as they do in Slicer. Node
    display, terminologies and subject hierarchy come without Slicer's own resource files.
    """
    if in_application() or getattr(slicer, "mrmlScene", None) is not None:
        return slicer.mrmlScene
    # Otherwise every vtkErrorMacro is printed twice, once by VTK's own log.
    vtk.vtkLogger.SetStderrVerbosity(vtk.vtkLogger.VERBOSITY_OFF)
    scene = slicer.vtkMRMLScene()
    application = slicer.vtkSlicerApplicationLogic()
    application.SetMRMLScene(scene)
    application.GetColorLogic().SetMRMLScene(scene)
    application.GetColorLogic().AddDefaultColorNodes()
    logics = {"Colors": application.GetColorLogic()}
    for name, kind in LOGICS.items():
        logics[name] = _logic(kind, name, application, scene)
    logics["Terminologies"] = _terminologies(application)
    slicer.mrmlScene = scene
    slicer.appLogic = application
    slicer.modules = SimpleNamespace(**{name.lower(): _Module(logic) for name, logic in logics.items()})
    return scene


class _Module:
    """Stands for `slicer.modules.<name>`; it has nothing but a logic."""

    def __init__(self, logic: Any) -> None:
        self._logic = logic

    def logic(self) -> Any:
        return self._logic


def _logic(kind: str, name: str, application: Any, scene: Any) -> Any:
    logic = getattr(slicer, kind)()
    logic.SetMRMLScene(scene)
    logic.SetMRMLApplicationLogic(application)
    application.SetModuleLogic(name, logic)
    return logic


def _terminologies(application: Any) -> Any:
    """Return the logic of terminologies. It gets no scene, in which it would look for Slicer's own lists."""
    logic = slicer.vtkSlicerTerminologiesModuleLogic()
    logic.SetMRMLApplicationLogic(application)
    application.SetModuleLogic("Terminologies", logic)
    return logic
