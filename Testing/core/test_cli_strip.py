"""`gss strip`: brains and masks on each file's own grid, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from GSSCore.brain_extraction import BrainCard, BrainExtractor, BrainNetwork
from GSSCore.cli import main
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti

OPTIONS = {"widths": [4, 4], "fine": 4, "groups": 4}


def brightness(self: BrainNetwork, images: torch.Tensor) -> torch.Tensor:
    """What a network that needs no training says: what is bright lies inside."""
    return torch.tanh(2.0 * (images - 0.5))


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    BrainExtractor(BrainNetwork(**OPTIONS), BrainCard("test", "0", OPTIONS)).save(tmp_path / "network")
    monkeypatch.setattr(BrainNetwork, "forward", brightness)
    return tmp_path / "network"


def head(path: Path, radius: float, tilt: float = 0.0) -> Volume:
    """A head of three shells on a tilted grid of 3 x 3 x 4 mm, axes L, P, S, written to a file."""
    turn = np.array([[np.cos(tilt), -np.sin(tilt), 0], [np.sin(tilt), np.cos(tilt), 0], [0, 0, 1]])
    affine, shape = np.eye(4), (70, 72, 54)
    affine[:3, :3] = turn @ np.diag((-3.0, -3.0, 4.0))
    affine[:3, 3] = -affine[:3, :3] @ (np.array(shape) - 1) / 2.0
    index = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    depth = radius - np.linalg.norm(index @ affine[:3, :3].T + affine[:3, 3], axis=-1)
    image = np.where(depth > 0, 900 - 300 * (depth % 10 > 5), np.where(depth > -20, 150, 20)).astype(np.int16)
    write_nifti(Volume(image, affine), path)
    return Volume(depth, affine)


def test_brain_and_mask_lie_on_the_files_own_grid(
    tmp_path: Path, network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan, out = head(tmp_path / "t1.nii.gz", 62.0, 0.2), tmp_path / "out"
    assert main(["strip", str(tmp_path / "t1.nii.gz"), "--output", str(out), "--network", str(network)]) == 0
    mask, brain = read_volume(out / "t1_mask.nii.gz"), read_volume(out / "t1_brain.nii.gz")
    given = read_volume(tmp_path / "t1.nii.gz")
    for volume in (mask, brain):
        assert volume.grid.matches(given.grid, 1e-3)
    inside = scan.array > 0
    assert 2.0 * (inside & (mask.array > 0)).sum() / (inside.sum() + mask.array.sum()) > 0.95
    assert brain.array.dtype == given.array.dtype
    np.testing.assert_array_equal(brain.array, np.where(mask.array > 0, given.array, 0))
    told = json.loads((out / "brains.json").read_text(encoding="utf-8"))
    assert told["scans"][0]["checks"]["brain_ml"] == pytest.approx(4.0 / 3.0 * np.pi * 6.2**3, rel=0.06)
    assert "stripped" in capsys.readouterr().out


def test_one_that_is_refused_leaves_the_others(
    tmp_path: Path, network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head(tmp_path / "small.nii.gz", 40.0)
    head(tmp_path / "good.nii.gz", 62.0)
    out = tmp_path / "out"
    words = ["strip", *(str(tmp_path / name) for name in ("small.nii.gz", "good.nii.gz", "none.nii.gz"))]
    assert main([*words, "--output", str(out), "--network", str(network), "--progress", "none"]) == 3
    said = capsys.readouterr()
    assert "no adult brain" in said.err
    assert "none.nii.gz" in said.err
    assert sorted(path.name for path in out.iterdir()) == ["brains.json", "good_brain.nii.gz", "good_mask.nii.gz"]
    scans = json.loads((out / "brains.json").read_text(encoding="utf-8"))["scans"]
    assert [scan["refused"] is None for scan in scans] == [False, True]


def test_nothing_that_is_read_or_foreign_is_written_over(
    tmp_path: Path, network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head(tmp_path / "a.nii.gz", 62.0)
    head(tmp_path / "a_brain.nii.gz", 62.0)
    before = (tmp_path / "a_brain.nii.gz").read_bytes()
    tail = ["--output", str(tmp_path), "--network", str(network)]
    assert main(["strip", str(tmp_path / "a.nii.gz"), str(tmp_path / "a_brain.nii.gz"), *tail]) == 3
    assert "one of the files that are read" in capsys.readouterr().err
    assert main(["strip", str(tmp_path / "a.nii.gz"), *tail]) == 3
    assert "did not write it" in capsys.readouterr().err
    assert (tmp_path / "a_brain.nii.gz").read_bytes() == before
    (tmp_path / "b").mkdir()
    head(tmp_path / "b" / "a.nii.gz", 62.0)
    assert main(["strip", str(tmp_path / "a.nii.gz"), str(tmp_path / "b" / "a.nii.gz"), *tail]) == 2
    own = ["--output", str(tmp_path / "own"), "--network", str(network)]
    for _ in range(2):  # its own files of an earlier run are replaced
        assert main(["strip", str(tmp_path / "a.nii.gz"), *own]) == 0
    assert main(["strip", str(tmp_path / "a_brain.nii.gz"), *own]) == 0
    listed = json.loads((tmp_path / "own" / "brains.json").read_text(encoding="utf-8"))["files"]
    assert {"a_brain.nii.gz", "a_mask.nii.gz", "a_brain_brain.nii.gz", "a_brain_mask.nii.gz"} == set(listed)


def test_progress_is_told_as_lines(tmp_path: Path, network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head(tmp_path / "a.nii.gz", 62.0)
    words = ["strip", str(tmp_path / "a.nii.gz"), "--output", str(tmp_path / "out"), "--network", str(network)]
    assert main([*words, "--progress", "jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["stage"] == "strip"
    assert (lines[-1]["stage"], lines[-1]["output"]) == ("done", str(tmp_path / "out"))
