"""`gss cohort`, from the command line to the files."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from GSSCore.cli import main
from GSSCore.errors import EnvironmentRefused
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.results.result import SegmentationResult
from small_networks import save_untrained
from study_heads import centred_affine, head

pytestmark = pytest.mark.long

SHAPE = (44, 54, 40)
AFFINE = centred_affine(SHAPE, (3.5, 3.5, 3.5))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three studies with ever fewer modalities, and one whose file is none."""
    folder = tmp_path_factory.mktemp("data") / "studies"
    for number in range(3):
        for modality, image in list(head(SHAPE, AFFINE, seed=number).items())[number:]:
            write_nifti(Volume(image, AFFINE), folder / f"s{number}" / f"s{number}_{modality.value}.nii.gz")
    (folder / "broken").mkdir()
    (folder / "broken" / "x_flair.nii.gz").write_bytes(b"no image")
    return folder


def run(*words: object) -> int:
    return main([str(word) for word in words])


def statuses(summary: Path) -> dict[str, str]:
    with summary.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["status"] for row in csv.DictReader(file)}


def test_a_cohort_gives_what_each_study_gives_alone(
    studies: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--network", network, "--device", "cpu"]
    assert run("cohort", studies, "--output", tmp_path / "all", *common, "--progress", "none") == 3
    shown = capsys.readouterr().out
    assert "broken: failed: FLAIR" in shown
    assert "3 done, 0 skipped, 1 failed" in shown
    assert "Research tool, not for clinical use." in shown
    for name in ("s0", "s1", "s2"):
        assert run("segment", "--case", studies / name, "--output", tmp_path / name, *common, "--progress", "none") == 0
        together, alone = (read_volume(tmp_path / folder / "labels.nii.gz") for folder in (f"all/{name}", name))
        np.testing.assert_array_equal(together.array, alone.array)
    assert not (tmp_path / "all" / "broken").exists()


def test_images_that_were_passed_over_are_named_on_the_console_in_the_report_and_in_the_table(
    studies: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(studies / "s1", tmp_path / "in" / "s1")
    shutil.copy(studies / "s1" / "s1_t1.nii.gz", tmp_path / "in" / "s1" / "s1_ADC.nii.gz")
    common = ["--network", network, "--device", "cpu", "--progress", "none", "--no-confidence"]
    assert run("segment", "--case", tmp_path / "in" / "s1", "--output", tmp_path / "one", *common) == 0
    assert "s1_ADC.nii.gz" in capsys.readouterr().out
    assert run("cohort", tmp_path / "in", "--output", tmp_path / "all", *common) == 0
    with (tmp_path / "all" / "summary.csv").open(encoding="utf-8", newline="") as file:
        assert "s1_ADC.nii.gz" in next(csv.DictReader(file))["warnings"]
    for folder in (tmp_path / "one", tmp_path / "all" / "s1"):
        assert "s1_ADC.nii.gz" in " ".join(json.loads((folder / "report.json").read_text(encoding="utf-8"))["warnings"])
        assert "s1_ADC.nii.gz" in (folder / "report.html").read_text(encoding="utf-8")


def test_what_is_there_is_skipped(
    studies: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["cohort", studies / "s1", "--output", tmp_path, "--network", network, "--device", "cpu", "--no-confidence"]
    assert run(*words) == 0
    assert not (tmp_path / "s1" / "confidence.nii.gz").exists()
    before = (tmp_path / "s1" / "report.json").stat().st_mtime_ns
    assert run(*words, "--skip-existing") == 0
    assert (tmp_path / "s1" / "report.json").stat().st_mtime_ns == before
    assert "skipped, its result is there" in capsys.readouterr().out


@pytest.fixture
def done(studies: Path, network: Path, tmp_path: Path) -> tuple[Path, list[object]]:
    """A study with a result, and the arguments that skip it."""
    for modality in ("t1", "t2"):
        place = tmp_path / "studies" / "s" / f"s_{modality}.nii.gz"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((studies / "s0" / f"s0_{modality}.nii.gz").read_bytes())
    words: list[object] = ["cohort", tmp_path / "studies", "--output", tmp_path / "out", "--network", network,
                           "--device", "cpu", "--no-confidence"]  # fmt: skip
    assert run(*words) == 0
    return tmp_path, [*words, "--skip-existing"]


def test_a_result_is_skipped_only_as_long_as_it_stands(
    done: tuple[Path, list[object]], studies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, words = done
    folder = place / "studies" / "s"

    def again(*more: object) -> str:
        capsys.readouterr()
        assert run(*words, *more) == 0
        return capsys.readouterr().out.splitlines()[0].partition(", ET")[2].partition(", ")[2]

    assert again() == "skipped, its result is there"
    (folder / "s_t2.nii.gz").write_bytes((studies / "s1" / "s1_t2.nii.gz").read_bytes())
    assert again().endswith("(Done again. T2 was replaced.)")
    (folder / "s_flair.nii.gz").write_bytes((studies / "s0" / "s0_flair.nii.gz").read_bytes())
    assert again().endswith("(Done again. FLAIR was added. The reference was T2 and is FLAIR.)")
    (folder / "s_t1.nii.gz").unlink()
    assert again().endswith("(Done again. T1 was removed.)")
    assert again("--reference", "t2").endswith("(Done again. The reference was FLAIR and is T2.)")
    assert again("--reference", "t2", "--et-minimum-ml", "0.5").endswith(
        "(Done again. The settings of the clean-up are others.)"
    )
    assert again("--reference", "t2", "--et-minimum-ml", "0.5") == "skipped, its result is there"
    assert again("--reference", "t2", "--et-minimum-ml", "0.5", "--precision", "fp32").endswith("before: precision.)")


def test_another_network_makes_all_results_again(
    done: tuple[Path, list[object]], network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, words = done
    save_untrained(place / "other", name="other", groups=2)
    capsys.readouterr()
    assert run(*[place / "other" if word == network else word for word in words]) == 0
    assert "(Done again. The network is another one.)" in capsys.readouterr().out


def test_a_result_that_was_edited_is_kept_and_said(
    done: tuple[Path, list[object]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Labels that an expert has corrected are neither lost nor taken for the program's."""
    place, words = done
    labels = place / "out" / "s" / "labels.nii.gz"
    labels.write_bytes(b"corrected")
    assert run(*words) == 0
    with (place / "out" / "summary.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["status"] == "skipped"
    assert row["warnings"].startswith("labels.nii.gz changed after this program had written them")
    assert run(*words[:-1]) == 3
    assert "labels.nii.gz was changed after this program had written it" in capsys.readouterr().out
    assert labels.read_bytes() == b"corrected"


def test_progress_as_lines_goes_from_nothing_to_done(
    studies: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--network", network, "--device", "cpu", "--no-confidence", "--progress", "jsonl", "--part", "1/2"]
    assert run("cohort", studies, "--output", tmp_path, *words) == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["stage"] for line in lines] == ["study broken", "study s1", "done"]
    assert [line["whole"] for line in lines] == [0.5, 1.0, 1.0]
    assert (tmp_path / "summary-1-of-2.csv").is_file()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["/no/such", "--output", "OUT"], 3),
        (["STUDIES", "--output", "OUT", "--part", "3/2"], 2),
        (["STUDIES", "--output", "OUT", "--network", "/no/such"], 3),
        (["STUDIES", "--output", "OUT", "--device", "cuda:77"], 3),
        (["STUDIES", "--output", "OUT", "--device", "abacus"], 2),
        (["STUDIES", "--output", "FILE"], 3),
    ],
)
def test_what_concerns_all_is_refused_before_the_first(
    words: list[str], code: int, studies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    names = {"STUDIES": studies, "OUT": tmp_path / "out", "FILE": tmp_path / "file"}
    assert run("cohort", *[names.get(word, word) for word in words]) == code
    assert capsys.readouterr().err.count("\n") == 1
    assert not list((tmp_path / "out").glob("s*/labels.nii.gz"))


def test_a_result_without_the_confidence_asked_for_is_made_anew(studies: Path, network: Path, tmp_path: Path) -> None:
    words = ["cohort", studies / "s1", "--output", tmp_path, "--network", network, "--device", "cpu"]
    assert run(*words, "--no-confidence") == 0
    assert run(*words, "--skip-existing") == 0
    assert statuses(tmp_path / "summary.csv") == {"s1": "done"}
    assert (tmp_path / "s1" / "confidence.nii.gz").is_file()
    assert run(*words, "--skip-existing", "--no-confidence") == 0
    assert statuses(tmp_path / "summary.csv") == {"s1": "skipped"}


def test_a_study_without_the_reference_fails_alone(
    studies: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--network", network, "--device", "cpu", "--no-confidence", "--reference", "flair"]
    assert run("cohort", studies, "--output", tmp_path, *words) == 3
    assert "s1: failed: The reference FLAIR is not among the sequences given" in capsys.readouterr().out
    expected = {"broken": "failed", "s0": "done", "s1": "failed", "s2": "failed"}
    assert statuses(tmp_path / "summary.csv") == expected


@pytest.mark.parametrize(("fault", "code"), [(EnvironmentRefused("The disk is full."), 3), (RuntimeError("a bug"), 1)])
def test_a_result_that_cannot_be_written_fails_its_study_alone(
    fault: Exception, code: int, studies: Path, network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = SegmentationResult.save

    def refusing(result: SegmentationResult, folder: Path) -> Path:
        if folder.name == "s0":
            raise fault
        return save(result, folder)

    monkeypatch.setattr(SegmentationResult, "save", refusing)
    words = ["--network", network, "--device", "cpu", "--no-confidence"]
    assert run("cohort", studies, "--output", tmp_path, *words) == code
    assert statuses(tmp_path / "summary.csv") == {"broken": "failed", "s0": "failed", "s1": "done", "s2": "done"}
    assert not (tmp_path / "s0").exists()


def test_results_among_the_studies_are_not_taken_for_studies(
    studies: Path, network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither when the output is a folder between theirs, nor when each result goes to its study's own folder."""
    source = tmp_path / "studies"
    for name in ("s1", "s2"):
        (source / name).mkdir(parents=True)
        for file in (studies / name).iterdir():
            (source / name / file.name).write_bytes(file.read_bytes())
    words = ["--network", network, "--device", "cpu"]
    for output in (source / "results", source, source / "results"):
        assert run("cohort", source, "--output", output, *words) == 0
        assert statuses(output / "summary.csv") == {"s1": "done", "s2": "done"}
        assert (output / "s1" / "labels.nii.gz").is_file()


def test_an_unexpected_fault_of_the_network_is_that_studys(
    studies: Path,
    network: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from GSSCore.inference import pipeline as module

    segment = module.segment

    def broken(study: Any, *rest: Any) -> SegmentationResult:
        if len(study.available) == 3:
            raise ZeroDivisionError("a bug")
        return segment(study, *rest)

    monkeypatch.setattr(module, "segment", broken)
    words = ["--network", network, "--device", "cpu", "--no-confidence"]
    assert run("cohort", studies, "--output", tmp_path, *words) == 1
    assert statuses(tmp_path / "summary.csv") == {"broken": "failed", "s0": "done", "s1": "failed", "s2": "done"}
    assert "ZeroDivisionError: a bug" in caplog.text


def test_an_interruption_keeps_what_is_done_and_ends_with_130(
    studies: Path,
    network: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from GSSCore.inference import pipeline as module

    segment = module.segment

    def interrupted(study: Any, *rest: Any) -> SegmentationResult:
        if len(study.available) == 3:
            raise KeyboardInterrupt
        return segment(study, *rest)

    monkeypatch.setattr(module, "segment", interrupted)
    words = ["--network", network, "--device", "cpu", "--no-confidence"]
    assert run("cohort", studies, "--output", tmp_path, *words) == 130
    assert capsys.readouterr().err == "gss: Cancelled.\n"
    assert statuses(tmp_path / "summary.csv") == {"broken": "failed", "s0": "done"}
    assert {path.name for path in tmp_path.iterdir()} == {"summary.csv", "s0"}
