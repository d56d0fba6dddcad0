"""The training methods that `compare_methods.py` sets against each other: each is a change of one recipe."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.training.recipe import MethodRecipe, Recipe

BASELINE = "idt"


def _idt(recipe: Recipe) -> Recipe:
    return replace(recipe, method=MethodRecipe("none"))


def _idt_drop(recipe: Recipe) -> Recipe:
    return replace(_idt(recipe), data=replace(recipe.data, missing="dropped", full_probability=0.0))


def _gss(recipe: Recipe) -> Recipe:
    return replace(recipe, method=MethodRecipe("gss"))


def _gss_by_class(recipe: Recipe) -> Recipe:
    teacher = replace(recipe.loss.teacher, leaders="by-class")
    return replace(_gss(recipe), loss=replace(recipe.loss, teacher=teacher))


def _fused(recipe: Recipe) -> Recipe:
    return replace(_gss(recipe), loss=replace(recipe.loss, teacher_from="fused", temperature=4.0))


def _meta_drop(recipe: Recipe) -> Recipe:
    return replace(recipe, method=MethodRecipe("meta-drop"))


METHODS: dict[str, tuple[str, Callable[[Recipe], Recipe]]] = {
    BASELINE: ("fixed masks: each case in each step with all that it has", _idt),
    "idt-drop": ("a random subset of what a case has in each step (ModDrop)", _idt_drop),
    "gss": ("fixed masks, distillation towards the guided teacher", _gss),
    "gss-by-class": ("the same, each class led by the modalities that show it", _gss_by_class),
    "fused": ("fixed masks, distillation towards the fused prediction (temperature 4)", _fused),
    "meta-drop": ("fixed masks, each step corrected by one on other samples with full masks", _meta_drop),
}
"""What each method is, in words, and the change. Loss and single-modality terms are the recipe's, for all alike."""
