"""Checkpoints: everything a training needs to go on as if it had not stopped. Tensors as safetensors, no pickle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.optim import Optimizer

from GSSCore.errors import InputError
from GSSCore.files import write_file
from GSSCore.messages import Message

FORMAT = "gss-checkpoint-2"


def save_checkpoint(
    path: Path,
    step: int,
    network: nn.Module,
    average: nn.Module,
    optimisers: Sequence[Optimizer],
    recipe: dict[str, Any],
    bf16: bool,
) -> None:
    """Write a checkpoint, atomically: after a crash there is the old one or the new one.

    Args:
        path: the file.
        step: optimiser steps done.
        network: whose weights are trained.
        average: the running average of these weights.
        optimisers: whose states are kept; learning rates follow from the step.
        recipe: as JSON values; resuming with another one is refused.
        bf16: whether the network's layers compute in bf16.
    """
    tensors = {f"network.{k}": v for k, v in network.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in average.state_dict().items()}
    for number, optimiser in enumerate(optimisers):
        for index, state in optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{index}.{k}": v for k, v in state.items()}
    plain = {k: v.detach().cpu().clone(memory_format=torch.contiguous_format) for k, v in tensors.items()}
    metadata = {"format": FORMAT, "step": str(step), "recipe": json.dumps(recipe), "bf16": json.dumps(bf16)}
    write_file(path, save(plain, metadata))


def load_checkpoint(
    path: Path,
    network: nn.Module,
    average: nn.Module,
    optimisers: Sequence[Optimizer],
    recipe: dict[str, Any],
) -> tuple[int, bool]:
    """Put a checkpoint's content into place; return the number of steps done, and whether they were done in bf16.

    Raises:
        InputError: when the file is no checkpoint of this project, or was made with another recipe.
    """
    try:
        data = path.read_bytes()  # the library's own reader wants names in UTF-8
        tensors = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        metadata = header.get("__metadata__", {})
    except (OSError, SafetensorError) as fault:
        raise InputError(
            Message(
                "checkpoint.unreadable",
                "The checkpoint {file} can't be read ({fault}): start the training anew.",
                file=path,
                fault=str(fault),
            )
        ) from fault
    if metadata.get("format") != FORMAT:
        raise InputError(
            Message(
                "checkpoint.version",
                "{file} is not a checkpoint of this version: start the training anew.",
                file=path,
            )
        )
    if not _same_so_far(json.loads(metadata["recipe"]), json.loads(json.dumps(recipe)), int(metadata["step"])):
        raise InputError(
            Message(
                "checkpoint.recipe",
                "The checkpoint {file} was made with another recipe: choose another output folder.",
                file=path,
            )
        )
    network.load_state_dict(_part(tensors, "network."))
    average.load_state_dict(_part(tensors, "average."))
    for number, optimiser in enumerate(optimisers):
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in _part(tensors, f"optimiser.{number}.").items():
            index, name = key.split(".", 1)
            state.setdefault(int(index), {})[name] = value
        _require_fit(state, optimiser, path)
        optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    # Before it was written down, every training computed in bf16.
    return int(metadata["step"]), bool(json.loads(metadata.get("bf16", "true")))


def _same_so_far(before: dict[str, Any], now: dict[str, Any], step: int) -> bool:
    """Tell whether a recipe would have come to the same checkpoint: the same one, or a longer or shorter one.

    Where the learning rate is constant, neither the number of steps, nor the cooldown, nor when the guidance sets in
    has had any effect before it begins.
    """
    if before == now:
        return True
    schedules = before["schedule"], now["schedule"]
    begins = [s["steps"] - s["cooldown"] for s in schedules] + [s["guided_from"] for s in schedules]
    for schedule in schedules:
        schedule |= dict.fromkeys(("steps", "cooldown", "guided_from"), 0)
    return before == now and now["schedule"]["decay"] == "constant" and step <= min(begins)


def _require_fit(state: dict[int, dict[str, Tensor]], optimiser: Optimizer, path: Path) -> None:
    """Refuse the state of an optimiser that had other parameters, as the transformers' had when it knew no matrices."""
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for index, of_one in state.items():
        if any(t.ndim and (index >= len(parameters) or t.shape != parameters[index].shape) for t in of_one.values()):
            raise InputError(
                Message(
                    "checkpoint.optimiser",
                    "The checkpoint {file} divides the parameters among its optimisers in another way: start the "
                    "training anew.",
                    file=path,
                )
            )


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
