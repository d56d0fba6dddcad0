"""A recipe is read strictly: unknown keys, wrong types and wrong ranges are refused by name."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from GSSCore.errors import InputError
from GSSCore.gss.settings import LossSettings, TeacherSettings
from GSSCore.training.fitting import require_fitting
from GSSCore.training.recipe import Recipe, ScheduleRecipe
from GSSCore.training.recipe_file import parse_recipe, read_recipe
from GSSCore.training.schedule import guidance_ramp, learning_rate

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
        ({"sead": 1}, "has a key sead, which no recipe has: write seed"),
        ({"schedule": {"learning_rat": 1e-3}}, "write schedule.learning_rate"),
        ({"schedule": 3}, "schedule is 3 and must be a table"),
        ({"schedule": {"steps": 2.5}}, "schedule.steps is (2.5|True) and must be of type int"),
        ({"schedule": {"steps": True}}, "schedule.steps is (2.5|True) and must be of type int"),
        ({"schedule": {"steps": 0}}, "schedule.steps is 0 and must lie in .1, 1e9."),
        ({"schedule": {"betas": [0.9]}}, "list of 2"),
        ({"schedule": {"ema": 1.0}}, "ema"),
        ({"loss": {"dice_over": "voxels"}}, "loss.dice_over is 'voxels' and must be one of 'classes', 'regions'"),
        ({"loss": {"teacher": {"floor": "small"}}}, "loss.teacher.floor is 'small' and must be of type float"),
        ({"loss": {"teacher": {"floor": 0.5}}}, "loss.teacher.floor is 0.5 and must lie in"),
        ({"data": {"crop": [64, 64, "64"]}}, r"data.crop\[2\] is '64' and must be of type int"),
        ({"data": {"missing": "fixed", "missing_rates": {"flare": 0.5}}}, "missing_rates knows"),
        ({"data": {"missing_rates": {"flair": 0.5}}}, 'missing = "fixed"'),
        ({"data": {"missing": "fixed", "missing_rates": {"flair": 1.0}}}, r"\[0, 1\)"),
        ({"augmentation": {"flip": 1.5}}, r"augmentation.flip is 1.5 and must lie in \[0, 1\]"),
        ({"network": {"options": 3}}, "network.options is 3 and must be"),
    ],
)
def test_what_is_wrong_is_refused_by_name(table: dict, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_recipe(table, "my.toml")


def numbers(kind: Any, prefix: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every number of a recipe by its keys, with what it is by default."""
    found = []
    for item in dataclasses.fields(kind):
        default = getattr(kind(), item.name)
        keys = (*prefix, item.name)
        if dataclasses.is_dataclass(default):
            found += numbers(type(default), keys)
        elif isinstance(default, (int, float)) or (isinstance(default, tuple) and isinstance(default[0], (int, float))):
            found.append((keys, default))
    return found


NUMBERS = [pytest.param(*one, id=".".join(one[0])) for one in numbers(Recipe)]


@pytest.mark.parametrize(("keys", "default"), NUMBERS)
@pytest.mark.parametrize("bad", [-1, -1e-9, math.nan, math.inf, -math.inf, 10**400], ids="abcdef")
def test_no_number_of_a_recipe_may_be_negative_or_infinite_or_none(
    keys: tuple[str, ...], default: Any, bad: float
) -> None:
    if isinstance(default, tuple):
        value: Any = [*default[:-1], bad]
    else:
        value = bad
    table: dict[str, Any] = {keys[-1]: value}
    for key in reversed(keys[:-1]):
        table = {key: table}
    with pytest.raises(InputError, match=re.escape(".".join(keys))) as caught:
        parse_recipe(table, "my.toml")
    assert caught.value.message.code in ("recipe.range", "recipe.type")
    json.dumps(caught.value.message.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"network": {"name": "unett"}}, "unett"),
        ({"network": {"options": {"width": 3}}}, "width"),
        ({"network": {"options": {"widths": []}}}, "widths|options"),
        ({"network": {"options": {"widths": [8, -8, 8, 8], "groups": 4}}}, "unet"),
        ({"network": {"options": {"widths": [8, 8, 8, 8], "groups": 0}}}, "unet"),
        (
            {"data": {"crop": [100, 128, 112]}},
            r"\[100, 128, 112\], but unet wants multiples of 16: write \[96, 128",
        ),
        ({"data": {"crop": [1, 1, 1]}}, r"write \[16, 16, 16\]"),
        ({"network": {"name": "rfnet"}, "data": {"crop": [12, 8, 8]}}, "multiples of 8"),
        ({"schedule": {"batch": 3}}, "another --accumulate"),
    ],
)
def test_what_could_not_take_a_step_is_refused_before_a_case_is_preprocessed(table: dict, says: str) -> None:
    with pytest.raises(InputError, match=says):
        require_fitting(parse_recipe(table), accumulate=2 if "schedule" in table else 1)


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_recipe_that_ships_fits(path: Path) -> None:
    require_fitting(read_recipe(path))


def test_a_recipe_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text("seed = 3", encoding="utf-8-sig")
    assert read_recipe(tmp_path / "r.toml").seed == 3


def test_a_whole_number_passes_for_a_real_one() -> None:
    assert parse_recipe({"loss": {"temperature": 2}}).loss.temperature == 2.0


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        read_recipe(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("seed = = 1", encoding="utf-8")
    with pytest.raises(InputError, match="no valid TOML"):
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
