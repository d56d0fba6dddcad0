"""Nothing that is read, and nothing that this program did not write, is ever replaced or removed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from evaluation_rows import random_rows
from GSSCore.cli import main
from GSSCore.cohort.running import run_cohort
from GSSCore.errors import EnvironmentRefused, GSSError, UsageError
from GSSCore.evaluation.files import NAMES as SCORES
from GSSCore.evaluation.files import write_report
from GSSCore.outputs import hashes_of, require_free, require_writable
from GSSCore.phantom import write_phantom
from GSSCore.results.files import (
    CONFIDENCE_FILE,
    LABELS_FILE,
    NAMES,
    REPORT_FILE,
    RESULT,
    note_in_result,
    require_result_folder,
    write_result,
)
from GSSCore.training.run import train
from GSSCore.training.settings import Running, TrainingPlaces
from training_cases import TINY_RECIPE, write_study

REPORT = json.dumps({"schema": "gss-report-2"}).encode()
FILES = {name: name.encode() for name in NAMES} | {REPORT_FILE: REPORT}
MINE = b"somebody's own"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run(*words: object) -> int:
    return main([str(word) for word in words])


# --- a folder of results ---------------------------------------------------------------------------------------------


def test_an_own_result_is_replaced_and_its_report_has_the_hashes(tmp_path: Path) -> None:
    write_result(tmp_path, FILES)
    files = {name: content for name, content in FILES.items() if name != REPORT_FILE}
    assert json.loads((tmp_path / REPORT_FILE).read_bytes())["files"] == hashes_of(files)
    write_result(tmp_path, {**FILES, LABELS_FILE: b"new"})
    assert (tmp_path / LABELS_FILE).read_bytes() == b"new"


def test_a_result_of_an_older_version_is_replaced(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    write_result(tmp_path, {name: b"{}" for name in NAMES if name != CONFIDENCE_FILE})
    assert not (tmp_path / CONFIDENCE_FILE).exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("report", [None, b"", b"[]", b'{"volumes": 1}', b'{"schema": "other-1"}', b"\xff\x00"])
def test_what_somebody_else_wrote_is_neither_replaced_nor_removed(
    name: str, report: bytes | None, tmp_path: Path
) -> None:
    if report is not None:
        (tmp_path / REPORT_FILE).write_bytes(report)
    (tmp_path / name).write_bytes(MINE)
    before = contents(tmp_path)
    for attempt in (lambda: require_result_folder(tmp_path), lambda: write_result(tmp_path, FILES)):
        with pytest.raises(EnvironmentRefused, match="did not write"):
            attempt()
    assert contents(tmp_path) == before


def test_a_file_of_a_result_that_was_changed_is_kept(tmp_path: Path) -> None:
    """Such as labels that an expert has corrected."""
    write_result(tmp_path, FILES)
    (tmp_path / LABELS_FILE).write_bytes(MINE)
    with pytest.raises(EnvironmentRefused, match=f"{LABELS_FILE} was changed"):
        write_result(tmp_path, FILES)
    assert (tmp_path / LABELS_FILE).read_bytes() == MINE


def test_a_confidence_that_a_result_does_not_list_is_somebodys(tmp_path: Path) -> None:
    without = {name: content for name, content in FILES.items() if name != CONFIDENCE_FILE}
    write_result(tmp_path, without)
    (tmp_path / CONFIDENCE_FILE).write_bytes(MINE)
    with pytest.raises(EnvironmentRefused, match=CONFIDENCE_FILE):
        write_result(tmp_path, without)
    assert (tmp_path / CONFIDENCE_FILE).read_bytes() == MINE


def test_files_that_go_with_a_result_are_known_again(tmp_path: Path) -> None:
    for content in (b"1", b"2"):
        write_result(tmp_path, FILES)
        require_result_folder(tmp_path, more=["more.nrrd"])
        (tmp_path / "more.nrrd").write_bytes(content)
        note_in_result(tmp_path, ["more.nrrd", "absent"], {"fact": 1})
    assert json.loads((tmp_path / REPORT_FILE).read_bytes())["fact"] == 1
    assert (tmp_path / "more.nrrd").read_bytes() == b"2"
    (tmp_path / "more.nrrd").write_bytes(MINE)
    with pytest.raises(EnvironmentRefused, match=r"more\.nrrd was changed"):
        require_result_folder(tmp_path, more=["more.nrrd"])


@pytest.mark.parametrize("link", ["same", "symbolic", "hard", "folder", "dots", "relative"])
def test_what_is_read_is_never_written_over_by_whatever_path(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where this program wrote it: a result may be the truth of the next run."""
    write_result(tmp_path / "out", FILES)
    labels = tmp_path / "out" / LABELS_FILE
    read = tmp_path / "read.nii.gz"
    if link == "symbolic":
        read.symlink_to(labels)
    elif link == "hard":
        read.hardlink_to(labels)
    elif link == "folder":
        (tmp_path / "other").symlink_to(tmp_path / "out")
        read = tmp_path / "other" / LABELS_FILE
    elif link == "dots":
        read = tmp_path / "out" / ".." / "out" / LABELS_FILE
    elif link == "relative":
        monkeypatch.chdir(tmp_path)
        read = Path("out") / LABELS_FILE
    else:
        read = labels
    with pytest.raises(EnvironmentRefused, match="one of the files that are read"):
        require_free(tmp_path / "out", NAMES, RESULT, [read])


def test_a_link_in_the_place_of_a_result_is_somebodys(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(MINE)
    for name in (LABELS_FILE, REPORT_FILE):
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / name).symlink_to(tmp_path / "mine")
        with pytest.raises(EnvironmentRefused, match="did not write"):
            require_result_folder(tmp_path / "out")
        (tmp_path / "out" / name).unlink()


def test_a_folder_in_the_place_of_a_file_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / LABELS_FILE).mkdir()
    with pytest.raises(EnvironmentRefused, match="is a folder, where a file goes"):
        require_result_folder(tmp_path)


# --- places that can't be written to ---------------------------------------------------------------------------------


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "a" / "b", tmp_path / "v1.2", tmp_path / "patient.7"):
        require_writable(folder)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["out.nii.gz", "out.NII", "report.json", "out.png", "results.zip", "a/out.csv"])
def test_the_name_of_a_file_is_no_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentRefused, match="the name of a file"):
        require_writable(tmp_path / name)
    (tmp_path / name).mkdir(parents=True)
    require_writable(tmp_path / name)


def test_what_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone" / "far")
    for place in (tmp_path / "file", tmp_path / "file" / "x", tmp_path / "nowhere", tmp_path / ("n" * 300)):
        with pytest.raises(EnvironmentRefused, match="Nothing can be written to"):
            require_writable(place)
    assert {path.name for path in tmp_path.iterdir()} == {"file", "nowhere"}


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="the system has no /proc")  # noqa: PTH112
def test_a_file_system_that_takes_nothing_is_refused_although_its_permissions_allow_it() -> None:
    with pytest.raises(EnvironmentRefused, match="/proc/x"):
        require_writable("/proc/x")


# --- every command that writes ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantom")
    write_phantom(folder, shape=(48, 56, 44), spacing_mm=3.5)
    return folder


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Run a command that must be refused with one line and leave a folder as it is; return that line."""
    before = contents(folder)
    assert run(*words) == 3
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert contents(folder) == before
    return captured.err


@pytest.mark.parametrize("name", [LABELS_FILE, CONFIDENCE_FILE])
@pytest.mark.parametrize("by", ["file", "symbolic", "hard"])
def test_segment_keeps_an_input_that_has_a_results_name(
    name: str, by: str, phantom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes((phantom / "phantom_00000_flair.nii.gz").read_bytes())
    flair = tmp_path / name
    if by != "file":
        flair = tmp_path / "flair.nii.gz"
        flair.symlink_to(tmp_path / name) if by == "symbolic" else flair.hardlink_to(tmp_path / name)
    said = refused(tmp_path, capsys, "segment", "--flair", flair, "--output", tmp_path, "--no-confidence")
    assert f"{tmp_path / name} would be written over, and it is one of the files that are read" in said


def test_segment_keeps_a_truth_and_what_it_did_not_write(
    phantom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flair = phantom / "phantom_00000_flair.nii.gz"
    (tmp_path / LABELS_FILE).write_bytes((phantom / "phantom_00000_seg.nii.gz").read_bytes())
    words = ("segment", "--flair", flair, "--output", tmp_path)
    assert "files that are read" in refused(tmp_path, capsys, *words, "--truth", tmp_path / LABELS_FILE)
    assert "did not write" in refused(tmp_path, capsys, *words)


@pytest.mark.parametrize("output", ["", "  "])
@pytest.mark.parametrize(
    "words",
    ["segment --case x", "cohort x", "evaluate x", "compare x y", "train r --data x", "split x"],
)
def test_an_empty_output_is_wrong_usage(
    words: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would be the folder at work."""
    monkeypatch.chdir(tmp_path)
    assert run(*words.split(), "--output", output) == 2
    assert "argument --output: the path is empty" in capsys.readouterr().err


def test_a_cohort_keeps_the_images_of_all_its_studies(
    phantom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where one study's folder holds the image of another."""
    image = (phantom / "phantom_00000_flair.nii.gz").read_bytes()
    for place in ("a/labels.nii.gz", "b.nii.gz"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_bytes(image)
    (tmp_path / "list.csv").write_text("id,flair\nb,a/labels.nii.gz\na,b.nii.gz\n", encoding="utf-8")
    (tmp_path / "c").symlink_to(tmp_path / "b")
    from GSSCore.cohort.table import read_cohort

    rows = read_cohort(tmp_path / "list.csv")
    outcomes = run_cohort(rows, tmp_path, lambda jobs: ((job, GSSError("tried")) for job in jobs))
    said = {outcome.id: outcome.message for outcome in outcomes}
    assert "one of the files that are read" in said["a"]
    assert said["b"] == "tried"


def test_two_studies_do_not_share_a_folder_by_a_link(tmp_path: Path) -> None:
    from GSSCore.cohort.row import CohortRow

    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to(tmp_path / "a")
    outcomes = run_cohort(
        [CohortRow("a"), CohortRow("b")], tmp_path, lambda jobs: ((job, GSSError("tried")) for job in jobs)
    )
    assert {o.id: o.message for o in outcomes}["b"].startswith(f"{tmp_path / 'b'} leads to the folder of")


def test_a_cohort_keeps_a_table_that_is_not_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Be it the list of the studies."""
    (tmp_path / "summary.csv").write_text("id,flair\nb,a/labels.nii.gz\n", encoding="utf-8")
    assert "files that are read" in refused(tmp_path, capsys, "cohort", tmp_path / "summary.csv", "--output", tmp_path)
    (tmp_path / "list.csv").write_text("id,flair\nb,a/labels.nii.gz\n", encoding="utf-8")
    assert "did not write" in refused(tmp_path, capsys, "cohort", tmp_path / "list.csv", "--output", tmp_path)


@pytest.mark.parametrize("name", SCORES)
def test_evaluate_keeps_what_it_did_not_write(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_study(tmp_path / "data", "a")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_bytes(MINE)
    assert "did not write" in refused(tmp_path, capsys, "evaluate", tmp_path / "data", "--output", tmp_path / "out")


def test_evaluate_replaces_its_own_and_keeps_what_was_changed(tmp_path: Path) -> None:
    write_report(tmp_path, random_rows(2, 0), "t", {}, {"heat_map.png": b"1"})
    write_report(tmp_path, random_rows(2, 1), "t", {}, {})
    assert not (tmp_path / "heat_map.png").exists()
    (tmp_path / "scores.md").write_bytes(MINE)
    with pytest.raises(EnvironmentRefused, match=r"scores\.md was changed"):
        write_report(tmp_path, random_rows(2, 1), "t", {}, {})


def test_compare_keeps_what_it_did_not_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(tmp_path / "a", random_rows(8, 0), "a", {}, {})
    for name in ("comparison.md", "comparison.csv"):
        (tmp_path / name).write_bytes(MINE)
        assert "did not write" in refused(tmp_path, capsys, "compare", *[tmp_path / "a"] * 2, "--output", tmp_path)
        (tmp_path / name).unlink()
    (tmp_path / "a" / "comparison.csv").symlink_to(tmp_path / "a" / "scores.csv")
    words = ("compare", *[tmp_path / "a"] * 2, "--output", tmp_path / "a")
    assert "files that are read" in refused(tmp_path, capsys, *words)
    assert run(*words[:3], "--output", tmp_path) == run(*words[:3], "--output", tmp_path) == 0


def test_split_never_replaces_another_split(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "abcdef":
        write_study(tmp_path / "data", name)
    words = ("split", tmp_path / "data", "--output", tmp_path / "s.json")
    assert run(*words) == run(*words) == 0
    capsys.readouterr()
    assert "with another content" in refused(tmp_path, capsys, *words, "--seed", "5")
    assert run(*words, "--folds", "2") == 0
    (tmp_path / "s-1.json").write_bytes(MINE)
    (tmp_path / "s-0.json").unlink()
    capsys.readouterr()
    assert "s-1.json" in refused(tmp_path, capsys, *words, "--folds", "2")
    assert "is a folder" in refused(tmp_path, capsys, "split", tmp_path / "data", "--output", tmp_path / "data")
    (tmp_path / "link.json").symlink_to(tmp_path / "gone.json")
    assert "is there already" in refused(
        tmp_path, capsys, "split", tmp_path / "data", "--output", tmp_path / "link.json"
    )


def test_phantom_keeps_what_it_did_not_write(phantom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("README.txt", "LICENSE-ICBM152.txt", "phantom_00000_t1.nii.gz"):
        (tmp_path / name).write_bytes(MINE)
        assert "did not write" in refused(tmp_path, capsys, "phantom", tmp_path)
        (tmp_path / name).unlink()
    write_phantom(phantom, shape=(48, 56, 44), spacing_mm=3.5)
    image = phantom / "phantom_00000_t1.nii.gz"
    before = image.read_bytes()
    image.write_bytes(MINE)
    assert "was changed" in refused(phantom, capsys, "phantom", phantom)
    image.write_bytes(before)


def test_demo_refuses_before_it_makes_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flair-t2").mkdir()
    (tmp_path / "flair-t2" / LABELS_FILE).write_bytes(MINE)
    assert "did not write" in refused(tmp_path, capsys, "demo", tmp_path)


def test_train_replaces_no_network(tmp_path: Path) -> None:
    write_study(tmp_path / "data", "a")
    (tmp_path / "r.toml").write_text(TINY_RECIPE, encoding="utf-8")
    places = TrainingPlaces([tmp_path / "data"], tmp_path / "out")
    train(tmp_path / "r.toml", places, Running("cpu"))
    (tmp_path / "out" / "checkpoint.safetensors").rename(tmp_path / "kept")
    with pytest.raises(UsageError, match="holds a network already"):
        train(tmp_path / "r.toml", places, Running("cpu"))
    (tmp_path / "kept").rename(tmp_path / "out" / "checkpoint.safetensors")
    weights = tmp_path / "out" / "network" / "weights.safetensors"
    weights.write_bytes(MINE)
    with pytest.raises(EnvironmentRefused, match="was changed"):
        train(tmp_path / "r.toml", places, Running("cpu", resume=True))
    assert weights.read_bytes() == MINE
