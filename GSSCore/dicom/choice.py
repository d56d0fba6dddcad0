"""Which series of a patient is taken for which sequence, why, and why the others are not."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from GSSCore.dicom.naming import named_series, of_one_study
from GSSCore.dicom.reasons import (
    doubtful,
    not_chosen,
    nothing_to_take,
    of_other_study,
    perhaps_enhanced,
    taken_because,
    unlike_its_header,
    why_left_out,
)
from GSSCore.dicom.series import Series
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.sequences import Candidate, Judgement, Reading, Verdict, judge
from GSSCore.vocabulary import MODALITIES, Modality

logger = logging.getLogger(__name__)

_Judged = tuple[Series, Judgement]
"""A series and what became of it."""


@dataclass(frozen=True, eq=False)
class Told:
    """A series and what became of it.

    Attributes:
        series: the series.
        reason: why it was taken, or was not.
        candidates: the sequences that it may be.
    """

    series: Series
    reason: Message
    candidates: tuple[Modality, ...] = ()


@dataclass(frozen=True, eq=False)
class Choice:
    """The series that are taken.

    Attributes:
        taken: the series of each sequence, in the order of `MODALITIES`, and why it.
        left_out: all others, in the order of their acquisition, and why not.
        unsure: sequences for which series would do of which none was preferred.
        warnings: what the reader has to know.
    """

    taken: Mapping[Modality, Told]
    left_out: tuple[Told, ...]
    unsure: Mapping[Modality, tuple[Series, ...]]
    warnings: tuple[Message, ...]

    def lines(self) -> Iterator[str]:
        """Yield what was taken and left out, for a reader, a series a line."""
        yield from (str(told.reason) for told in (*self.taken.values(), *self.left_out))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values, without anything of the patient."""
        return {
            "taken": {m.value: {**told.series.to_json(), "why": str(told.reason)} for m, told in self.taken.items()},
            "left_out": [{**told.series.to_json(), "why": str(told.reason)} for told in self.left_out],
            "unsure": {m.value: [one.key for one in several] for m, several in self.unsure.items()},
        }


def choose(series: Sequence[Series], named: Mapping[Modality, str] | None = None, study: str | None = None) -> Choice:
    """Return which series is taken for which sequence; the log tells it too.

    Args:
        series: of one patient, as `find_series` returns them.
        named: series that the user names for a sequence: by its key, as the list of series has it, its description or
            its UID; `none` leaves the sequence out.
        study: date or UID of the study to take, where there are several.

    Raises:
        InputError: when a name fits no series or several, a named series can't be read, there are several studies and
            none was chosen, or no series is left to be taken.
    """
    by_hand = named_series(series, named or {})
    hands = [one for one in by_hand.values() if one is not None]
    pool = of_one_study(series, hands, study)
    free = [one for one in pool if one not in hands]
    judged = list(zip(free, judge([_candidate(one) for one in free]), strict=True))
    taken = _taken(by_hand, judged)
    unsure = _unsure(by_hand, taken, judged)
    chosen = [told.series for told in taken.values()]
    left_out = [
        Told(one, why_left_out(one, judgement, free, by_hand), judgement.candidates)
        for one, judgement in judged
        if one not in chosen
    ]
    left_out += [Told(one, of_other_study(one)) for one in series if one not in pool]
    if not taken:
        raise InputError(nothing_to_take(series, [told.reason for told in left_out if told.candidates]))
    warnings = [*_about_taken(by_hand, taken, judged), *_about_left_out(by_hand, taken, unsure, left_out)]
    choice = Choice(taken, tuple(left_out), unsure, tuple(warnings))
    for line in choice.lines():
        logger.info(line)
    return choice


def _candidate(series: Series) -> Candidate:
    geometry = series.geometry
    return Candidate(
        "",
        series.hints,
        None if geometry is None else geometry.spacing_mm,
        None if geometry is None else geometry.coverage_mm,
        series.fault is None and not series.several_planes,
    )


def _taken(by_hand: Mapping[Modality, Series | None], judged: Sequence[_Judged]) -> dict[Modality, Told]:
    automatic = {
        judgement.modality: (one, judgement) for one, judgement in judged if judgement.verdict is Verdict.TAKEN
    }
    taken = {}
    for modality in MODALITIES:
        if modality in by_hand:
            one = by_hand[modality]
            if one is not None:
                taken[modality] = Told(one, taken_because(modality, one, None), (modality,))
        elif modality in automatic:
            one, judgement = automatic[modality]
            taken[modality] = Told(one, taken_because(modality, one, judgement), (modality,))
    return taken


def _unsure(
    by_hand: Mapping[Modality, Series | None], taken: Mapping[Modality, Told], judged: Sequence[_Judged]
) -> dict[Modality, tuple[Series, ...]]:
    """Return the series of each sequence that is not taken although they may be it."""
    open_ones = (Verdict.EQUAL, Verdict.SEVERAL)
    found = {
        modality: tuple(
            one for one, judgement in judged if judgement.verdict in open_ones and modality in judgement.candidates
        )
        for modality in MODALITIES
        if modality not in taken and modality not in by_hand
    }
    return {modality: several for modality, several in found.items() if several}


def _about_taken(
    by_hand: Mapping[Modality, Series | None], taken: Mapping[Modality, Told], judged: Sequence[_Judged]
) -> Iterator[Message]:
    """Yield what has to be known of the series that are taken."""
    for modality, told in taken.items():
        yield from told.series.warnings
        finding = told.series.finding
        if modality in by_hand and _contradicts(finding.reading, modality):
            yield unlike_its_header(modality, told.series)
        elif finding.derived:
            yield doubtful(modality, told.series)
    t1 = taken.get(Modality.T1)
    if t1 is None or Modality.T1 in by_hand or Modality.T1CE in taken:
        return
    by_order = any(one is t1.series and judgement.by_order for one, judgement in judged)
    if t1.series.finding.reading.contrast is None and not by_order:
        yield perhaps_enhanced(t1.series)


def _contradicts(reading: Reading, modality: Modality) -> bool:
    """Tell whether a series says that it is something else than what it was named for."""
    if Modality.T1 in reading.candidates and reading.contrast is None and modality is Modality.T1CE:
        return False  # nothing says that no contrast agent was given
    return reading.other or bool(reading.candidates and modality not in reading.candidates)


def _about_left_out(
    by_hand: Mapping[Modality, Series | None],
    taken: Mapping[Modality, Told],
    unsure: Mapping[Modality, tuple[Series, ...]],
    left_out: Sequence[Told],
) -> Iterator[Message]:
    """Yield which sequences the patient may have and are not taken."""
    for modality, several in unsure.items():
        yield not_chosen(modality, several)
    for modality in MODALITIES:
        if modality not in taken and modality not in unsure and modality not in by_hand:
            yield from (told.reason for told in left_out if told.candidates == (modality,))
