"""A recipe: everything that determines a training. `GSSCore.training.recipe_file` reads it from a TOML file.

Needs no torch, so that a recipe can be checked before anything heavy is loaded.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from GSSCore.gss.settings import LossSettings
from GSSCore.options import (
    COUNT,
    COUNT_OR_NONE,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    declared,
    documented,
    option,
    require_allowed,
)
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings
from GSSCore.vocabulary import MODALITIES


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
