"""The experiments of docs/experiments can be run: here on two tiny cases and for two steps."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from test_training_run import RECIPE, write_case

FOLDER = Path(__file__).parents[2] / "docs" / "experiments"


@pytest.fixture
def compare_methods() -> ModuleType:
    specification = importlib.util.spec_from_file_location("compare_methods", FOLDER / "compare_methods.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


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


def _renumber(path: Path) -> None:
    import nibabel as nib
    import numpy as np

    image = nib.load(path)
    array = np.asarray(image.dataobj)
    nib.save(nib.Nifti1Image(np.where(array == 4, 3, array).astype(np.uint8), image.affine), path)
