"""Where module and panel live in Slicer: qSlicerScriptedLoadableModule and qSlicerScriptedLoadableModuleWidget."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import slicer


class ModuleParent:
    """What a module's class is given as its parent. Only what a module may set is here: anything else is an error."""

    SETTABLE = frozenset({
        "title", "categories", "dependencies", "contributors", "helpText", "acknowledgementText", "icon", "hidden",
        "index", "associatedNodeTypes", "widgetRepresentationCreationEnabled", "place",
    })  # fmt: skip

    def __init__(self, path: str) -> None:
        vars(self)["path"] = path
        self.title = ""
        self.categories: list[str] = []
        self.dependencies: list[str] = []
        self.contributors: list[str] = []
        self.helpText = self.acknowledgementText = ""
        self.icon: Any = None
        self.hidden = False
        self.place: Any = None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.SETTABLE:
            raise AttributeError(f"'{name}' does not exist on qSlicerScriptedLoadableModule")
        super().__setattr__(name, value)

    @property
    def name(self) -> str:
        """The module's name."""
        return self.path.replace("\\", "/").rpartition("/")[2].removesuffix(".py")

    def widgetRepresentation(self) -> Any:
        """Return where the panel is."""
        return None if self.place is None else self.place.parent

    def logic(self) -> Any:
        """Return the C++ logic: scripted modules have none."""
        return None


class Place:
    """Makes a panel, anew at each reload, and tells it when the user comes and goes."""

    def __init__(self, name: str) -> None:
        import qt

        self.name = name
        self.widget: Any = None
        self.parent = self.kind_of_parent()()
        qt.QVBoxLayout(self.parent)
        self.parent._place = self
        self.parent.setMRMLScene(slicer.mrmlScene)

    def reload(self) -> None:
        """Make the panel anew; where the module is selected, it is entered."""
        kind = getattr(sys.modules[self.name], f"{self.name}Widget")
        self.widget = kind(self.parent)
        setattr(slicer.modules, f"{self.name}Widget", self.widget)
        self.widget.setup()
        if self.parent.isEntered:
            self.enter()

    def enter(self) -> None:
        """The user selects the module."""
        self.parent._entered = True
        getattr(self.widget, "enter", lambda: None)()

    def exit(self) -> None:
        """The user selects another module."""
        self.parent._entered = False
        getattr(self.widget, "exit", lambda: None)()

    @staticmethod
    @cache
    def kind_of_parent() -> Any:
        """Return the class of widget that a panel is put into; it needs a Qt application that runs."""
        from standin.widgets import qMRMLWidget

        class qSlicerScriptedLoadableModuleWidget(qMRMLWidget):
            """The widget that a panel is put into."""

            _cpp = True
            _internal = frozenset({"_scene", "_entered", "_place"})

            @property
            def isEntered(self) -> bool:
                """Whether the module is the selected one."""
                return bool(vars(self).get("_entered", False))

            @property
            def moduleName(self) -> str:
                """The module's name."""
                return str(self._place.name)

            def self(self) -> Any:
                """Return the Python object."""
                return self._place.widget

            def reload(self) -> None:
                """Make the panel anew, as reloadScriptedModule asks."""
                self._place.reload()

        return qSlicerScriptedLoadableModuleWidget
