"""A whole training from files: prepared cases, the cache, a network that can be loaded, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch

from GSSCore.dataset import find_cases
from GSSCore.errors import EnvironmentRefused, InputError, UsageError
from GSSCore.networks.bundle import Network
from GSSCore.preparation import prepare
from GSSCore.preparation_settings import Preparation
from GSSCore.study import Study
from GSSCore.training.cases import prepare_cases, to_half
from GSSCore.training.run import CHECKPOINT, TrainingPlaces, choose_training_device, train
from GSSCore.truth import parse_label_map
from GSSCore.vocabulary import MODALITIES, Modality

SHAPE = (30, 36, 28)
LABELS = parse_label_map("NCR=1,ED=2,ET=4")
RECIPE = """
name = "tiny"
seed = 3
[network]
options = { widths = [8, 8, 8, 8], groups = 4 }
[data]
truth_labels = "NCR=1,ED=2,ET=4"
crop = [16, 32, 16]
[schedule]
steps = 3
warmup = 1
"""


def write_case(folder: Path, name: str, modalities: tuple[Modality, ...] = MODALITIES, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    (folder / name).mkdir(parents=True)
    z, y, x = np.indices(SHAPE)
    brain = (z - 15) ** 2 / 140 + (y - 18) ** 2 / 200 + (x - 14) ** 2 / 120 < 1
    tumour = (z - 12) ** 2 + (y - 18) ** 2 + (x - 14) ** 2 < 25
    for modality in modalities:
        image = np.where(brain, rng.integers(200, 400, SHAPE) + 200 * tumour, 0).astype(np.int16)
        nib.save(nib.Nifti1Image(image, np.eye(4)), folder / name / f"{name}_{modality.value}.nii.gz")
    labels = np.where(tumour, rng.choice([1, 2, 4], SHAPE), 0).astype(np.uint8)
    nib.save(nib.Nifti1Image(labels, np.eye(4)), folder / name / f"{name}_seg.nii.gz")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    write_case(folder, "a", seed=1)
    write_case(folder, "b", (Modality.T1CE, Modality.T1), seed=2)
    return folder


def test_prepared_cases_hold_what_inference_would_see(data: Path, tmp_path: Path) -> None:
    cases = prepare_cases(find_cases(data), Preparation(), LABELS, tmp_path / "cache")
    assert [c.name for c in cases] == ["a", "b"]
    assert cases[1].modalities == (Modality.T1CE, Modality.T1)
    for case in cases:
        seen = prepare(Study.from_folder(data / case.name))
        np.testing.assert_allclose(case.images, seen.images, atol=2e-3)
        np.testing.assert_array_equal(case.images != 0, seen.images != 0)
        assert case.labels.shape == seen.brain.shape
        assert set(np.unique(case.labels)) == {0, 1, 2, 3}


def test_the_cache_is_used_until_a_file_changes(data: Path, tmp_path: Path) -> None:
    def prepared() -> Path:
        return prepare_cases(find_cases(data)[:1], Preparation(), LABELS, tmp_path / "cache")[0].folder

    first = prepared()
    stamp = (first / "images.npy").stat().st_mtime_ns
    assert prepared() == first
    assert (first / "images.npy").stat().st_mtime_ns == stamp
    path = data / "a" / "a_t2.nii.gz"
    image = nib.load(path)
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj)[::-1].copy(), image.affine), path)
    assert prepared() != first


def test_a_brain_voxel_at_the_mean_stays_brain_in_half_precision() -> None:
    half = to_half(np.array([0.0, 1e-12, -1e-12, 1.0], np.float32))
    assert (half != 0).tolist() == [False, True, True, True]


def test_an_undeclared_label_is_refused_before_the_first_step(data: Path, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(RECIPE.replace("ET=4", "ET=3"))
    with pytest.raises(InputError, match="4"):
        train(tmp_path / "r.toml", TrainingPlaces([data], tmp_path / "out"), device="cpu", progress=False)
    assert not (tmp_path / "out" / CHECKPOINT).exists()


def test_a_training_leaves_a_network_a_log_and_a_checkpoint(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(RECIPE)
    places = TrainingPlaces([data], tmp_path / "out")
    folder = train(tmp_path / "tiny.toml", places, device="cpu", progress=False)
    network = Network.load(folder)
    assert network.card.name == "tiny"
    assert network.card.recipe["schedule"]["steps"] == network.card.recipe["steps_done"] == 3
    assert "2 cases: a, b" in network.card.data
    assert list((tmp_path / "out" / "tensorboard").glob("events*"))
    with pytest.raises(UsageError, match="--resume"):
        train(tmp_path / "tiny.toml", places, device="cpu", progress=False)
    again = train(tmp_path / "tiny.toml", places, device="cpu", resume=True, progress=False)
    assert Network.load(again).card == network.card


def test_a_second_stage_remembers_the_first(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(RECIPE)
    first = train(tmp_path / "tiny.toml", TrainingPlaces([data], tmp_path / "1"), device="cpu", progress=False)
    places = TrainingPlaces([data], tmp_path / "2", start=first)
    second = Network.load(train(tmp_path / "tiny.toml", places, device="cpu", progress=False)).card
    assert second.recipe["started_from"]["sha256"] == Network.load(first).card.sha256 != second.sha256


def test_resuming_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(RECIPE)
    with pytest.raises(UsageError, match="nothing to resume"):
        train(tmp_path / "tiny.toml", TrainingPlaces([data], tmp_path / "out"), resume=True)


def test_a_split_chooses_the_cases(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(RECIPE)
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"train": ["b"], "validation": ["a"]}))
    folder = train(
        tmp_path / "tiny.toml", TrainingPlaces([data], tmp_path / "out", split), device="cpu", progress=False
    )
    assert Network.load(folder).card.data == ("1 cases: b",)


def test_a_device_that_is_not_there_is_refused() -> None:
    assert choose_training_device("cpu") == torch.device("cpu")
    with pytest.raises(EnvironmentRefused, match="--device"):
        choose_training_device("cuda:99")
