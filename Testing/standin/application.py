"""Stands in for `slicer.app` and for the dialogs of `slicer.util`: what would be shown is remembered for the tests."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import vtk
from PySide6 import QtCore, QtWidgets


class Signals:
    """An object whose signals a test sends."""

    def __init__(self, *names: str) -> None:
        self._slots: dict[str, list[Callable[..., Any]]] = {name: [] for name in names}

    def connect(self, signal: str, slot: Callable[..., Any]) -> bool:
        """Connect a signal; an unknown one is an error."""
        self._slots[signal].append(slot)
        return True

    def disconnect(self, signal: str, slot: Callable[..., Any]) -> bool:
        """Undo a connection."""
        self._slots[signal].remove(slot)
        return True

    def send(self, signal: str, *arguments: Any) -> None:
        """Send a signal."""
        for slot in list(self._slots[signal]):
            slot(*arguments)


class Application(Signals):
    """As much of qSlicerApplication as a module may use; anything else is an AttributeError."""

    def __init__(self) -> None:
        super().__init__("startupCompleted()", "aboutToQuit()")
        self.temporaryPath = tempfile.mkdtemp(prefix="slicer-standin-")
        self._settings = QtCore.QSettings(
            str(Path(self.temporaryPath) / "Slicer.ini"), QtCore.QSettings.Format.IniFormat
        )
        self._modules = Signals("moduleAboutToBeUnloaded(QString)")
        self._translators: list[QtCore.QTranslator] = []
        self.layouts = LayoutManager()
        self.testing = False
        self._environment = QtCore.QProcessEnvironment.systemEnvironment()

    def settings(self) -> QtCore.QSettings:
        """Return the settings."""
        return self._settings

    def moduleManager(self) -> Signals:
        """Return the module manager."""
        return self._modules

    def layoutManager(self) -> Any:
        """Return the layout manager."""
        return self.layouts

    def startupEnvironment(self) -> QtCore.QProcessEnvironment:
        """Return the environment in which Slicer was started."""
        return self._environment

    def processEvents(self) -> None:
        """Let Qt work."""
        QtWidgets.QApplication.processEvents()

    def clipboard(self) -> Any:
        """Return the clipboard."""
        return QtWidgets.QApplication.clipboard()

    def testingEnabled(self) -> bool:
        """Tell whether Slicer runs tests."""
        return self.testing

    def setOverrideCursor(self, cursor: Any) -> None:
        """Change the cursor."""

    def restoreOverrideCursor(self) -> None:
        """Change it back."""

    def loadTranslations(self, folder: str) -> None:
        """Load all translations for the language of the settings from a folder, as Slicer does: by the files' ends."""
        language = str(self._settings.value("language") or "").replace("-", "_")
        for name in dict.fromkeys((language, language[:2])):
            found = sorted(Path(folder).glob(f"*_{name}.qm")) if name else []
            for file in found:
                translator = QtCore.QTranslator()
                if translator.load(str(file)):
                    QtCore.QCoreApplication.installTranslator(translator)
                    self._translators.append(translator)
            if found:
                return

    def forget_translations(self) -> None:
        """Take all translations away again."""
        for translator in self._translators:
            QtCore.QCoreApplication.removeTranslator(translator)
        self._translators.clear()


class LayoutManager:
    """The views: counts how often they were reset."""

    def __init__(self) -> None:
        self.resets = 0

    def resetThreeDViews(self) -> None:
        """Show all in the 3-D views."""
        self.resets += 1

    def mrmlSliceLogics(self) -> Any:
        """Return the slice views' logics: none."""
        return vtk.vtkCollection()


class Dialogs:
    """Dialogs of `slicer.util`: remembered, and answered as a test says."""

    def __init__(self) -> None:
        self.answer = True
        self.asked: list[str] = []
        self.shown: list[str] = []

    def confirmOkCancelDisplay(
        self, text: str, windowTitle: str | None = None, parent: Any = None, **options: Any
    ) -> bool:
        """Ask for OK or Cancel."""
        self.asked.append(text)
        return self.answer

    def errorDisplay(self, text: str, windowTitle: str | None = None, **options: Any) -> None:
        """Show an error."""
        self.shown.append(text)


class SampleDataLogic:
    """The Sample Data module's registration."""

    sources: list[SimpleNamespace] = []

    @staticmethod
    def registerCustomSampleDataSource(
        category: str = "Custom",
        sampleName: Any = None,
        uris: Any = None,
        fileNames: Any = None,
        nodeNames: Any = None,
        customDownloader: Any = None,
        thumbnailFileName: Any = None,
        loadFileTypes: Any = None,
        loadFiles: Any = None,
        loadFileProperties: Any = None,
        checksums: Any = None,
        loadFileType: Any = None,
    ) -> None:
        """Register a source; the module's own checks on names and addresses are made here as well."""
        for value in (uris, fileNames, nodeNames):
            if not isinstance(value, str | list):
                raise TypeError("uris, file names and node names are strings or lists")
        source = SimpleNamespace(
            category=category, sampleName=sampleName, uris=uris, customDownloader=customDownloader,
            thumbnailFileName=thumbnailFileName,
        )  # fmt: skip
        SampleDataLogic.sources.append(source)
