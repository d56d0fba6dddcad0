"""Why a series was taken for a sequence or left out, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from GSSCore.dicom.series import Series
from GSSCore.messages import Message
from GSSCore.sequences import Evidence, Judgement, Verdict
from GSSCore.vocabulary import Modality


def taken_because(modality: Modality, series: Series, judgement: Judgement | None) -> Message:
    """Return why a series was taken; without a judgement, because the user named it."""
    about = {"sequence": modality.display, "series": series.name}
    if judgement is None:
        return Message("dicom.taken-named", "{sequence}: {series} is taken, as it was named.", **about)
    if judgement.by_order and modality is Modality.T1CE:
        return Message(
            "dicom.taken-after",
            "{sequence}: {series} is taken, a T1 that was acquired after contrast agent had been given.",
            **about,
        )
    reason = judgement.finding.reason
    if reason is not None and reason.contrast_agent:
        return Message(
            "dicom.taken-agent",
            "{sequence}: {series} is taken, a T1 with contrast agent ({agent}).",
            agent=reason.contrast_agent,
            **about,
        )
    if reason is not None and reason.source is Evidence.TIMES:
        return Message(
            "dicom.taken-times", "{sequence}: {series} is taken, by its times ({times}).", times=reason.words, **about
        )
    return Message("dicom.taken-words", "{sequence}: {series} is taken, by its description.", **about)


def why_left_out(
    series: Series, judgement: Judgement, others: Sequence[Series], by_hand: Mapping[Modality, Series | None]
) -> Message:
    """Return why a series was not taken.

    Args:
        series: the series.
        judgement: what became of it.
        others: the series that were judged with it.
        by_hand: what the user named.
    """
    if judgement.modality in by_hand and judgement.verdict not in (Verdict.OTHER, Verdict.UNKNOWN):
        assert judgement.modality is not None
        return Message(
            "dicom.left-out-named",
            "{series} is left out: another series was named as {sequence}, or none of them.",
            series=series.capitalised,
            sequence=judgement.modality.display,
        )
    if series.several_planes and judgement.verdict is not Verdict.OTHER:
        return _several_planes(series)
    if series.fault is not None:
        return series.fault
    winner = series if judgement.winner is None else others[judgement.winner]
    return _LEFT_OUT[judgement.verdict](series, judgement, winner)


def _several_planes(series: Series) -> Message:
    return Message(
        "dicom.several-planes",
        "{series} is left out: its series holds slices of several orientations, as a localiser does.",
        series=series.capitalised,
    )


def _other(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.other",
        "{series} is left out: by its header it is none of FLAIR, T1ce, T1 and T2.",
        series=series.capitalised,
    )


def _unknown(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.unknown",
        "{series} is left out: neither its description nor its times tell what it is.",
        series=series.capitalised,
    )


def _several(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.may-be",
        "{series} is left out: it may be {first} or {second}, name it for one of them to use it.",
        series=series.capitalised,
        first=[m.display for m in judgement.candidates[:-1]],
        second=judgement.candidates[-1].display,
    )


def _derived(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.derived",
        "{series} is left out: it was derived from other images ({type}), name it to use it.",
        series=series.capitalised,
        type="\\".join(series.hints.image_type[:3]),
    )


def _small(series: Series, judgement: Judgement, winner: Series) -> Message:
    coverage = 0.0 if series.geometry is None else series.geometry.coverage_mm
    return Message(
        "dicom.small",
        "{series} is left out: its slices cover {coverage:.0f} mm, a part of the head, name it to use it.",
        series=series.capitalised,
        coverage=coverage,
    )


def _reformat(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.reformat",
        "{series} is left out: by its description it is a reformat or a corrected copy, and {other} is there.",
        series=series.capitalised,
        other=winner.name,
    )


def _thicker(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.thicker",
        "{series} is left out: {other} has thinner slices.",
        series=series.capitalised,
        other=winner.name,
    )


def _smaller(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.smaller",
        "{series} is left out: {other} covers more of the head.",
        series=series.capitalised,
        other=winner.name,
    )


def _earlier(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.earlier",
        "{series} is left out: {other} was acquired later.",
        series=series.capitalised,
        other=winner.name,
    )


def _equal(series: Series, judgement: Judgement, winner: Series) -> Message:
    return Message(
        "dicom.equal",
        "{series} is left out: another series would do as well, name one of them.",
        series=series.capitalised,
    )


_LEFT_OUT: dict[Verdict, Callable[[Series, Judgement, Series], Message]] = {
    Verdict.OTHER: _other,
    Verdict.UNKNOWN: _unknown,
    Verdict.SEVERAL: _several,
    Verdict.DERIVED: _derived,
    Verdict.SMALL: _small,
    Verdict.REFORMAT: _reformat,
    Verdict.THICKER: _thicker,
    Verdict.SMALLER: _smaller,
    Verdict.EARLIER: _earlier,
    Verdict.EQUAL: _equal,
}


def of_other_study(series: Series) -> Message:
    """Return that a series is of a study that was not chosen."""
    return Message(
        "dicom.other-study",
        "{series} is left out: it is of another study, of {date}.",
        series=series.capitalised,
        date=series.study.date or "unknown date",
    )


def unlike_its_header(modality: Modality, series: Series) -> Message:
    """Return that a series was named for a sequence that its header contradicts."""
    candidates = [m.display for m in series.finding.reading.candidates]
    return Message(
        "dicom.unlike-header",
        "{sequence}: {series} was named, although its header says {what}; check that it is the right one.",
        sequence=modality.display,
        series=series.name,
        what=" or ".join(candidates) or "something else",
    )


def doubtful(modality: Modality, series: Series) -> Message:
    """Return that a series was derived from other images."""
    return Message(
        "dicom.taken-derived",
        "{sequence}: {series} was derived from other images ({type}); check that it shows the head as it was acquired.",
        sequence=modality.display,
        series=series.name,
        type="\\".join(series.hints.image_type[:3]),
    )


def perhaps_enhanced(series: Series) -> Message:
    """Return that nothing tells whether a T1 was acquired with contrast agent."""
    return Message(
        "dicom.perhaps-enhanced",
        "T1: {series} is taken for a T1 without contrast agent, as its header tells of none; if one was given, name it "
        "as the T1ce.",
        series=series.name,
    )


def not_chosen(modality: Modality, several: Sequence[Series]) -> Message:
    """Return that no series was taken for a sequence, as several would do or one may be another sequence."""
    return Message(
        "dicom.not-chosen",
        "{sequence}: no series is taken, as it is not clear which of them it is: {series}; name it.",
        sequence=modality.display,
        series=[one.name for one in several],
    )


def nothing_to_take(series: Sequence[Series], reasons: Sequence[Message]) -> Message:
    """Return that no series can be taken, with the reasons for those that might have been."""
    if reasons:
        return Message(
            "dicom.none-usable",
            "No series can be taken as FLAIR, T1ce, T1 or T2: {reasons}.",
            reasons=" ".join(str(reason) for reason in reasons).rstrip("."),
        )
    return Message(
        "dicom.none-recognised",
        "None of the {count} series says that it is a FLAIR, T1ce, T1 or T2; name them, {series}.",
        count=len(series),
        series=[one.listed for one in series],
    )
