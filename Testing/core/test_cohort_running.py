"""Going through a cohort: continue, skip, overlap, stop; and the table."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest

from GSSCore.cohort import segmenters
from GSSCore.cohort.row import CohortRow
from GSSCore.cohort.running import run_cohort
from GSSCore.cohort.segmenters import Job, one_by_one, overlapped
from GSSCore.cohort.summary import StudyOutcome, exit_code, summary_name, write_summary
from GSSCore.cohort.up_to_date import Conditions
from GSSCore.errors import Cancelled, EnvironmentRefused, InputError, UsageError
from GSSCore.imaging.reading import content_sha256
from GSSCore.results.files import PREPARED_FILES
from GSSCore.vocabulary import Modality

REPORT: dict[str, Any] = {
    "schema": "gss-report-2",
    "inputs": {},
    "reference": "FLAIR",
    "network": {"sha256": "ab"},
    "clean_up": {"minimum_component_ml": 0.0, "et_minimum_ml": 0.5},
    "asked": {"precision": "auto", "window": None, "overlap": 0.25},
    "used_modalities": ["FLAIR", "T2"],
    "volumes_ml": {"WT": 5.0, "TC": 3.0, "ET": 1.0, "NCR": 2.0, "ED": 2.0},
    "warnings": ["T2 is coarse.", "T1 too."],
    "unreliable": ["TC", "ET"],
    "seconds": {"preprocess": 0.5, "network": 1.0},
}
NOW = Conditions("ab", Modality.FLAIR, REPORT["clean_up"], REPORT["asked"])
ROWS = [CohortRow("a"), CohortRow("b"), CohortRow("c")]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def segmenting(**faults: BaseException) -> Any:
    """Return a segmenter that writes a result for each job, or raises what is said for its id."""

    def segment_one(job: Job) -> dict[str, Any]:
        if job.row.id in faults:
            raise faults[job.row.id]
        job.folder.mkdir(parents=True, exist_ok=True)
        for name in PREPARED_FILES:
            (job.folder / name).write_text(json.dumps(REPORT), encoding="utf-8")
        return REPORT

    return one_by_one(segment_one)


def test_all_are_done_and_listed(tmp_path: Path) -> None:
    outcomes = run_cohort(ROWS, tmp_path, segmenting())
    assert exit_code(outcomes) == 0
    rows = table(tmp_path / "summary.csv")
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert rows[0] == {
        "id": "a", "status": "done", "modalities": "FLAIR+T2", "treated_as": "prepared", "left_out": "",
        "WT_ml": "5.000", "TC_ml": "3.000", "ET_ml": "1.000",
        "NCR_ml": "2.000", "ED_ml": "2.000", "unreliable": "TC+ET", "seconds": "1.5",
        "warnings": "T2 is coarse. T1 too.", "message": "",
    }  # fmt: skip


def test_a_failure_does_not_stop_the_others(tmp_path: Path) -> None:
    outcomes = run_cohort(ROWS, tmp_path, segmenting(b=InputError("FLAIR is constant.")))
    assert [outcome.status for outcome in outcomes] == ["done", "failed", "done"]
    assert exit_code(outcomes) == 3
    assert table(tmp_path / "summary.csv")[1]["message"] == "FLAIR is constant."


def test_an_unexpected_fault_goes_to_the_log_and_ends_with_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    faults = {"a": InputError("bad"), "b": RuntimeError("a bug")}
    outcomes = run_cohort(ROWS, tmp_path, segmenting(**faults))
    assert exit_code(outcomes) == 1
    assert "RuntimeError: a bug" in caplog.text
    assert "a bug" in outcomes[1].message


def test_an_entry_with_a_fault_is_listed_and_not_tried(tmp_path: Path) -> None:
    outcomes = run_cohort([CohortRow("x", fault=InputError("two T1")), *ROWS], tmp_path, segmenting())
    assert (outcomes[0].id, outcomes[0].status, outcomes[0].message) == ("x", "failed", "two T1")
    assert exit_code(outcomes) == 3


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), Cancelled("stop")])
def test_stopping_keeps_the_table_of_what_is_done(stop: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(stop)):
        run_cohort(ROWS, tmp_path, segmenting(b=stop))
    assert [row["id"] for row in table(tmp_path / "summary.csv")] == ["a"]


def test_complete_results_are_skipped_and_listed_with_their_volumes(tmp_path: Path) -> None:
    run_cohort(ROWS[:2], tmp_path, segmenting())
    (tmp_path / "b" / PREPARED_FILES[0]).unlink()
    outcomes = run_cohort(ROWS, tmp_path, segmenting(a=RuntimeError("tried again")), skip_existing=NOW)
    assert {outcome.id: outcome.status for outcome in outcomes} == {"a": "skipped", "b": "done", "c": "done"}
    assert table(tmp_path / "summary.csv")[0]["WT_ml"] == "5.000"
    assert exit_code(outcomes) == 0


@pytest.mark.parametrize(
    "content",
    [
        '{"schema": "gss-report-2", "volumes_ml": {}}',
        json.dumps(REPORT | {"volumes_ml": {"WT": None}}),
        json.dumps(REPORT | {"used_modalities": None}),
        json.dumps(REPORT | {"seconds": [1]}),
    ],
)
def test_a_broken_report_is_no_result(content: str, tmp_path: Path) -> None:
    run_cohort(ROWS[:1], tmp_path, segmenting())
    (tmp_path / "a" / "report.json").write_text(content, encoding="utf-8")
    (outcome,) = run_cohort(ROWS[:1], tmp_path, segmenting(), skip_existing=NOW)
    assert outcome.status == "done"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"volumes_ml": {}}'])
def test_a_report_that_this_program_did_not_write_is_kept(content: str, tmp_path: Path) -> None:
    run_cohort(ROWS[:1], tmp_path, segmenting())
    (tmp_path / "a" / "report.json").write_text(content, encoding="utf-8")
    (outcome,) = run_cohort(ROWS[:1], tmp_path, segmenting(), skip_existing=NOW)
    assert outcome.status == "failed"
    assert "did not write" in outcome.message
    assert (tmp_path / "a" / "report.json").read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ({"reference": "T2"}, "The reference was T2 and is FLAIR."),
        ({"network": {"sha256": "cd"}}, "The network is another one."),
        ({"clean_up": {"minimum_component_ml": 0.0, "et_minimum_ml": 0.0}}, "The settings of the clean-up are others."),
        ({"asked": {"precision": "fp32", "window": None, "overlap": 0.25}}, "Other settings than before: precision."),
        ({"inputs": {"T2": {"sha256": "x"}}}, "T2 was removed."),
        (
            {"asked": None, "execution_plan": {"window": [96, 96, 96], "overlap": 0.25}},
            "Other settings than before: window.",
        ),
    ],
)
def test_a_result_that_stands_on_something_else_is_made_again_and_says_why(
    before: dict[str, Any], why: str, tmp_path: Path
) -> None:
    run_cohort(ROWS[:1], tmp_path, segmenting())
    (tmp_path / "a" / "report.json").write_text(json.dumps(REPORT | before), encoding="utf-8")
    (outcome,) = run_cohort(ROWS[:1], tmp_path, segmenting(), skip_existing=NOW)
    assert (outcome.status, outcome.message) == ("done", f"Done again. {why}")
    assert table(tmp_path / "summary.csv")[0]["message"] == f"Done again. {why}"


def test_an_image_that_was_left_out_of_the_result_is_no_new_one(tmp_path: Path) -> None:
    image = tmp_path / "t2.nii"
    image.write_bytes(b"next to nothing")
    of_t2 = {"left_out": {"T2": {"sha256": content_sha256(image)}}}
    row = CohortRow("a", {Modality.T2: image})
    run_cohort([row], tmp_path / "out", segmenting())
    (tmp_path / "out" / "a" / "report.json").write_text(json.dumps(REPORT | of_t2), encoding="utf-8")
    (outcome,) = run_cohort([row], tmp_path / "out", segmenting(), skip_existing=NOW)
    assert outcome.status == "skipped"


def test_a_result_of_an_older_version_is_known_by_how_it_ran(tmp_path: Path) -> None:
    run_cohort(ROWS[:1], tmp_path, segmenting())
    older = {key: value for key, value in REPORT.items() if key != "asked"}
    older["execution_plan"] = {"window": None, "overlap": 0.25, "precision": "bf16"}
    (tmp_path / "a" / "report.json").write_text(json.dumps(older), encoding="utf-8")
    (outcome,) = run_cohort(ROWS[:1], tmp_path, segmenting(), skip_existing=NOW)
    assert outcome.status == "skipped"


def test_more_files_may_be_asked_of_a_complete_result(tmp_path: Path) -> None:
    run_cohort(ROWS[:1], tmp_path, segmenting())
    names = (*PREPARED_FILES, "segmentation.seg.nrrd")
    (outcome,) = run_cohort(ROWS[:1], tmp_path, segmenting(), skip_existing=NOW, result_files=names)
    assert outcome.status == "done"


def test_no_studies_give_an_empty_table(tmp_path: Path) -> None:
    assert run_cohort([], tmp_path, segmenting()) == []
    assert table(tmp_path / "summary.csv") == []
    heading = (tmp_path / "summary.csv").read_text(encoding="utf-8")
    assert heading.startswith("id,status,modalities,treated_as,left_out,WT_ml,")


def test_a_segmenter_is_started_only_for_what_is_to_be_done(tmp_path: Path) -> None:
    run_cohort(ROWS, tmp_path, segmenting())

    def unwanted(jobs: Iterable[Job]) -> Any:
        raise AssertionError("there is nothing to do")

    rows = [*ROWS, CohortRow("x", fault=InputError("bad"))]
    outcomes = run_cohort(rows, tmp_path, unwanted, skip_existing=NOW)
    assert [outcome.status for outcome in outcomes] == ["skipped", "skipped", "skipped", "failed"]


def test_a_segmenter_that_cannot_start_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    run_cohort(ROWS, tmp_path, segmenting())
    before = (tmp_path / "summary.csv").read_bytes()

    def refusing(jobs: Iterable[Job]) -> Any:
        raise InputError("no such network")

    with pytest.raises(InputError, match="no such network"):
        run_cohort([CohortRow("x", fault=InputError("bad")), *ROWS], tmp_path, refusing)
    assert (tmp_path / "summary.csv").read_bytes() == before


def test_a_table_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(EnvironmentRefused, match="out"):
        run_cohort([CohortRow("x", fault=InputError("bad"))], tmp_path / "out", segmenting())


def test_cells_are_no_formulas(tmp_path: Path) -> None:
    write_summary(tmp_path / "s.csv", [StudyOutcome("-1+1", "failed", message="=HYPERLINK(0)")])
    (row,) = table(tmp_path / "s.csv")
    assert (row["id"], row["message"]) == ("'-1+1", "'=HYPERLINK(0)")


def test_parts_write_tables_of_their_own() -> None:
    assert [summary_name(part) for part in (None, "1/2", "2/2")] == [
        "summary.csv", "summary-1-of-2.csv", "summary-2-of-2.csv",
    ]  # fmt: skip


def test_only_refusals_of_studies_end_with_three() -> None:
    refused = StudyOutcome.of("a", InputError("x"))
    assert exit_code([refused, StudyOutcome.of("b", REPORT)]) == 3
    assert exit_code([refused, StudyOutcome.of("b", UsageError("x"))]) == 3
    assert exit_code([]) == 0


def test_the_next_is_read_and_the_last_is_written_while_one_is_worked_on() -> None:
    """Each step waits for what only the other threads can do: without overlap this would never end."""
    reading_second, writing_first = threading.Event(), threading.Event()
    working_second = threading.Event()

    def read(item: int) -> int:
        if item == 2:
            reading_second.set()
        return item

    def work(item: int, read: int) -> int:
        if item == 1:
            assert reading_second.wait(30), "the second was not read while the first was worked on"
        if item == 2:
            working_second.set()
            assert writing_first.wait(30), "the first was not written while the second was worked on"
        return item * 10

    def write(item: int, made: int) -> int:
        if item == 1:
            assert working_second.wait(30)
            writing_first.set()
        return made + 1

    assert list(overlapped([1, 2, 3], read, work, write)) == [(1, 11), (2, 21), (3, 31)]


def test_no_more_than_one_is_read_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    run = overlapped(items(), lambda item: item, lambda item, read: read, lambda item, made: made)
    next(run)
    assert len(taken) <= 3
    run.close()  # type: ignore[attr-defined]
    assert len(taken) <= 3


@pytest.mark.parametrize("step", ["read", "work", "write"])
def test_what_fails_in_any_step_is_that_items_and_no_others(step: str) -> None:
    def failing(name: str) -> Any:
        def act(item: int, *rest: int) -> int:
            if step == name and item == 2:
                raise ValueError(name)
            return item

        return act

    one, two, three = overlapped([1, 2, 3], failing("read"), failing("work"), failing("write"))
    assert (one, three) == ((1, 1), (3, 3))
    assert isinstance(two[1], ValueError) and str(two[1]) == step


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Cancelled])
def test_stopping_writes_what_was_begun_and_no_more(stop: type[BaseException]) -> None:
    written: list[int] = []

    def work(item: int, read: int) -> int:
        if item == 2:
            raise stop("stop")
        return item

    with pytest.raises(stop):
        list(overlapped([1, 2, 3], lambda item: item, work, lambda item, made: written.append(item)))
    assert written == [1]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Cancelled])
@pytest.mark.parametrize("slow", [False, True])
def test_what_was_written_when_it_stopped_is_in_the_table(
    stop: type[BaseException], slow: bool, tmp_path: Path
) -> None:
    """Also when it is still being written at that moment."""
    stopping = threading.Event()

    def work(job: Job, read: None) -> None:
        if job.row.id == "b":
            stopping.set()
            raise stop("stop")

    def write(job: Job, made: None) -> dict[str, Any]:
        assert not slow or stopping.wait(30)
        return REPORT

    with pytest.raises(stop):
        run_cohort(ROWS, tmp_path, lambda jobs: overlapped(jobs, lambda job: None, work, write))
    assert [(row["id"], row["status"]) for row in table(tmp_path / "summary.csv")] == [("a", "done")]


@pytest.mark.parametrize(("which", "written"), [(0, 2), (1, 3), (2, 3)])
def test_an_interruption_while_waiting_for_the_writer_loses_nothing(
    which: int, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([None] * which + [KeyboardInterrupt])

    def interrupted(futures: Any) -> None:
        stop = next(waits, None)
        if stop is not None:
            raise stop
        wait(futures)

    monkeypatch.setattr(segmenters, "wait", interrupted)
    told: list[tuple[int, Any]] = []
    with pytest.raises(KeyboardInterrupt):
        told.extend(overlapped([1, 2, 3], lambda item: item, lambda item, read: read, lambda item, made: made))
    assert told == [(number, number) for number in range(1, written + 1)]
