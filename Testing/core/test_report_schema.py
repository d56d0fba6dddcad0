"""docs/report.schema.json describes every report that is written, and docs/report.md says the same in words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import report_table
from GSSCore.cli import main
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.vocabulary import Modality
from report_schema import problems, validator
from results_study import report as made_report
from results_study import study
from small_networks import save_untrained
from study_heads import centred_affine, head, truth

SHAPE = (44, 54, 40)
AFFINE = centred_affine(SHAPE, (3.5, 3.5, 3.5))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete study, and one whose T1 shows a sliver of the brain, so that it is left out."""
    folder = tmp_path_factory.mktemp("data") / "studies"
    for modality, image in head(SHAPE, AFFINE).items():
        write_nifti(Volume(image, AFFINE), folder / "whole" / f"whole_{modality.value}.nii.gz")
    write_nifti(Volume(truth(SHAPE, AFFINE), AFFINE), folder.parent / "truth.nii.gz")
    images = head(SHAPE, AFFINE, seed=1)
    sliver = np.array(images[Modality.T1])
    heights = np.flatnonzero(sliver.any(axis=(0, 1)))
    sliver[:, :, heights[2] :] = 0
    for modality, image in {**images, Modality.T1: sliver}.items():
        write_nifti(Volume(image, AFFINE), folder / "sliver" / f"sliver_{modality.value}.nii.gz")
    return folder


def segmented(studies: Path, network: Path, output: Path, *words: object) -> dict[str, Any]:
    command = ["segment", *words, "--network", network, "--device", "cpu", "--progress", "none", "--output", output]
    assert main([str(word) for word in command]) == 0
    report: dict[str, Any] = json.loads((output / "report.json").read_text(encoding="utf-8"))
    return report


def test_the_report_of_a_study_with_its_truth(studies: Path, network: Path, tmp_path: Path) -> None:
    case, expert = studies / "whole", studies.parent / "truth.nii.gz"
    report = segmented(studies, network, tmp_path, "--case", case, "--truth", expert)
    assert not problems(tmp_path)
    assert report["dice"] and report["truth"] and report["network"]["expected_dice"] is None
    assert set(report["seconds"]) >= {"network", "confidence"}


def test_the_report_of_two_sequences_in_windows(studies: Path, network: Path, tmp_path: Path) -> None:
    files = {name: studies / "whole" / f"whole_{name}.nii.gz" for name in ("flair", "t2")}
    words = ("--flair", files["flair"], "--t2", files["t2"], "--window", 32, "--no-confidence")
    report = segmented(studies, network, tmp_path, *words)
    assert not problems(tmp_path)
    assert report["execution_plan"]["window"] == [32, 32, 32] and report["messages"] and "ET" in report["unreliable"]


def test_the_reports_of_a_cohort_with_an_image_that_was_left_out(studies: Path, network: Path, tmp_path: Path) -> None:
    words = ("cohort", studies, "--output", tmp_path, "--network", network, "--device", "cpu", "--progress", "none")
    assert main([str(word) for word in words]) == 0
    for name in ("whole", "sliver"):
        assert not problems(tmp_path / name)
    assert "T1" in json.loads((tmp_path / "sliver" / "report.json").read_text(encoding="utf-8"))["left_out"]


def test_what_is_missing_or_undescribed_is_found() -> None:
    report = made_report(study()) | {"files": {}}
    # What the schema wants of a run is not all in one that was put together by hand.
    report["execution_plan"] = report["execution_plan"] | {"aggregator": "cpu", "averaged": []}
    assert report["network"]["expected_dice"] and not list(validator().iter_errors(report))
    without = {key: value for key, value in report.items() if key != "grid"}
    assert [error.json_path for error in validator().iter_errors(without)] == ["$"]
    more = report | {"grid": report["grid"] | {"colour": "red"}}
    assert [error.json_path for error in validator().iter_errors(more)] == ["$.grid"]
    assert list(validator().iter_errors(report | {"used_modalities": ["PET"]}))


def test_the_page_is_made_from_the_schema() -> None:
    assert report_table.PAGE.read_text(encoding="utf-8") == report_table.page(), "run python Testing/report_table.py"


def test_the_lines_of_the_page_read_a_report(
    studies: Path, network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    segmented(studies, network, Path("result"), "--flair", studies / "whole" / "whole_flair.nii.gz")
    capsys.readouterr()
    (block,) = re.findall(r"```python\n(.*?)```", report_table.PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(block, str(report_table.PAGE), "exec"), {})
    shown = capsys.readouterr().out
    assert re.search(r"ET \d+\.\d+ ml \(not to be relied on\)", shown)
    assert "ET is not to be relied on" in shown
