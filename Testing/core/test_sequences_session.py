"""Which series of a session is taken for each sequence: order of acquisition, what is left out, which is preferred."""

from __future__ import annotations

from dataclasses import replace

import pytest

from GSSCore.sequences import Candidate, Hints, Verdict, judge
from GSSCore.vocabulary import Modality

FLAIR, T1CE, T1, T2 = Modality.FLAIR, Modality.T1CE, Modality.T1, Modality.T2


def at(minute: int) -> str:
    return f"20260102{10 + minute // 60:02}{minute % 60:02}00.000000"


def series(description: str, minute: int = 0, thickness: float | None = 5.0, coverage: float | None = 150.0,
           **hints: object) -> Candidate:  # fmt: skip
    return Candidate("", Hints(description, acquired=at(minute) if minute else "", **hints), thickness, coverage)  # type: ignore[arg-type]


def told(session: list[Candidate]) -> list[tuple[tuple[Modality, ...], Verdict]]:
    return [(one.candidates, one.verdict) for one in judge(session)]


def test_a_usual_session_is_understood() -> None:
    session = [
        series("localizer", 1),
        series("t2_tse_tra", 5),
        series("t2_tirm_tra_dark-fluid", 10),
        series("ep2d_diff_b1000_ADC", 15),
        series("t1_se_tra", 20, tr_ms=500, te_ms=12),
        series("ep2d_perf_DSC", 25),
        series("t1_se_tra", 30, tr_ms=500, te_ms=12),
    ]
    assert told(session) == [
        ((), Verdict.OTHER),
        ((T2,), Verdict.TAKEN),
        ((FLAIR,), Verdict.TAKEN),
        ((), Verdict.OTHER),
        ((T1,), Verdict.TAKEN),
        ((), Verdict.OTHER),
        ((T1CE,), Verdict.TAKEN),
    ]
    assert [one.by_order for one in judge(session)] == [False] * 4 + [True, False, True]


@pytest.mark.parametrize("bolus", ["T1 post KM", "DCE", "perfusion 60 phases"])
def test_a_t1_after_contrast_agent_shows_it_and_one_before_does_not(bolus: str) -> None:
    before, given, after = series("t1", 5), series(bolus, 10, thickness=9.0), series("t1 mprage", 15, thickness=1.0)
    judged = judge([after, given, before])
    assert judged[0].candidates == (T1CE,) and judged[2].candidates == (T1,)
    assert judged[0].verdict is judged[2].verdict is Verdict.TAKEN


def test_spin_labelling_is_no_bolus() -> None:
    assert told([series("ASL perfusion", 5), series("t1", 15)])[1] == ((T1,), Verdict.TAKEN)


def test_without_times_of_acquisition_nothing_is_told_by_order() -> None:
    assert told([series("t1 post KM"), series("t1")]) == [((T1CE,), Verdict.TAKEN), ((T1,), Verdict.TAKEN)]


def test_words_against_contrast_agent_stay_words_against_it() -> None:
    assert told([series("t1 post KM", 5), series("t1 nativ", 15)])[1] == ((T1,), Verdict.TAKEN)


def test_a_tag_that_contradicts_the_words_is_settled_by_the_order_only_where_they_agree() -> None:
    early, late = (series("t1 pre", minute, contrast_agent="Gadovist") for minute in (5, 15))
    assert told([early, series("t1 post", 10)])[0] == ((T1,), Verdict.TAKEN)
    assert told([late, series("t1 post", 10)])[0] == ((T1CE, T1), Verdict.SEVERAL)


def test_the_same_t1_twice_and_no_word_of_contrast_agent_is_left_to_the_user() -> None:
    twice = [series("t1", minute, tr_ms=500, te_ms=12) for minute in (5, 40)]
    assert told(twice) == [((T1CE, T1), Verdict.SEVERAL)] * 2
    other_way = [twice[0], replace(twice[1], hints=Hints("t1", tr_ms=1900, te_ms=3, acquired=at(40)), thickness_mm=1.0)]
    assert told(other_way) == [((T1,), Verdict.THICKER), ((T1,), Verdict.TAKEN)]


def test_thinner_slices_then_larger_coverage_then_the_later_one() -> None:
    thick, thin = series("t2", 5), series("t2", 1, thickness=2.0, coverage=100.0)
    assert told([thick, thin]) == [((T2,), Verdict.THICKER), ((T2,), Verdict.TAKEN)]
    small, large = series("t2", 5, coverage=100.0), series("t2", 1)
    assert told([small, large]) == [((T2,), Verdict.SMALLER), ((T2,), Verdict.TAKEN)]
    early, late = series("t2", 1, thickness=5.1), series("t2", 5)
    judged = judge([early, late, early])
    assert [one.verdict for one in judged] == [Verdict.EARLIER, Verdict.TAKEN, Verdict.EARLIER]
    assert [one.winner for one in judged] == [1, None, 1]


def test_equals_are_left_to_the_user_and_worse_ones_are_not_among_them() -> None:
    judged = told([series("t2"), series("t2"), series("t2", thickness=9.0)])
    assert [verdict for _, verdict in judged] == [Verdict.EQUAL, Verdict.EQUAL, Verdict.THICKER]


def test_a_reformat_gives_way_even_with_thinner_slices() -> None:
    assert [v for _, v in told([series("FLAIR MPR tra", thickness=1.0), series("FLAIR")])] == [
        Verdict.REFORMAT,
        Verdict.TAKEN,
    ]


def test_derived_images_are_left_out_unless_there_is_nothing_else() -> None:
    derived = series("FLAIR", image_type=("DERIVED", "SECONDARY"))
    assert told([derived, series("t2")]) == [((FLAIR,), Verdict.DERIVED), ((T2,), Verdict.TAKEN)]
    assert told([derived, series("localizer")]) == [((FLAIR,), Verdict.TAKEN), ((), Verdict.OTHER)]


def test_what_covers_little_or_can_not_be_used_is_not_taken_and_still_tells_of_the_session() -> None:
    broken = replace(series("t1 post", 10), usable=False)
    assert told([broken, series("t1", 15), series("t2", coverage=60.0), series("t2 thick", thickness=8.0)]) == [
        ((T1CE,), Verdict.UNUSABLE),
        ((T1CE,), Verdict.TAKEN),
        ((T2,), Verdict.SMALL),
        ((T2,), Verdict.TAKEN),
    ]


def test_a_series_that_may_be_several_is_none_and_one_without_words_is_unknown() -> None:
    assert told([series("t1 t2"), series("anatomy")]) == [((T1, T2), Verdict.SEVERAL), ((), Verdict.UNKNOWN)]


@pytest.mark.parametrize(
    ("description", "te", "right"),
    [
        ("pd+t2_tse", 92.0, (T2,)),
        ("PDT2 tse", 92.0, (T2,)),
        ("pd+t2_tse", 11.0, ()),
        ("pd_tse", 92.0, ()),
        ("pd+t2 map", 92.0, ()),
        ("Dual-echo_iso", 92.0, ()),
    ],
)
def test_of_a_series_of_two_echoes_the_echo_time_tells_which_it_is(
    description: str, te: float, right: tuple[Modality, ...]
) -> None:
    assert judge([series(description, tr_ms=4300, te_ms=te, inverted=False)])[0].candidates == right
