"""Tables say what the scores say."""

from __future__ import annotations

import pytest

from evaluation_rows import random_rows
from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.evaluation.tables import (
    markdown,
    mean_of_subsets,
    measured,
    rule_counts,
    score_table,
    subset_table,
    summaries,
)
from GSSCore.metrics.overlap import EmptyRule
from GSSCore.vocabulary import MODALITIES, REGIONS, SUBSETS, Modality, Region, subset_name

FLAIR = (Modality.FLAIR,)


def rows() -> list[Row]:
    """Case A with all four and with FLAIR, case B with FLAIR only, where it has no enhancing tumour."""
    made = [
        Row("A", MODALITIES, region, 0.9 - 0.1 * n, 10.0, 11.25, sensitivity=0.5) for n, region in enumerate(REGIONS)
    ]
    made += [Row("A", FLAIR, region, 0.5 - 0.1 * n, 10.0, 9.0, sensitivity=0.25) for n, region in enumerate(REGIONS)]
    made += [Row("B", FLAIR, Region.WT, 0.7, 4.0, 5.0, sensitivity=0.75)]
    made += [Row("B", FLAIR, Region.TC, 1 / 3, 1.0, 1.0, sensitivity=0.75)]
    return [*made, Row("B", FLAIR, Region.ET, 1.0, 0.0, 0.0, EmptyRule.BOTH_EMPTY)]


def test_means_are_over_cases_and_then_over_subsets() -> None:
    table = subset_table(rows())
    assert list(table) == ["FLAIR", "FLAIR+T1ce+T1+T2"]
    assert table["FLAIR"] == pytest.approx({"WT": 0.6, "TC": (0.4 + 1 / 3) / 2, "ET": 0.65})
    assert mean_of_subsets(table) == pytest.approx({"WT": 0.75, "TC": (0.8 + (0.4 + 1 / 3) / 2) / 2, "ET": 0.675})


def test_summaries_have_the_same_means() -> None:
    given = random_rows(5)
    table, found = subset_table(given), summaries(given, Metric.DICE)
    assert list(found) == [*table, MEAN_OF_SUBSETS]
    for name, means in (*table.items(), (MEAN_OF_SUBSETS, mean_of_subsets(table))):
        assert {region: cell.mean for region, cell in found[name].items()} == pytest.approx(means)


def test_the_order_in_which_cases_were_scored_does_not_matter() -> None:
    given = random_rows(6)
    assert summaries(given[::-1], Metric.HD95) == summaries(given, Metric.HD95)


def test_markdown_shows_subsets_their_mean_and_what_rules_made() -> None:
    text = markdown(rows(), "A title")
    assert text.startswith("# A title\n\n2 cases. A table's cell is the mean over the cases ± their standard deviation")
    lines = text.splitlines()
    start = lines.index("## Dice")
    assert lines[start + 2].startswith("Dice of a region is 1 where both truth and prediction are empty")
    assert lines[start + 4 : start + 9] == [
        "| FLAIR | T1ce | T1 | T2 | cases | WT | TC | ET |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| ● | ○ | ○ | ○ | 2 | 0.600 ± 0.141 [0.500, 0.700] | 0.367 ± 0.047 [0.333, 0.400] | "
        "0.650 ± 0.495 [0.300, 1.000] |",
        "| ● | ● | ● | ● | 1 | 0.900 | 0.800 | 0.700 |",
        "| mean of the subsets |  |  |  | 2 | 0.750 ± 0.000 [0.700, 0.750] | 0.583 ± 0.189 [0.583, 0.600] | "
        "0.675 ± 0.354 [0.500, 0.675] |",
    ]
    sensitivity = lines[lines.index("## Sensitivity") + 6]
    assert (
        sensitivity
        == "| ● | ○ | ○ | ○ | 2 | 0.500 ± 0.354 [0.250, 0.750] | 0.500 ± 0.354 [0.250, 0.750] | 0.250 (n = 1) |"
    )
    assert "HD95" not in text
    assert lines[-1] == "Research tool, not for clinical use."


def test_each_metric_that_was_measured_has_a_table() -> None:
    text = markdown(random_rows(3))
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["Dice", "Sensitivity", "HD95, mm", "Lesion-wise Dice", "Lesion-wise HD95, mm", "Rules"]
    assert measured(random_rows(3, quick=True)) == (Metric.DICE, Metric.SENSITIVITY)


def test_how_often_a_rule_made_a_score_is_counted_per_region() -> None:
    assert rule_counts(rows())["ET"] == {
        "scores": 3, "both empty": 1, "truth empty": 0, "prediction empty": 0, "sensitivity not defined": 1,
        "no lesion, no false one": 0, "lesions": 0, "missed lesions": 0, "false lesions": 0,
    }  # fmt: skip
    with_lesions = rule_counts(random_rows(2))["TC"]
    assert (with_lesions["lesions"], with_lesions["missed lesions"], with_lesions["false lesions"]) == (60, 15, 30)
    none = [Row("A", FLAIR, Region.ET, 1.0, 0.0, 0.0, lesion_dice=1.0, lesions=0, missed=0, false_lesions=0)]
    assert rule_counts(none)["ET"]["no lesion, no false one"] == 1


def test_a_single_case_is_said_to_have_no_interval() -> None:
    text = markdown(random_rows(1))
    assert "1 case. " in text
    assert "A single case has neither standard deviation nor interval." in text
    assert "±" not in text.split("## Dice")[1]


def test_all_subsets_come_in_the_order_of_the_field() -> None:
    every = [Row("A", s, region, 0.5, 1.0, 1.0) for s in reversed(SUBSETS) for region in REGIONS]
    text = markdown(every).splitlines()
    lines = text[text.index("## Dice") + 6 :][:15]
    assert lines[0].startswith("| ○ | ○ | ○ | ● |")
    assert lines[1].startswith("| ○ | ● | ○ | ○ |")
    assert [line.count("●") for line in lines] == [len(s) for s in SUBSETS]


def test_no_score_at_all_makes_an_empty_page() -> None:
    assert markdown([]).startswith("# Scores by available modalities\n\n0 cases.")
    assert score_table([]) == {}


def test_a_card_gets_dice_and_hd95_with_their_intervals() -> None:
    table = score_table(random_rows(4))
    assert list(table) == ["dice", "hd95_mm"]
    assert list(table["hd95_mm"]) == [*(subset_name(s) for s in SUBSETS), MEAN_OF_SUBSETS]
    assert list(table["dice"]["T2"]["WT"]) == ["mean", "sd", "low", "high", "cases"]
    assert list(score_table(random_rows(4, quick=True))) == ["dice"]
    assert list(score_table(random_rows(4), Metric)) == [metric.value for metric in Metric]
