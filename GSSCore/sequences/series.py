"""Which sequence a series is, by its name, its description, its contrast agent and its timing, taken together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from GSSCore.sequences.hints import Hints
from GSSCore.sequences.timing import from_times
from GSSCore.sequences.tokens import tokens
from GSSCore.sequences.words import NOTHING, Reading, read_tokens, read_words
from GSSCore.vocabulary import MODALITIES, Modality

_NO_IMAGES = {
    "LOCALIZER", "ADC", "DIFFUSION", "TRACEW", "FA", "PROJECTION IMAGE", "MIP", "MINIP", "SUBTRACT", "SUBTRACTION",
    "PERFUSION", "ASL", "CBF", "CBV", "PHASE", "PHASE MAP", "P", "R", "I", "T1 MAP", "T2 MAP", "T2_STAR_MAP", "R2_MAP",
    "SCREEN SAVE", "T2 STAR MAP", "VELOCITY MAP", "B0 MAP", "B1 MAP",
}  # fmt: skip
"""Values of the image type that tell something that is none of the four."""
_DERIVED = {"DERIVED", "MPR", "REFORMATTED", "RESAMPLED", "CPR"}
_PROTON_DENSITY = {"pd", "pdw", "dp"}
_T1_FAMILY = {Modality.T1CE, Modality.T1}


class Evidence(Enum):
    """What speaks for a sequence."""

    NAME = "name"
    DESCRIPTION = "series description"
    TIMES = "timing"


@dataclass(frozen=True)
class Reason:
    """Why a volume is taken for a sequence.

    Attributes:
        source: what speaks for it.
        words: what that says.
        contrast_agent: its name, where that made a T1 a T1ce.
    """

    source: Evidence
    words: str
    contrast_agent: str = ""


@dataclass(frozen=True)
class Finding:
    """What a series is.

    Attributes:
        reading: the modalities that it may be, one when that is clear.
        reason: why; None where nothing speaks for any.
        derived: whether it was computed or cut from other images, by its image type.
    """

    reading: Reading
    reason: Reason | None = None
    derived: bool = False


def read_series(name: str, hints: Hints) -> Finding:
    """Return what a series is by all that is known of it; where two things contradict each other, both are candidates.

    Args:
        name: of the volume or file.
        hints: what DICOM says of it.
    """
    if _NO_IMAGES & set(hints.image_type) or (hints.b_value or 0.0) > 0.0:
        return Finding(Reading(other=True))
    times = from_times(hints)
    said = [
        (reading, Reason(source, text))
        for text, source in ((name, Evidence.NAME), (hints.description, Evidence.DESCRIPTION))
        if (reading := _read(text, times)).candidates or reading.other
    ]
    other = next((reading for reading, _ in said if reading.other), None)
    if other is not None:
        return Finding(other)
    if said:
        reading, reason = said[0]
        if len(said) > 1:
            reading = _together(reading, said[1][0])
    else:
        reading, reason = Reading(times), Reason(Evidence.TIMES, _in_words(hints))
    reading, agent = _with_agent(reading, hints)
    reading = _against_times(reading, times)
    if not reading.candidates:
        return Finding(NOTHING)
    derived = bool(_DERIVED & set(hints.image_type))
    reading = replace(reading, gives_way=reading.gives_way or derived)
    return Finding(reading, replace(reason, contrast_agent=agent), derived)


def _read(text: str, times: tuple[Modality, ...]) -> Reading:
    """Return what words say; of a series of two echoes, `PD + T2`, the echo time tells which of them it is."""
    reading = read_words(text)
    if reading.other and times == (Modality.T2,):
        words = ["t2" if word == "pdt2" else word for word in tokens(text) if word not in _PROTON_DENSITY]
        without = read_tokens(words)
        return without if without.candidates == times else reading
    return reading


def _together(name: Reading, description: Reading) -> Reading:
    """Return what name and description say together."""
    both = set(name.candidates) & set(description.candidates)
    contrast = name.contrast if description.contrast is None else description.contrast
    gives_way = name.gives_way or description.gives_way
    if both:
        return Reading(_in_order(both), contrast=contrast, gives_way=gives_way)
    if name.candidates == (Modality.T1CE,) and description.modality is Modality.T1 and description.contrast is None:
        return name  # a description such as t1_mprage leaves the contrast agent open
    return Reading(_in_order({*name.candidates, *description.candidates}), gives_way=gives_way)


def _with_agent(reading: Reading, hints: Hints) -> tuple[Reading, str]:
    """Return what a contrast agent in the tags makes of a T1, and its name where it made a T1ce."""
    if not hints.contrast_agent or reading.candidates != (Modality.T1,):
        return reading, ""
    if reading.contrast is False:  # the words say that there was none: some scanners fill in the tag for all series
        return replace(reading, candidates=(Modality.T1CE, Modality.T1), contrast=None), ""
    return replace(reading, candidates=(Modality.T1CE,), contrast=True), hints.contrast_agent


def _against_times(reading: Reading, times: tuple[Modality, ...]) -> Reading:
    """Return the reading with more candidates where the times contradict it."""
    if not times or not reading.candidates:
        return reading
    allowed = set(times) | (_T1_FAMILY if Modality.T1 in times else set())
    if times == (Modality.T2,):  # a FLAIR whose inversion time is not told
        allowed.add(Modality.FLAIR)
    if allowed & set(reading.candidates):
        return reading
    return replace(reading, candidates=_in_order({*reading.candidates, *times}), contrast=None)


def _in_words(hints: Hints) -> str:
    return f"TE {hints.te_ms or 0.0:g} ms" + (f", TI {hints.ti_ms:g} ms" if hints.ti_ms else "")


def _in_order(modalities: set[Modality]) -> tuple[Modality, ...]:
    return tuple(modality for modality in MODALITIES if modality in modalities)
