"""The panel speaks English and German: nothing is missing, and what is compiled is what was translated."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import slicer
import slicer.util
from PySide6 import QtCore

import translations
from opened import MODULE, Opened
from standin import host

TS = translations.FOLDER / "GSSSegmentation_de.ts"
FIELDS = re.compile(r"\{[^{}]+\}")


def finished() -> dict[tuple[str, str], str]:
    return translations.read(TS)


def test_every_text_is_translated_and_no_old_one_is_left() -> None:
    wanted = {(context, text) for context, texts in translations.collected().items() for text in texts}
    assert set(finished()) == wanted, "run python Testing/panel/translations.py, and translate what is unfinished"


def test_the_file_is_as_the_command_writes_it() -> None:
    assert TS.read_text(encoding="utf-8") == translations.written(translations.collected(), finished(), "de")


def test_translations_keep_the_fields_of_the_text() -> None:
    for (_, text), translation in finished().items():
        assert sorted(FIELDS.findall(text)) == sorted(FIELDS.findall(translation)), text


def test_translations_end_as_the_text_does() -> None:
    for (_, text), translation in finished().items():
        assert (text[-1] in ".:") == (translation[-1] in ".:"), text


def test_the_compiled_file_says_what_the_source_says() -> None:
    translator = QtCore.QTranslator()
    assert translator.load(str(TS.with_suffix(".qm")))
    for (context, text), translation in finished().items():
        assert translator.translate(context, text) == translation, text


def test_the_compiled_file_is_up_to_date(tmp_path: Path) -> None:
    release = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([release, "-silent", TS, "-qm", tmp_path / "new.qm"], check=True)
    assert (tmp_path / "new.qm").read_bytes() == TS.with_suffix(".qm").read_bytes()


def test_the_table_for_the_pictures_says_what_the_source_says() -> None:
    table = json.loads(TS.with_suffix(".json").read_text(encoding="utf-8"))
    assert table == {text: words for (context, text), words in finished().items() if context == "GSSCore"}


@pytest.mark.parametrize("language", ["de", "de_DE", "de-AT"])
def test_slicers_language_is_taken(language: str, slicer_stand_in: SimpleNamespace) -> None:
    slicer.app.settings().setValue("language", language)
    _, widget = host.open_module(MODULE)
    try:
        assert widget.ui.findButton.text == "Sequenzen zuordnen"
        assert widget.ui.applyButton.text == "Anwenden"
        assert "Bitte mindestens eines" in widget.ui.applyButton.toolTip
        assert slicer.modules.gsssegmentation.title == "GSS-Hirntumorsegmentierung"
    finally:
        host.close_module(widget)


def test_other_languages_fall_back_to_english(slicer_stand_in: SimpleNamespace) -> None:
    slicer.app.settings().setValue("language", "fr")
    _, widget = host.open_module(MODULE)
    assert widget.ui.findButton.text == "Find volumes"
    host.close_module(widget)


def test_a_run_in_german_says_nothing_in_english(
    slicer_stand_in: SimpleNamespace, volumes: dict[str, Any], network: Path
) -> None:
    from standin.languages import MISSING

    slicer.app.settings().setValue("language", "de")
    opened = Opened(*host.open_module(MODULE))
    MISSING.clear()
    opened.choose(flair=volumes["flair"], t2=volumes["t2"])
    opened.ui.networkPathEdit.currentPath = str(network)
    opened.press("find")
    opened.press("apply")
    assert opened.ui.applyButton.text == "Abbrechen"
    opened.wait_for("done")
    assert opened.ui.statusLabel.text == "Fertig: FLAIR + T1ce + T1 + T2."
    header = [opened.ui.volumesTable.horizontalHeaderItem(column).text() for column in range(3)]
    assert header == ["Region", "Volumen (ml)", "Erwarteter Dice-Wert"]
    (report,) = Path(slicer.app.temporaryPath).glob("GSSSegmentation-*/report/report.html")
    page = report.read_text(encoding="utf-8")
    assert "Forschungswerkzeug, nicht für den klinischen Einsatz." in page
    assert "gesamter Tumor" in page
    # Some words are the same in both languages; what is not in the file at all was never translated.
    assert {one for one in MISSING if one[1] and one not in finished()} == set()
    host.close_module(opened.widget)


def test_identifiers_are_never_translated(slicer_stand_in: SimpleNamespace, volumes: dict[str, Any]) -> None:
    slicer.app.settings().setValue("language", "de")
    opened = Opened(*host.open_module(MODULE))
    parameters = opened.widget.logic.getParameterNode()
    opened.ui.nestedComboBox.currentIndex = 1
    opened.ui.deviceComboBox.currentIndex = 1
    assert (parameters.nested, parameters.device, parameters.reference) == (True, "cpu", "automatic")
    host.close_module(opened.widget)


def test_refusals_are_said_in_the_users_language(slicer_stand_in: SimpleNamespace, volumes: dict[str, Any]) -> None:
    from GSSCore.messages import Message

    slicer.app.settings().setValue("language", "de")
    opened = Opened(*host.open_module(MODULE))
    from GSSSegmentationLib.translation import translated_message

    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "flat")
    transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(np.diag([1.0, 1.0, 0.0, 1.0])))
    opened.choose(flair=volumes["flair"], t2=volumes["t2"])
    volumes["t2"].SetAndObserveTransformNodeID(transform.GetID())
    opened.press("apply")
    assert "lässt sich unter der Transformation „flat“ nicht umrechnen" in opened.ui.statusLabel.text
    template = "The reference {reference} is not among the volumes given ({given}): choose one of them."
    message = Message("node.reference", template, reference="T1", given=["FLAIR", "T2"])
    assert translated_message(message) == (
        "Die Referenz T1 ist nicht unter den ausgewählten Volumina (FLAIR und T2): Bitte eines davon wählen."
    )
    assert translated_message("No message of ours {}.") == "No message of ours {}."
    host.close_module(opened.widget)


def test_a_warning_of_the_child_process_is_said_in_the_users_language(slicer_stand_in: SimpleNamespace) -> None:
    """It comes as text in the report, with code and values beside it."""
    from GSSCore.messages import Message
    from GSSSegmentationLib.scene import SceneResult

    template = "{sequence} lies under a transform that is not affine, and was resampled onto the grid of {reference}."
    message = Message("scene.resampled", template, sequence="T2", reference="FLAIR")
    report = {"warnings": ["Plain.", str(message)], "messages": [message.to_json()]}
    plain, told = SceneResult(None, None, None, report, None).warnings
    assert (str(plain), told.code, told.values) == ("Plain.", "scene.resampled", message.values)
