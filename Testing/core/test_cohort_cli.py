"""`gss cohort`, from the command line to the files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from GSSCore.cli import main
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.networks.registry import create
from GSSCore.preparation_settings import Preparation
from study_heads import centred_affine, head

SHAPE = (44, 54, 40)
AFFINE = centred_affine(SHAPE, (3.5, 3.5, 3.5))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("network")
    module = create("unet", widths=[8, 8, 8, 8], groups=4)
    card = Card("noise", "0", {"name": "unet", "options": module.options}, Preparation((3.5, 3.5, 3.5)), 0, "")
    Network(module, card).save(folder)
    return folder


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
