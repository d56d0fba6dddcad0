"""Learning rate and weight of the distillation, step by step."""

from __future__ import annotations

import math

from GSSCore.training.recipe import ScheduleRecipe


def learning_rate(step: int, schedule: ScheduleRecipe) -> float:
    """Return the learning rate of a step, counted from 0: linear warm-up, the recipe's decay, and its cooldown."""
    if step < schedule.warmup:
        return schedule.learning_rate * (step + 1) / schedule.warmup
    span = max((schedule.horizon or schedule.steps) - schedule.warmup, 1)
    gone = (step - schedule.warmup) / span
    falling: dict[str, float] = {
        "cosine": 0.5 * (1.0 + math.cos(math.pi * gone)),
        "polynomial": max(1.0 - gone, 0.0) ** 0.9,
    }
    left = falling.get(schedule.decay, 1.0)
    cooling = min((schedule.steps - step) / schedule.cooldown, 1.0) if schedule.cooldown else 1.0
    return schedule.learning_rate * left * cooling


def guidance_ramp(step: int, schedule: ScheduleRecipe) -> float:
    """Return the factor of the distillation term at a step, counted from 0."""
    if schedule.guidance_ramp == 0:
        return 1.0
    return min(max((step - schedule.guided_from + 1) / schedule.guidance_ramp, 0.0), 1.0)
