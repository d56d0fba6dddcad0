"""Which volume is which sequence, by names and DICOM data as they occur."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dicom_files import box, enhanced, image, save
from GSSCore.sequences import Evidence, Hints, Reason
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.sequence_identification import dicom_hints, identify_sequences

FLAIR, T1CE, T1, T2 = Modality.FLAIR, Modality.T1CE, Modality.T1, Modality.T2

NAMES = {
    FLAIR: ["flair", "BraTS2021_00006_flair", "BraTS-GLI-00005-000-t2f", "AX T2 FLAIR", "t2_tirm_tra_dark-fluid",
            "3D_FLAIR_1mm", "Sag CUBE FLAIR", "T2-FLAIR fs", "t2_space_dark fluid"],
    T1CE: ["t1ce", "BraTS2021_00006_t1ce", "case-t1c", "T1Gd", "T1 post gad", "AX T1 +C", "t1_mprage_sag_KM",
           "MPRAGE post", "T1 w contrast", "t1_vibe_gd", "T1-CE", "Sag T1 BRAVO Gado"],
    T1: ["t1", "BraTS2021_00006_t1", "case-t1n", "AX T1", "MPRAGE", "t1_mprage_sag", "3D T1 TFE", "T1 pre contrast",
         "T1 without contrast", "T1w", "t1 nativ"],
    T2: ["t2", "BraTS2021_00006_t2", "case-t2w", "AX T2", "t2_tse_tra", "T2 SPACE"],
}  # fmt: skip
OTHERS = [
    "MRBrainTumor1", "CTA", "T2* GRE", "t2star", "SWI", "ADC (10^-6)", "DWI b1000 trace", "T1 perf", "brain mask",
    "seg", "TOF", "", "PD", "T2 flair mask",
]  # fmt: skip


class Named:
    """A node with a name."""

    def __init__(self, name: str, instances: str = "") -> None:
        self._name, self._instances = name, instances

    def GetName(self) -> str:
        return self._name

    def GetImageData(self) -> None:
        return None

    def GetAttribute(self, name: str) -> str | None:
        return self._instances if name == "DICOM.instanceUIDs" and self._instances else None


def identified(name: str, hints: Hints) -> tuple[Modality, Reason] | None:
    """Return the sequence that a single volume is proposed for, and why; None for none."""
    proposal = identify_sequences([Named(name)], lambda node: hints)
    return next(((modality, proposal.reasons[modality]) for modality in proposal.nodes), None)


@pytest.mark.parametrize(("modality", "name"), [(m, name) for m, names in NAMES.items() for name in names])
def test_a_name_says_which_sequence_it_is(modality: Modality, name: str) -> None:
    found = identified(name, Hints())
    assert found is not None
    assert found[0] is modality
    assert (found[1].source, found[1].words) == (Evidence.NAME, name)


@pytest.mark.parametrize("name", OTHERS)
def test_other_names_say_nothing(name: str) -> None:
    assert identified(name, Hints()) is None


def test_the_series_description_speaks_where_the_name_does_not() -> None:
    found = identified("4: Series", Hints(description="AX FLAIR"))
    assert found is not None
    assert (found[0], found[1].source) == (FLAIR, Evidence.DESCRIPTION)


def test_a_series_of_something_else_is_not_taken_by_its_times() -> None:
    assert identified("5: Series", Hints(description="ADC", te_ms=90.0)) is None


def test_a_contrast_agent_makes_a_t1_a_t1ce() -> None:
    found = identified("MPRAGE", Hints(contrast_agent="Gadovist"))
    assert found is not None
    assert (found[0], found[1].contrast_agent) == (T1CE, "Gadovist")
    assert identified("t2", Hints(contrast_agent="Gadovist"))[0] is T2  # type: ignore[index]


@pytest.mark.parametrize(
    ("hints", "modality"),
    [
        (Hints(tr_ms=9000, te_ms=120, ti_ms=2500), FLAIR),
        (Hints(tr_ms=5000, te_ms=390, ti_ms=1800), FLAIR),
        (Hints(tr_ms=4000, te_ms=100), T2),
        (Hints(tr_ms=500, te_ms=12), T1),
        (Hints(tr_ms=2000, te_ms=3, ti_ms=900), T1),
        (Hints(tr_ms=2000, te_ms=3, contrast_agent="Dotarem"), T1CE),
        (Hints(tr_ms=4000, te_ms=15), None),
        (Hints(tr_ms=1000, te_ms=45), None),
        (Hints(), None),
    ],
)
def test_times_speak_where_words_do_not(hints: Hints, modality: Modality | None) -> None:
    found = identified("7: Series", hints)
    assert (found and found[0]) is modality
    if found is not None:
        assert found[1].source is Evidence.TIMES


def test_two_that_would_do_are_left_to_the_user() -> None:
    nodes = [Named("flair"), Named("flair 2"), Named("t2"), Named("MRBrainTumor1")]
    proposal = identify_sequences(nodes, lambda node: Hints())
    assert proposal.nodes == {T2: nodes[2]}
    assert proposal.unsure == {FLAIR: ("flair", "flair 2")}


@pytest.mark.parametrize("name", ["T1 w/wo contrast", "FLAIR T1", "t1ce-t1", "T1 C", "T1/T2"])
def test_a_volume_that_may_be_two_is_proposed_for_none(name: str) -> None:
    assert identified(name, Hints()) is None
    proposal = identify_sequences([Named(name)], lambda node: Hints())
    assert not proposal.nodes and not proposal.unsure


def test_a_reformat_gives_way_to_the_volume_itself() -> None:
    nodes = [Named("FLAIR MPR tra"), Named("Sag FLAIR"), Named("T2 MPR")]
    assert identify_sequences(nodes, lambda node: Hints()).nodes == {FLAIR: nodes[1], T2: nodes[2]}


@pytest.mark.parametrize(
    ("name", "hints"),
    [
        ("T1 pre", Hints(contrast_agent="Gadovist")),
        ("t1", Hints("AX T1 POST")),
        ("flair", Hints(tr_ms=2200, te_ms=9, ti_ms=860)),
        ("t1", Hints(image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))),
    ],
)
def test_what_contradicts_itself_is_proposed_for_none(name: str, hints: Hints) -> None:
    assert identified(name, hints) is None


class Database:
    """Slicer's DICOM database, with one instance."""

    values = {  # noqa: RUF012
        "0008,103E": "AX T1 ", "0018,0010": "Gadavist", "0018,0080": "500.0", "0018,0081": "12", "0018,0082": "",
    }  # fmt: skip

    def fileForInstance(self, uid: str) -> str:
        return "/data/1.dcm" if uid == "1.2.3" else ""

    def fileValue(self, file: str, tag: str) -> str:
        assert file == "/data/1.dcm"
        return self.values.get(tag, "")


def test_the_database_is_asked_by_the_first_instance() -> None:
    hints = dicom_hints(Named("x", "1.2.3 1.2.4"), Database())
    assert hints == Hints("AX T1", "Gadavist", 500.0, 12.0, None)


class Slices(Named):
    """A node that was loaded from DICOM, with slices of a thickness."""

    def __init__(self, name: str, thickness: float, count: int = 30) -> None:
        super().__init__(name, "1.2.3")
        self._spacing, self._size = (1.0, 1.0, thickness), (200, 200, count)

    def GetSpacing(self) -> tuple[float, float, float]:
        return self._spacing

    def GetImageData(self) -> Any:
        return self

    def GetDimensions(self) -> tuple[int, int, int]:
        return self._size


def test_of_two_series_the_thinner_slices_are_proposed_as_on_the_command_line() -> None:
    nodes = [Slices("3: FLAIR", 5.0), Slices("4: FLAIR", 3.0)]
    proposal = identify_sequences(nodes, lambda node: Hints())
    assert proposal.nodes == {FLAIR: nodes[1]} and proposal.beaten == {FLAIR: ("3: FLAIR",)}


def test_a_series_that_covers_a_part_of_the_head_is_not_proposed() -> None:
    assert not identify_sequences([Slices("T1 pituitary", 3.0, 11)], lambda node: Hints()).nodes


def test_the_order_of_acquisition_tells_a_t1_after_contrast_agent() -> None:
    times = {"t1 se": "20260102101500.0", "t1 mprage": "20260102103000.0", "perf DSC": "20260102102000.0"}
    nodes = [Named(name) for name in times]
    proposal = identify_sequences(nodes, lambda node: Hints(acquired=times[node.GetName()]))
    assert proposal.nodes == {T1: nodes[0], T1CE: nodes[1]} and proposal.by_order == {T1, T1CE}


def test_the_same_t1_twice_is_left_to_the_user() -> None:
    nodes = [Named("t1 a"), Named("t1 b")]
    proposal = identify_sequences(nodes, lambda node: Hints(tr_ms=500, te_ms=12, acquired=node.GetName()))
    assert not proposal.nodes and proposal.unsure == {T1: ("t1 a", "t1 b")}


def test_an_enhanced_object_is_asked_itself_for_the_database_does_not_look_into_it(tmp_path: Path) -> None:
    (file,) = save(tmp_path, [enhanced(image(), box(), 3, "series")])

    class OfFile(Database):
        def fileForInstance(self, uid: str) -> str:
            return str(file)

    hints = dicom_hints(Named("x", "1.2.3"), OfFile())
    assert (hints.tr_ms, hints.te_ms, hints.ti_ms) == (1800.0, 2.5, 900.0)
    found = identified("3: series", hints)
    assert found is not None and found[0] is T1


@pytest.mark.parametrize(
    ("node", "database"),
    [(Named("x", "1.2.3"), None), (Named("x"), Database()), (Named("x", "9.9"), Database())],
)
def test_without_a_database_or_an_entry_there_are_no_hints(node: Any, database: Any) -> None:
    assert dicom_hints(node, database) == Hints()
