"""Which series of one session is taken for each of the four sequences: what a single series can't tell alone.

What a series is, its words, times and contrast agent say (`GSSCore.sequences.series`). Where these leave open whether a
T1 was acquired with contrast agent, the order of acquisition may tell, for the agent stays in the blood for the rest of
the session. Where several series are the same sequence, one is preferred. Command line and panel both ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from GSSCore.sequences.hints import Hints
from GSSCore.sequences.series import Finding, read_series
from GSSCore.sequences.tokens import tokens
from GSSCore.vocabulary import MODALITIES, Modality

MIN_COVERAGE_MM = 80.0
"""What slices cover at least from the first to the last: a head takes 130 mm and more, and a localiser's plane, the
region of the pituitary or of the inner ear takes less than this."""
CLEARLY = 1.1
"""By what factor slices must be thinner, or cover more, to be preferred for it."""
SAME = 0.05
"""How far, as a share, the times of two T1 may differ that were acquired in one and the same way."""

_T1_FAMILY = {Modality.T1CE, Modality.T1}
_BOLUS = {"dsc", "dce"}
_PERFUSION, _WITHOUT_AGENT = {"perf", "perfusion"}, {"asl", "pcasl", "pasl", "casl"}


class Verdict(Enum):
    """What became of a series."""

    TAKEN = "taken"
    OTHER = "none of the four"
    UNKNOWN = "nothing tells what it is"
    SEVERAL = "may be several of the four"
    UNUSABLE = "can't be used"
    DERIVED = "derived from other images"
    SMALL = "covers a small part of the head"
    REFORMAT = "reformat or corrected copy of one that is taken"
    THICKER = "another has thinner slices"
    SMALLER = "another covers more of the head"
    EARLIER = "another was acquired later"
    EQUAL = "others would do as well"


@dataclass(frozen=True)
class Candidate:
    """A series as far as it matters here.

    Attributes:
        name: of the volume, where it has one besides its description.
        hints: what DICOM says of it.
        thickness_mm, coverage_mm: from slice to slice, and from the first to the last; None where unknown.
        usable: whether it can be taken at all; one that can't still tells of the session.
    """

    name: str
    hints: Hints
    thickness_mm: float | None = None
    coverage_mm: float | None = None
    usable: bool = True


@dataclass(frozen=True)
class Judgement:
    """What a series is, and what became of it.

    Attributes:
        finding: what the series alone says.
        candidates: the sequences that it may be, by all that is known.
        verdict: what became of it.
        winner: place of the series that was preferred to it; None where there is none.
        by_order: whether the order of acquisition told T1 from T1ce.
    """

    finding: Finding
    candidates: tuple[Modality, ...]
    verdict: Verdict
    winner: int | None = None
    by_order: bool = False

    @property
    def modality(self) -> Modality | None:
        """The sequence that it is without doubt."""
        return self.candidates[0] if len(self.candidates) == 1 else None


def judge(session: Sequence[Candidate]) -> list[Judgement]:
    """Return what each series of a session is and what becomes of it; at most one is taken for each sequence.

    A series that may be several sequences is taken for none. Images that were derived from others are taken only in a
    session without any original image, as after a conversion.
    """
    found = [_alone(candidate) for candidate in session]
    found = _by_order(session, found)
    found = _without_derived(session, found)
    for modality in MODALITIES:
        pool = [at for at, one in enumerate(found) if one.modality is modality and one.verdict is Verdict.TAKEN]
        _settle(session, found, pool)
    return found


def _alone(candidate: Candidate) -> Judgement:
    """Return what a series says by itself; a verdict of `TAKEN` is provisional."""
    finding = read_series(candidate.name, candidate.hints)
    candidates = finding.reading.candidates
    if not candidates:
        verdict = Verdict.OTHER if finding.reading.other else Verdict.UNKNOWN
    elif not candidate.usable:
        verdict = Verdict.UNUSABLE
    elif candidate.coverage_mm is not None and candidate.coverage_mm < MIN_COVERAGE_MM:
        verdict = Verdict.SMALL
    else:
        verdict = Verdict.SEVERAL if len(candidates) > 1 else Verdict.TAKEN
    return Judgement(finding, candidates, verdict)


def _by_order(session: Sequence[Candidate], found: Sequence[Judgement]) -> list[Judgement]:
    """Tell T1 from T1ce by the order of acquisition where the series alone does not."""
    times = [candidate.hints.acquired for candidate in session]
    given = min((times[at] for at, one in enumerate(found) if times[at] and _shows(session[at], one)), default="")
    result = list(found)
    for at, one in enumerate(found):
        undecided = set(one.candidates) <= _T1_FAMILY and one.candidates and one.finding.reading.contrast is None
        if not undecided or not given or not times[at]:
            continue
        if times[at] < given:
            result[at] = _as(one, Modality.T1)
        elif one.candidates == (Modality.T1,):
            result[at] = _as(one, Modality.T1CE)
    if not given:
        for at in _acquired_twice(session, found):
            result[at] = replace(found[at], candidates=(Modality.T1CE, Modality.T1), verdict=_several(found[at]))
    return result


def _as(judgement: Judgement, modality: Modality) -> Judgement:
    verdict = Verdict.TAKEN if judgement.verdict is Verdict.SEVERAL else judgement.verdict
    return replace(judgement, candidates=(modality,), verdict=verdict, by_order=True)


def _several(judgement: Judgement) -> Verdict:
    return Verdict.SEVERAL if judgement.verdict is Verdict.TAKEN else judgement.verdict


def _shows(candidate: Candidate, judgement: Judgement) -> bool:
    """Tell whether contrast agent had been given when a series was acquired, or was being given."""
    if judgement.candidates == (Modality.T1CE,):
        return True
    words = set(tokens(f"{candidate.name} {candidate.hints.description}"))
    return bool(words & _BOLUS or (words & _PERFUSION and not words & _WITHOUT_AGENT))


def _acquired_twice(session: Sequence[Candidate], found: Sequence[Judgement]) -> list[int]:
    """Return the T1 that were acquired in one and the same way more than once, where nothing tells of contrast agent.

    One of them may have been acquired after contrast agent, or be a repetition.
    """
    open_ones = [
        at
        for at, one in enumerate(found)
        if one.candidates == (Modality.T1,) and one.finding.reading.contrast is None and one.verdict is Verdict.TAKEN
    ]
    return [
        at
        for at in open_ones
        if any(
            session[at].hints.acquired != session[other].hints.acquired and _same_way(session[at], session[other])
            for other in open_ones
        )
    ]


def _same_way(one: Candidate, other: Candidate) -> bool:
    pairs = (
        (one.hints.tr_ms, other.hints.tr_ms),
        (one.hints.te_ms, other.hints.te_ms),
        (one.hints.ti_ms, other.hints.ti_ms),
        (one.thickness_mm, other.thickness_mm),
    )
    return all(a == b or (a and b and abs(a - b) <= SAME * max(a, b)) for a, b in pairs)


def _without_derived(session: Sequence[Candidate], found: Sequence[Judgement]) -> list[Judgement]:
    """Leave out what was derived from other images, unless there is nothing else."""
    if all(one.finding.derived for one in found if one.candidates):
        return list(found)
    out = (Verdict.TAKEN, Verdict.SEVERAL)
    return [
        replace(one, verdict=Verdict.DERIVED) if one.finding.derived and one.verdict in out else one for one in found
    ]


def _settle(session: Sequence[Candidate], found: list[Judgement], pool: list[int]) -> None:
    """Let one of the series of a sequence stay taken: an original, then thinner, larger, later; or none of equals."""
    originals = [at for at in pool if not found[at].finding.reading.gives_way] or pool
    for lost in set(pool) - set(originals):
        found[lost] = replace(found[lost], verdict=Verdict.REFORMAT, winner=originals[0])
    pool = originals
    if len(pool) < 2:
        return
    winner = max(pool, key=lambda at: sum(_beats(session[at], session[o]) is not None for o in pool if o != at))
    reasons = {other: _beats(session[winner], session[other]) for other in pool if other != winner}
    if None in reasons.values():
        # At least two are equal, so the user has to choose among all that nothing beats.
        for other in pool:
            rival = next((at for at in pool if at != other and _beats(session[at], session[other]) is not None), None)
            why = Verdict.EQUAL if rival is None else _beats(session[rival], session[other]) or Verdict.EQUAL
            found[other] = replace(found[other], verdict=why, winner=rival)
        return
    for other, reason in reasons.items():
        found[other] = replace(found[other], verdict=reason or Verdict.EQUAL, winner=winner)


def _beats(one: Candidate, other: Candidate) -> Verdict | None:
    """Return what becomes of `other` beside `one`; None where it is as good or better."""
    for mine, theirs, verdict, less in (
        (one.thickness_mm, other.thickness_mm, Verdict.THICKER, True),
        (one.coverage_mm, other.coverage_mm, Verdict.SMALLER, False),
    ):
        if mine and theirs and max(mine, theirs) > CLEARLY * min(mine, theirs):
            return verdict if (mine < theirs) is less else None
    if one.hints.acquired and other.hints.acquired and one.hints.acquired > other.hints.acquired:
        return Verdict.EARLIER
    return None
