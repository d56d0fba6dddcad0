"""The recipe of a brain network: everything that determines its training, as one TOML file. Needs no torch."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from GSSCore.options import SHARE, declared, documented, option, require_allowed
from GSSCore.training.recipe import ScheduleRecipe
from GSSCore.training.recipe_file import read_table, recipe_from


@documented
@dataclass(frozen=True)
class SampleRecipe:
    """How samples are made."""

    size: tuple[int, int, int] = option((96, 112, 96), "size of a sample, 2 mm each", "[16, 512]", unit="voxels")
    scanned: float = option(0.25, "share of the samples that are heads as scanned", SHARE)
    composite: float = option(
        0.35, "share that are brains with tumours set into heads; the rest are drawn from label maps", SHARE
    )

    def __post_init__(self) -> None:
        require_allowed(self)
        if self.scanned + self.composite > 1.0:
            raise ValueError("scanned and composite are shares of one whole")


@documented
@dataclass(frozen=True)
class BrainRecipe:
    """A whole training of a brain network; what the schedule says of guidance has no effect here."""

    seed: int = option(0, "seed of weights and samples", "[0, 9223372036854775808)")
    name: str = option("unnamed", "name of the network")
    options: dict[str, Any] = field(default_factory=dict, metadata=declared("options of the network"))
    samples: SampleRecipe = field(default_factory=SampleRecipe)
    schedule: ScheduleRecipe = field(default_factory=ScheduleRecipe)

    def __post_init__(self) -> None:
        require_allowed(self)

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as plain JSON values, defaults included."""
        return dataclasses.asdict(self)


def read_brain_recipe(path: Path) -> BrainRecipe:
    """Return the recipe of a TOML file. Raises InputError as `GSSCore.training.recipe_file.read_recipe` does."""
    return recipe_from(BrainRecipe, read_table(path), str(path))
