"""Which series of a patient's folder is taken for which sequence, why, and what the user may name instead."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dicom_files import FLAIR_TIMES, SHAPE, T1_TIMES, T2_TIMES, box, enhanced, image, save, slices, uid
from GSSCore.dicom import Choice, choose, find_series, volumes_of
from GSSCore.errors import InputError
from GSSCore.vocabulary import Modality
from images import rotation

FLAIR, T1CE, T1, T2 = Modality.FLAIR, Modality.T1CE, Modality.T1, Modality.T2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session: localiser of three planes, T2, FLAIR twice, T1, diffusion, T1 with contrast agent, its subtraction."""
    folder = tmp_path_factory.mktemp("session")
    localiser = {"SeriesInstanceUID": uid("localiser")}
    for turn in ((0.0, 0.0, 0.0), (90.0, 0.0, 0.0), (0.0, 90.0, 0.0)):
        save(folder, slices(image(), box(rotation=rotation(turn)), 1, "t1_fl2d", StudyID=str(turn), **localiser))
    save(folder, slices(image(1), box(), 2, "t2_tse_tra", T2_TIMES))
    save(folder, slices(image(2), box(), 3, "t2_tirm_tra_dark-fluid", FLAIR_TIMES))
    save(folder, slices(image(3), box((1.0, 1.0, 4.0)), 4, "t2_tirm_tra_dark-fluid", FLAIR_TIMES))
    save(folder, slices(image(4), box(), 5, "se_tra", T1_TIMES))
    save(folder, slices(image(5), box(), 6, "ep2d_diff", T2_TIMES, DiffusionBValue=1000.0))
    save(folder, slices(image(6), box(), 7, "se_tra", T1_TIMES, ContrastBolusAgent="Gadovist"))
    derived = ["DERIVED", "SECONDARY", "SUBTRACTION"]
    save(folder, slices(image(7), box(), 8, "t1_sub", T1_TIMES, ImageType=derived))
    save(folder, slices(image(8), box(), 9, "t2_spc", T2_TIMES)[:9])
    return folder


def keys(choice: Choice) -> dict[Modality, str]:
    return {modality: told.series.key for modality, told in choice.taken.items()}


def test_each_sequence_gets_its_series_and_every_series_its_reason(folder: Path) -> None:
    choice = choose(find_series(folder))
    assert keys(choice) == {FLAIR: "4", T1CE: "7", T1: "5", T2: "2"}
    assert list(choice.taken) == [FLAIR, T1CE, T1, T2]
    assert list(choice.lines()) == [
        "FLAIR: series 4 (t2_tirm_tra_dark-fluid) is taken, by its description.",
        "T1ce: series 7 (se_tra) is taken, a T1 with contrast agent (Gadovist).",
        "T1: series 5 (se_tra) is taken, by its times (TE 12 ms).",
        "T2: series 2 (t2_tse_tra) is taken, by its description.",
        "Series 1.1 (t1_fl2d, axial) is left out: its series holds slices of several orientations, as a localiser "
        "does.",
        "Series 1.2 (t1_fl2d, coronal) is left out: its series holds slices of several orientations, as a localiser "
        "does.",
        "Series 1.3 (t1_fl2d, sagittal) is left out: its series holds slices of several orientations, as a localiser "
        "does.",
        "Series 3 (t2_tirm_tra_dark-fluid) is left out: series 4 (t2_tirm_tra_dark-fluid) has thinner slices.",
        "Series 6 (ep2d_diff) is left out: by its header it is none of FLAIR, T1ce, T1 and T2.",
        "Series 8 (t1_sub) is left out: by its header it is none of FLAIR, T1ce, T1 and T2.",
        "Series 9 (t2_spc) is left out: its slices cover 45 mm, a part of the head, name it to use it.",
    ]
    assert choice.warnings == () and choice.unsure == {}


def test_the_choice_as_json_holds_nothing_of_the_patient(folder: Path) -> None:
    told = json.dumps(choose(find_series(folder)).to_json())
    assert "t2_tse_tra" in told and "is taken, by its description." in told
    assert not any(word in told for word in ("Doe", "Jane", "19700101", "PatientID"))


def test_the_chosen_series_are_read(folder: Path) -> None:
    volumes = volumes_of(choose(find_series(folder)))
    assert list(volumes) == [FLAIR, T1CE, T1, T2]
    assert np.array_equal(volumes[FLAIR].array, image(3)) and volumes[FLAIR].grid.spacing == (1.0, 1.0, 4.0)


@pytest.mark.parametrize("name", ["3", uid("series", 3, "t2_tirm_tra_dark-fluid")])
def test_the_user_names_a_series_instead(folder: Path, name: str) -> None:
    choice = choose(find_series(folder), {FLAIR: name, T1: "none"})
    assert keys(choice) == {FLAIR: "3", T1CE: "7", T2: "2"}
    lines = list(choice.lines())
    assert lines[0] == "FLAIR: series 3 (t2_tirm_tra_dark-fluid) is taken, as it was named."
    assert "Series 4 (t2_tirm_tra_dark-fluid) is left out: another series was named as FLAIR, or none of them." in lines
    assert "Series 5 (se_tra) is left out: another series was named as T1, or none of them." in lines
    assert choice.warnings == ()


def test_a_description_names_a_series_whatever_its_case(folder: Path) -> None:
    assert keys(choose(find_series(folder), {T1: "T2_SPC"}))[T1] == "9"


def test_a_series_that_is_named_against_its_header_is_taken_and_told(folder: Path) -> None:
    series = find_series(folder)
    assert choose(series, {T1: "2"}).warnings[0] == (
        "T1: series 2 (t2_tse_tra) was named, although its header says T2; check that it is the right one."
    )
    assert "says something else" in choose(series, {T1: "8"}).warnings[0]


@pytest.mark.parametrize(
    ("named", "code", "said"),
    [
        ({FLAIR: "99"}, "dicom.named-none", "FLAIR: no series is called 99; there are 1.1 (t1_fl2d, axial), "),
        ({T1: "se_tra"}, "dicom.named-several", "2 series are called se_tra; name one of them by its key, 5 (se_tra)"),
        ({T1: "1"}, "dicom.named-several", "3 series are called 1"),
        ({T1: "5", T1CE: "5"}, "dicom.named-twice", "was named for T1 and for T1ce"),
    ],
)
def test_a_name_that_fits_no_series_or_several_is_refused(
    folder: Path, named: dict[Modality, str], code: str, said: str
) -> None:
    with pytest.raises(InputError) as refusal:
        choose(find_series(folder), named)
    assert refusal.value.message.code == code and said in str(refusal.value)


def test_a_named_series_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1, "T1"))
    save(tmp_path, slices(image(), box(), 2, "T2", T2_TIMES)[:9] + slices(image(), box(), 2, "T2", T2_TIMES)[10:])
    series = find_series(tmp_path)
    choice = choose(series)
    assert keys(choice) == {T1: "1"}
    assert "1 slices are missing" in choice.warnings[-1]
    with pytest.raises(InputError, match="1 slices are missing"):
        choose(series, {T2: "2"})


def test_several_studies_are_refused_until_one_is_chosen(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1, "T1"))
    later = {"StudyInstanceUID": uid("later"), "StudyDate": "20260402", "AcquisitionDate": "20260402"}
    save(tmp_path, slices(image(1), box(), 1, "T1", **later, SeriesInstanceUID=uid("later", 1)))
    save(tmp_path, slices(image(2), box(), 2, "T2", T2_TIMES, **later))
    series = find_series(tmp_path)
    with pytest.raises(InputError) as refusal:
        choose(series)
    assert str(refusal.value) == (
        "The folder holds 2 studies of the patient: choose one with --study, 2026-01-02 and 2026-04-02, or give a "
        "folder of one study."
    )
    for name in ("2026-04-02", "20260402", uid("later")):
        choice = choose(series, study=name)
        assert keys(choice) == {T1: "1.2", T2: "2"}
        assert list(choice.lines())[-1] == "Series 1.1 (T1) is left out: it is of another study, of 2026-01-02."
    assert keys(choose(series, {T1: "1.1"})) == {T1: "1.1"}
    with pytest.raises(InputError, match="2 studies"):
        choose(series, {T1: "1.1", T2: "2"})
    with pytest.raises(InputError, match="is of another study"):
        choose(series, {T1: "1.1"}, study="2026-04-02")
    with pytest.raises(InputError, match="No single study is called 2020-01-01: choose 2026-01-02 and 2026-04-02"):
        choose(series, study="2020-01-01")


def test_frames_of_reference_may_differ(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1, "T1", FrameOfReferenceUID=uid("one")))
    save(tmp_path, slices(image(), box(), 2, "T2", T2_TIMES, FrameOfReferenceUID=uid("other")))
    assert keys(choose(find_series(tmp_path))) == {T1: "1", T2: "2"}


def test_a_t1_of_which_nothing_tells_contrast_agent_is_taken_with_a_warning(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1, "t1_mpr_tra"))
    series = find_series(tmp_path)
    (warning,) = choose(series).warnings
    assert warning.code == "dicom.perhaps-enhanced"
    assert choose(series, {T1CE: "1"}).warnings == ()


def test_the_same_t1_twice_is_left_to_the_user_and_told(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1, "t1_se"))
    save(tmp_path, slices(image(1), box(), 2, "t1_se"))
    save(tmp_path, slices(image(2), box(), 3, "t2", T2_TIMES))
    series = find_series(tmp_path)
    choice = choose(series)
    assert keys(choice) == {T2: "3"} and set(choice.unsure) == {T1, T1CE}
    assert [warning.code for warning in choice.warnings] == ["dicom.not-chosen"] * 2
    named = choose(series, {T1: "1", T1CE: "2"})
    assert keys(named) == {T1: "1", T1CE: "2", T2: "3"} and named.warnings == ()


def test_derived_images_alone_are_taken_with_a_warning(tmp_path: Path) -> None:
    save(tmp_path, slices(image(), box(), 1, "T2", T2_TIMES, ImageType=["DERIVED", "SECONDARY"]))
    choice = choose(find_series(tmp_path))
    assert keys(choice) == {T2: "1"} and choice.warnings[0].code == "dicom.taken-derived"


@pytest.mark.parametrize(
    ("description", "count", "said"),
    [
        ("anatomy", SHAPE[2], "None of the 1 series says that it is a FLAIR, T1ce, T1 or T2; name them, 1 (anatomy)."),
        ("T1", 3, "No series can be taken as FLAIR, T1ce, T1 or T2: Series 1 (T1) is left out: its slices cover 15 mm"),
    ],
)
def test_a_folder_of_which_nothing_can_be_taken_is_refused(
    tmp_path: Path, description: str, count: int, said: str
) -> None:
    save(tmp_path, slices(image(), box(), 1, description, {})[:count])
    with pytest.raises(InputError) as refusal:
        choose(find_series(tmp_path))
    assert str(refusal.value).startswith(said)


def test_classic_and_enhanced_copies_of_a_series_are_two(tmp_path: Path) -> None:
    """As converted exports hold them: one SeriesInstanceUID, one number, two kinds of object."""
    save(tmp_path, [enhanced(image(), box(), 5, "T1")])
    save(tmp_path, slices(image(), box(), 5, "T1", SeriesInstanceUID=uid("series", 5)))
    first, second = find_series(tmp_path)
    assert {first.key, second.key} == {"5.1", "5.2"} and first.fault is second.fault is None
