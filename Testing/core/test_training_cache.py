"""The cache of prepared cases: right after every change, whole after every accident, safe with two writers."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from GSSCore.dataset import find_cases
from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.preparation_settings import Preparation
from GSSCore.training.cases import is_sound, prepare_cases
from GSSCore.training.data import PreparedCase
from GSSCore.truth import parse_label_map
from test_training_run import write_case

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_case(tmp_path / "data", "a", seed=1)
    write_case(tmp_path / "data", "b", seed=2)
    return tmp_path / "data"


def prepared(data: Path, cache: Path, labels: str = "NCR=1,ED=2,ET=4") -> list[PreparedCase]:
    return prepare_cases(find_cases(data), Preparation(), parse_label_map(labels), cache)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def spoil_header(path: Path) -> None:
    path.write_bytes(b"no array" + path.read_bytes()[8:])


def swap_type(path: Path) -> None:
    np.save(path, np.load(path).astype(np.float64))


@pytest.mark.parametrize("name", ["images.npy", "labels.npy"])
@pytest.mark.parametrize("accident", [cut, spoil_header, swap_type, Path.unlink])
def test_a_damaged_case_is_made_again_and_the_log_says_so(
    data: Path, tmp_path: Path, name: str, accident, caplog
) -> None:
    first, _ = prepared(data, tmp_path / "cache")
    before = np.load(first.folder / name)
    accident(first.folder / name)
    assert not is_sound(first.folder)
    with caplog.at_level(logging.WARNING):
        again, _ = prepared(data, tmp_path / "cache")
    assert "is damaged and is made again" in caplog.text
    assert again.folder == first.folder and is_sound(again.folder)
    np.testing.assert_array_equal(np.load(again.folder / name), before)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_other_labels_are_another_case_in_the_cache(data: Path, tmp_path: Path) -> None:
    first, _ = prepared(data, tmp_path / "cache")
    other, _ = prepared(data, tmp_path / "cache", "ED=1,NCR=2,ET=4")
    assert first.folder != other.folder
    assert not np.array_equal(first.labels, other.labels)


def test_two_processes_may_prepare_at_once(data: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from GSSCore.dataset import find_cases\n"
        "from GSSCore.preparation_settings import Preparation; from GSSCore.truth import parse_label_map\n"
        "from GSSCore.training.cases import prepare_cases\n"
        "cases = find_cases(sys.argv[1]); labels = parse_label_map('NCR=1,ED=2,ET=4')\n"
        "print(*(c.folder.name for c in prepare_cases(cases, Preparation(), labels, Path(sys.argv[2]))))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(data), str(tmp_path / "cache")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert sorted(said[0][0].split()) == sorted(path.name for path in (tmp_path / "cache").iterdir())
    assert all(is_sound(path) for path in (tmp_path / "cache").iterdir())


def test_a_full_disk_is_said_with_what_is_needed_and_leaves_nothing(data: Path, tmp_path: Path, monkeypatch) -> None:
    def full(path: Path, array: np.ndarray) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(EnvironmentRefused, match=r"MiB of case a \(No space left.*--cache"):
        prepared(data, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_a_cache_that_cannot_be_a_folder_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(EnvironmentRefused, match="--cache"):
        prepared(data, tmp_path / "cache")


def test_a_segmentation_on_another_grid_is_refused_with_its_case(data: Path, tmp_path: Path) -> None:
    import nibabel as nib

    path = data / "b" / "b_seg.nii.gz"
    image = nib.load(path)
    affine = image.affine.copy()
    affine[:3, 3] += 500.0
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj), affine), path)
    with pytest.raises(InputError, match=r"case b: .* lies elsewhere"):
        prepared(data, tmp_path / "cache")


def test_an_undeclared_label_is_refused_with_its_case(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"case a: .*undeclared value 4"):
        prepared(data, tmp_path / "cache", "NCR=1,ED=2,ET=3")
