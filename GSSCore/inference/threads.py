"""How many CPU threads a network runs with: no more than there are cores, where they would wait for each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from GSSCore.messages import Message


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def capped(wanted: int | None) -> tuple[int | None, Message | None]:
    """Return how many threads to run with, None for torch's own choice, and what the reader has to know of it."""
    cores = available_cores()
    if wanted is None or wanted <= cores:
        return wanted, None
    return cores, Message(
        "inference.threads",
        "{wanted} threads were asked for, but this process has {cores} cores: {cores} were used.",
        wanted=wanted,
        cores=cores,
    )


@contextmanager
def running_with(threads: int | None) -> Iterator[None]:
    """Run with so many CPU threads, then with as many as before."""
    before = torch.get_num_threads()
    if threads is None or threads == before:
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
