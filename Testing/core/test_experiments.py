"""The experiments of docs/experiments can be run: here on two tiny cases and for two steps."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

from evaluation_rows import random_rows
from GSSCore.networks import create
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import Card
from GSSCore.preparation_settings import Preparation
from test_training_run import RECIPE, write_case


def experiment(name: str) -> ModuleType:
    return importlib.import_module(name)


@pytest.fixture
def compare_methods() -> ModuleType:
    return experiment("compare_methods")


def test_methods_are_trained_evaluated_and_compared_and_nothing_is_done_twice(
    compare_methods: ModuleType, tmp_path: Path
) -> None:
    for number, name in enumerate(("a", "b")):
        write_case(tmp_path / "data", name, seed=number)
    (tmp_path / "split.json").write_text(json.dumps({"train": ["a"], "validation": ["b"]}))
    # Training declares that 4 is the enhancing tumour; evaluation takes what the cases hold.
    (tmp_path / "tiny.toml").write_text(RECIPE.replace("steps = 3", "steps = 2"))
    for path in (tmp_path / "data").rglob("*_seg.nii.gz"):
        _renumber(path)
    (tmp_path / "tiny.toml").write_text((tmp_path / "tiny.toml").read_text().replace("ET=4", "ET=3"))
    places = ("--data", tmp_path / "data", "--split", tmp_path / "split.json", "--output", tmp_path / "out")
    words = [*map(str, places), "--recipe", str(tmp_path / "tiny.toml"), "--seeds", "1", "2", "--device", "cpu"]
    words += ["--methods", "none", "meta-drop", "--note", "A test."]
    compare_methods.main(words)
    told = (tmp_path / "out" / "comparison.md").read_text()
    assert "seeds 1, 2. A test." in told
    assert "Method none" in told and "Method meta-drop" in told and "Method gss" not in told
    assert 'name = "meta-drop"' in (tmp_path / "out" / "meta-drop-2" / "recipe.toml").read_text()
    assert "seed = 2" in (tmp_path / "out" / "meta-drop-2" / "recipe.toml").read_text()
    stamp = (tmp_path / "out" / "none-1" / "training" / "network" / "card.json").stat().st_mtime_ns
    compare_methods.main(words)
    assert (tmp_path / "out" / "none-1" / "training" / "network" / "card.json").stat().st_mtime_ns == stamp


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
    write_case(tmp_path / "data", "b", seed=1)
    _renumber(tmp_path / "data" / "b" / "b_seg.nii.gz")
    (tmp_path / "split.json").write_text(json.dumps({"validation": ["b"]}))
    torch.manual_seed(0)
    module = create("unet", widths=(8, 16, 8, 16))
    Network(module, Card("mine", "1", {"name": "unet", "options": module.options}, Preparation(), 0, "")).save(
        tmp_path / "net"
    )
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
    told = (tmp_path / "specks.md").read_text()
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
    card = Card("narrow", "0", {"name": "unet", "options": narrow.options}, Preparation(), 0, "")
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
