"""A whole training from files: preprocessed cases, the cache, a network that can be loaded, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch

from GSSCore.cli import main
from GSSCore.dataset import find_cases
from GSSCore.errors import EnvironmentRefused, InputError, UsageError
from GSSCore.networks import SegmentationNetwork
from GSSCore.networks.base import NetworkOutput
from GSSCore.networks.bundle import Network
from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import parse_label_map
from GSSCore.study.study import Study
from GSSCore.training.cases import preprocess_cases, to_half
from GSSCore.training.data import Sample
from GSSCore.training.distributed import choose_training_device
from GSSCore.training.dry_run import dry_run
from GSSCore.training.loop import StepReport
from GSSCore.training.objective import Objective
from GSSCore.training.output_folder import CHECKPOINT
from GSSCore.training.pictures import sample_picture
from GSSCore.training.run import train
from GSSCore.training.settings import Running, TrainingPlaces
from GSSCore.vocabulary import Label, Modality
from lesion_library import write_library
from training_cases import TINY_RECIPE, write_study

CPU = Running("cpu")
LABELS = parse_label_map("NCR=1,ED=2,ET=4")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    write_study(folder, "a", seed=1)
    write_study(folder, "b", (Modality.T1CE, Modality.T1), seed=2)
    return folder


def test_preprocessed_cases_hold_what_inference_would_see(data: Path, tmp_path: Path) -> None:
    cases = preprocess_cases(find_cases(data), PreprocessingSettings(), LABELS, tmp_path / "cache")
    assert [c.name for c in cases] == ["a", "b"]
    assert cases[1].modalities == (Modality.T1CE, Modality.T1)
    for case in cases:
        seen = preprocess(Study.from_folder(data / case.name))
        np.testing.assert_allclose(case.images, seen.images, atol=2e-3)
        np.testing.assert_array_equal(case.images != 0, seen.images != 0)
        assert case.labels.shape == seen.brain.shape
        assert set(np.unique(case.labels)) == {0, 1, 2, 3}


def test_the_cache_is_used_until_a_file_changes(data: Path, tmp_path: Path) -> None:
    def preprocessed() -> Path:
        return preprocess_cases(find_cases(data)[:1], PreprocessingSettings(), LABELS, tmp_path / "cache")[0].folder

    first = preprocessed()
    stamp = (first / "images.npy").stat().st_mtime_ns
    assert preprocessed() == first
    assert (first / "images.npy").stat().st_mtime_ns == stamp
    path = data / "a" / "a_t2.nii.gz"
    image = nib.load(path)
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj)[::-1].copy(), image.affine), path)
    assert preprocessed() != first


def test_a_brain_voxel_at_the_mean_stays_brain_in_half_precision() -> None:
    half = to_half(np.array([0.0, 1e-12, -1e-12, 1.0], np.float32))
    assert (half != 0).tolist() == [False, True, True, True]


def test_an_undeclared_label_is_refused_before_the_first_step(data: Path, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(TINY_RECIPE.replace("ET=4", "ET=3"), encoding="utf-8")
    with pytest.raises(InputError, match="4"):
        train(tmp_path / "r.toml", TrainingPlaces([data], tmp_path / "out"), CPU)
    assert not (tmp_path / "out" / CHECKPOINT).exists()


def test_a_training_leaves_a_network_a_log_and_a_checkpoint(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_RECIPE, encoding="utf-8")
    places = TrainingPlaces([data], tmp_path / "out")
    folder = train(tmp_path / "tiny.toml", places, CPU)
    network = Network.load(folder)
    assert network.card.name == "tiny"
    assert network.card.recipe["schedule"]["steps"] == network.card.recipe["steps_done"] == 3
    assert "2 cases: a, b" in network.card.data
    assert list((tmp_path / "out" / "tensorboard").glob("events*"))
    with pytest.raises(UsageError, match="--resume"):
        train(tmp_path / "tiny.toml", places, CPU)
    again = train(tmp_path / "tiny.toml", places, Running("cpu", resume=True))
    assert Network.load(again).card == network.card


def test_a_second_stage_remembers_the_first(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_RECIPE, encoding="utf-8")
    first = train(tmp_path / "tiny.toml", TrainingPlaces([data], tmp_path / "1"), CPU)
    places = TrainingPlaces([data], tmp_path / "2", start=first)
    second = Network.load(train(tmp_path / "tiny.toml", places, CPU)).card
    assert second.recipe["started_from"]["sha256"] == Network.load(first).card.sha256 != second.sha256


def test_lesions_go_with_a_recipe_that_pastes_them_and_the_card_tells(data: Path, tmp_path: Path) -> None:
    lesions = write_library(tmp_path / "lesions.npz")
    (tmp_path / "plain.toml").write_text(TINY_RECIPE, encoding="utf-8")
    (tmp_path / "pasting.toml").write_text(TINY_RECIPE + "\n[lesion_pasting]\nprobability = 1.0\n", encoding="utf-8")
    places = TrainingPlaces([data], tmp_path / "out")
    for name, given in (("plain", lesions), ("pasting", None)):
        for attempt in (train, dry_run):
            with pytest.raises(UsageError, match="--lesions"):
                attempt(tmp_path / f"{name}.toml", replace(places, lesions=given), CPU)
    assert not (tmp_path / "out").exists()
    card = Network.load(train(tmp_path / "pasting.toml", replace(places, lesions=lesions), CPU)).card
    assert "3 lesions of 2 further patients" in card.data
    assert card.recipe["lesion_pasting"]["probability"] == 1.0


def test_resuming_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_RECIPE, encoding="utf-8")
    with pytest.raises(UsageError, match="nothing to resume"):
        train(tmp_path / "tiny.toml", TrainingPlaces([data], tmp_path / "out"), Running("cpu", resume=True))


def test_a_split_chooses_the_cases(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_RECIPE, encoding="utf-8")
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"train": ["b"], "validation": ["a"]}), encoding="utf-8")
    folder = train(tmp_path / "tiny.toml", TrainingPlaces([data], tmp_path / "out", split), CPU)
    assert Network.load(folder).card.data == ("1 cases: b",)


def test_a_device_that_is_not_there_is_refused() -> None:
    assert choose_training_device("cpu") == torch.device("cpu")
    with pytest.raises(EnvironmentRefused, match="--device"):
        choose_training_device("cuda:99")


# --- what a training would need --------------------------------------------------------------------------------------


def test_a_dry_run_tells_what_it_would_take_and_leaves_nothing(data: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "tiny.toml").write_text(
        TINY_RECIPE.replace("steps = 3", "steps = 3000\nguided_from = 1000"), encoding="utf-8"
    )
    before = sorted(tmp_path.rglob("*"))
    words = [
        "train",
        tmp_path / "tiny.toml",
        "--data",
        data,
        "--output",
        tmp_path / "out",
        "--device",
        "cpu",
        "--dry-run",
    ]
    assert main([str(word) for word in words]) == 0
    assert sorted(tmp_path.rglob("*")) == before
    said = capsys.readouterr().out
    for words in ("2 (FLAIR 1, T1ce 2, T1 2, T2 1)", "unet, 0.0", "GiB", " s before step 1000", "3000, about"):
        assert words in said


def test_the_time_that_a_dry_run_tells_follows_from_that_of_the_steps(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(
        TINY_RECIPE.replace("steps = 3", "steps = 3000\nguided_from = 1000"), encoding="utf-8"
    )
    needs = dry_run(tmp_path / "tiny.toml", TrainingPlaces([data], tmp_path / "out"), CPU)
    guided, plain = needs.seconds_per_step
    assert 0.0 < plain < guided
    assert needs.hours == pytest.approx((1000 * plain + 2000 * guided) / 3600)
    assert needs.cache_bytes > 2 * (4 * 2 + 1) * 1000
    assert needs.memory_bytes is None or needs.memory_bytes > 2**20


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_log_has_every_steps_figures_and_pictures_of_a_sample(data: Path, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (tmp_path / "tiny.toml").write_text(TINY_RECIPE, encoding="utf-8")
    places = TrainingPlaces([data], tmp_path / "out")
    seen: list[StepReport] = []
    train(tmp_path / "tiny.toml", places, Running("cpu", checkpoint_every=2), seen.append)
    log = EventAccumulator(str(tmp_path / "out" / "tensorboard"))
    log.Reload()
    assert [event.value for event in log.Scalars("loss")] == pytest.approx([step.loss for step in seen])
    (picture,) = log.Images("FLAIR, T1ce, T1, T2, truth, prediction")
    assert (picture.step, picture.width, picture.height) == (2, 6 * 16, 32)


class Certain(SegmentationNetwork):
    """Predicts the class that the first image's value names."""

    name = "certain"
    stride = 1

    def encode(self, images: torch.Tensor, available: torch.Tensor) -> torch.Tensor:
        return images[:, 0]

    def decode(self, features: torch.Tensor, available: torch.Tensor, per_modality: bool = False) -> NetworkOutput:
        return NetworkOutput(torch.stack([-(features - label).abs() for label in range(4)], 1))


def test_a_picture_shows_the_slice_with_most_tumour_and_the_patients_right_to_the_left() -> None:
    labels = torch.zeros(6, 8, 5, dtype=torch.uint8)
    labels[4, 6, 3] = Label.ET  # at the patient's right-hand end of the axis from left to right, and anterior
    labels[4, 5, 3] = Label.ED
    labels[0, 0, 1] = Label.NCR
    images = torch.zeros(4, 6, 8, 5)
    images[0] = labels
    sample = Sample(images, labels, torch.tensor([True, False, True, False]), ("x",))
    picture = sample_picture(Certain().eval(), sample, torch.device("cpu"))
    assert picture.shape == (8, 6 * 6, 3)
    flair, t1ce, _, _, truth, prediction = np.split(picture, 6, axis=1)
    np.testing.assert_array_equal(truth, prediction)
    assert not t1ce.any() and flair.any()
    coloured = np.argwhere(np.ptp(truth.astype(int), axis=-1) > 20)
    assert coloured.tolist() == [[1, 1], [2, 1]]


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_step_that_does_not_fit_into_memory_is_refused_with_what_helps(
    more: list[str], data: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    def too_much(self: Objective, *_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Objective, "forward", too_much)
    (tmp_path / "tiny.toml").write_text(TINY_RECIPE, encoding="utf-8")
    places = ("--data", data, "--output", tmp_path / "out", "--device", "cpu", *more)
    assert main([str(word) for word in ("train", tmp_path / "tiny.toml", *places)]) == 3
    assert "use --accumulate" in capsys.readouterr().err


def test_running_settings_that_make_no_sense_are_refused() -> None:
    for change in ({"workers": -1}, {"accumulate": 0}, {"checkpoint_every": 0}):
        with pytest.raises(UsageError):
            Running(**change)
