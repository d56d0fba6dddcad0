"""Which sequence a series is, by words, contrast agent and timing together, as DICOM has them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from GSSCore.sequences import Evidence, Hints, hints_from, read_series
from GSSCore.vocabulary import Modality

FLAIR, T1CE, T1, T2 = Modality.FLAIR, Modality.T1CE, Modality.T1, Modality.T2
UNNAMED = "7: series"


@pytest.mark.parametrize(
    ("hints", "right"),
    [
        # FLAIR: 2-D, 3-D, at 0.5 T
        (Hints(tr_ms=9000, te_ms=120, ti_ms=2500), (FLAIR,)),
        (Hints(tr_ms=5000, te_ms=390, ti_ms=1800), (FLAIR,)),
        (Hints(tr_ms=6500, te_ms=105, ti_ms=1600), (FLAIR,)),
        # STIR, and a FLAIR whose inversion time is not told
        (Hints(tr_ms=5000, te_ms=70, ti_ms=160), ()),
        (Hints(tr_ms=11000, te_ms=125, inverted=True), ()),
        (Hints(tr_ms=11000, te_ms=125), (FLAIR, T2)),
        # T2
        (Hints(tr_ms=4000, te_ms=100), (T2,)),
        (Hints(tr_ms=7000, te_ms=100, inverted=False), (T2,)),
        (Hints(tr_ms=700, te_ms=70, gradient_echo=True), ()),
        (Hints(te_ms=100), ()),
        # T1: spin echo, MPRAGE, T1 FLAIR, gradient echo
        (Hints(tr_ms=500, te_ms=12), (T1,)),
        (Hints(tr_ms=2000, te_ms=3, ti_ms=900), (T1,)),
        (Hints(tr_ms=2200, te_ms=9, ti_ms=860), (T1,)),
        (Hints(tr_ms=6.9, te_ms=2.8, ti_ms=400, gradient_echo=True), (T1,)),
        (Hints(tr_ms=2000, te_ms=3), (T1,)),
        # T2*, proton density
        (Hints(tr_ms=650, te_ms=20, gradient_echo=True), ()),
        (Hints(tr_ms=4300, te_ms=11), ()),
        (Hints(tr_ms=2200, te_ms=15), ()),
        (Hints(tr_ms=1000, te_ms=45), ()),
        (Hints(), ()),
    ],
)
def test_times_speak_where_words_do_not(hints: Hints, right: tuple[Modality, ...]) -> None:
    finding = read_series(UNNAMED, hints)
    assert finding.reading.candidates == right
    assert finding.reason is None or finding.reason.source is Evidence.TIMES


@pytest.mark.parametrize(
    ("name", "hints", "right"),
    [
        ("MPRAGE", Hints(contrast_agent="Gadovist"), (T1CE,)),
        ("t2", Hints(contrast_agent="Gadovist"), (T2,)),
        (UNNAMED, Hints(tr_ms=500, te_ms=12, contrast_agent="Dotarem"), (T1CE,)),
        # the words say the opposite of the tag, which some scanners fill in for all series
        ("T1 pre", Hints(contrast_agent="Gadovist"), (T1CE, T1)),
        ("T1 nativ", Hints(contrast_agent="Gadovist"), (T1CE, T1)),
        # name and description
        (UNNAMED, Hints("AX FLAIR"), (FLAIR,)),
        ("t1ce", Hints("t1_mprage_sag"), (T1CE,)),
        ("t1", Hints("AX T1 POST"), (T1CE, T1)),
        ("t1ce", Hints("t1_mprage nativ"), (T1CE, T1)),
        ("flair", Hints("t2_tse_tra"), (FLAIR, T2)),
        ("T1 C", Hints("T1 post"), (T1CE,)),
        ("t2", Hints("ADC"), ()),
        (UNNAMED, Hints("ADC", te_ms=90.0, tr_ms=5000), ()),
        # words against times
        ("flair", Hints(tr_ms=2200, te_ms=9, ti_ms=860), (FLAIR, T1)),
        ("t2", Hints(tr_ms=9000, te_ms=120, ti_ms=2500), (FLAIR, T2)),
        ("t1ce", Hints(tr_ms=4000, te_ms=100), (T1CE, T2)),
        ("flair", Hints(tr_ms=4800, te_ms=300), (FLAIR,)),
        ("t1ce", Hints(tr_ms=500, te_ms=12), (T1CE,)),
        # what the image type tells
        ("t1", Hints(image_type=("ORIGINAL", "PRIMARY", "LOCALIZER")), ()),
        ("t1", Hints(image_type=("DERIVED", "SECONDARY", "SUBTRACT")), ()),
        ("t2", Hints(b_value=1000.0), ()),
    ],
)
def test_all_that_is_known_of_a_series_is_taken_together(name: str, hints: Hints, right: tuple[Modality, ...]) -> None:
    assert read_series(name, hints).reading.candidates == right


def test_a_derived_series_gives_way() -> None:
    assert read_series("flair", Hints(image_type=("DERIVED", "SECONDARY", "MPR"))).reading.gives_way
    assert read_series("FLAIR MPR tra", Hints()).reading.gives_way
    assert not read_series("t1_mpr_sag", Hints(image_type=("ORIGINAL", "PRIMARY", "M"))).reading.gives_way


def hints_of(tags: Mapping[str, str]) -> Hints:
    return hints_from(lambda tag: tags.get(tag, ""))


def test_tags_are_read_where_vendors_write_them() -> None:
    philips = {
        "0018,0080": "11000",
        "0018,0081": "125",
        "0018,9079": "2800",
        "0018,9009": "YES",
        "0008,103E": " FLAIR ",
    }
    assert hints_of(philips | {"0008,103E": " FLAIR "}) == Hints("FLAIR", "", 11000.0, 125.0, 2800.0, inverted=True)
    siemens = {"0018,0020": "GR\\IR", "0018,0082": "900", "0018,0081": "2.5", "0008,0008": "ORIGINAL\\PRIMARY\\M"}
    found = hints_of(siemens)
    assert (found.gradient_echo, found.inverted, found.ti_ms) == (True, True, 900.0)
    assert found.image_type == ("ORIGINAL", "PRIMARY", "M")
    enhanced = {"0018,9082": "23.06", "0018,0082": "0"}
    assert (hints_of(enhanced).te_ms, hints_of(enhanced).ti_ms) == (23.06, None)
    assert hints_of({"0018,0081": "nan", "0018,0080": "-1", "0018,9087": "x"}) == Hints()


@pytest.mark.parametrize(
    ("tags", "agent"),
    [
        ({"0018,0010": "Gadovist 7.5 ml"}, "Gadovist 7.5 ml"),
        ({"0018,0010": "KONTRASTMITTEL"}, "KONTRASTMITTEL"),
        ({"0018,0010": "YES"}, "YES"),
        ({"0018,0012": "Gadobutrol"}, "Gadobutrol"),
        ({"0018,9342": "YES"}, "YES"),
        ({"0018,9342": "NO"}, ""),
        ({"0018,0010": "NONE"}, ""),
        ({"0018,0010": "no contrast"}, ""),
        ({"0018,0010": "ohne KM"}, ""),
        ({"0018,0010": "N/A"}, ""),
        ({"0018,0010": "0"}, ""),
        ({"0018,0010": " - "}, ""),
    ],
)
def test_a_tag_that_says_there_was_no_agent_names_none(tags: dict[str, str], agent: str) -> None:
    assert hints_of(tags).contrast_agent == agent
