"""Whatever becomes of standard output and error, the result is written and the exit code is true."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from GSSCore.cli import main
from GSSCore.cli.progress import wants_lines
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.messages import Message
from GSSCore.networks.bundle import Network
from small_networks import save_untrained
from study_heads import centred_affine, head
from training_cases import TINY_RECIPE, write_study

pytestmark = pytest.mark.long

SHAPE = (44, 54, 40)
AFFINE = centred_affine(SHAPE, (3.5, 3.5, 3.5))
LATIN = os.fsdecode(b"M\xfcller")
"""A name in Latin-1, as old archives have them: no UTF-8."""
MODERN, SHORT = (os.fsdecode(name.encode()) for name in ("Müller", "Ä"))
"""Names in UTF-8; the tests may run in a locale that does not know the letters."""

posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
any_names = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse names that are no UTF-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small studies in `data`, and an untrained network in `net`."""
    folder = tmp_path_factory.mktemp("place")
    for name, seed in (("a", 1), ("b", 2)):
        for modality, image in list(head(SHAPE, AFFINE, seed=seed).items())[::3]:
            write_nifti(Volume(image, AFFINE), folder / "data" / name / f"x_{modality.value}.nii.gz")
    save_untrained(folder / "net")
    return folder


def gss(words: str, place: Path, redirection: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run it in a shell, as people do."""
    root = str(Path(__file__).resolve().parents[2])
    line = f"{sys.executable} -m GSSCore {words} --network {place}/net --device cpu --no-confidence {redirection}"
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"], cwd=place, capture_output=True, check=False, timeout=280,
        env=os.environ | {"PYTHONPATH": root} | environment,
    )  # fmt: skip


@posix
@pytest.mark.parametrize("redirection", ["| head -c 1", "> /dev/full", "> /dev/full 2>&1", "2>&-", ">&- 2>&- <&-"])
def test_a_cohort_goes_on_whatever_becomes_of_its_output(redirection: str, place: Path, tmp_path: Path) -> None:
    done = gss(f"cohort data --output {tmp_path}/out --progress jsonl", place, redirection)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["done", "done"]
    reports = [json.loads(path.read_bytes()) for path in (tmp_path / "out").glob("*/report.json")]
    assert len(reports) == 2, "nothing of standard error has come into a file"


@posix
@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full", "> /dev/full 2>&1"])
def test_a_refusal_keeps_its_exit_code(redirection: str, place: Path, tmp_path: Path) -> None:
    assert gss(f"segment --flair nowhere.nii.gz --output {tmp_path}/out", place, redirection).returncode == 3
    assert gss("segment --outptu x", place, redirection).returncode == 2


@posix
def test_what_was_only_to_be_read_there_is_no_success_on_a_full_disk() -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "GSSCore", "info"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=root, check=False, encoding="utf-8")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "Standard output can't be written (No space left on device)" in done.stderr


class Broken:
    """A stream that fails as a pipe does whose reader has gone."""

    closed = False

    def write(self, text: str) -> int:
        raise BrokenPipeError

    flush = isatty = write


def test_a_stream_that_breaks_is_given_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: Any = Broken()
    monkeypatch.setattr(sys, "stdout", broken)
    assert main(["info"]) == 0
    assert sys.stdout is broken


@any_names
@pytest.mark.parametrize("environment", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_cohort_takes_names_in_any_encoding(environment: dict[str, str], place: Path, tmp_path: Path) -> None:
    """Names that are no UTF-8, names that are, and names from a CSV file, in a locale that knows neither."""
    source = tmp_path / "source"
    for name, folder in ((LATIN, "a"), (MODERN, "b")):
        shutil.copytree(place / "data" / folder, source / name)
        (source / name / "x_flair.nii.gz").rename(source / name / f"{name}_flair.nii.gz")
    done = gss(f"cohort {source} --output {tmp_path}/out", place, **environment)
    assert done.returncode == 0, done.stderr
    found = {os.fsencode(path.parent.name) for path in (tmp_path / "out").glob("*/report.json")}
    assert found == {b"M\xfcller", "Müller".encode()}
    report = json.loads((tmp_path / "out" / LATIN / "report.json").read_text(encoding="utf-8"))
    assert report["inputs"]["FLAIR"]["file"] == str(source / LATIN / f"{LATIN}_flair.nii.gz")
    (tmp_path / "list.csv").write_text(f"id,flair\nÄ,{source}/Müller/Müller_flair.nii.gz\n", encoding="utf-8")
    done = gss(f"cohort {tmp_path}/list.csv --output {tmp_path}/listed", place, **environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "listed" / SHORT / "labels.nii.gz").is_file()


@any_names
def test_a_training_takes_names_that_are_no_utf8(tmp_path: Path) -> None:
    data, recipe, out = tmp_path / LATIN, tmp_path / f"{LATIN}.toml", tmp_path / f"out {LATIN}"
    write_study(data, LATIN)
    recipe.write_text(TINY_RECIPE, encoding="utf-8")
    words = ["train", str(recipe), "--data", str(data), "--output", str(out), "--device", "cpu", "--progress", "none"]
    assert main(words) == 0
    assert main([*words, "--resume"]) == 0
    assert f"1 cases: {LATIN}" in Network.load(out / "network").card.data


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("segment --progress jsonl", True),
        ("segment --prog=jsonl --outptu", True),
        ("--progress bar jsonl", False),
        ("segment --case jsonl", False),
        ("-- jsonl", False),
        ("", False),
    ],
)
def test_json_lines_are_told_from_the_arguments_alone(words: str, asked: bool) -> None:
    assert wants_lines(words.split()) is asked


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("segment", 2),
        ("nonsense", 2),
        ("compare a b", 2),
        ("segment --flair no.nii.gz --output o", 3),
        ("cohort nowhere --output o", 3),
        ("evaluate nowhere", 3),
        ("train no.toml --data d --output o", 3),
    ],
)
def test_in_every_command_the_last_line_tells_the_fault(
    words: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*words.split(), "--progress", "jsonl"]) == code
    captured = capsys.readouterr()
    last = json.loads(captured.out.splitlines()[-1])
    assert last["stage"] == "error"
    assert Message.from_json(last) == last["message"]
    assert captured.err.splitlines()[-1] == f"gss: {last['message']}"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["segment", "cohort", "evaluate", "train"])
def test_an_interruption_is_told_too(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"GSSCore.cli.{command}.run", interrupted)
    words = {"segment": [], "cohort": ["x"], "evaluate": ["x"], "train": ["r", "--data", "x"]}[command]
    assert main([command, *words, "--output", str(tmp_path / "o"), "--progress", "jsonl"]) == 130
    captured = capsys.readouterr()
    assert json.loads(captured.out)["code"] == "cli.cancelled"
    assert captured.err == "gss: Cancelled.\n"
