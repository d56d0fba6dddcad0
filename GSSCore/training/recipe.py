"""A recipe: everything that determines a training, as one TOML file. Unknown keys are refused.

Needs no torch, so that a recipe can be checked before anything heavy is loaded.
"""

from __future__ import annotations

import dataclasses
import difflib
import sys
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from GSSCore.errors import InputError
from GSSCore.gss.settings import LossSettings
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.pieces_settings import PiecesSettings
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
    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)
    crop: tuple[int, int, int] = (112, 128, 112)
    tumour_centred: float = 0.8
    jitter: int = 24
    missing: Literal["random", "fixed", "dropped"] = "random"
    missing_rates: dict[str, float] = field(default_factory=dict)
    missing_split: Literal["drawn", "expected"] = "drawn"
    full_probability: float = 0.2

    def __post_init__(self) -> None:
        unknown = set(self.missing_rates) - {m.value for m in MODALITIES}
        if unknown:
            raise ValueError(f"missing_rates knows {', '.join(MODALITIES)}, not {', '.join(sorted(unknown))}")
        if self.missing_rates and self.missing == "random":
            raise ValueError('missing_rates go with missing = "fixed" or "dropped"')
        if any(not 0.0 <= rate < 1.0 for rate in self.missing_rates.values()):
            raise ValueError("missing_rates must lie in [0, 1)")
        if not (0.0 <= self.tumour_centred <= 1.0 and 0.0 <= self.full_probability <= 1.0):
            raise ValueError("tumour_centred and full_probability must lie in [0, 1]")
        if min(self.crop) < 1 or self.jitter < 0 or min(self.spacing) <= 0.0:
            raise ValueError("crop and spacing must be positive, jitter not negative")


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

    steps: int = 4000
    batch: int = 1
    learning_rate: float = 1.5e-3
    decay: Literal["cosine", "polynomial", "constant"] = "cosine"
    optimiser: Literal["adamw", "muon"] = "adamw"
    weight_decay: float = 1e-2
    betas: tuple[float, float] = (0.9, 0.99)
    momentum: float = 0.95
    warmup: int = 100
    horizon: int = 0
    cooldown: int = 0
    clip: float = 2.0
    ema: float = 0.997
    guided_from: int = 0
    guidance_ramp: int = 0

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 1 or self.learning_rate <= 0.0 or self.clip <= 0.0:
            raise ValueError("steps, batch, learning_rate and clip must be positive")
        if not (0.0 <= self.ema < 1.0 and 0.0 <= self.momentum < 1.0):
            raise ValueError("ema and momentum must lie in [0, 1)")
        if min(self.warmup, self.horizon, self.cooldown, self.guided_from, self.guidance_ramp) < 0:
            raise ValueError("warmup, horizon, cooldown, guided_from and guidance_ramp must not be negative")
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
    meta_alpha: float = 0.0
    meta_masks: Literal["full", "random"] = "full"

    def __post_init__(self) -> None:
        if not 0.0 <= self.meta_alpha <= 1.0:
            raise ValueError("meta_alpha must lie in [0, 1]")


@dataclass(frozen=True)
class Recipe:
    """A whole training."""

    seed: int = 0
    name: str = "unnamed"
    method: MethodRecipe = field(default_factory=MethodRecipe)
    network: NetworkRecipe = field(default_factory=NetworkRecipe)
    data: DataRecipe = field(default_factory=DataRecipe)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    pieces: PiecesSettings = field(default_factory=PiecesSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    schedule: ScheduleRecipe = field(default_factory=ScheduleRecipe)

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
        raise InputError(f"recipe {path} can't be read ({fault}); name a TOML file") from fault
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"recipe {path} is not valid TOML: {fault}; correct that line") from fault
    return parse_recipe(table, str(path))


def parse_recipe(table: dict[str, Any], origin: str = "the recipe") -> Recipe:
    """Return the recipe that nested plain values describe; `origin` names it in errors, which are InputErrors."""
    return _build(Recipe, table, origin, "")


def _build(kind: type[T], table: dict[str, Any], origin: str, prefix: str) -> T:
    hints = typing.get_type_hints(kind)
    known = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
            raise InputError(f"{origin}: there is no key {prefix}{key}; did you mean {prefix}{near}?")
    values = {key: _convert(hints[key], value, origin, f"{prefix}{key}") for key, value in table.items()}
    try:
        return kind(**values)
    except ValueError as fault:
        raise InputError(f"{origin}: {prefix.rstrip('.') or 'recipe'}: {fault}") from fault


def _convert(hint: Any, value: Any, origin: str, key: str) -> Any:
    """Return `value` as the annotated type, or raise InputError naming the key. A bool is never taken for a number."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise InputError(f"{origin}: {key} must be a table, [{key}]")
        return _build(hint, value, origin, key + ".")
    plain = typing.get_origin(hint) or hint
    if plain is Literal:
        if value in typing.get_args(hint):
            return value
        choices = ", ".join(map(repr, typing.get_args(hint)))
        raise InputError(f"{origin}: {key} must be one of {choices}, not {value!r}")
    if plain is tuple:
        kinds = typing.get_args(hint)
        if isinstance(value, (list, tuple)) and len(value) == len(kinds):
            return tuple(
                _convert(k, v, origin, f"{key}[{i}]") for i, (k, v) in enumerate(zip(kinds, value, strict=True))
            )
        raise InputError(f"{origin}: {key} must be a list of {len(kinds)} values, not {value!r}")
    if plain is dict and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        return {k: _convert(inner, v, origin, f"{key}.{k}") for k, v in value.items()}
    if plain is Any:
        return value
    if plain is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(plain, (type, types.GenericAlias)) and type(value) is plain:
        return value
    raise InputError(f"{origin}: {key} must be of type {getattr(plain, '__name__', plain)}, not {value!r}")
