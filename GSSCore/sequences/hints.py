"""The DICOM attributes that tell the sequence of a series."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from GSSCore.sequences.lexicon import KIND_OF, WordKind
from GSSCore.sequences.tokens import tokens

DESCRIPTION = "0008,103E"
IMAGE_TYPE = "0008,0008"
AGENTS = ("0018,0010", "0018,0012")
"""Contrast/Bolus Agent, and the sequence of its codes."""
ADMINISTERED = "0018,9342"
"""Contrast/Bolus Agent Administered: YES or NO."""
REPETITION_TIME = ("0018,0080",)
ECHO_TIMES = ("0018,0081", "0018,9082")
"""Echo Time, and Effective Echo Time of enhanced images."""
INVERSION_TIMES = ("0018,0082", "0018,9079")
"""Inversion Time, and Inversion Times, where Philips and enhanced images have it."""
SCANNING_SEQUENCE = "0018,0020"
INVERSION_RECOVERY = "0018,9009"
B_VALUE = "0018,9087"
ACQUIRED = ("0018,9074", "0008,002A")
"""Frame Acquisition DateTime, of enhanced images, and Acquisition DateTime."""
DAYS_AND_TIMES = (("0008,0022", "0008,0032"), ("0008,0021", "0008,0031"), ("0008,0023", "0008,0033"))
"""Date and time of the acquisition, the series, and the content."""
STUDY_DATE = "0008,0020"

_DENIALS = {WordKind.NO, WordKind.WITHOUT, WordKind.NATIVE, WordKind.PRE}
_SAY_NOTHING = {"unknown", "na", "n", "a", "0", "00", "undefined"}


@dataclass(frozen=True)
class Hints:
    """The attributes of a series; None or empty where DICOM does not give them.

    Attributes:
        description: series description.
        contrast_agent: its name; empty also where the tag says that there was none.
        tr_ms, te_ms, ti_ms: repetition, echo and inversion time.
        image_type: as DICOM has it, such as ORIGINAL, PRIMARY, M.
        gradient_echo: whether the series is a gradient echo; None where unknown.
        inverted: whether an inversion pulse was used; None where unknown.
        b_value: of diffusion weighting, s/mm2.
        acquired: date and time of its acquisition, `YYYYMMDDHHMMSS.ffffff`; empty where not told.
    """

    description: str = ""
    contrast_agent: str = ""
    tr_ms: float | None = None
    te_ms: float | None = None
    ti_ms: float | None = None
    image_type: tuple[str, ...] = ()
    gradient_echo: bool | None = None
    inverted: bool | None = None
    b_value: float | None = None
    acquired: str = ""


def hints_from(value: Callable[[str], str]) -> Hints:
    """Return the hints that the tags of a series give.

    Args:
        value: the text of a tag `gggg,eeee`, several values with a backslash between them; empty where there is none.
            Of enhanced images, it looks into the functional groups.
    """
    scanning = _several(value(SCANNING_SEQUENCE))
    inversion = value(INVERSION_RECOVERY).strip().upper()
    return Hints(
        value(DESCRIPTION).strip(),
        _agent(value),
        _number(value, REPETITION_TIME),
        _number(value, ECHO_TIMES),
        _number(value, INVERSION_TIMES) or None,  # Philips writes 0 where there was no inversion
        _several(value(IMAGE_TYPE)),
        "GR" in scanning and "SE" not in scanning if scanning else None,
        inversion == "YES" or "IR" in scanning if inversion or scanning else None,
        _number(value, (B_VALUE,)),
        acquired_in(value),
    )


def acquired_in(value: Callable[[str], str]) -> str:
    """Return date and time of an acquisition, or else of the series or the content; arguments as `hints_from` has."""
    for tag in ACQUIRED:
        if found := _moment(value(tag)):
            return found
    for day, time in DAYS_AND_TIMES:
        date = value(day).strip() or value(DAYS_AND_TIMES[1][0]).strip() or value(STUDY_DATE).strip()
        if found := _moment(date.replace(".", "") + value(time).strip()):
            return found
    return ""


def _moment(text: str) -> str:
    """Return `YYYYMMDDHHMMSS.ffffff` of a date and time of DICOM; empty for what is none."""
    found = re.match(r"(\d{8})(\d{2})(\d{2})?(\d{2})?(?:\.(\d{1,6}))?", text.strip().replace(":", ""))
    if found is None:
        return ""
    date, hour, minute, second, fraction = found.groups(default="")
    return f"{date}{hour}{minute or '00'}{second or '00'}.{fraction:0<6}"


def _agent(value: Callable[[str], str]) -> str:
    """Return the name of the contrast agent; empty where the tags are empty or deny one."""
    for tag in AGENTS:
        words = set(tokens(value(tag)))
        if not words <= _SAY_NOTHING and not any(KIND_OF.get(word) in _DENIALS for word in words):
            return value(tag).strip()
    return "YES" if value(ADMINISTERED).strip().upper() == "YES" else ""


def _number(value: Callable[[str], str], tags: tuple[str, ...]) -> float | None:
    for tag in tags:
        try:
            number = float(value(tag).split("\\")[0])
        except ValueError:
            continue
        if 0.0 <= number < 1e6:
            return number
    return None


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip().upper() for part in text.split("\\") if part.strip())
