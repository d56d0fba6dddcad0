"""A recipe is read strictly: unknown keys, wrong types and wrong ranges are refused by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from GSSCore.errors import InputError
from GSSCore.gss.settings import LossSettings, TeacherSettings
from GSSCore.training.loop import guidance_ramp, learning_rate
from GSSCore.training.recipe import Recipe, ScheduleRecipe, parse_recipe, read_recipe

RECIPES = Path(__file__).resolve().parents[2] / "recipes"


def test_an_empty_recipe_is_the_default() -> None:
    assert parse_recipe({}) == Recipe()


def test_the_default_loss_is_the_methods() -> None:
    assert Recipe().loss == LossSettings(0.5, 1.0, "classes", 0.0, teacher=TeacherSettings(0.65, 0.75, 0.005))


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_recipe_that_ships_is_valid_and_survives_the_way_through_json(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.name == path.stem
    assert parse_recipe(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"sead": 1}, "no key sead; did you mean seed"),
        ({"schedule": {"learning_rat": 1e-3}}, "did you mean schedule.learning_rate"),
        ({"schedule": 3}, "schedule must be a table"),
        ({"schedule": {"steps": 2.5}}, "schedule.steps must be of type int"),
        ({"schedule": {"steps": True}}, "schedule.steps must be of type int"),
        ({"schedule": {"steps": 0}}, "schedule: steps"),
        ({"schedule": {"betas": [0.9]}}, "list of 2"),
        ({"schedule": {"ema": 1.0}}, "ema"),
        ({"loss": {"dice_over": "voxels"}}, "loss.dice_over must be one of 'classes', 'regions'"),
        ({"loss": {"teacher": {"floor": "small"}}}, "loss.teacher.floor must be of type float"),
        ({"loss": {"teacher": {"floor": 0.5}}}, "loss.teacher: floor"),
        ({"data": {"crop": [64, 64, "64"]}}, r"data.crop\[2\] must be of type int"),
        ({"data": {"missing": "fixed", "missing_rates": {"flare": 0.5}}}, "missing_rates knows"),
        ({"data": {"missing_rates": {"flair": 0.5}}}, 'missing = "fixed"'),
        ({"data": {"missing": "fixed", "missing_rates": {"flair": 1.0}}}, r"\[0, 1\)"),
        ({"augmentation": {"flip": 1.5}}, "flip is a probability"),
        ({"network": {"options": 3}}, "network.options must be"),
    ],
)
def test_what_is_wrong_is_refused_by_name(table: dict, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_recipe(table, "my.toml")


def test_a_whole_number_passes_for_a_real_one() -> None:
    assert parse_recipe({"loss": {"temperature": 2}}).loss.temperature == 2.0


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        read_recipe(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("seed = = 1")
    with pytest.raises(InputError, match="not valid TOML"):
        read_recipe(tmp_path / "bad.toml")


def test_the_learning_rate_may_fall_as_a_polynomial() -> None:
    schedule = ScheduleRecipe(steps=110, warmup=10, learning_rate=2.0, decay="polynomial")
    assert learning_rate(0, schedule) == pytest.approx(0.2)
    for step in (10, 35, 60, 109):
        assert learning_rate(step, schedule) == pytest.approx(2.0 * (1.0 - (step - 10) / 100) ** 0.9)


def test_the_learning_rate_warms_up_and_follows_half_a_cosine() -> None:
    schedule = ScheduleRecipe(steps=110, warmup=10, learning_rate=1.0)
    assert learning_rate(0, schedule) == pytest.approx(0.1)
    assert learning_rate(9, schedule) == pytest.approx(1.0)
    assert learning_rate(60, schedule) == pytest.approx(0.5)
    assert learning_rate(109, schedule) < 0.001


def test_a_training_that_stops_before_its_horizon_cools_down() -> None:
    whole = ScheduleRecipe(steps=100, warmup=10, learning_rate=1.0)
    short = ScheduleRecipe(steps=60, horizon=100, cooldown=20, warmup=10, learning_rate=1.0)
    assert all(learning_rate(s, short) == learning_rate(s, whole) for s in range(41))
    assert learning_rate(50, short) == pytest.approx(learning_rate(50, whole) / 2)
    assert learning_rate(59, short) < 0.05
    with pytest.raises(InputError, match="horizon"):
        parse_recipe({"schedule": {"steps": 60, "horizon": 50}})


def test_the_guidance_ramp_starts_with_the_guidance() -> None:
    schedule = ScheduleRecipe(guided_from=10, guidance_ramp=4)
    assert [guidance_ramp(s, schedule) for s in (9, 10, 11, 13, 20)] == [0.0, 0.25, 0.5, 1.0, 1.0]
    assert guidance_ramp(0, ScheduleRecipe()) == 1.0


def test_reading_a_recipe_needs_no_torch() -> None:
    code = "import sys, GSSCore.training.recipe; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
