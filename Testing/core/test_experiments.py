"""The experiments of docs/experiments can be run: here on two tiny cases and for two steps."""

from __future__ import annotations

import importlib
import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from scipy.ndimage import distance_transform_edt

from evaluation_rows import random_rows
from GSSCore.brain_extraction import BrainExtractor
from GSSCore.brain_extraction.network import BrainNetwork
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.networks import create
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.training.brain.heads import ScannedHead
from GSSCore.training.lesion_library import read_library
from GSSCore.training.recipe_file import read_recipe
from lesion_library import encode, lesion_arrays
from training_cases import TINY_RECIPE, write_study


def experiment(name: str) -> ModuleType:
    return importlib.import_module(name)


@pytest.fixture
def compare_methods() -> ModuleType:
    return experiment("compare_methods")


def test_methods_are_trained_evaluated_and_compared_and_nothing_is_done_twice(
    compare_methods: ModuleType, tmp_path: Path
) -> None:
    for number, name in enumerate(("a", "b")):
        write_study(tmp_path / "data", name, seed=number)
    (tmp_path / "split.json").write_text(json.dumps({"train": ["a"], "validation": ["b"]}), encoding="utf-8")
    # Training declares that 4 is the enhancing tumour; evaluation takes what the cases hold.
    (tmp_path / "tiny.toml").write_text(TINY_RECIPE.replace("steps = 3", "steps = 2"), encoding="utf-8")
    for path in (tmp_path / "data").rglob("*_seg.nii.gz"):
        _renumber(path)
    (tmp_path / "tiny.toml").write_text(
        (tmp_path / "tiny.toml").read_text(encoding="utf-8").replace("ET=4", "ET=3"), encoding="utf-8"
    )
    places = ("--data", tmp_path / "data", "--split", tmp_path / "split.json", "--output", tmp_path / "out")
    words = [*map(str, places), "--recipe", str(tmp_path / "tiny.toml"), "--seeds", "1", "2", "--device", "cpu"]
    words += ["--methods", "meta-drop", "gss", "--further", "2", "--note", "A test."]
    compare_methods.main(words)
    told = (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8")
    assert "2 further steps, seeds 1, 2. A test." in told
    for budget in ("steps", "time"):
        for method in ("meta-drop", "gss"):
            assert told.count(f"| {budget} | {method} | ") == 3, "a line for each region"
    assert "| idt-drop |" not in told
    assert (tmp_path / "out" / "comparison.png").read_bytes().startswith(b"\x89PNG")
    card = tmp_path / "out" / "steps" / "meta-drop-2" / "training" / "network" / "card.json"
    recipe = json.loads(card.read_text(encoding="utf-8"))["recipe"]
    start = json.loads(
        (tmp_path / "out" / "start-2" / "training" / "network" / "card.json").read_text(encoding="utf-8")
    )
    assert (recipe["method"]["name"], recipe["seed"], recipe["steps_done"]) == ("meta-drop", 2, 2)
    assert recipe["started_from"]["sha256"] == start["sha256"]
    stamp = card.stat().st_mtime_ns
    compare_methods.main(words)
    assert card.stat().st_mtime_ns == stamp


def test_methods_differ_from_the_baseline_in_what_they_say_and_nothing_else() -> None:
    methods, compare = experiment("methods"), experiment("compare_methods")
    recipe = read_recipe(compare.RECIPE)
    made = {name: compare.of_method(recipe, name, 1, 10).to_json() for name in methods.METHODS}
    changed = {
        name: {(table, key) for table in of for key in of[table] if of[table][key] != made["idt"][table][key]}
        for name, of in ((name, {t: c for t, c in one.items() if isinstance(c, dict)}) for name, one in made.items())
    }
    assert changed == {
        "idt": set(),
        "idt-drop": {("data", "missing"), ("data", "full_probability")},
        "gss": {("method", "name")},
        "gss-by-class": {("method", "name"), ("loss", "teacher")},
        "fused": {("method", "name"), ("loss", "teacher_from"), ("loss", "temperature")},
        "meta-drop": {("method", "name")},
    }


def test_equal_time_gives_cheaper_methods_more_steps(compare_methods: ModuleType, tmp_path: Path) -> None:
    seconds = {"idt": 1.0, "idt-drop": 1.0, "gss": 2.0, "gss-by-class": 2.5, "fused": 2.0, "meta-drop": 4.0}
    (tmp_path / "seconds_per_step.json").write_text(json.dumps(seconds), encoding="utf-8")
    options = Namespace(output=tmp_path, further=100)
    recipe = read_recipe(compare_methods.RECIPE)
    assert compare_methods.further_steps(options, recipe, "steps") == dict.fromkeys(seconds, 100)
    assert compare_methods.further_steps(options, recipe, "time") == {
        "idt": 200, "idt-drop": 200, "gss": 100, "gss-by-class": 80, "fused": 100, "meta-drop": 50,
    }  # fmt: skip


def test_scores_of_seeds_are_averaged_all_of_them(compare_methods: ModuleType) -> None:
    one = random_rows(3, seed=0)
    # What the truth says is the same whatever the seed.
    other = [replace(row, dice=row.dice / 2, predicted_ml=row.predicted_ml + 1) for row in one]
    other = [row if row.sensitivity is None else replace(row, sensitivity=row.sensitivity / 3) for row in other]
    for row, mean in zip(one, compare_methods.mean_over_seeds([one, other]), strict=True):
        assert mean.dice == pytest.approx(0.75 * row.dice)
        assert mean.predicted_ml == pytest.approx(row.predicted_ml + 0.5)
        assert mean.sensitivity == (None if row.sensitivity is None else pytest.approx(row.sensitivity * 2 / 3))


def _renumber(path: Path) -> None:
    import nibabel as nib
    import numpy as np

    image = nib.load(path)
    array = np.asarray(image.dataobj)
    nib.save(nib.Nifti1Image(np.where(array == 4, 3, array).astype(np.uint8), image.affine), path)


@pytest.fixture
def labelled(tmp_path: Path) -> list[str]:
    """The arguments that name a tiny case and a network of untrained weights."""
    write_study(tmp_path / "data", "b", seed=1)
    _renumber(tmp_path / "data" / "b" / "b_seg.nii.gz")
    (tmp_path / "split.json").write_text(json.dumps({"validation": ["b"]}), encoding="utf-8")
    torch.manual_seed(0)
    module = create("unet", widths=(8, 16, 8, 16))
    Network(
        module, Card("mine", "1", {"name": "unet", "options": module.options}, PreprocessingSettings(), 0, "")
    ).save(tmp_path / "net")
    return [
        "--data",
        str(tmp_path / "data"),
        "--split",
        str(tmp_path / "split.json"),
        "--network",
        str(tmp_path / "net"),
    ]


def test_failures_are_drawn(labelled: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment("failures").main([*labelled, "--output", str(tmp_path / "failures.png")])
    assert (tmp_path / "failures.png").read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.startswith("b: WT 0.")


def test_specks_are_counted_for_every_threshold(labelled: list[str], tmp_path: Path) -> None:
    specks = experiment("specks")
    specks.main([*labelled, "--output", str(tmp_path / "specks.md")])
    told = (tmp_path / "specks.md").read_text(encoding="utf-8")
    assert told.startswith("mine 1, 1 cases (validation)")
    for tumour, enhancing in specks.THRESHOLDS:
        assert told.count(f"\n| {tumour:g} | {enhancing:g} | ") == 2, "with all four, and in the mean"


@pytest.mark.parametrize("widths", [(16, 8, 24, 8), (8, 16, 8, 16)])
def test_a_widened_network_computes_the_same_and_its_copies_learn_apart(
    widths: tuple[int, ...], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    narrow = create("unet", widths=[8, 8, 8, 8], groups=4).eval()
    for parameter in narrow.parameters():
        torch.nn.init.normal_(parameter, 0.2, 0.3)
    card = Card("narrow", "0", {"name": "unet", "options": narrow.options}, PreprocessingSettings(), 0, "")
    Network(narrow, card).save(tmp_path / "narrow")
    words = [str(tmp_path / "narrow"), str(tmp_path / "wide"), "--widths", *map(str, widths)]
    experiment("widen").main(words)
    wide = Network.load(tmp_path / "wide")
    assert wide.module.options == {"widths": list(widths), "groups": 4}
    images, available = torch.randn(2, 4, 32, 16, 48), torch.tensor([[True] * 4, [True, False, True, False]])
    old = Network.load(tmp_path / "narrow").module
    with torch.no_grad():
        expected, found = old(images, available).fused, wide.module(images, available).fused
    # Weights are kept in half precision, so that sums of halves are not quite the whole.
    assert float((found - expected).norm() / expected.norm()) < 0.02
    wide.module.train()(images, available).fused.square().mean().backward()
    changed = {8: "encoder.1.conv2.weight", 16: "encoder.0.conv2.weight"}[widths[0]]
    gradient = wide.module.get_parameter(changed).grad
    assert gradient is not None
    assert not torch.allclose(gradient[0], gradient[1])


def test_packed_lesions_become_plain_ones_up_to_their_quantisation(tmp_path: Path) -> None:
    arrays = lesion_arrays(2, 32)
    brain = np.ones((64, 32, 32), bool)
    brain[:20] = False
    brain[40:, :, 25:] = False
    names = ("flair", "t1ce", "t1", "t2")
    smooth = arrays["z"].astype(np.float32).swapaxes(0, 1).reshape(4, 64, 32, 32)
    coded = {name: encode(one, brain) for name, one in zip(names, smooth, strict=True)}
    kept = {name: arrays[name] for name in ("label", "valid", "corner", "patient")}
    packed, plain = tmp_path / "packed.npz", tmp_path / "plain.npz"
    np.savez(packed, **kept, **coded, brain=brain)
    decode_lesions = experiment("decode_lesions")
    decode_lesions.main([str(packed), str(plain)])
    lesions = read_library(plain)
    inside = brain.reshape(2, 1, 32, 32, 32)
    error = np.where(inside, lesions.images.astype(np.float32) - arrays["z"], 0.0)
    assert np.abs(error).max() < 1.5
    assert error.std() < 0.25
    assert not np.where(inside, 0.0, lesions.images).any()
    np.testing.assert_allclose(lesions.spacing, [239 / 127, 239 / 127, 154 / 127])
    with pytest.raises(SystemExit):
        decode_lesions.main([str(packed), str(plain)])  # nothing is replaced
    with pytest.raises(ValueError, match="brain has the shape"):
        decode_lesions.plain_arrays(kept | coded | {"brain": np.ones((33, 32, 32), bool)})


def test_a_brain_network_is_trained_and_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.set_num_threads(1)
    (tmp_path / "heads").mkdir()
    offsets = [(np.arange(n) - (n - 1) / 2.0) ** 2 for n in (80, 96, 80)]
    radius = np.sqrt(np.asarray(sum(np.ix_(*offsets))))
    image = np.where(radius < 31, 200 - 60 * (radius % 5 > 2), np.where(radius < 37, 60, 5)).astype(np.uint8)
    np.savez(tmp_path / "heads" / "scanned-1.npz", image=image, brain=radius < 31)
    recipe = tmp_path / "r.toml"
    recipe.write_text(
        'name = "tiny"\n[options]\nwidths = [4, 4]\n[samples]\nsize = [32, 32, 32]\nscanned = 1.0\ncomposite = 0.0\n'
        '[schedule]\nsteps = 2\nwarmup = 1\ndecay = "constant"\n',
        encoding="utf-8",
    )
    words = [str(recipe), "--heads", str(tmp_path / "heads"), "--output", str(tmp_path / "out")]
    experiment("train_brain").main(words)
    experiment("train_brain").main([*words, "--export", str(tmp_path / "early")])
    assert "network of step 2 written" in capsys.readouterr().out
    # The figures are those of a network that needs no training: what is bright lies inside.
    monkeypatch.setattr(BrainNetwork, "forward", lambda _, images: torch.tanh(2.0 * (images - 0.5)))
    write_study(tmp_path / "data", "a", seed=0)
    words = [
        "--network",
        str(tmp_path / "early"),
        "--heads",
        str(tmp_path / "heads"),
        "--cases",
        str(tmp_path / "data"),
    ]
    experiment("brain_accuracy").main([*words, "--each", "--write-card"])
    said = capsys.readouterr().out
    heads = next(line for line in said.splitlines() if line.startswith("| T1 heads |"))
    cells = [cell.strip() for cell in heads.split("|")[1:-1]]
    assert cells[1] == "1"
    assert float(cells[2]) > 0.95
    assert "| brains with tumours in heads | 4 |" in said
    card = BrainExtractor.load(tmp_path / "early").card
    assert card.scores is not None
    assert card.scores["T1 heads"]["dice"] == pytest.approx(float(cells[2]), abs=6e-4)
    assert 0.0 < card.scores["brains with tumours in heads"]["least kept"] <= 1.0
    assert card.evaluated_on.startswith("scanned-1, a FLAIR, ")


def test_what_raw_scans_go_through_is_done_to_a_study_and_scored(
    labelled: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--data", str(tmp_path / "data"), "--cases", "b", "--network", str(tmp_path / "net")]
    harms = ["none", "misregistered 1 mm", "FLAIR and T2 in slices of 5 mm", "mask 1 mm too tight", "tilt roll 20"]
    experiment("raw_costs").main([*words, "--harms", *harms])
    told = capsys.readouterr().out
    for harm in harms:
        assert told.count(f"| {harm} | ") == 1


def test_the_head_around_a_brain_of_another_shape_lies_close_to_it_all_round() -> None:
    made_raw = experiment("made_raw")
    x, y, z = np.meshgrid(*(np.arange(n) - (n - 1) / 2.0 for n in (70, 76, 70)), indexing="ij")
    brain = (x / 25) ** 2 + (y / 28) ** 2 + (z / 22) ** 2 < 1
    other = np.abs(x / 28) ** 5 + np.abs(y / 26) ** 5 + np.abs(z / 26) ** 5 < 1  # nearly a box
    image = np.where(other, 60, 200).astype(np.uint8)
    around, inner = made_raw.head_around(ScannedHead("other", image, other), brain)
    assert not (brain & ~inner).any()
    assert distance_transform_edt(~brain)[inner].max() < made_raw.SLACK_MM + 2.0
    assert np.median(around[inner]) == pytest.approx(60 / 255)
    beyond = distance_transform_edt(~inner)
    assert np.median(around[(beyond > 2.0) & (beyond < 4.0)]) == pytest.approx(200 / 255)


def test_a_study_made_raw_is_a_head_whose_truth_lies_on_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_raw = experiment("made_raw")
    monkeypatch.setattr(made_raw, "ROOM", ((10, 10),) * 3)
    x, y, z = np.meshgrid(*(np.arange(n) - (n - 1) / 2.0 for n in (44, 50, 40)), indexing="ij")
    brain = (x / 20) ** 2 + (y / 23) ** 2 + (z / 18) ** 2 < 1
    tumour = (x - 8) ** 2 + y**2 + z**2 < 36
    affine = np.diag([-1.0, -1.0, 1.0, 1.0])
    rng = np.random.default_rng(0)
    for name in ("flair", "t1ce", "t1", "t2"):
        image = np.where(tumour, 900, 400 + 5 * x + 4 * y + rng.normal(0.0, 20.0, x.shape)) * brain
        write_nifti(Volume(image.astype(np.int16), affine), tmp_path / "data" / "c" / f"c_{name}.nii.gz")
    write_nifti(Volume(3 * tumour.astype(np.uint8), affine), tmp_path / "data" / "c" / "c_seg.nii.gz")
    inner = (x / 14) ** 2 + (y / 16) ** 2 + (z / 12) ** 2 < 1
    (tmp_path / "heads").mkdir()
    head = np.where((x / 19) ** 2 + (y / 21) ** 2 + (z / 17) ** 2 < 1, 60, 0).astype(np.uint8)
    np.savez(tmp_path / "heads" / "scanned-a.npz", image=head, brain=inner)
    words = ["--data", str(tmp_path / "data"), "--cases", "c", "--heads", str(tmp_path / "heads")]
    made_raw.main([*words, "--output", str(tmp_path / "raw"), "--write-only", "--thick"])
    scans = {m: read_volume(tmp_path / "raw" / "c" / f"c_{m}.nii.gz") for m in ("flair", "t1ce", "t1", "t2", "seg")}
    truth = scans["seg"].array == 3
    assert truth.sum() == pytest.approx(tumour.sum(), rel=0.05)
    assert scans["seg"].grid.matches(scans["t1ce"].grid)
    assert scans["flair"].grid.spacing[2] == pytest.approx(5.0)
    image = scans["t1ce"].array.astype(float)
    assert np.median(image[truth]) > 1.5 * np.median(image[image > 0.2 * image.max()])
    assert (image > 0.15 * image.max()).sum() > 1.3 * brain.sum(), "there is a head about the brain"
