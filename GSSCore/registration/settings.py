"""What a caller may choose about registration. Needs neither numpy nor SimpleITK."""

from __future__ import annotations

from dataclasses import dataclass

from GSSCore.options import documented, option, require_allowed


@documented
@dataclass(frozen=True)
class RegistrationSettings:
    """How one scan is registered to another; all else was measured once and is fixed.

    Raises:
        NotAllowed: for a value that makes no sense.
    """

    registration_seconds: float = option(
        300.0,
        "time that the registration of one sequence may take; a sequence that needs longer is left out",
        "(0, 86400]",
        unit="s",
        group="raw scans, heads as they come from the scanner",
    )

    def __post_init__(self) -> None:
        require_allowed(self)
