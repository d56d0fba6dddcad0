"""Where a training reads and writes, and how it runs. Needs no torch; what determines the network is in the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from GSSCore.errors import UsageError
from GSSCore.messages import Message
from GSSCore.options import FROM_ONE, NOT_NEGATIVE, NotAllowed, declared, documented, option, require_allowed

Precision = Literal["auto", "fp32", "bf16"]
SamplesOn = Literal["cpu", "device"]


@documented
@dataclass(frozen=True)
class TrainingPlaces:
    """Where a training reads and writes."""

    data: Sequence[Path] = field(metadata=declared("folders of cases with segmentations", unit="folder"))
    output: Path = field(metadata=declared("gets the checkpoint, the log and the network", unit="folder"))
    split: Path | None = option(
        None, 'JSON file whose "train" lists the cases to use; by default all are used', unit="file"
    )
    cache: Path | None = option(None, "preprocessed cases; by default they lie inside the output", unit="folder")
    start: Path | None = option(
        None, "network whose weights the training starts from; by default they are random", unit="folder"
    )
    truth_labels: str | None = option(
        None, "values of the segmentations, such as NCR=1,ED=2,ET=4, instead of the recipe's", unit="map"
    )
    lesions: Path | None = option(None, "lesions, for a recipe that pastes them (table [lesion_pasting])", unit="file")


@documented
@dataclass(frozen=True)
class Running:
    """How a training runs; it changes nothing of the result but the last bits of floating point.

    Raises:
        UsageError: for a value that makes no sense.
    """

    device: str = option("auto", "where the training runs: auto, cpu, cuda, cuda:N or mps")
    workers: int = option(0, "processes that make samples", NOT_NEGATIVE, unit="processes")
    samples_on: SamplesOn = option(
        "cpu",
        "where samples are made: by the processor, or on the training's device, in whose memory all cases then lie",
    )
    accumulate: int = option(1, "passes in which each batch is worked off, to save memory", FROM_ONE, unit="passes")
    resume: bool = option(False, "go on from the checkpoint in the output folder")
    checkpoint_every: int = option(
        200, "steps from one checkpoint, and picture in the log, to the next", FROM_ONE, unit="steps"
    )
    precision: Precision = option("auto", "number format of the network's layers: auto measures which is quicker here")

    def __post_init__(self) -> None:
        try:
            require_allowed(self)
        except NotAllowed as fault:
            raise UsageError(
                Message("training.running", "Training: {reason}; correct it.", reason=str(fault))
            ) from fault
