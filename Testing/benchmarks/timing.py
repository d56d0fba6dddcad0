"""Fair timing: all candidates in turn, several rounds, medians of wall and CPU seconds, and their ratios."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Medians over the rounds, and the wall times themselves, in seconds."""

    wall: float
    cpu: float
    walls: tuple[float, ...]


def interleaved(candidates: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """Time each candidate once per round, in turn, after one round that is not counted.

    In turn, so that a machine that grows slower or faster does so for all.
    """
    walls: dict[str, list[float]] = {name: [] for name in candidates}
    cpus: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name, run in candidates.items():
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            run()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            if number:
                walls[name].append(wall)
                cpus[name].append(cpu)
    return {
        name: Timing(statistics.median(walls[name]), statistics.median(cpus[name]), tuple(walls[name]))
        for name in candidates
    }


def table(timings: Mapping[str, Timing], base: str) -> str:
    """Return a Markdown table; the last column says how many times faster than `base` a candidate is."""
    lines = ["| what | wall s | CPU s | min-max s | times as fast |", "|---|---:|---:|---:|---:|"]
    for name, t in timings.items():
        spread = f"{min(t.walls):.2f}-{max(t.walls):.2f}"
        lines.append(f"| {name} | {t.wall:.2f} | {t.cpu:.2f} | {spread} | {timings[base].wall / t.wall:.1f} |")
    return "\n".join(lines)


def load() -> str:
    """Return what else the machine is doing, for whoever reads the figures."""
    one, five, _ = os.getloadavg()
    return f"load average {one:.2f} (1 min), {five:.2f} (5 min), {os.cpu_count()} CPUs"
