"""What a caller may choose about how scans become a study. Needs no torch.

Declared as `GSSCore.inference.settings` declares how a network is run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from GSSCore.options import documented, option, require_allowed

Input = Literal["auto", "prepared", "raw"]

INPUT = "input"
"""Part of report.json that tells these options."""

_INPUT = "raw scans, heads as they come from the scanner"


@documented
@dataclass(frozen=True)
class InputSettings:
    """How scans become a study.

    Raises:
        NotAllowed: for a value that makes no sense.
    """

    input: Input = option(
        "auto",
        "what the images are: prepared ones are skull-stripped and registered and are taken as they are, raw ones are "
        "registered and brain-extracted; auto looks at them",
        group=_INPUT,
        report=INPUT,
    )
    brain_mask: Path | None = option(
        None,
        "brain mask of your own, in place of the one that the brain network finds",
        unit="file",
        group=_INPUT,
        report=INPUT,
    )
    all_sequences: bool = option(
        False, "refuse the study, rather than leave a sequence out, where one can't be registered", group=_INPUT,
        report=INPUT,
    )  # fmt: skip

    def __post_init__(self) -> None:
        require_allowed(self)
