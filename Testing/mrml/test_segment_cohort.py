"""`segment_cohort.py`, as a process of its own."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).resolve().parents[2] / "GSSSegmentation" / "Scripts" / "segment_cohort.py"


def script(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(SCRIPT), *map(str, words)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, timeout=280, cwd="/", env=clean | environment
    )


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def studies(study_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV file with two sound studies and one without its file."""
    folder = tmp_path_factory.mktemp("cohort")
    shutil.copytree(study_folder, folder / "images")
    name = next(study_folder.glob("*_flair.nii.gz")).name.replace("_flair.nii.gz", "")
    (folder / "cohort.csv").write_text(
        "id,flair,t1ce,t1,t2\n"
        f"two,images/{name}_flair.nii.gz,,,images/{name}_t2.nii.gz\n"
        "gone,images/no.nii.gz,,,\n"
        f"one,,images/{name}_t1ce.nii.gz,,\n",
        encoding="utf-8",
    )
    return folder / "cohort.csv"


def test_a_list_of_studies_goes_on_after_a_failure_and_skips_what_is_there(
    studies: Path, network: Path, tmp_path: Path
) -> None:
    words: list[Any] = [studies, "--output", tmp_path, "--network", network, "--device", "cpu", "--no-confidence"]
    first = script(*words)
    assert first.returncode == 3, first.stderr
    rows = {row["id"]: row for row in table(tmp_path / "summary.csv")}
    assert {name: row["status"] for name, row in rows.items()} == {"two": "done", "gone": "failed", "one": "done"}
    assert "no.nii.gz does not exist" in rows["gone"]["message"]
    assert rows["two"]["modalities"] == "FLAIR+T2"
    assert (tmp_path / "two" / "segmentation.seg.nrrd").is_file()
    assert not (tmp_path / "gone").exists()
    # A result without its segments is none for this script.
    (tmp_path / "one" / "segmentation.seg.nrrd").unlink()
    second = script(*words, "--skip-existing")
    assert second.returncode == 3
    rows = {row["id"]: row for row in table(tmp_path / "summary.csv")}
    assert {name: row["status"] for name, row in rows.items()} == {"two": "skipped", "gone": "failed", "one": "done"}


def test_a_part_does_its_share(studies: Path, network: Path, tmp_path: Path) -> None:
    words = ["--output", tmp_path, "--network", network, "--device", "cpu", "--no-confidence", "--part", "3/3"]
    run = script("--", studies, *words)
    assert run.returncode == 0, run.stderr
    assert [row["id"] for row in table(tmp_path / "summary-3-of-3.csv")] == ["one"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["/no/such", "--output", "OUT"], 3, "/no/such does not exist"),
        (["STUDIES", "--output", "OUT", "--part", "0/2"], 2, "'0/2' is no part"),
        (["STUDIES"], 2, "--output"),
    ],
)
def test_what_makes_no_sense_ends_with_its_code(
    words: list[str], code: int, sentence: str, studies: Path, tmp_path: Path
) -> None:
    names: dict[str, Any] = {"STUDIES": studies, "OUT": tmp_path / "out"}
    run = script(*[names.get(word, word) for word in words])
    assert run.returncode == code, run.stderr
    assert sentence in run.stderr
    assert not (tmp_path / "out").exists()


def test_missing_packages_end_it_before_the_first_study(studies: Path, tmp_path: Path) -> None:
    info = tmp_path / "torch-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 1.0\n", encoding="utf-8")
    run = script(studies, "--output", tmp_path / "out", PYTHONPATH=str(tmp_path))
    assert run.returncode == 3
    assert "-m pip install" in run.stderr
    assert not (tmp_path / "out").exists()
