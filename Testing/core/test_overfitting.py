"""Every network learns two cases by heart, through the one loop; and the recipes that come with it can be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from GSSCore.networks import create, names
from GSSCore.training.recipe_file import read_recipe
from overfitting import learn

pytestmark = pytest.mark.long

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))


@pytest.mark.parametrize("name", names())
def test_a_network_learns_two_cases_by_heart(name: str, tmp_path: Path) -> None:
    losses = learn(name, "gss", tmp_path, steps=20)
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_describes_a_network_and_crops_that_fit_it(path: Path) -> None:
    recipe = read_recipe(path)
    network = create(recipe.network.name, **recipe.network.options)
    assert recipe.name == path.stem
    assert all(n % network.stride == 0 for n in recipe.data.crop)


def test_every_network_has_a_recipe_for_a_laptop_and_one_in_its_papers_setting() -> None:
    shipped = {path.stem for path in RECIPES}
    for name in names():
        assert {name, f"{name}-laptop"} <= shipped
