"""Distributed training: several processes, started by `torchrun`, that train one network; or a single process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.messages import Message

T = TypeVar("T")

PATIENCE = timedelta(hours=2)
"""How long processes wait for each other: to preprocess its share may take one of them much longer."""


@dataclass(frozen=True)
class Distributed:
    """The processes of a training, seen from one of them.

    Attributes:
        rank: number of this process; process 0 is the main one.
        size: number of processes.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this is the main process, which writes files and shows progress."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """Return this process's part of a step's samples: consecutive, all parts of one size.

        Raises:
            InputError: when they can't be divided equally.
        """
        if len(items) % self.size:
            raise InputError(
                Message(
                    "training.batch",
                    "A batch of {batch} can't be divided among {processes} processes: make schedule.batch a multiple "
                    "of {processes}.",
                    batch=len(items),
                    processes=self.size,
                )
            )
        each = len(items) // self.size
        return items[self.rank * each : (self.rank + 1) * each]

    def mean(self, values: Tensor) -> Tensor:
        """Return the mean of a tensor over all processes."""
        if self.size == 1:
            return values
        total = values.clone()
        dist.all_reduce(total)
        return total / self.size

    def gather(self, text: str) -> list[str]:
        """Return the texts of all processes."""
        texts: list[str] = [text] * self.size
        if self.size > 1:
            dist.all_gather_object(texts, text)
        return texts

    def barrier(self) -> None:
        """Wait until every process has reached this point."""
        if self.size > 1:
            dist.barrier()


SINGLE_PROCESS = Distributed()


@contextmanager
def process_group(device: str) -> Iterator[tuple[Distributed, torch.device]]:
    """Join the process group of `torchrun` for the duration of the context; without `torchrun` there is one process.

    Args:
        device: `auto`, `cpu`, `cuda`, `cuda:N` or `mps`. Each of several processes on a machine takes the GPU with its
            local number, so that `cuda:N` is for a single process.

    Yields:
        The processes, and the device of this one.

    Raises:
        EnvironmentRefused: when the device can't be used.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield SINGLE_PROCESS, choose_training_device(device)
        return
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device not in ("cpu", "cuda"):
        raise EnvironmentRefused(
            Message(
                "training.shared-device",
                "{processes} processes can't share the device {device}: use --device auto, cpu or cuda.",
                processes=size,
                device=device,
            )
        )
    chosen = choose_training_device(f"cuda:{os.environ['LOCAL_RANK']}" if device == "cuda" else device)
    if chosen.type == "cuda":
        torch.cuda.set_device(chosen)
    dist.init_process_group("nccl" if chosen.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Distributed(dist.get_rank(), size), chosen
        # A process that leaves early would close the connections of the others.
        dist.barrier()
    finally:
        dist.destroy_process_group()


def choose_training_device(name: str) -> torch.device:
    """Return the device to train on; `auto` takes a GPU where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as fault:
        raise EnvironmentRefused(
            Message(
                "training.device",
                "The device {device} can't be used ({fault}): choose another with --device.",
                device=name,
                fault=next(iter(str(fault).splitlines()), type(fault).__name__).rstrip("."),
            )
        ) from fault
    return device
