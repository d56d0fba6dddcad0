"""Training networks: recipes, samples with missing modalities, augmentation, the loop, checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from GSSCore.lazy import lazy_names

if TYPE_CHECKING:
    from GSSCore.training.cases import preprocess_cases
    from GSSCore.training.lesion_library import LesionLibrary, read_library
    from GSSCore.training.recipe import Recipe
    from GSSCore.training.recipe_file import parse_recipe, read_recipe
    from GSSCore.training.run import train
    from GSSCore.training.settings import Running, TrainingPlaces

__all__ = [
    "LesionLibrary",
    "Recipe",
    "Running",
    "TrainingPlaces",
    "parse_recipe",
    "preprocess_cases",
    "read_library",
    "read_recipe",
    "train",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "cases": ("preprocess_cases",),
        "lesion_library": ("LesionLibrary", "read_library"),
        "recipe": ("Recipe",),
        "recipe_file": ("parse_recipe", "read_recipe"),
        "run": ("train",),
        "settings": ("Running", "TrainingPlaces"),
    },
)
