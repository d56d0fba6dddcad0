"""Stands in for `slicer.app` and what hangs on it: signals that a test sends, settings, translations, views.

Anything that is not here is an AttributeError. What Slicer would do to screens, cursors and files is only remembered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import slicer
import vtk
from PySide6 import QtCore, QtWidgets

from standin.dialogs import Dialogs
from standin.pythonqt import Settings
from standin.sample_data import SampleDataLogic

__all__ = ["Application", "Dialogs", "LayoutManager", "ModuleManager", "SampleDataLogic", "Signals"]

VERSION = 5, 12, 3


class Signals:
    """An object whose signals a test sends."""

    def __init__(self, *names: str) -> None:
        self._slots: dict[str, list[Callable[..., Any]]] = {name: [] for name in names}

    def connect(self, signal: str, slot: Callable[..., Any]) -> bool:
        """Connect a signal; an unknown one is an error."""
        self._of(signal).append(slot)
        return True

    def disconnect(self, signal: str, slot: Callable[..., Any]) -> bool:
        """Undo a connection, and tell whether there was one."""
        if slot not in self._of(signal):
            return False
        self._slots[signal].remove(slot)
        return True

    def send(self, signal: str, *arguments: Any) -> None:
        """Send a signal."""
        for slot in list(self._of(signal)):
            slot(*arguments)

    def _of(self, signal: str) -> list[Callable[..., Any]]:
        if signal not in self._slots:
            raise KeyError(f"{type(self).__name__} has no signal {signal!r}, only {', '.join(self._slots)}")
        return self._slots[signal]


class Application(Signals):
    """As much of qSlicerApplication as a module may use.

    Attributes:
        layouts: what `layoutManager()` returns; None as where Slicer has no main window.
        testing: whether Slicer was started with --testing.
        restarts: how often the module wanted Slicer to restart.
        cursors: override cursors that are set.
    """

    def __init__(self) -> None:
        super().__init__("startupCompleted()", "aboutToQuit()", "mrmlSceneChanged(vtkMRMLScene*)")
        self.temporaryPath = tempfile.mkdtemp(prefix="slicer-standin-")
        self.slicerHome = str(Path(self.temporaryPath) / "home")
        self.applicationName, self.organizationName = "Slicer", "Slicer"
        self.applicationVersion = ".".join(map(str, VERSION))
        self.majorVersion, self.minorVersion = VERSION[:2]
        self.documentationBaseUrl = "https://slicer.readthedocs.io/en/latest/"
        _settings_below(self.temporaryPath)
        self._settings = Settings()
        self._modules = ModuleManager()
        self._translators: list[QtCore.QTranslator] = []
        self.layouts: Any = LayoutManager()
        self.testing = False
        self.restarts = 0
        self.cursors: list[Any] = []
        self._environment = QtCore.QProcessEnvironment.systemEnvironment()

    # --- settings and how it was started ----------------------------------------------------------------------------

    def settings(self) -> QtCore.QSettings:
        """Return the settings: those of `qt.QSettings()`."""
        return self._settings

    userSettings = revisionUserSettings = settings

    def testingEnabled(self) -> bool:
        """Tell whether Slicer runs tests."""
        return self.testing

    def commandOptions(self) -> Any:
        """Return the options of the command line."""
        return SimpleNamespace(testingEnabled=self.testing, noMainWindow=True, pythonScript="")

    def startupEnvironment(self) -> QtCore.QProcessEnvironment:
        """Return the environment in which Slicer was started."""
        return self._environment

    def moduleDocumentationUrl(self, moduleName: str) -> str:
        """Return where a module is documented."""
        return f"{self.documentationBaseUrl}user_guide/modules/{moduleName.lower()}.html"

    # --- parts ------------------------------------------------------------------------------------------------------

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return slicer.mrmlScene

    def applicationLogic(self) -> Any:
        """Return the logic of the application."""
        return slicer.appLogic

    def moduleManager(self) -> ModuleManager:
        """Return the module manager."""
        return self._modules

    def moduleLogic(self, moduleName: str) -> Any:
        """Return a module's logic."""
        return getattr(slicer.modules, moduleName.lower()).logic()

    def layoutManager(self) -> Any:
        """Return the layout manager."""
        return self.layouts

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def processEvents(self, *_: Any) -> None:
        """Let Qt work."""
        QtWidgets.QApplication.processEvents()

    def clipboard(self) -> Any:
        """Return the clipboard."""
        return QtWidgets.QApplication.clipboard()

    def topLevelWidgets(self) -> list[Any]:
        """Return the windows that are made under the rules; the main window is not among them."""
        return [window for window in QtWidgets.QApplication.topLevelWidgets() if hasattr(window, "className")]

    def keyboardModifiers(self) -> Any:
        """Return which keys are held."""
        return QtWidgets.QApplication.keyboardModifiers()

    def palette(self) -> Any:
        """Return the colours."""
        return QtWidgets.QApplication.palette()

    def setOverrideCursor(self, cursor: Any) -> None:
        """Change the cursor."""
        self.cursors.append(cursor)

    def restoreOverrideCursor(self) -> None:
        """Change it back."""
        if self.cursors:
            self.cursors.pop()

    def pauseRender(self) -> None:
        """Hold rendering back: nothing is rendered."""

    def resumeRender(self) -> None:
        """Render again."""

    def restart(self) -> None:
        """Start Slicer again: remembered."""
        self.restarts += 1

    # --- languages --------------------------------------------------------------------------------------------------

    def translate(self, context: str, text: str) -> str:
        """Return a text in the application's language."""
        return QtCore.QCoreApplication.translate(context, text)

    def installTranslator(self, translator: QtCore.QTranslator) -> bool:
        """Use a translator."""
        self._translators.append(translator)
        return bool(QtCore.QCoreApplication.installTranslator(translator))

    def loadTranslations(self, folder: str) -> None:
        """Load all translations for the language of the settings from a folder, as Slicer does: by the files' ends.

        For the language fr_FR, files that end in fr_FR.qm or fr-FR.qm are taken, and where there is none, in fr.qm.
        """
        language = str(self._settings.value("language") or "").replace("-", "_")
        if not language:
            return
        for name in dict.fromkeys((language, language.split("_")[0])):
            found = {file for end in (name, name.replace("_", "-")) for file in Path(folder).glob(f"*{end}.qm")}
            for file in sorted(found):
                translator = QtCore.QTranslator()
                if translator.load(str(file)):
                    self.installTranslator(translator)
            if found:
                return

    def forget_translations(self) -> None:
        """Take all translations away again."""
        for translator in self._translators:
            QtCore.QCoreApplication.removeTranslator(translator)
        self._translators.clear()


class ModuleManager(Signals):
    """qSlicerModuleManager: knows the modules, and says when one goes."""

    def __init__(self) -> None:
        super().__init__("moduleAboutToBeUnloaded(QString)", "moduleLoaded(QString)")

    def module(self, name: str) -> Any:
        """Return a module, or None."""
        return getattr(slicer.modules, name.lower(), None)


class LayoutManager:
    """The views: remembers what was wanted of them."""

    def __init__(self) -> None:
        self.resets = 0
        self.layout = 0

    def resetThreeDViews(self) -> None:
        """Show all in the 3-D views."""
        self.resets += 1

    def resetSliceViews(self) -> None:
        """Show all in the slice views."""

    def setLayout(self, layout: int) -> None:
        """Arrange the views."""
        self.layout = layout

    def sliceViewNames(self) -> tuple[str, ...]:
        """Return the names of the slice views: there are none."""
        return ()

    def mrmlSliceLogics(self) -> Any:
        """Return the slice views' logics: none."""
        return vtk.vtkCollection()


def _settings_below(folder: str) -> None:
    """Let all settings go into a folder of this process, rather than among the user's own."""
    kind = QtCore.QSettings
    kind.setDefaultFormat(kind.Format.IniFormat)
    for scope in (kind.Scope.UserScope, kind.Scope.SystemScope):
        kind.setPath(kind.Format.IniFormat, scope, str(Path(folder) / scope.name))
    QtCore.QCoreApplication.setOrganizationName("Slicer")
    QtCore.QCoreApplication.setApplicationName("Slicer")
