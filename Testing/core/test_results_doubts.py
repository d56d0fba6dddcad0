"""What can't be relied on follows one rule, and is said everywhere a result is shown."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import GSSCore
from GSSCore.cli.segment import Done, print_result
from GSSCore.measurements import Side
from GSSCore.messages import Message
from GSSCore.networks.card import PRETRAINED, RELIABLE_DICE, SHIPPED, Card, read_card
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.results.doubts import DOUBTS, in_order, unreliable_labels, unreliable_names, unreliable_regions
from GSSCore.results.files import INPUT_FILE, MONTAGE_FILE, OVERVIEW_FILE
from GSSCore.results.html_report import html_report
from GSSCore.results.montage import montage_png
from GSSCore.results.overview import overview_png
from GSSCore.results.report import with_warnings
from GSSCore.vocabulary import MODALITIES, RESEARCH_USE, SUBSETS, Label, Modality, Region, subset_name
from results_study import CONFIDENCE, TRUTH, VOLUMES, report, result, study

FLAIR, T1CE, T1, T2 = MODALITIES
PICTURES = dict.fromkeys((OVERVIEW_FILE, MONTAGE_FILE, INPUT_FILE), b"\x89PNG picture")
DOUBT = Message("study.contrast", "{sequence} looks odd.", sequence="FLAIR")
OTHER = Message("study.coarse", "{sequence} is coarse.", sequence="T2")


def card(**dice: float) -> Card:
    table = {subset_name(s): {"WT": 0.9, "TC": 0.8, "ET": 0.7} | dice for s in SUBSETS}
    return Card("n", "1", {"name": "unet", "options": {}}, PreprocessingSettings(), 1, "", subset_table=table)


# --- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subset", SUBSETS)
def test_et_is_unreliable_exactly_without_t1ce_whatever_was_measured(subset: tuple[Modality, ...]) -> None:
    expected = () if T1CE in subset else (Region.ET,)
    assert card().unreliable(subset) == expected
    unmeasured = Card("n", "1", {"name": "unet", "options": {}}, PreprocessingSettings(), 1, "")
    assert unmeasured.unreliable(subset) == expected


def test_a_region_below_the_bound_is_unreliable_too() -> None:
    assert card(TC=RELIABLE_DICE - 0.01).unreliable(MODALITIES) == (Region.TC,)
    assert card(TC=RELIABLE_DICE).unreliable(MODALITIES) == ()
    assert card(WT=0.5, TC=0.5, ET=0.5).unreliable((T1CE,)) == tuple(Region)


@pytest.mark.parametrize("subset", SUBSETS)
def test_of_the_shipped_network_enhancement_falls_without_the_contrast_agent(subset: tuple[Modality, ...]) -> None:
    found = read_card(PRETRAINED / SHIPPED).unreliable(subset)
    assert found == (() if T1CE in subset else (Region.ET,))


def test_a_doubt_about_the_images_takes_everything() -> None:
    for code in DOUBTS:
        assert unreliable_regions(card(), MODALITIES, [OTHER, Message(code, "A fault.")]) == tuple(Region)
    assert unreliable_regions(card(), MODALITIES, [OTHER]) == ()


def test_every_code_that_raises_a_doubt_belongs_to_a_message() -> None:
    said = {
        node.args[0].value
        for path in Path(GSSCore.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert said >= DOUBTS


def test_labels_fall_with_their_regions() -> None:
    assert unreliable_labels([Region.ET]) == (Label.NCR, Label.ET)
    assert unreliable_labels([Region.TC]) == (Label.NCR,)
    assert unreliable_labels(["WT"]) == (Label.ED,)
    assert unreliable_names(["TC", "ET"]) == {"TC", "ET", "NCR"}


def test_doubts_come_first_then_regions_then_the_rest() -> None:
    messages = in_order(card(TC=0.5), (FLAIR, T2), ["As it came.", OTHER, DOUBT])
    assert [m.code for m in messages] == [
        "study.contrast", "result.no-enhancement", "result.unreliable", "other", "study.coarse",
    ]  # fmt: skip
    assert messages[2].values["regions"] == ("TC",)
    assert in_order(card(), MODALITIES, []) == ()


# --- where it is said ------------------------------------------------------------------------------------------------


def of(*modalities: Modality, warnings: tuple[str, ...] = ()) -> dict[str, Any]:
    chosen = study(*modalities)
    return report(chosen, in_order(card(), chosen.available, warnings))


def test_the_report_holds_the_regions_and_each_warning_with_its_code() -> None:
    found = of(FLAIR, T2, warnings=(OTHER,))
    assert found["unreliable"] == ["ET"]
    assert [Message.from_json(message) for message in found["messages"]] == found["warnings"]
    more = with_warnings(found, [DOUBT])
    assert more["warnings"][-1] == "FLAIR looks odd." and more["messages"][-1]["code"] == "study.contrast"
    assert found["warnings"][-1] == OTHER


def test_of_doubtful_images_no_dice_is_expected_and_the_page_says_why() -> None:
    found = of(warnings=(DOUBT,))
    assert found["network"]["expected_dice"] is None and found["unreliable"] == ["WT", "TC", "ET"]
    page = html_report(found, PICTURES)
    assert "No Dice can be expected" in page and "Expected Dice" not in page
    assert page.index("looks odd") < page.index("<h2>Measurements")
    assert of()["network"]["expected_dice"] is not None


def test_the_page_marks_rows_and_never_says_that_all_is_well() -> None:
    page = html_report(of(FLAIR, T2), PICTURES)
    rows = re.findall(r'<tr><td data-title="Region">(.*?)</td><td class="number"', page)
    marked = [re.sub("<[^>]*>", "", row)[:3].strip(" ,") for row in rows if ">?<" in row]
    assert marked == ["ET", "NCR"]
    assert "nothing to warn about" not in page
    assert ">?<" not in html_report(of(), PICTURES)


def test_the_command_warns_before_the_volumes_and_marks_them(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = study(FLAIR, T2)
    warnings = in_order(card(), chosen.available, ())
    print_result(Done(result(study=chosen, warnings=warnings, report=report(chosen, warnings)), Path("x"), 1.0))
    out = capsys.readouterr().out
    assert out.index("warning: ET is not to be relied on") < out.index("region")
    assert re.search(r"^ET \? ", out, re.M) and re.search(r"^NCR \? ", out, re.M) and re.search(r"^WT  ", out, re.M)
    assert "?: not to be relied on" in out


# --- in another language ---------------------------------------------------------------------------------------------


def literals() -> set[str]:
    """The literal arguments of `tr`, as the docstring of `GSSCore.results.html_report` has it; anything else fails."""
    computed = {"RESEARCH_USE", "limit", "label.display", "region.display", "level.display", "Side(side).display"}
    computed.add("network['expected_dice_from']")
    found = set()
    for path in (Path(GSSCore.__file__).parent / "results").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                (argument,) = node.args
                if isinstance(argument, ast.Constant):
                    found.add(argument.value)
                else:
                    assert ast.unparse(argument) in computed, f"{path.name}, line {node.lineno}"
    return found


def test_what_is_said_can_be_collected() -> None:
    asked: set[str] = set()

    def noted(text: str) -> str:
        asked.add(text)
        return text

    shown = study(FLAIR, T1CE)
    html_report(of(FLAIR, T1CE), PICTURES, noted)
    overview_png(
        shown,
        TRUTH,
        CONFIDENCE,
        VOLUMES,
        ["x"],
        {"WT": 1, "TC": 1, "ET": 1},
        list(Region),
        noted,
        report(shown)["measurements"],
    )
    montage_png(shown, TRUTH, list(Region), "net", noted)
    named = {
        RESEARCH_USE,
        *(one.display for kind in (Region, Label, Side) for one in kind),
        "adults only",
        "16 cases",
        "",
    }
    from GSSCore.vocabulary import Confidence

    named |= {level.display for level in Confidence}
    assert asked - named <= literals()
    assert {"en", "Sagittal", "Expected Dice", "{count} warnings: see the report"} <= literals()


def test_every_fixed_word_of_the_page_is_translated() -> None:
    def greek(text: str) -> str:
        return re.sub(r"[A-Za-z]+(?![^{]*\})", "λ", text)

    found = of(FLAIR, warnings=(OTHER,)) | {"truth": "t.nii", "dice": {"WT": 0.5, "TC": 0.5, "ET": 0.5}}
    page = html_report(found, PICTURES, greek)
    assert '<html lang="λ">' in page
    visible = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.S)
    values = re.findall(r"[A-Za-z]+", f"{found} WT TC ET NCR ED SHA ml mm s x")
    assert set(re.findall(r"[A-Za-z]+", visible)) <= set(values)
    assert html_report(found, PICTURES, str) == html_report(found, PICTURES)
