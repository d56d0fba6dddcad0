"""What a caller may choose about how scans become a study. Needs no torch.

Declared as `GSSCore.inference.settings` declares how a network is run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from GSSCore.errors import UsageError
from GSSCore.messages import Message
from GSSCore.options import documented, option
from GSSCore.registration.settings import RegistrationSettings

Input = Literal["auto", "prepared", "raw"]

INPUT = "input"
"""Part of report.json that tells these options."""

_INPUT = "raw scans, heads as they come from the scanner"


@documented
@dataclass(frozen=True)
class InputSettings(RegistrationSettings):
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
        False,
        "refuse the study, rather than leave a sequence out, where no brain is found in one or its registration fails",
        group=_INPUT,
        report=INPUT,
    )
    brain_inset: float = option(
        2.0,
        "how far the brain's surface lies inside what the brain network finds, which is the brain with the fluid round "
        "it; 0 takes the fluid as well",
        "[0, 6]",
        unit="mm",
        group=_INPUT,
        report=INPUT,
    )
    bias_field: bool = option(
        True,
        "correct uneven brightness of each scan, which coils receive more strongly from some parts than from others",
        group=_INPUT,
        report=INPUT,
    )
    brain_network: Path | None = option(
        None,
        "folder of a brain network of your own; by default the shipped one",
        unit="folder",
        group=_INPUT,
        report=INPUT,
    )

    def require_consistent(self) -> None:
        """Refuse a brain mask for images that are taken as they are."""
        if self.input == "prepared" and self.brain_mask is not None:
            raise UsageError(
                Message(
                    "input.mask-of-prepared",
                    "A brain mask was given for images that are to be taken as prepared, where it has no effect: leave "
                    "it out, or ask for raw.",
                )
            )
