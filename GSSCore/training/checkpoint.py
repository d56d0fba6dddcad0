"""Checkpoints: all that a training needs to continue as if it had not stopped. Tensors as safetensors, no pickle."""

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
    """Write a checkpoint atomically: a crash leaves the old one or the new one.

    Args:
        path: the file.
        step: optimiser steps done.
        network: whose weights are trained.
        average: the running average of these weights.
        optimisers: their states are kept; learning rates follow from the step.
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
    """Load a checkpoint into network, average and optimisers; return the steps done, and whether they were in bf16.

    Raises:
        InputError: when the file is no checkpoint of this project, or was made with another recipe.
    """
    tensors, metadata = _read(path)
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
    # A checkpoint that does not tell is of a version that always computed in bf16.
    return int(metadata["step"]), bool(json.loads(metadata.get("bf16", "true")))


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors and the metadata of a checkpoint of this version, or raise InputError."""
    try:
        data = path.read_bytes()  # safetensors opens only files whose names are UTF-8
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
    return tensors, metadata


def _same_so_far(before: dict[str, Any], now: dict[str, Any], step: int) -> bool:
    """Tell whether two recipes lead to the same checkpoint at a step: equal ones, or ones of different length.

    With a constant learning rate, the number of steps, the cooldown and the beginning of the guidance have no effect
    before the cooldown or the guidance begins.
    """
    if before == now:
        return True
    schedules = before["schedule"], now["schedule"]
    begins = [s["steps"] - s["cooldown"] for s in schedules]
    if schedules[0]["guided_from"] != schedules[1]["guided_from"]:
        begins += [s["guided_from"] for s in schedules]
    for schedule in schedules:
        schedule |= dict.fromkeys(("steps", "cooldown", "guided_from"), 0)
    return before == now and now["schedule"]["decay"] == "constant" and step <= min(begins)


def _require_fit(state: dict[int, dict[str, Tensor]], optimiser: Optimizer, path: Path) -> None:
    """Refuse the state of an optimiser that had other parameters, such as one of an older version."""
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
