"""What every training loop does around its steps: learning rate, running average of the weights, checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import torch
from torch import nn
from torch.optim import Optimizer

from GSSCore.training.settings import Running
from GSSCore.training.stopping import StopRequest

Report = TypeVar("Report")
OnStep = TypeVar("OnStep", contravariant=True)


class InProgress(Protocol):
    """A training in progress: how many steps are done, and how to write a checkpoint."""

    step: int

    def save(self, path: Path) -> None:
        """Write a checkpoint."""


def checkpointed(
    training: InProgress,
    reports: Iterable[Report],
    last: int,
    checkpoint: Path | None,
    every: int,
    stop: Callable[[], bool],
) -> Iterator[Report]:
    """Yield what each step reports, with checkpoints written in between; end early when `stop` says so.

    Args:
        training: counts its steps.
        reports: each makes a step when it is asked for.
        last: number of the last step.
        checkpoint: file that is written every `every` steps, at the last step and at a stop; None for none.
        every: see above.
        stop: called after each step.
    """
    for report in reports:
        stopping = stop()
        if checkpoint and (training.step % every == 0 or training.step == last or stopping):
            training.save(checkpoint)
        yield report
        if stopping:
            return


class Runs(Protocol[OnStep]):
    """A training that can be run."""

    def run(
        self,
        on_step: OnStep | None,
        *,
        workers: int,
        checkpoint: Path | None,
        checkpoint_every: int,
        stop: Callable[[], bool],
    ) -> bool:
        """Train, and tell whether the last step was reached."""


def run_until_signal(training: Runs[OnStep], running: Running, checkpoint: Path, on_step: OnStep | None) -> bool:
    """Train until the last step or a signal, with checkpoints; tell whether the last step was reached."""
    with StopRequest() as stop:
        return training.run(
            on_step,
            workers=running.workers,
            checkpoint=checkpoint,
            checkpoint_every=running.checkpoint_every,
            stop=stop,
        )


def set_learning_rate(optimisers: Sequence[Optimizer], rate: float) -> None:
    """Set the learning rate of all parameters."""
    for group in (g for optimiser in optimisers for g in optimiser.param_groups):
        group["lr"] = rate


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, slowest: float, step: int) -> None:
    """Move a running average of the weights towards those of the network after a step, counted from 1.

    By hand, not by torch.optim.swa_utils: the average starts quickly, so that it soon forgets the random weights, and
    in checkpoints it has the network's own names. `slowest` is the decay that it reaches.
    """
    decay = min(slowest, (1.0 + step) / (10.0 + step))
    pairs = list(zip(average.state_dict().values(), network.state_dict().values(), strict=True))
    reals = [pair for pair in pairs if pair[0].is_floating_point()]
    torch._foreach_lerp_([kept for kept, _ in reals], [current for _, current in reals], 1.0 - decay)
    for kept, current in pairs:
        if not kept.is_floating_point():
            kept.copy_(current)
