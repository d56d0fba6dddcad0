"""The cache of preprocessed cases: right after every change, whole after every accident, safe with two writers."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from GSSCore.dataset import find_cases
from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import parse_label_map
from GSSCore.training.cases import is_sound, preprocess_cases
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.vocabulary import MODALITIES, Modality
from training_cases import write_study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_study(tmp_path / "data", "a", seed=1)
    write_study(tmp_path / "data", "b", seed=2)
    return tmp_path / "data"


def preprocessed(data: Path, cache: Path, labels: str = "NCR=1,ED=2,ET=4") -> list[PreprocessedCase]:
    return preprocess_cases(find_cases(data), PreprocessingSettings(), parse_label_map(labels), cache)


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
    first, _ = preprocessed(data, tmp_path / "cache")
    before = np.load(first.folder / name)
    accident(first.folder / name)
    assert not is_sound(first.folder)
    with caplog.at_level(logging.WARNING):
        again, _ = preprocessed(data, tmp_path / "cache")
    assert "is damaged and is made again" in caplog.text
    assert again.folder == first.folder and is_sound(again.folder)
    np.testing.assert_array_equal(np.load(again.folder / name), before)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_modality_that_was_left_out_is_missing_also_when_it_comes_from_the_cache(data: Path, tmp_path: Path) -> None:
    path = data / "a" / "a_t2.nii.gz"
    image = nib.load(path)
    sliver = np.asarray(image.dataobj).copy()
    sliver[12:] = sliver[:, :18] = sliver[:, 19:] = 0
    nib.save(nib.Nifti1Image(sliver, image.affine), path)
    for _ in range(2):
        first, second = preprocessed(data, tmp_path / "cache")
        assert first.modalities == (Modality.FLAIR, Modality.T1CE, Modality.T1)
        assert second.modalities == MODALITIES


def test_other_labels_are_another_case_in_the_cache(data: Path, tmp_path: Path) -> None:
    first, _ = preprocessed(data, tmp_path / "cache")
    other, _ = preprocessed(data, tmp_path / "cache", "ED=1,NCR=2,ET=4")
    assert first.folder != other.folder
    assert not np.array_equal(first.labels, other.labels)


def test_two_processes_may_preprocess_at_once(data: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from GSSCore.dataset import find_cases\n"
        "from GSSCore.preprocessing.settings import PreprocessingSettings\n"
        "from GSSCore.study.labels import parse_label_map\n"
        "from GSSCore.training.cases import preprocess_cases\n"
        "cases = find_cases(sys.argv[1]); labels = parse_label_map('NCR=1,ED=2,ET=4')\n"
        "print(*(c.folder.name for c in preprocess_cases(cases, PreprocessingSettings(), labels, Path(sys.argv[2]))))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(data), str(tmp_path / "cache")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
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
    with pytest.raises(EnvironmentRefused, match=r"^Case a: .* MiB \(No space left.*--cache"):
        preprocessed(data, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_a_cache_that_cannot_be_a_folder_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    with pytest.raises(EnvironmentRefused, match="--cache"):
        preprocessed(data, tmp_path / "cache")


def moved(array: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    affine[:3, 3] += 1.0
    return array, affine


def stretched(array: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return array, affine @ np.diag([1.1, 1.0, 1.0, 1.0])


def shortened(array: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return array[:-1], affine


def change_truth(path: Path, change) -> None:
    image = nib.load(path)
    array, affine = change(np.asarray(image.dataobj), image.affine.copy())
    nib.save(nib.Nifti1Image(array, affine), path)


@pytest.mark.parametrize("change", [moved, stretched, shortened])
def test_a_segmentation_on_another_grid_is_refused_with_its_case(data: Path, tmp_path: Path, change) -> None:
    change_truth(data / "b" / "b_seg.nii.gz", change)
    with pytest.raises(
        InputError, match=r"Case b: .*b_seg\.nii\.gz .* is on the grid of none of its images \(FLAIR: 30"
    ):
        preprocessed(data, tmp_path / "cache")


def test_the_order_of_a_segmentations_axes_does_not_matter(data: Path, tmp_path: Path) -> None:
    _, before = preprocessed(data, tmp_path / "cache")

    def turned(array: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        flip = np.diag([-1.0, 1.0, 1.0, 1.0])
        flip[0, 3] = array.shape[0] - 1
        return array[::-1].transpose(2, 1, 0), (affine @ flip)[:, [2, 1, 0, 3]]

    change_truth(data / "b" / "b_seg.nii.gz", turned)
    _, after = preprocessed(data, tmp_path / "cache")
    assert before.folder != after.folder
    np.testing.assert_array_equal(before.labels, after.labels)


def test_a_segmentation_outside_the_brain_is_refused_with_its_case(data: Path, tmp_path: Path) -> None:
    def aside(array: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        array = np.zeros_like(array)
        array[0, 0, 0] = 1
        return array, affine

    change_truth(data / "b" / "b_seg.nii.gz", aside)
    with pytest.raises(InputError, match=r"Case b: .*outside the brain"):
        preprocessed(data, tmp_path / "cache")


def test_a_change_beside_a_detached_header_is_noticed(data: Path, tmp_path: Path) -> None:
    import SimpleITK as sitk

    path = data / "a" / "a_t1.nii.gz"
    image = sitk.ReadImage(str(path))
    path.unlink()
    sitk.WriteImage(image, str(path.with_name("a_t1.mhd")))
    before, _ = preprocessed(data, tmp_path / "cache")
    voxels = path.with_name("a_t1.raw")
    stamp = path.with_name("a_t1.mhd").stat().st_mtime_ns
    voxels.write_bytes(voxels.read_bytes()[::-1])
    os.utime(voxels, ns=(stamp + 10**9, stamp + 10**9))
    after, _ = preprocessed(data, tmp_path / "cache")
    assert before.folder != after.folder


def test_an_undeclared_label_is_refused_with_its_case(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Case a: .*undeclared values, 4"):
        preprocessed(data, tmp_path / "cache", "NCR=1,ED=2,ET=3")
