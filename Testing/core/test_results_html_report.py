"""The HTML report says what matters, takes nothing it is given for HTML, and needs nothing from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from GSSCore.messages import Message
from GSSCore.results.files import INPUT_FILE, MONTAGE_FILE, OVERVIEW_FILE
from GSSCore.results.html_report import html_report
from GSSCore.vocabulary import RESEARCH_USE, Modality
from results_study import report, study

VOID = {"meta", "img", "br"}
PICTURES = dict.fromkeys((OVERVIEW_FILE, MONTAGE_FILE, INPUT_FILE), b"\x89PNG picture")


class Checker(HTMLParser):
    """Collects text, and fails on tags that don't match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [str(value) for name, value in attrs if name in ("src", "href", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


def text(**changes: Any) -> str:
    found = report(study(Modality.FLAIR, Modality.T2), ("The head is upside down.",))
    return " ".join(read(html_report(found | changes, PICTURES)).words)


def test_the_page_is_well_formed_and_says_what_matters() -> None:
    words = text()
    for expected in (
        RESEARCH_USE, "The head is upside down.", "From FLAIR, T2; missing:", "T1ce, T1", "whole tumour",
        "an array in memory", "46 × 58 × 44 voxels of 3 × 3 × 3 mm, RAS", "test network 1.2 (unet)", "adults only",
        "cd" * 32, "cpu (AVX2)", "0.5 ml", "0.75 s", "Nothing has been measured",
    ):  # fmt: skip
        assert expected in words, expected


def test_warnings_come_before_the_picture_and_their_absence_is_said() -> None:
    page = html_report(report(study(), ("Look here.",)), PICTURES)
    assert page.index("Look here.") < page.index("data:image/png")
    quiet = html_report(report(study()), PICTURES)
    assert "nothing to warn about" in quiet
    assert 'role="alert"' not in quiet


def test_expected_and_measured_dice_are_shown_where_there_are_any() -> None:
    plain = html_report(report(study()), PICTURES)
    assert "Expected Dice" in plain
    assert "0.91" in plain
    assert "16 cases" in plain
    assert "Dice to the truth" not in plain
    measured = {"dice": {"WT": 0.912, "TC": 1.0, "ET": 0.0}, "truth": "t.nii.gz"}
    compared = html_report(report(study()) | measured, PICTURES)
    assert "Dice to the truth" in compared
    assert "0.912" in compared
    assert "0.000" in compared
    assert "t.nii.gz" in compared
    assert "Expected Dice" not in html_report(report(study(Modality.T1)), PICTURES)


def test_a_card_s_sentence_brings_no_second_full_stop() -> None:
    made = report(study())
    made["network"]["expected_dice_from"] = "16 cases. Some rule."
    page = html_report(made, PICTURES)
    assert "Measured on 16 cases. Some rule.</p>" in page


def test_case_network_and_version_are_in_the_title_and_on_the_page() -> None:
    named = report(study().called("case 7"))
    for found, title in (
        (named, "case 7 – Brain tumour segmentation – test network 1.2"),
        (report(study()), "Brain tumour segmentation – test network 1.2"),
    ):
        page = html_report(found, PICTURES)
        assert f"<title>{title}</title>" in page
    assert '<p class="case">case 7</p>' in html_report(named, PICTURES)


def test_diameters_and_side_are_on_the_page_and_doubted_with_their_region() -> None:
    found = report(study())
    whole = found["measurements"]["diameters_mm"]["WT"]
    page = html_report(found, PICTURES)
    assert f"{whole['longest']:.1f} × {whole['perpendicular']:.1f}" in page
    assert "Side of the whole tumour: <strong>right</strong>" in page
    doubted = html_report(found | {"unreliable": ["WT"]}, PICTURES)
    assert "<strong>right ?</strong>" in doubted
    unsure = found["measurements"] | {"side": None, "right_share": None}
    assert "no brain with two halves" in html_report(found | {"measurements": unsure}, PICTURES)
    nothing = unsure | {"diameters_mm": dict.fromkeys(("WT", "TC", "ET"))}
    assert "no tumour was found" in html_report(found | {"measurements": nothing}, PICTURES)


def test_a_narrow_screen_and_paper_are_thought_of() -> None:
    page = html_report(report(study()), PICTURES)
    for word in ("width=device-width", "@media (max-width:", "@media print", "prefers-color-scheme: dark"):
        assert word in page
    assert page.count('data-title="Volume, ml"') == 5


EVIL = "<script>alert('x')</script><img src=x onerror=\"alert(1)\">"


@pytest.mark.parametrize(
    "key", ["messages", "used_modalities", "missing_modalities", "created", "reference", "truth", "case"]
)
def test_whatever_comes_from_outside_is_escaped(key: str) -> None:
    found = report(study())
    if key == "messages":
        found[key] = [Message("x.y", "{text}", text=EVIL).to_json()]
    else:
        found[key] = [EVIL] if isinstance(found.get(key), list) else EVIL
    page = html_report(found, PICTURES)
    assert "<script" not in page
    assert page.count("<img") == 2
    read(page)


@pytest.mark.parametrize("part", ["network", "execution_plan", "versions", "inputs"])
def test_nested_values_are_escaped_too(part: str) -> None:
    found = report(study())
    if part == "inputs":
        found["inputs"] = {EVIL: found["inputs"]["FLAIR"] | {"file": EVIL, "sha256": EVIL, "axes": EVIL}}
    elif part == "network":
        found["network"] = {key: EVIL if isinstance(value, str) else value for key, value in found["network"].items()}
        found["network"]["limits"] = [EVIL]
    else:
        found[part] = {EVIL: EVIL}
    page = html_report(found, PICTURES)
    assert "<script" not in page
    assert page.count("<img") == 2
    assert "&lt;script&gt;" in page


def test_what_was_averaged_is_told_where_it_was_more_than_one_prediction() -> None:
    found = report(study())
    plan = found["execution_plan"]
    several, one = ({**found, "execution_plan": plan | {"averaged": a}} for a in (["FLAIR+T2", "FLAIR", "T2"], ["T2"]))
    assert "Mean of predictions from" in html_report(several, PICTURES)
    assert "FLAIR+T2, FLAIR, T2" in html_report(several, PICTURES)
    assert "Mean of predictions" not in html_report(one, PICTURES)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = html_report(report(study()), PICTURES)
    assert [source.split(",")[0] for source in read(page).sources] == ["data:image/png;base64"] * 2
    for word in ("http:", "https:", "@import", "url(", "<script", "<link"):
        assert word not in page
    assert "default-src 'none'" in page
