"""The series that a user names, and the study that they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from GSSCore.dicom.series import DicomStudy, Series
from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.vocabulary import Modality

NONE = "none"
"""The name that leaves a sequence out."""


def named_series(series: Sequence[Series], named: Mapping[Modality, str]) -> dict[Modality, Series | None]:
    """Return the series that a user names for sequences; None for a sequence that is to be left out.

    A name is a key, as the list of series has it, a description or a UID. In descriptions, case and spaces at the ends
    do not matter.

    Raises:
        InputError: when a name fits no series or several, or the series can't be read, or is named twice.
    """
    found = {modality: _named(series, modality, name) for modality, name in named.items()}
    taken: dict[str, Modality] = {}
    for modality, one in found.items():
        if one is None:
            continue
        if one.key in taken:
            raise InputError(
                Message(
                    "dicom.named-twice",
                    "{series} was named for {first} and for {second}: name one series for each sequence.",
                    series=one.capitalised,
                    first=taken[one.key].display,
                    second=modality.display,
                )
            )
        taken[one.key] = modality
    return found


def _named(series: Sequence[Series], modality: Modality, name: str) -> Series | None:
    wanted = _plain(name)
    if wanted == NONE:
        return None
    for fits in (
        [one for one in series if one.key == wanted],
        [one for one in series if str(one.number) == wanted],
        [one for one in series if one.uid == name.strip()],
        [one for one in series if _plain(one.description) == wanted],
    ):
        if len(fits) == 1:
            if fits[0].fault is not None:
                raise InputError(fits[0].fault)
            return fits[0]
        if fits:
            raise InputError(
                Message(
                    "dicom.named-several",
                    "{sequence}: {count} series are called {name}; name one of them by its key, {keys}.",
                    sequence=modality.display,
                    count=len(fits),
                    name=name,
                    keys=[one.listed for one in fits],
                )
            )
    raise InputError(
        Message(
            "dicom.named-none",
            "{sequence}: no series is called {name}; there are {series}.",
            sequence=modality.display,
            name=name,
            series=[one.listed for one in series],
        )
    )


def of_one_study(series: Sequence[Series], named: Sequence[Series], study: str | None) -> list[Series]:
    """Return the series of one study: the one that was chosen, or that the named series are of, or the only one.

    Raises:
        InputError: when there are several and none was chosen, the chosen one is not there, or the named series are of
            another one or of several.
    """
    studies = {one.study.uid: one.study for one in series if one.fault is None or one.finding.reading.candidates}
    if study is not None:
        chosen = [one for one in {one.study.uid: one.study for one in series}.values() if _is(one, study)]
        if len(chosen) != 1:
            raise InputError(_no_such_study(study, chosen or list(studies.values())))
        studies = {chosen[0].uid: chosen[0]}
    elif named:
        studies = {one.study.uid: one.study for one in named}
    if len(studies) > 1:
        raise InputError(_several_studies(list(studies.values())))
    strangers = [one for one in named if studies and one.study.uid not in studies]
    if strangers:
        raise InputError(
            Message(
                "dicom.named-elsewhere",
                "{series} is of another study than the one that was chosen: name a series of that study, or choose the "
                "other one.",
                series=strangers[0].capitalised,
            )
        )
    return [one for one in series if not studies or one.study.uid in studies]


def _is(study: DicomStudy, name: str) -> bool:
    return name.strip() in (study.uid, study.date) or name.strip() == study.date.replace("-", "") != ""


def _several_studies(studies: Sequence[DicomStudy]) -> Message:
    return Message(
        "dicom.several-studies",
        "The folder holds {count} studies of the patient: choose one with --study, {studies}, or give a folder of one "
        "study.",
        count=len(studies),
        studies=_names(studies),
    )


def _no_such_study(name: str, studies: Sequence[DicomStudy]) -> Message:
    return Message(
        "dicom.no-such-study",
        "No single study is called {name}: choose {studies}.",
        name=name,
        studies=_names(studies),
    )


def _names(studies: Sequence[DicomStudy]) -> list[str]:
    """Return the dates of studies; the UID of one without a date, or with the date of another."""
    dates = [one.date for one in studies]
    return sorted(one.date if one.date and dates.count(one.date) == 1 else one.uid for one in studies)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
