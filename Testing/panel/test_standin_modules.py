"""The stand-ins open, leave, reload and close a module as Slicer does, and have nothing that Slicer has not."""

from __future__ import annotations

import inspect
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import slicer
import slicer.packaging
import slicer.util
from PySide6 import QtGui
from SampleData import SampleDataLogic
from slicer.i18n import getContext, tr, translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleLogic

from standin import host, names

TINY = Path(__file__).parent / "tiny_module" / "StandInTiny.py"
MODULE = host.ROOT / "GSSSegmentation"


@pytest.fixture
def tiny(slicer_stand_in: SimpleNamespace) -> Iterator[Any]:
    """The panel of the tiny module."""
    _, widget = host.open_module(TINY)
    yield widget
    host.close_module(slicer.modules.StandInTinyWidget)


# --- a module's life -------------------------------------------------------------------------------------------------


def test_the_panel_is_set_up_and_entered(tiny: Any) -> None:
    assert tiny.told == ["setup", "enter"]
    assert tiny.parent.isEntered
    assert tiny.ui.applyButton.visible


def test_leaving_and_entering_are_told(tiny: Any) -> None:
    host.leave_module(tiny)
    assert not tiny.parent.isEntered
    host.enter_module(tiny)
    assert tiny.told[2:] == ["exit", "enter"]


def test_closing_the_scene_is_told_at_start_and_end(tiny: Any) -> None:
    before = tiny.parameters
    host.close_scene()
    assert tiny.told[2:] == ["start close", "end close"]
    assert tiny.parameters is not None
    assert tiny.parameters is not before


def test_a_scene_that_is_closed_elsewhere_makes_no_parameters(tiny: Any) -> None:
    host.leave_module(tiny)
    host.close_scene()
    assert tiny.parameters is None


def test_reload_makes_module_and_panel_anew(tiny: Any) -> None:
    import sys

    before = sys.modules["StandInTiny"]
    new = host.reload_module(tiny)
    assert sys.modules["StandInTiny"] is not before
    assert tiny.told[-1] == "cleanup"
    assert new is not tiny
    assert new.told == ["setup", "enter"]
    assert slicer.modules.standintiny.widgetRepresentation().self() is new
    slicer.app.moduleManager().send("moduleAboutToBeUnloaded(QString)", "StandInTiny")
    assert tiny.told.count("cleanup") == 1, "the old panel is told once"
    assert new.told.count("cleanup") == 1


def test_developers_have_a_button_to_reload(slicer_stand_in: SimpleNamespace) -> None:
    slicer.app.settings().setValue("Developer/DeveloperMode", True)
    try:
        _, widget = host.open_module(TINY)
        widget.reloadTestButton.click()
        assert slicer.modules.StandInTinyWidget is not widget
        import sys

        assert sys.modules["StandInTiny"].LOADED == ["tested"]
    finally:
        slicer.app.settings().setValue("Developer/DeveloperMode", False)
        host.close_module(slicer.modules.StandInTinyWidget)


def test_a_module_is_described_by_what_slicer_knows(tiny: Any) -> None:
    parent = slicer.modules.standintiny
    assert (parent.title, parent.categories, parent.name) == ("Tiny", ["Testing"], "StandInTiny")
    assert parent.path == str(TINY)
    with pytest.raises(AttributeError, match="'help' does not exist"):
        parent.help = "x"
    assert slicer.util.getModuleWidget("StandInTiny") is tiny
    assert slicer.util.getModuleLogic("StandInTiny") is tiny.logic


def test_a_panel_without_a_place_makes_its_own(slicer_stand_in: SimpleNamespace, tiny: Any) -> None:
    assert isinstance(tiny.parent, slicer.qSlicerScriptedLoadableModuleWidget)
    assert tiny.resourcePath("UI/StandInTiny.ui") == str(TINY.parent / "Resources" / "UI" / "StandInTiny.ui")


def test_a_scene_has_one_parameter_node_of_a_module(tiny: Any) -> None:
    node = tiny.logic.getParameterNode().parameterNode
    assert node is tiny.parameters.parameterNode
    assert (node.GetSingletonTag(), node.GetAttribute("ModuleName")) == ("StandInTiny", "StandInTiny")


def test_a_scene_may_have_several_where_they_are_no_singletons(slicer_stand_in: SimpleNamespace) -> None:
    class ManyLogic(ScriptedLoadableModuleLogic):
        pass

    logic = ManyLogic()
    logic.isSingletonParameterNode = False
    first = logic.getParameterNode()
    slicer.mrmlScene.AddNode(logic.createParameterNode())
    assert logic.getParameterNode() is first
    assert len(logic.getAllParameterNodes()) == 2


def test_observers_are_removed_by_name_of_method(tiny: Any) -> None:
    tiny.cleanup()
    host.close_scene()
    assert tiny.told[-1] == "cleanup"


# --- errors and questions --------------------------------------------------------------------------------------------


def test_an_error_is_shown_and_goes_on(tiny: Any, slicer_stand_in: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="no image"):
        tiny.onApply()
    assert slicer_stand_in.dialogs.shown == ["It failed.\n\nno image"]
    assert slicer.app.cursors == []


def test_in_testing_mode_nothing_is_shown_or_asked(
    tiny: Any, slicer_stand_in: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slicer.app, "testing", True)
    with pytest.raises(ValueError, match="no image"):
        tiny.onApply()
    slicer.util.confirmOkCancelDisplay("Really?")
    slicer.util.errorDisplay("It broke.")
    assert (slicer_stand_in.dialogs.shown, slicer_stand_in.dialogs.asked) == ([], [])


@pytest.mark.parametrize("answer", [True, False])
def test_questions_are_answered_as_the_test_says(answer: bool, slicer_stand_in: SimpleNamespace) -> None:
    slicer_stand_in.dialogs.answer = answer
    assert slicer.util.confirmOkCancelDisplay("Really?") is answer
    assert slicer.util.confirmYesNoDisplay("Sure?") is answer
    assert slicer.util.confirmRetryCloseDisplay("Again?") is answer
    assert slicer_stand_in.dialogs.asked == ["Really?", "Sure?", "Again?"]


def test_messages_are_kept(slicer_stand_in: SimpleNamespace) -> None:
    slicer.util.infoDisplay("a")
    slicer.util.warningDisplay("b")
    slicer.util.errorDisplay("c")
    assert slicer_stand_in.dialogs.shown == ["a", "b", "c"]


# --- packages --------------------------------------------------------------------------------------------------------


def test_packages_are_asked_for_and_not_installed(slicer_stand_in: SimpleNamespace) -> None:
    packages = slicer_stand_in.packages
    packages.forget()
    assert slicer.packaging.pip_check("numpy>=1")
    slicer.packaging.pip_ensure(["numpy>=1", "nobodys-package>=2"], requester="Tiny")
    assert len(slicer_stand_in.dialogs.asked) == 1
    assert packages.installed == ["nobodys-package>=2"]
    assert slicer.packaging.pip_check("nobodys-package")
    slicer.util.pip_install("another-one")
    assert packages.installed[-1] == "another-one"
    packages.forget()


def test_an_installation_can_be_declined_and_can_fail(slicer_stand_in: SimpleNamespace) -> None:
    slicer_stand_in.packages.forget()
    slicer_stand_in.dialogs.answer = False
    with pytest.raises(RuntimeError, match="declined"):
        slicer.packaging.pip_ensure("nobodys-package")
    slicer_stand_in.packages.fails = True
    with pytest.raises(subprocess.CalledProcessError):
        slicer.packaging.pip_install("nobodys-package")
    slicer_stand_in.packages.forget()


# --- application -----------------------------------------------------------------------------------------------------


def test_properties_of_the_application_are_no_methods() -> None:
    assert isinstance(slicer.app.temporaryPath, str)
    assert isinstance(slicer.app.slicerHome, str)
    assert slicer.app.testingEnabled() is False
    with pytest.raises(AttributeError):
        slicer.app.temporaryFolder  # noqa: B018


def test_the_application_says_when_it_has_started(slicer_stand_in: SimpleNamespace) -> None:
    told: list[int] = []
    slicer.app.connect("startupCompleted()", lambda: told.append(1))
    slicer.app.send("startupCompleted()")
    assert told == [1]
    with pytest.raises(KeyError, match="has no signal"):
        slicer.app.connect("startupComplete()", print)


def test_there_is_no_main_window() -> None:
    assert slicer.util.mainWindow() is None


def test_views_are_reset_and_filled(slicer_stand_in: SimpleNamespace) -> None:
    before = slicer.app.layouts.resets
    slicer.util.resetThreeDViews()
    assert slicer.app.layouts.resets == before + 1
    composite = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    slicer.util.setSliceViewerLayers(background=volume, fit=True)
    assert composite.GetBackgroundVolumeID() == volume.GetID()


def test_texts_have_the_context_of_their_file() -> None:
    assert getContext(__file__) == "test_standin_modules"
    assert getContext(str(MODULE / "GSSSegmentationLib" / "panel.py")) == "GSSSegmentationLib.panel"
    assert tr("left {alone}") == "left {alone}"
    assert translate("qSlicerAbstractCoreModule", "Segmentation") == "Segmentation"


def test_sample_data_has_the_originals_arguments() -> None:
    arguments = list(inspect.signature(SampleDataLogic.registerCustomSampleDataSource).parameters)
    assert arguments == [
        "category", "sampleName", "uris", "fileNames", "nodeNames", "customDownloader", "thumbnailFileName",
        "loadFileTypes", "loadFiles", "loadFileProperties", "checksums", "loadFileType",
    ]  # fmt: skip
    with pytest.raises(TypeError):
        SampleDataLogic.registerCustomSampleDataSource(sampleName="x", uris=3)
    with pytest.raises(ValueError, match="as many"):
        SampleDataLogic.registerCustomSampleDataSource(sampleName="x", uris=["a", "b"], fileNames="a", nodeNames="a")


def test_sample_data_come_from_their_own_downloader_by_the_button_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicer.modules, "sampleDataSources", {}, raising=False)
    fields = {"sampleName": "x", "uris": "tiny:x", "fileNames": "x", "nodeNames": "x"}
    for _ in range(2):
        SampleDataLogic.registerCustomSampleDataSource(**fields, customDownloader=str.upper)
    (source,) = SampleDataLogic.sampleDataSourcesByCategory("Custom")
    assert source.customDownloader("made") == "MADE"
    assert SampleDataLogic().downloadSamples("x") == [], "the downloader is not asked"
    SampleDataLogic.registerCustomSampleDataSource(**fields, customDownloader=str.lower)
    assert len(SampleDataLogic.sampleDataSourcesByCategory("Custom")) == 2, "another downloader is another source"


# --- names and pictures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["loadVolume", "arrayFromVolume", "getNode", "VTKObservationMixin", "exit"])
def test_what_only_slicer_core_has_is_gone(name: str) -> None:
    assert name in names.leaked_names()
    assert hasattr(slicer.util, name)
    with pytest.raises(AttributeError):
        getattr(slicer, name)


def test_slicers_own_names_stay() -> None:
    for name in ("util", "modules", "app", "mrmlScene", "vtkMRMLScene", "vtkSlicerVolumesLogic"):
        assert hasattr(slicer, name)


def test_uses_of_what_only_slicer_core_has_are_found(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "import slicer\nslicer.loadVolume('a')\nfrom slicer import getNode\nslicer.util.loadVolume('a')\n",
        encoding="utf-8",
    )
    assert names.leaks_used(file) == ["2: slicer.loadVolume", "3: slicer.getNode"]


def test_the_module_uses_nothing_that_only_slicer_core_has() -> None:
    files = sorted(MODULE.rglob("*.py"))
    assert len(files) > 10
    assert [use for file in files for use in names.leaks_used(file)] == []


def test_a_picture_says_where_it_was_made(tiny: Any, tmp_path: Path) -> None:
    file = host.grab(tiny, tmp_path / "panel.png", width=360)
    image = QtGui.QImage(str(file))
    assert image.width() == 360
    strip = [image.pixel(x, y) for x in range(360) for y in range(image.height() - host.STRIP_HEIGHT, image.height())]
    assert len(set(strip)) > 2, "the caption is drawn"


def test_pytest_says_that_it_is_a_stand_in() -> None:
    assert "stand-in" in host.NOTICE
