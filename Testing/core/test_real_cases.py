"""The whole way on the two published cases, as a user goes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.long

CASES = {"BraTS2021_00006": "NCR=1,ED=2,ET=4", "BraTS-SSA-00051-000": "NCR=1,ED=2,ET=3"}


def segment(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "GSSCore", "segment", "--device", "cpu", "--progress", "none", *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=280)


@pytest.mark.parametrize("name", CASES)
def test_a_published_case_is_segmented_on_its_own_grid(name: str, real_cases: Path, tmp_path: Path) -> None:
    folder = real_cases / "original" / name
    run = segment("--case", folder, "--output", tmp_path, "--truth", folder / f"{name}_seg.nii.gz",
                  "--truth-labels", CASES[name])  # fmt: skip
    assert run.returncode == 0, run.stderr
    labels, reference = nib.load(tmp_path / "labels.nii.gz"), nib.load(folder / f"{name}_flair.nii.gz")
    assert labels.shape == reference.shape
    np.testing.assert_allclose(labels.affine, reference.affine, atol=1e-4)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["warnings"] == []
    assert report["dice"]["WT"] > 0.8
    assert report["dice"]["TC"] > 0.5
    volume = np.count_nonzero(np.asarray(labels.dataobj)) / 1000
    assert report["volumes_ml"]["WT"] == pytest.approx(volume, rel=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_flair_and_t2_alone_still_find_the_tumour(name: str, real_cases: Path, tmp_path: Path) -> None:
    folder = real_cases / "original" / name
    files = {m: folder / f"{name}_{m}.nii.gz" for m in ("flair", "t2")}
    run = segment("--flair", files["flair"], "--t2", files["t2"], "--output", tmp_path, "--no-confidence",
                  "--truth", folder / f"{name}_seg.nii.gz", "--truth-labels", CASES[name])  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["dice"]["WT"] > 0.75


def test_a_truncated_file_is_refused_by_name_with_nothing_written(real_cases: Path, tmp_path: Path) -> None:
    name = "BraTS2021_00006"
    data = (real_cases / "original" / name / f"{name}_flair.nii.gz").read_bytes()
    (tmp_path / "flair.nii.gz").write_bytes(data[: len(data) // 2])
    run = segment("--flair", tmp_path / "flair.nii.gz", "--output", tmp_path / "out")
    assert run.returncode == 3
    assert run.stderr.count("\n") == 1
    assert "flair.nii.gz" in run.stderr
    assert "FLAIR" in run.stderr
    assert not (tmp_path / "out").exists()
