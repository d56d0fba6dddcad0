"""Tables say what the scores say, in the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from GSSCore.dice import EmptyRule
from GSSCore.errors import EnvironmentRefused
from GSSCore.evaluation.rows import Row
from GSSCore.evaluation.tables import markdown, mean_of_subsets, rows_csv, subset_table, write_tables
from GSSCore.vocabulary import MODALITIES, REGIONS, SUBSETS, Modality, Region

FLAIR = (Modality.FLAIR,)


def rows() -> list[Row]:
    """Case A with all four and with FLAIR, case B with FLAIR only, where it has no enhancing tumour."""
    made = [Row("A", MODALITIES, region, 0.9 - 0.1 * n, 10.0, 11.25) for n, region in enumerate(REGIONS)]
    made += [Row("A", FLAIR, region, 0.5 - 0.1 * n, 10.0, 9.0) for n, region in enumerate(REGIONS)]
    made += [Row("B", FLAIR, Region.WT, 0.7, 4.0, 5.0), Row("B", FLAIR, Region.TC, 1 / 3, 1.0, 1.0)]
    return [*made, Row("B", FLAIR, Region.ET, 1.0, 0.0, 0.0, EmptyRule.BOTH_EMPTY)]


def test_csv_has_a_line_per_score() -> None:
    lines = rows_csv(rows()).splitlines()
    assert lines[0] == "case,subset,region,dice,truth_ml,predicted_ml,empty_rule"
    assert lines[1] == "A,FLAIR+T1ce+T1+T2,WT,0.900000,10.000,11.250,"
    assert lines[-1] == "B,FLAIR,ET,1.000000,0.000,0.000,both empty"
    assert len(lines) == 10


def test_means_are_over_cases_and_then_over_subsets() -> None:
    table = subset_table(rows())
    assert list(table) == ["FLAIR", "FLAIR+T1ce+T1+T2"]
    assert table["FLAIR"] == pytest.approx({"WT": 0.6, "TC": (0.4 + 1 / 3) / 2, "ET": 0.65})
    assert mean_of_subsets(table) == pytest.approx({"WT": 0.75, "TC": (0.8 + (0.4 + 1 / 3) / 2) / 2, "ET": 0.675})


def test_markdown_shows_subsets_their_mean_and_the_empty_cases() -> None:
    text = markdown(rows(), "A title")
    assert text.startswith("# A title\n\n2 cases. Dice of a region is 1 where both")
    assert text.splitlines()[4:] == [
        "| FLAIR | T1ce | T1 | T2 | cases | WT | TC | ET |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| ● | ○ | ○ | ○ | 2 | 0.600 | 0.367 | 0.650 |",
        "| ● | ● | ● | ● | 1 | 0.900 | 0.800 | 0.700 |",
        "| mean of the 2 subsets |  |  |  |  | 0.750 | 0.583 | 0.675 |",
        "",
        "Scores that a rule for empty regions made, over all cases and subsets:",
        "",
        "| region | scores | both empty (Dice 1) | truth empty (Dice 0) | prediction empty (Dice 0) |",
        "| --- | --- | --- | --- | --- |",
        "| WT | 3 | 0 | 0 | 0 |",
        "| TC | 3 | 0 | 0 | 0 |",
        "| ET | 3 | 1 | 0 | 0 |",
    ]


def test_all_subsets_come_in_the_order_of_the_field() -> None:
    every = [Row("A", s, region, 0.5, 1.0, 1.0) for s in reversed(SUBSETS) for region in REGIONS]
    lines = markdown(every).splitlines()[6:21]
    assert lines[0].startswith("| ○ | ○ | ○ | ● |")
    assert lines[1].startswith("| ○ | ● | ○ | ○ |")
    assert [line.count("●") for line in lines] == [len(s) for s in SUBSETS]


def test_no_score_at_all_makes_an_empty_table() -> None:
    assert rows_csv([]).count("\n") == 1
    assert "mean of the 0 subsets" in markdown([])


def test_files_are_the_same_every_time(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_tables(tmp_path / "one", rows())]
    again = [path.read_bytes() for path in write_tables(tmp_path / "two", rows())]
    assert first == again
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["dice.csv", "dice.md"]


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentRefused):
        write_tables(tmp_path / "file", rows())
