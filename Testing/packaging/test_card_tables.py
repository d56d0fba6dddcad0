"""What the texts say of the shipped network is what its card says, and no more."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import card_tables
from GSSCore.networks.card import PRETRAINED, SHIPPED, read_card
from GSSCore.vocabulary import SUBSETS, Modality, subset_name


def test_the_tables_are_the_cards() -> None:
    outdated = [p.name for p, text in card_tables.texts().items() if p.read_text(encoding="utf-8") != text]
    assert not outdated, "run python Testing/card_tables.py"


def test_the_long_table_has_every_subset_and_its_numbers_are_those_of_the_card() -> None:
    card = read_card(PRETRAINED / SHIPPED)
    assert card.scores is not None
    lines = [line for line in card_tables.scores_table(card).splitlines() if line.startswith("| ")][2:]
    assert names(lines) == [*map(subset_name, SUBSETS), "mean of the subsets"]
    numbers = [float(n) for n in re.findall(r"\d+\.\d+", lines[-2])]
    of_dice, of_distance = card.scores["dice"]["FLAIR+T1ce+T1+T2"], card.scores["hd95_mm"]["FLAIR+T1ce+T1+T2"]
    expected = [value for region in ("WT", "TC", "ET") for value in map(of_dice[region].get, ("mean", "low", "high"))]
    expected += [of_distance[region]["mean"] for region in ("WT", "TC", "ET")]
    assert numbers == pytest.approx(expected, abs=0.051)
    assert numbers[:9] == pytest.approx(expected[:9], abs=0.0051)


def test_the_short_tables_are_lines_of_the_long_ones() -> None:
    card = read_card(PRETRAINED / SHIPPED)
    short = card_tables.dice_table(card, card_tables.USUAL).splitlines()[2:]
    long = card_tables.scores_table(card).splitlines()[2:]
    assert names(short) == [*card_tables.USUAL, "mean of the subsets"]
    assert all(any(whole.startswith(line.removesuffix(" |")) for whole in long) for line in short)
    levels = card_tables.confidence_table(card, ["FLAIR"]).splitlines()[2:]
    assert levels[0] in card_tables.confidence_table(card, card_tables.ALL).splitlines()


def test_the_confidence_table_has_every_subset_and_no_level_that_does_not_exist() -> None:
    card = read_card(PRETRAINED / SHIPPED)
    lines = card_tables.confidence_table(card, card_tables.ALL).splitlines()[2:]
    assert names(lines) == list(map(subset_name, SUBSETS))
    assert ["–" in line for line in lines] == [len(s) == 1 or Modality.FLAIR not in s for s in SUBSETS]


def test_the_model_card_leaves_out_nothing_that_the_card_says_for_a_reader() -> None:
    card = read_card(PRETRAINED / SHIPPED)
    page = card_tables.model_card(card)
    for text in (*card.limits, card.terms, card.licence, card.sha256, card.research_use, f"{card.parameters:,}"):
        assert text in page
    for line in card.data:
        assert all(part in page for part in line.split(": "))
    for sentence in card.evaluated_on.split(": ", 1)[1].split(". "):
        assert sentence in page
    assert f"\n| `{card.recipe['name']}` | " in page
    assert "stages follow one another" not in page


def test_the_trainings_that_led_to_a_network_stand_in_their_order() -> None:
    card = read_card(PRETRAINED / SHIPPED)
    before = {**card.recipe, "name": "the-first"}
    page = card_tables.model_card(replace(card, recipe=card.recipe | {"started_from": {"recipe": before}}))
    first, last = (page.index(f"\n| `{name}` | ") for name in ("the-first", card.recipe["name"]))
    assert first < last < page.index("stages follow one another")


def names(lines: list[str]) -> list[str]:
    return [line.split(" | ")[0].strip("|* ") for line in lines]


def test_marks_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("nothing", encoding="utf-8")
    (tmp_path / "docs" / "user-guide.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="accuracy:begin"):
        card_tables.texts(tmp_path)
