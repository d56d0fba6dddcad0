"""A recipe: everything that determines a training, as one TOML file. Unknown keys are refused.

Needs no torch, so that a recipe can be checked before anything heavy is loaded.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import sys
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from GSSCore.errors import InputError
from GSSCore.gss.settings import LossSettings
from GSSCore.messages import Message
from GSSCore.options import (
    COUNT,
    COUNT_OR_NONE,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    NotAllowed,
    declared,
    documented,
    option,
    require_allowed,
)
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings
from GSSCore.vocabulary import MODALITIES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")


@documented
@dataclass(frozen=True)
class NetworkRecipe:
    """Which network is trained."""

    name: str = option("unet", "registered name, see `gss networks`")
    options: dict[str, Any] = field(
        default_factory=dict,
        metadata=declared("options of that network; what is not named keeps the network's default"),
    )


@documented
@dataclass(frozen=True)
class DataRecipe:
    """What is trained on, and how a sample is taken from it."""

    truth_labels: str = option(
        "", "values of the label maps, such as `NCR=1,ED=2,ET=4`; empty where the data set declares them itself"
    )
    spacing: tuple[float, float, float] = option(
        (1.0, 1.0, 1.0), "spacing of the grid that the network works on, along R, A, S", POSITIVE, unit="mm"
    )
    crop: tuple[int, int, int] = option((112, 128, 112), "size of a sample along R, A, S", "[1, 1024]", unit="voxels")
    tumour_centred: float = option(0.8, "share of the samples that are centred near a tumour voxel", SHARE)
    jitter: int = option(24, "how far from that voxel at most, along each axis", "[0, 1024]", unit="voxels")
    missing: Literal["random", "fixed", "dropped"] = option(
        "random",
        "which modalities a sample has: `random`, a random non-empty subset of the case's own; `fixed`, in every epoch "
        "those that `missing_rates` leave the case, or that lie on the disk; `dropped`, a random non-empty subset of "
        "these",
    )
    missing_rates: dict[str, float] = field(
        default_factory=dict,
        metadata=declared("share of the cases that lack a modality, by its name; with `fixed` and `dropped`", "[0, 1)"),
    )
    missing_split: Literal["drawn", "expected"] = option(
        "drawn",
        "how these cases are chosen, by the seed: `drawn`, each for itself; `expected`, as many of each subset as the "
        "rates let expect",
    )
    full_probability: float = option(
        0.2, "share of the random subsets that are all that the case has, instead of uniformly drawn", SHARE
    )

    def __post_init__(self) -> None:
        unknown = set(self.missing_rates) - {m.value for m in MODALITIES}
        if unknown:
            raise ValueError(f"missing_rates knows {', '.join(MODALITIES)}, not {', '.join(sorted(unknown))}")
        if self.missing_rates and self.missing == "random":
            raise ValueError('missing_rates go with missing = "fixed" or "dropped"')
        require_allowed(self)


@documented
@dataclass(frozen=True)
class ScheduleRecipe:
    """How long, how fast, and when the guidance sets in."""

    steps: int = option(4000, "optimiser steps in all", COUNT)
    batch: int = option(1, "samples per step", COUNT)
    learning_rate: float = option(1.5e-3, "highest learning rate, after the warm-up", POSITIVE)
    decay: Literal["cosine", "polynomial", "constant"] = option(
        "cosine",
        "how the learning rate falls: half a `cosine`; `polynomial`, by the power 0.9, as the networks' papers have "
        "it; `constant`, not at all before the cooldown, so that a training may be made longer or shorter as it "
        "runs",
    )
    optimiser: Literal["adamw", "muon"] = option(
        "adamw", "`adamw` for all weights, or `muon` for kernels and AdamW for the rest"
    )
    weight_decay: float = option(1e-2, "weight decay of the kernels", NOT_NEGATIVE)
    betas: tuple[float, float] = option((0.9, 0.99), "decay rates of AdamW's averages", "[0, 1)")
    momentum: float = option(0.95, "momentum of Muon", "[0, 1)")
    warmup: int = option(100, "steps in which the learning rate rises", COUNT_OR_NONE, unit="steps")
    horizon: int = option(
        0, "step at which the learning rate would be nothing; 0 for the last one", COUNT_OR_NONE, unit="steps"
    )
    cooldown: int = option(
        0,
        "last steps, in which the learning rate also falls linearly to nothing, for a training that stops before its "
        "horizon",
        COUNT_OR_NONE,
        unit="steps",
    )
    clip: float = option(2.0, "largest norm of the gradient", POSITIVE)
    ema: float = option(0.997, "decay of the running average of the weights, which is what is kept", "[0, 1)")
    guided_from: int = option(
        0,
        "step from which the single-modality terms count; before it only the fused prediction is trained, at about a "
        "third of the cost",
        COUNT_OR_NONE,
        unit="steps",
    )
    guidance_ramp: int = option(
        0, "steps over which the distillation then grows to its full weight", COUNT_OR_NONE, unit="steps"
    )

    def __post_init__(self) -> None:
        require_allowed(self)
        if 0 < self.horizon < self.steps:
            raise ValueError("horizon must not come before the last step")


@documented
@dataclass(frozen=True)
class MethodRecipe:
    """How the network learns to do without modalities."""

    name: Literal["gss", "none", "meta-drop"] = option(
        "gss",
        "`gss`, with the distillation from the teacher, as the table [loss] weighs it; `none`, the same loss without "
        "it; `meta-drop`, without it too, and each step is corrected by a step on other samples with other modalities",
    )
    meta_alpha: float = option(0.0, "share of the ordinary step that `meta-drop` keeps", SHARE)
    meta_masks: Literal["full", "random"] = option(
        "full",
        "what the other samples of `meta-drop` have: `full`, all modalities of their cases; `random`, a uniformly "
        "drawn subset of them",
    )

    def __post_init__(self) -> None:
        require_allowed(self)


@documented
@dataclass(frozen=True)
class Recipe:
    """A whole training."""

    seed: int = option(0, "seed of all that is drawn", "[0, 9223372036854775808)")
    name: str = option("unnamed", "name of the training, and of the network in its card")
    method: MethodRecipe = field(default_factory=MethodRecipe)
    network: NetworkRecipe = field(default_factory=NetworkRecipe)
    data: DataRecipe = field(default_factory=DataRecipe)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    lesion_pasting: LesionPastingSettings = field(default_factory=LesionPastingSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    schedule: ScheduleRecipe = field(default_factory=ScheduleRecipe)

    def __post_init__(self) -> None:
        require_allowed(self)

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as plain JSON values, defaults included."""
        return dataclasses.asdict(self)


def read_recipe(path: Path) -> Recipe:
    """Return the recipe of a TOML file.

    Raises:
        InputError: when it cannot be read, has a key that no recipe has (the nearest valid name is given), or a value
            of the wrong type or range.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(
            Message(
                "recipe.unreadable",
                "The recipe {recipe} can't be read ({reason}): name a TOML file.",
                recipe=path,
                reason=getattr(fault, "strerror", None) or fault,
            )
        ) from fault
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise InputError(
            Message(
                "recipe.no-toml",
                "The recipe {recipe} is no valid TOML ({reason}): correct that line.",
                recipe=path,
                reason=fault,
            )
        ) from fault
    return parse_recipe(table, str(path))


def parse_recipe(table: dict[str, Any], origin: str = "a table") -> Recipe:
    """Return the recipe that nested plain values describe; `origin` names it in errors, which are InputErrors."""
    return _build(Recipe, table, origin, "")


def _build(kind: type[T], table: dict[str, Any], origin: str, prefix: str) -> T:
    hints = typing.get_type_hints(kind)
    known = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
            raise InputError(
                Message(
                    "recipe.unknown-key",
                    "The recipe {recipe} has a key {key}, which no recipe has: write {near}, if that was meant.",
                    recipe=origin,
                    key=f"{prefix}{key}",
                    near=f"{prefix}{near}",
                )
            )
    values = {key: _convert(hints[key], value, origin, f"{prefix}{key}") for key, value in table.items()}
    try:
        return kind(**values)
    except NotAllowed as fault:
        raise InputError(
            Message(
                "recipe.range",
                "In the recipe {recipe}, {key} is {value} and must lie in {interval}: correct it.",
                recipe=origin,
                key=f"{prefix}{fault.option.name}",
                value=repr(fault.value),
                interval=fault.option.declared.within,
            )
        ) from fault
    except ValueError as fault:
        raise InputError(
            Message(
                "recipe.contradiction",
                "In the recipe {recipe}, the values of {table} contradict each other ({reason}): correct one.",
                recipe=origin,
                table=prefix.rstrip("."),
                reason=fault,
            )
        ) from fault


def _convert(hint: Any, value: Any, origin: str, key: str) -> Any:
    """Return `value` as the annotated type, or raise InputError naming the key. A bool is never taken for a number."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise _wrong(origin, key, value, f"a table, [{key}]")
        return _build(hint, value, origin, key + ".")
    plain = typing.get_origin(hint) or hint
    if plain is Literal:
        if value in typing.get_args(hint):
            return value
        raise _wrong(origin, key, value, f"one of {', '.join(map(repr, typing.get_args(hint)))}")
    if plain is tuple:
        kinds = typing.get_args(hint)
        if isinstance(value, (list, tuple)) and len(value) == len(kinds):
            return tuple(
                _convert(k, v, origin, f"{key}[{i}]") for i, (k, v) in enumerate(zip(kinds, value, strict=True))
            )
        raise _wrong(origin, key, value, f"a list of {len(kinds)} values")
    if plain is dict and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        return {k: _convert(inner, v, origin, f"{key}.{k}") for k, v in value.items()}
    if plain is Any:
        return value
    if plain is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return _real(value)
    if isinstance(plain, (type, types.GenericAlias)) and type(value) is plain:
        return value
    raise _wrong(origin, key, value, f"of type {getattr(plain, '__name__', plain)}")


def _real(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # TOML's whole numbers have no end here
        return math.inf if value > 0 else -math.inf


def _wrong(origin: str, key: str, value: object, wanted: str) -> InputError:
    return InputError(
        Message(
            "recipe.type",
            "In the recipe {recipe}, {key} is {value} and must be {wanted}: correct it.",
            recipe=origin,
            key=key,
            value=repr(value),
            wanted=wanted,
        )
    )
