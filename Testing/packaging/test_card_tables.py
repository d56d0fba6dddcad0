"""What the texts say of the shipped network is what its card says, and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import card_tables
from GSSCore.networks.card import PRETRAINED, SHIPPED, read_card
from GSSCore.vocabulary import SUBSETS, Modality, subset_name


def test_the_tables_are_the_cards() -> None:
    outdated = [path.name for path, text in card_tables.texts().items() if path.read_text(encoding="utf-8") != text]
    assert not outdated, "run python Testing/card_tables.py"


def test_the_accuracy_table_has_every_subset_and_its_numbers_are_those_of_the_card() -> None:
    card = read_card(PRETRAINED / SHIPPED)
    assert card.scores is not None
    lines = [line for line in card_tables.accuracy(card).splitlines() if line.startswith("| ")][2:]
    assert [line.split(" | ")[0].strip("|* ") for line in lines] == [*map(subset_name, SUBSETS), "mean of the subsets"]
    numbers = [float(n) for n in re.findall(r"\d+\.\d+", lines[-2])]
    of_dice, of_distance = card.scores["dice"]["FLAIR+T1ce+T1+T2"], card.scores["hd95_mm"]["FLAIR+T1ce+T1+T2"]
    expected = [value for region in ("WT", "TC", "ET") for value in map(of_dice[region].get, ("mean", "low", "high"))]
    expected += [of_distance[region]["mean"] for region in ("WT", "TC", "ET")]
    assert numbers == pytest.approx(expected, abs=0.051)
    assert numbers[:9] == pytest.approx(expected[:9], abs=0.0051)


def test_the_confidence_table_has_every_subset_and_no_level_that_does_not_exist() -> None:
    card = read_card(PRETRAINED / SHIPPED)
    lines = card_tables.confidence(card).splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in lines] == list(map(subset_name, SUBSETS))
    assert ["–" in line for line in lines] == [len(s) == 1 or Modality.FLAIR not in s for s in SUBSETS]


def test_marks_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("nothing", encoding="utf-8")
    (tmp_path / "docs" / "user-guide.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="accuracy:begin"):
        card_tables.texts(tmp_path)
