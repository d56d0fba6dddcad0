"""Training of the brain network: what its samples show, that they depend on their number alone, and that it learns."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from GSSCore.brain_extraction.distance import REACH_MM, SPACING_MM, signed_distance
from GSSCore.brain_extraction.extractor import BrainExtractor
from GSSCore.brain_extraction.network import BrainNetwork, scaled
from GSSCore.errors import Cancelled, InputError, UsageError
from GSSCore.training.brain.composite import set_in
from GSSCore.training.brain.drawn import _intensities
from GSSCore.training.brain.export import export_checkpoint
from GSSCore.training.brain.geometry import Placement, centre_of, fitted_positions, positions, sample_at
from GSSCore.training.brain.heads import BareBrain, Heads, LabelledHead, ScannedHead, Tissue, read_heads
from GSSCore.training.brain.recipe import BrainRecipe, SampleRecipe, read_brain_recipe
from GSSCore.training.brain.run import train_brain
from GSSCore.training.brain.samples import SPACING, BrainSamples
from GSSCore.training.brain.training import BrainTrainer, brain_loss
from GSSCore.training.recipe import ScheduleRecipe
from GSSCore.training.settings import Running

SIZE = (32, 32, 32)
RECIPES = Path(__file__).resolve().parents[2] / "recipes"


def ball(shape: tuple[int, int, int], radius: float) -> np.ndarray:
    """A ball in the middle, bool."""
    offsets = [(np.arange(n) - (n - 1) / 2.0) ** 2 for n in shape]
    return np.asarray(sum(np.ix_(*offsets)) < radius**2)


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Heads:
    """One of each kind, written and read: a brain within a skull, twice, and a brain alone with a bright tumour."""
    folder = tmp_path_factory.mktemp("heads")
    brain, head = ball(SIZE, 9.0), ball(SIZE, 13.0)
    image = np.where(brain, 120, np.where(head, 220, 0)).astype(np.uint8)
    np.savez(folder / "scanned-1.npz", image=image, brain=brain)
    labels = np.where(brain, 2, np.where(head, 1, 0)).astype(np.uint8)
    tissue = np.array([Tissue.AIR, Tissue.OTHER, Tissue.WHITE], np.uint8)
    np.savez(folder / "labelled-1.npz", labels=labels, tissue=tissue, brain=brain)
    bare = np.where(ball((24, 24, 24), 10.0), 60, 0).astype(np.uint8)
    np.savez(folder / "brain-1.npz", images=np.stack([bare, np.zeros_like(bare)]))
    return read_heads(folder)


def test_a_damaged_or_foreign_file_is_refused(heads: Heads, tmp_path: Path) -> None:
    ball_of = ball(SIZE, 9.0)
    path = tmp_path / "scanned-1.npz"
    np.savez_compressed(path, image=np.arange(ball_of.size, dtype=np.uint8).reshape(SIZE), brain=ball_of)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:200] + bytes(60) + whole[260:], b"", b"PK"):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="can't be read"):
            read_heads(tmp_path)
    with path.open("wb") as file:
        np.save(file, ball_of)
    with pytest.raises(InputError, match=r"one array, not an \.npz archive"):
        read_heads(tmp_path)
    for image, brain in (
        (np.zeros((4, 4, 4)), np.ones((4, 4, 5), bool)),
        (np.zeros((4, 4, 4)), np.zeros((4, 4, 4), bool)),
    ):
        np.savez(path, image=image, brain=brain)
        with pytest.raises(InputError, match="different shapes"):
            read_heads(tmp_path)


def test_each_tissue_has_its_intensity_and_air_is_air(heads: Heads) -> None:
    tissue = np.array([Tissue.AIR, Tissue.WHITE, Tissue.OTHER, Tissue.GREY, Tissue.WHITE, Tissue.FLUID, Tissue.OTHER])
    head = LabelledHead("x", heads.labelled[0].labels, tissue.astype(np.uint8), heads.labelled[0].brain)

    class Zero(np.random.Generator):
        """Draws the least of everything."""

        def uniform(self, low: float = 0.0, high: float = 1.0, size: int | None = None) -> np.ndarray:  # type: ignore[override]
            return np.full(size or (), low)

    least = _intensities(Zero(np.random.PCG64(0)), head)
    np.testing.assert_allclose(least, [0.0, 0.155, 0.05, 0.155, 0.155, -0.025, 0.05])
    drawn = _intensities(np.random.default_rng(1), head)
    assert abs(drawn[1] - drawn[4]) <= 0.1
    assert drawn[0] <= 0.5


def still(size: tuple[int, int, int] = SIZE) -> Placement:
    return Placement(np.eye(3), np.zeros(3), np.zeros((3, 2, 2, 2)))


def test_a_folder_holds_the_three_kinds_and_nothing_else(heads: Heads, tmp_path: Path) -> None:
    assert (len(heads.scanned), len(heads.labelled), len(heads.brains)) == (1, 1, 1)
    assert heads.names == ("scanned-1", "labelled-1", "brain-1")
    with pytest.raises(InputError, match="no head"):
        read_heads(tmp_path)
    np.savez(tmp_path / "other.npz", picture=np.zeros(3))
    with pytest.raises(InputError, match="neither a head nor a brain"):
        read_heads(tmp_path)
    (tmp_path / "other.npz").write_bytes(b"PK no archive")
    with pytest.raises(InputError, match="can't be read"):
        read_heads(tmp_path)


def test_the_distance_is_that_to_the_nearest_voxel_of_the_other_side() -> None:
    rng = np.random.default_rng(0)
    brain = ball((14, 12, 13), 4.5) & (rng.random((14, 12, 13)) < 0.95)
    inside, outside = np.argwhere(brain), np.argwhere(~brain)
    expected = np.empty(brain.shape)
    expected[brain] = cdist(inside, outside).min(axis=1) - 0.5
    expected[~brain] = 0.5 - cdist(outside, inside).min(axis=1)
    found = signed_distance(brain, SPACING)
    np.testing.assert_allclose(found, np.clip(expected * SPACING_MM, -REACH_MM, REACH_MM), atol=1e-5)
    assert (signed_distance(np.zeros((3, 3, 3), bool), SPACING) == -REACH_MM).all()
    assert (signed_distance(np.ones((3, 3, 3), bool), SPACING) == REACH_MM).all()


def test_an_unmoved_sample_shows_the_head_as_it_is(heads: Heads) -> None:
    head = heads.scanned[0]
    where = positions(still(), centre_of(head.brain), SIZE)
    np.testing.assert_allclose(sample_at(head.image, where, nearest=False).numpy(), head.image, atol=1e-3)


def test_another_head_is_fitted_to_the_brain_that_is_set_in(heads: Heads) -> None:
    bare, host = heads.brains[0], heads.scanned[0]
    size = (40, 40, 40)
    where = positions(still(size), centre_of(bare.brain), size)
    there = sample_at(host.brain.astype(np.uint8), fitted_positions(where, bare.brain, host.brain, 0.0), nearest=True)
    own = sample_at(bare.brain.astype(np.uint8), where, nearest=True)
    overlap = 2.0 * float((there * own).sum()) / float(there.sum() + own.sum())
    assert overlap > 0.95


def test_a_brain_with_a_tumour_lies_whole_within_the_mask_and_keeps_its_intensities(heads: Heads) -> None:
    bare = heads.brains[0]
    images = bare.images.copy()
    images[0, 3:5, 11:13, 11:13] = 127  # at the brain's very border
    tumour = BareBrain("t", np.where(bare.brain, images, 0).astype(np.uint8))
    size = (40, 40, 40)
    where = positions(still(size), centre_of(bare.brain), size)
    own = sample_at(tumour.brain.astype(np.uint8), where, nearest=True) > 0
    hosts: list[ScannedHead | LabelledHead] = [*heads.scanned, *heads.labelled]
    for seed, host in enumerate(hosts):
        image, brain = set_in(np.random.default_rng(seed), tumour, host, where)
        assert bool(brain[own].all())
        deep = torch.from_numpy(signed_distance(own.numpy(), SPACING)) > 4.0
        expected = sample_at(tumour.images[0], where, nearest=False)[deep] / 127.0
        assert torch.equal(image[deep], expected)


def test_a_sample_depends_on_its_number_alone(heads: Heads) -> None:
    recipe = SampleRecipe(size=SIZE)
    samples, again = (BrainSamples(heads, recipe, seed=3, count=40) for _ in range(2))
    for index in (7, 0, 19):
        for one, other in zip(samples[index], again[index], strict=True):
            assert torch.equal(one, other)
    assert not torch.equal(samples[0][0], samples[1][0])
    image, distance, seen = samples[7]
    assert image.shape == distance.shape == seen.shape == (1, *SIZE)
    assert bool(torch.isfinite(image).all())
    assert float(distance.min()) >= -1.0
    assert float(distance.max()) <= 1.0


def test_the_kinds_come_as_often_as_the_recipe_says(heads: Heads, monkeypatch: pytest.MonkeyPatch) -> None:
    from GSSCore.training.brain import samples as module

    kinds: list[str] = []
    nothing = torch.zeros(SIZE), torch.zeros(SIZE, dtype=torch.bool)
    monkeypatch.setattr(module, "set_in", lambda *_: kinds.append("composite") or nothing)
    monkeypatch.setattr(module, "draw_head", lambda *_: kinds.append("drawn") or nothing)
    monkeypatch.setattr(module, "vary_scanned", lambda *_: kinds.append("scanned") or nothing[0])
    drawn = BrainSamples(heads, SampleRecipe(size=(16, 16, 16), scanned=0.3, composite=0.2), 0, 400)
    for index in range(400):
        drawn._head(np.random.default_rng(index))
    assert kinds.count("scanned") / 400 == pytest.approx(0.3, abs=0.08)
    assert kinds.count("composite") / 400 == pytest.approx(0.2, abs=0.07)


def test_what_lies_outside_the_field_of_view_is_not_judged() -> None:
    predicted, distance = torch.zeros(1, 1, 4, 4, 4), torch.ones(1, 1, 4, 4, 4)
    seen = torch.zeros(1, 1, 4, 4, 4, dtype=torch.bool)
    seen[..., :2] = True
    other = predicted.clone()
    other[..., 2:] = 1.0
    assert brain_loss(predicted, distance, seen) == brain_loss(other, distance, seen)
    assert float(brain_loss(distance, distance, seen)) < 1e-3


def test_an_image_is_scaled_whatever_its_units() -> None:
    image = torch.from_numpy(np.random.default_rng(0).normal(100.0, 20.0, (20, 20, 20)).astype(np.float32))
    once = scaled(image)
    assert torch.allclose(once, scaled(image * 7.0 - 300.0), atol=1e-4)
    assert (float(once.min()), float(once.max()) <= 1.5) == (0.0, True)
    assert bool(torch.isfinite(scaled(torch.zeros(4, 4, 4))).all())


def small(steps: int, rate: float = 3e-3) -> BrainRecipe:
    schedule = ScheduleRecipe(steps=steps, learning_rate=rate, warmup=2, ema=0.9, decay="constant")
    samples = SampleRecipe(size=SIZE, scanned=1.0, composite=0.0)
    return BrainRecipe(seed=1, options={"widths": [8, 8], "fine": 4, "groups": 4}, samples=samples, schedule=schedule)


def test_it_learns_what_a_brain_is(heads: Heads) -> None:
    torch.set_num_threads(1)
    losses: list[float] = []
    trainer = BrainTrainer(small(60), heads, torch.device("cpu"))
    assert trainer.run(lambda step, loss: losses.append(loss))
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:10])


def test_a_resumed_training_repeats_an_uninterrupted_one(heads: Heads, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    cpu, check = torch.device("cpu"), tmp_path / "checkpoint.safetensors"
    whole = BrainTrainer(small(6), heads, cpu)
    whole.run()
    first = BrainTrainer(small(6), heads, cpu)
    assert first.run(until=3, checkpoint=check)
    assert first.step == 3
    second = BrainTrainer(small(6), heads, cpu)
    second.resume(check)
    assert second.run(checkpoint=check)
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, second.average.state_dict()[name]), name


def test_a_whole_training_can_be_stopped_resumed_and_exported(heads: Heads, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    folder, out = tmp_path / "heads", tmp_path / "out"
    folder.mkdir()
    np.savez(folder / "scanned-1.npz", image=heads.scanned[0].image, brain=heads.scanned[0].brain)

    def interrupt(step: int, loss: float) -> None:
        if step == 1:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Cancelled, match="Stopped after step 2 of 4"):
        train_brain(small(4), folder, out, on_step=interrupt)
    trainer = BrainTrainer(small(4), read_heads(folder), torch.device("cpu"))
    early = export_checkpoint(trainer, out / "checkpoint.safetensors", tmp_path / "early")
    assert early.card.recipe["steps_done"] == 2
    with pytest.raises(UsageError, match="--resume"):
        train_brain(small(4), folder, out)
    network = BrainExtractor.load(train_brain(small(4), folder, out, Running(resume=True)))
    assert network.card.recipe["steps_done"] == 4
    assert network.card.data == ("1 heads as scanned: scanned-1",)
    with pytest.raises(UsageError, match="nothing to resume"):
        train_brain(small(4), folder, tmp_path / "other", Running(resume=True))


def test_the_recipe_that_ships_makes_a_network_of_less_than_two_megabytes() -> None:
    recipe = read_brain_recipe(RECIPES / "brain-extraction" / "brain.toml")
    network = BrainNetwork(**recipe.options)
    assert sum(2 * p.numel() for p in network.parameters()) < 2_000_000
    assert all(n % network.stride == 0 for n in recipe.samples.size)
    with pytest.raises(ValueError, match="multiples"):
        BrainNetwork(widths=[10, 12])


def test_a_recipe_with_an_unknown_key_or_shares_of_more_than_all_is_refused(tmp_path: Path) -> None:
    for text, words in (("[samples]\nscaned = 0.1", "scanned"), ("[samples]\nscanned = 0.8", "contradict")):
        (tmp_path / "r.toml").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            read_brain_recipe(tmp_path / "r.toml")
