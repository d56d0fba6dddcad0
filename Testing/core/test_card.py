"""A card holds an evaluation with its intervals, reads those of before, and refuses what has another form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation_rows import random_rows
from GSSCore.errors import InputError
from GSSCore.evaluation.tables import score_table
from GSSCore.networks.card import CARD_FILE, Card, read_card
from GSSCore.preprocessing.settings import PreprocessingSettings

CELL = {"mean": 0.5, "sd": 0.1, "low": 0.4, "high": 0.6, "cases": 16}


def write(folder: Path, **changes: Any) -> None:
    card = Card("test", "0", {"name": "unet", "options": {}}, PreprocessingSettings(), parameters=0, sha256="")
    (folder / CARD_FILE).write_text(json.dumps(json.loads(card.to_json()) | changes), encoding="utf-8")


@pytest.mark.parametrize("cases", [1, 5])
def test_scores_with_intervals_come_back_as_they_were(tmp_path: Path, cases: int) -> None:
    scores = score_table(random_rows(cases))
    write(tmp_path, scores=scores)
    assert read_card(tmp_path).scores == scores


def test_a_card_of_before_has_none(tmp_path: Path) -> None:
    write(tmp_path)
    table = json.loads((tmp_path / CARD_FILE).read_text(encoding="utf-8"))
    del table["scores"]
    (tmp_path / CARD_FILE).write_text(json.dumps(table), encoding="utf-8")
    assert read_card(tmp_path).scores is None


LEVELS = {"low": {"right": 0.4, "voxels": 0.25}, "agreed": {"right": 1.0, "voxels": 0.75}}


def test_confidence_comes_back_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, confidence={"T2": LEVELS})
    assert read_card(tmp_path).confidence == {"T2": LEVELS}


@pytest.mark.parametrize(
    "confidence",
    [
        {"T2": {"outside": LEVELS["low"]}},
        {"T2": {"sure": LEVELS["low"]}},
        {"T2": {"low": {"right": 0.4}}},
        {"T2": {"low": {"right": 1.4, "voxels": 0.25}}},
        {"T2": {"low": {"right": "0.4", "voxels": 0.25}}},
        [LEVELS],
    ],
)
def test_confidence_of_another_form_is_refused(tmp_path: Path, confidence: Any) -> None:
    write(tmp_path, confidence=confidence)
    with pytest.raises(InputError, match="malformed"):
        read_card(tmp_path)


@pytest.mark.parametrize(
    "scores",
    [
        [CELL],
        {"dice": CELL},
        {"dice": {"T2": {"XX": CELL}}},
        {"dice": {"T2": {"WT": 0.5}}},
        {"dice": {"T2": {"WT": {"mean": 0.5}}}},
        {"dice": {"T2": {"WT": CELL | {"mean": None}}}},
        {"dice": {"T2": {"WT": CELL | {"low": "0.4"}}}},
        {"dice": {"T2": {"WT": CELL | {"high": float("nan")}}}},
    ],
)
def test_scores_of_another_form_are_refused(tmp_path: Path, scores: Any) -> None:
    write(tmp_path, scores=scores)
    with pytest.raises(InputError, match=r"card\.json is malformed"):
        read_card(tmp_path)
