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
from GSSCore.ranges import (
    COUNT,
    COUNT_OR_NONE,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    OutOfRange,
    check_ranges,
    each_in,
    within,
)
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings
from GSSCore.vocabulary import MODALITIES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")


@dataclass(frozen=True)
class NetworkRecipe:
    """Which network: its registered name and its options."""

    name: str = "unet"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DataRecipe:
    """What is trained on, and how a sample is taken from it.

    Attributes:
        truth_labels: the declared values of the label maps, such as `NCR=1,ED=2,ET=4`; empty where the data set
            declares them itself.
        spacing: the grid that the network works on, in mm.
        crop: size of a training sample in voxels.
        tumour_centred: how often a crop is centred near a tumour voxel.
        jitter: how far from it at most, in voxels.
        missing: `random`: a random non-empty subset of the case's modalities per step; `fixed`: each case keeps, in
            every epoch, those that `missing_rates` leave it, or that lie on the disk; `dropped`: a random non-empty
            subset of these per step.
        missing_rates: per modality the share of cases that lack it; with `fixed` and `dropped`.
        missing_split: how these cases are chosen, by the seed: `drawn`, each for itself; `expected`, so many of each
            subset as the rates let expect, see `GSSCore.training.missing`.
        full_probability: how often a random subset is all that the case has, instead of uniformly drawn.
    """

    truth_labels: str = ""
    spacing: tuple[float, float, float] = within(POSITIVE, (1.0, 1.0, 1.0))
    crop: tuple[int, int, int] = within("[1, 1024]", (112, 128, 112))
    tumour_centred: float = within(SHARE, 0.8)
    jitter: int = within("[0, 1024]", 24)
    missing: Literal["random", "fixed", "dropped"] = "random"
    missing_rates: dict[str, float] = field(default_factory=dict, metadata=each_in("[0, 1)"))
    missing_split: Literal["drawn", "expected"] = "drawn"
    full_probability: float = within(SHARE, 0.2)

    def __post_init__(self) -> None:
        unknown = set(self.missing_rates) - {m.value for m in MODALITIES}
        if unknown:
            raise ValueError(f"missing_rates knows {', '.join(MODALITIES)}, not {', '.join(sorted(unknown))}")
        if self.missing_rates and self.missing == "random":
            raise ValueError('missing_rates go with missing = "fixed" or "dropped"')
        check_ranges(self)


@dataclass(frozen=True)
class ScheduleRecipe:
    """How long, how fast, and when the guidance sets in.

    Attributes:
        steps: optimiser steps in all.
        batch: samples per step.
        learning_rate: at its highest, after `warmup` steps; from there it falls to nothing.
        decay: how it falls: half a `cosine`, or `polynomial`, by the power 0.9, as the networks' papers have it; or not
            at all, `constant`, but for the cooldown: then a training may be made longer, or shorter, while it runs.
        horizon: the step at which it would be nothing; 0 for the last one.
        cooldown: last steps in which the learning rate also falls linearly to nothing, for a training that stops before
            its horizon.
        optimiser: `adamw`, or `muon`: that for kernels and AdamW for the rest, see `GSSCore.training.optimisers`.
        weight_decay: of the kernels.
        betas: of AdamW.
        momentum: of Muon.
        clip: largest norm of the gradient.
        ema: decay of the running average of the weights, which is what is kept.
        guided_from: the step from which the single-modality terms count; before, only the fused prediction is trained,
            at about a third of the cost.
        guidance_ramp: steps over which the pull then grows to its full weight.
    """

    steps: int = within(COUNT, 4000)
    batch: int = within(COUNT, 1)
    learning_rate: float = within(POSITIVE, 1.5e-3)
    decay: Literal["cosine", "polynomial", "constant"] = "cosine"
    optimiser: Literal["adamw", "muon"] = "adamw"
    weight_decay: float = within(NOT_NEGATIVE, 1e-2)
    betas: tuple[float, float] = within("[0, 1)", (0.9, 0.99))
    momentum: float = within("[0, 1)", 0.95)
    warmup: int = within(COUNT_OR_NONE, 100)
    horizon: int = within(COUNT_OR_NONE, 0)
    cooldown: int = within(COUNT_OR_NONE, 0)
    clip: float = within(POSITIVE, 2.0)
    ema: float = within("[0, 1)", 0.997)
    guided_from: int = within(COUNT_OR_NONE, 0)
    guidance_ramp: int = within(COUNT_OR_NONE, 0)

    def __post_init__(self) -> None:
        check_ranges(self)
        if 0 < self.horizon < self.steps:
            raise ValueError("horizon must not come before the last step")


@dataclass(frozen=True)
class MethodRecipe:
    """How the network learns to do without modalities.

    Attributes:
        name: `gss`: with the pull towards the teacher, as `loss` weighs it; `none`: the same loss without the pull;
            `meta-drop`: without it too, and each step is corrected by a step on other samples with other masks, see
            `GSSCore.training.meta_drop`.
        meta_alpha: with `meta-drop`, the share of the ordinary step that is kept, 0 to 1.
        meta_masks: with `meta-drop`, what the other samples have: `full`, all modalities of their cases; `random`, a
            uniformly drawn subset of them.
    """

    name: Literal["gss", "none", "meta-drop"] = "gss"
    meta_alpha: float = within(SHARE, 0.0)
    meta_masks: Literal["full", "random"] = "full"

    def __post_init__(self) -> None:
        check_ranges(self)


@dataclass(frozen=True)
class Recipe:
    """A whole training."""

    seed: int = within("[0, 9223372036854775808)", 0)
    name: str = "unnamed"
    method: MethodRecipe = field(default_factory=MethodRecipe)
    network: NetworkRecipe = field(default_factory=NetworkRecipe)
    data: DataRecipe = field(default_factory=DataRecipe)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    lesion_pasting: LesionPastingSettings = field(default_factory=LesionPastingSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    schedule: ScheduleRecipe = field(default_factory=ScheduleRecipe)

    def __post_init__(self) -> None:
        check_ranges(self)

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
    except OutOfRange as fault:
        raise InputError(
            Message(
                "recipe.range",
                "In the recipe {recipe}, {key} is {value} and must lie in {interval}: correct it.",
                recipe=origin,
                key=f"{prefix}{fault.name}",
                value=repr(fault.value),
                interval=fault.interval,
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
