"""What comes of a registration: where one scan lies in another, and what speaks for and against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from GSSCore.imaging.arrays import Affine
from GSSCore.messages import Message


@dataclass(frozen=True, eq=False)
class Registration:
    """Where the moving scan lies in the fixed one, and what its checks say.

    Attributes:
        to_moving: (4, 4), rigid, from RAS mm of the fixed scan to RAS mm of the moving one; the identity where the
            scanner's coordinates hold.
        checks: figures by name, such as `inverse_consistency_mm`; None where one could not be measured.
        fault: why it can't be relied on; None where all checks passed.
        seconds: wall time.
        warning: what the reader has to know of one that can be relied on; None where there is nothing.
        message: what became of the scan, for the reader; the fault where there is one.
    """

    to_moving: Affine
    checks: Mapping[str, float | None]
    fault: Message | None
    seconds: float
    warning: Message | None = None
    message: Message | None = None
