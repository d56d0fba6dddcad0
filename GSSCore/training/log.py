"""The TensorBoard log of a training."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from GSSCore.errors import EnvironmentRefused
from GSSCore.messages import Message
from GSSCore.training.loop import OnStep, StepReport, Trainer
from GSSCore.training.objective import PARTS
from GSSCore.training.pictures import sample_picture

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

log = logging.getLogger(__name__)


class TrainingLog:
    """Logs the losses and the learning rate of every step, and at times a picture of the first sample.

    Args:
        output: folder of the training; None for a process that keeps no log, as it is not the main one.

    Raises:
        EnvironmentRefused: when TensorBoard is not installed, or the folder can't be written.
    """

    def __init__(self, output: Path | None) -> None:
        self._writer: SummaryWriter | None = None
        self._is_main = output is not None
        if output is None:
            return
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as fault:
            raise EnvironmentRefused(
                Message(
                    "training.packages",
                    "Training needs packages that are not installed ({fault}): pip install 'gsssegmentation[train]'.",
                    fault=str(fault),
                )
            ) from fault
        try:
            output.mkdir(parents=True, exist_ok=True)
            self._writer = SummaryWriter(str(output / "tensorboard"))
        except UnicodeEncodeError:
            # TensorBoard can't write to such a folder. The training goes on without the log.
            log.error("TensorBoard can't write to %r, whose name is no UTF-8: the log is left out.", str(output))
        except OSError as fault:
            raise EnvironmentRefused(
                Message(
                    "training.output",
                    "The folder {folder} can't be written ({reason}): choose another with --output.",
                    folder=output,
                    reason=str(fault.strerror or fault),
                )
            ) from fault

    def __enter__(self) -> TrainingLog:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def reporter(self, trainer: Trainer, picture_every: int, on_step: OnStep | None) -> OnStep | None:
        """Return what is called after each step: it logs, and then calls `on_step`; None for nothing."""
        writer = self._writer
        if writer is None:
            return on_step if self._is_main else None

        def report(step: StepReport) -> None:
            for name in (*PARTS, "learning_rate"):
                writer.add_scalar(name, getattr(step, name), step.step)
            if step.step % picture_every == 0:
                picture = sample_picture(trainer.average.eval(), trainer.data[0], trainer.device)
                writer.add_image("FLAIR, T1ce, T1, T2, truth, prediction", picture, step.step, dataformats="HWC")
            if on_step is not None:
                on_step(step)

        return report
