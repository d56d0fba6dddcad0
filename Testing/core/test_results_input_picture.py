"""The picture, the page and the tables say how raw scans became a study, and show where it went wrong."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from GSSCore.cohort.summary import StudyOutcome, write_summary
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.results.edges import edges
from GSSCore.results.files import INPUT_FILE, MONTAGE_FILE, OVERVIEW_FILE
from GSSCore.results.html_report import html_report
from GSSCore.results.input_picture import EDGE_LINE, input_png
from GSSCore.results.panels import BRAIN_LINE
from GSSCore.results.planes import AXIAL, SAGITTAL, VIEWS
from GSSCore.results.scans import brain_at, canvas_of, sampled, shown_at, voxels_of
from GSSCore.results.treatment import AS_SCANNED, KEPT, LEFT_OUT, REGISTERED, in_a_line, treated
from GSSCore.study.alignment import Step
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality
from raw_study import GOOD, REFERENCE, raw_study, shifted
from results_study import pixels, report
from results_study import study as prepared_study

PICTURES = dict.fromkeys((OVERVIEW_FILE, MONTAGE_FILE, INPUT_FILE), b"\x89PNG picture")
WORSE = GOOD | {"restart_mm": 2.5}
NOT_SURE = Message("raw.kept", "{sequence}: it stays where the scanner put it.", sequence="T1")
FAILED = Message("registration.brains-differ", "{moving}: its brain lies elsewhere.", moving="T2")


def near(picture: NDArray[np.int64], colour: tuple[int, int, int], distance: int = 60) -> NDArray[np.bool_]:
    return np.asarray(np.abs(picture - np.array(colour)).sum(axis=-1) <= distance)


def doubtful() -> Study:
    """A study whose T1 stayed where it was, and whose T2 was left out."""
    found = raw_study(None, Step("registration", Modality.T2, False, FAILED, {"dice": 0.4}))
    alignment = found.alignment
    assert alignment is not None
    steps = [
        Step("registration", Modality.T1, True, NOT_SURE, WORSE)
        if (step.name, step.modality) == ("registration", Modality.T1) else step
        for step in alignment.steps
    ]  # fmt: skip
    object.__setattr__(alignment, "steps", tuple(steps))
    return found


# --- planes ----------------------------------------------------------------------------------------------------------


def test_places_are_sampled_as_the_volume_has_them() -> None:
    """At the voxels themselves, half a voxel outside, beyond, and between two."""
    values = np.arange(1.0, 25.0, dtype=np.float32).reshape(2, 3, 4)
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    volume = Volume(values, affine)
    places = np.array([[2.0, 6.0, 12.0], [2.9, 6.0, 12.0], [3.1, 6.0, 12.0], [0.0, 0.0, 2.0]])
    assert sampled(volume, np.eye(4), places).tolist() == [24.0, 24.0, 0.0, 1.5]
    assert sampled(volume, shifted((2.0, 0.0, 0.0)), places - [2.0, 0.0, 0.0]).tolist() == [24.0, 24.0, 0.0, 1.5]


def test_voxels_of_a_plane_lie_where_the_plane_is_cut() -> None:
    study = raw_study()
    alignment = study.alignment
    assert alignment is not None
    spans = ((3, 60), (5, 80), (2, 40))
    scan = alignment.scans[REFERENCE].array
    for view in VIEWS:
        cut = view.cut(study.orientation.to_ras(scan), 30, spans)
        np.testing.assert_allclose(shown_at(alignment, REFERENCE, voxels_of(study, view, 30, spans)), cut, rtol=1e-5)


def test_the_canvas_shows_the_whole_brain_in_millimetres() -> None:
    study = raw_study()
    alignment = study.alignment
    assert alignment is not None
    canvas = canvas_of(study, alignment)
    index = np.argwhere(study.brain) * 3.0
    for axis in range(3):
        assert canvas.extent_mm(axis) == pytest.approx(np.ptp(index[:, axis]) + 34.0, abs=7.0)
    for view in (AXIAL, SAGITTAL):
        area = np.count_nonzero(brain_at(alignment, canvas.places(view, 2.0))) / 4.0
        planes = study.orientation.to_ras(study.brain)
        step = np.linalg.inv(study.grid.affine) @ [*canvas.middle, 1.0]
        at = round(float(step[view.normal]))
        assert area == pytest.approx(np.count_nonzero(planes.take(at, view.normal)) * 9.0, rel=0.03)


# --- picture ---------------------------------------------------------------------------------------------------------


def test_edges_of_a_disc_run_along_its_rim_in_either_contrast() -> None:
    y, x = np.indices((80, 90))
    radius = np.hypot(y - 40, x - 45)
    brain = radius < 60
    for low, high in ((50.0, 200.0), (200.0, 50.0)):
        image = np.where(radius < 25, low, high).astype(np.float32)
        lines = edges(image, brain, (2.0, 2.0), 1.8, 10.0)
        assert lines.any()
        assert np.abs(radius[lines > 127] - 25).max() < 1.5
        angles = np.degrees(np.arctan2(y - 40, x - 45))[lines > 127]
        assert np.histogram(angles, 36, (-180, 180))[0].min() > 0, "the rim is closed"
    assert not edges(np.full((40, 40), 7.0, np.float32), np.ones((40, 40), bool), (2.0, 2.0), 1.8, 10.0).any()


def lines_of(study: Study, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return near(pixels(input_png(study)), colour, 40)


def test_the_brains_outline_lies_where_the_brain_ends() -> None:
    """The first panel is the axial plane of the FLAIR; its place is known by the outline's own box."""
    study = raw_study()
    alignment = study.alignment
    assert alignment is not None
    lines = lines_of(study, BRAIN_LINE)[150:480, 32:320]
    rows, columns = np.flatnonzero(lines.any(axis=1)), np.flatnonzero(lines.any(axis=0))
    canvas = canvas_of(study, alignment)
    wide, tall = np.ptp(columns) + 1, np.ptp(rows) + 1
    brain = brain_at(alignment, canvas.places(AXIAL, 4.0))
    expected = np.flatnonzero(brain.any(axis=0)), np.flatnonzero(brain.any(axis=1))
    assert wide / tall == pytest.approx((np.ptp(expected[0]) + 1) / (np.ptp(expected[1]) + 1), rel=0.03)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_scan_that_lies_3_mm_off_is_told_apart_by_its_edges(axis: int) -> None:
    """On a scan that fits, the reference's lines run along its own edges; on one that doesn't, beside them."""
    study = raw_study()
    mm = [0.0, 0.0, 0.0]
    mm[axis] = 3.0
    off = raw_study({Modality.T1: shifted((mm[0], mm[1], mm[2]))})
    beside = {}
    for name, one in (("fits", study), ("off", off)):
        alignment = one.alignment
        assert alignment is not None
        canvas, scale = canvas_of(one, alignment), 2.0
        away = []
        for view in VIEWS:
            places = canvas.places(view, scale)
            brain = brain_at(alignment, places)
            own, other = (
                edges(shown_at(alignment, m, places), brain, (2.6, 2.6), 1.8, 18.0) > 127
                for m in (REFERENCE, Modality.T1)
            )
            away += (distance_transform_edt(~other)[own & ~brain] / scale).tolist()
        beside[name] = float(np.percentile(away, 90))
    assert beside["fits"] < 0.8
    assert beside["off"] > 2.0


def test_the_picture_is_the_same_every_time_and_other_for_another_place() -> None:
    study = raw_study()
    assert input_png(study) == input_png(study)
    off = raw_study({Modality.T1: shifted((3.0, 0.0, 0.0))})
    assert input_png(off) != input_png(study)
    german = {"Brain that was used": "Verwendetes Gehirn"}
    assert input_png(study, lambda text: german.get(text, text)) != input_png(study)


def test_every_scan_has_its_row_and_one_that_was_left_out_a_line() -> None:
    whole, less = pixels(input_png(raw_study())), pixels(input_png(doubtful()))
    assert whole.shape[1] == less.shape[1] == 1840
    assert less.shape[0] - whole.shape[0] == 44
    amber = (255, 190, 92)
    # The figures below the T1: two lines, above what was left out and the margin.
    assert not near(whole[-132:-80, 1400:], amber).any()
    assert near(less[-176:-124, 1400:], amber).any()
    assert lines_of(raw_study(), EDGE_LINE).any()


def test_of_prepared_images_there_is_no_such_picture() -> None:
    with pytest.raises(ValueError, match="none of raw scans"):
        input_png(prepared_study())


# --- words -----------------------------------------------------------------------------------------------------------


def page_of(study: Study) -> tuple[str, dict[str, Any]]:
    found = report(study)
    return html_report(found, PICTURES), found


def test_the_page_says_what_was_done_with_each_scan_and_by_which_figures() -> None:
    page, found = page_of(raw_study())
    assert "<h2>From raw scans</h2>" in page
    for words in (
        "The images show whole heads.", "1432 ml", "registered to T1ce",
        "moved by 4.3 mm, turned by 2.1° (at most 25°)",
        "done in two ways: 0.3 mm apart (at most 1.0)", "Dice 0.97 (at least 0.90)", "shows 99 % of the brain",
        f"{found['input']['brain_ml']:.0f} ml, by the brain network", "ab" * 32,
    ):  # fmt: skip
        assert words in page, words
    assert page.count("data:image/png") == 3
    assert 'title="to be checked"' not in page


def test_a_doubtful_scan_is_marked_on_the_page_and_its_reason_given() -> None:
    page, _ = page_of(doubtful())
    assert "T1: it stays where the scanner put it." in page
    assert "T2: its brain lies elsewhere." in page
    for words in ("kept where the scanner put it ?", "left out ?", "done in two ways: 2.5 mm apart (at most 1.0) ?"):
        assert f'title="to be checked">{words}</span>' in page, words


def test_a_page_of_prepared_images_has_nothing_of_it() -> None:
    page, found = page_of(prepared_study())
    assert "From raw scans" not in page and page.count("data:image/png") == 2
    assert in_a_line(found) == "prepared images, taken as they are"


def test_what_became_of_each_scan_is_read_from_the_report() -> None:
    study = doubtful()
    states = {one.modality: one.state for one in treated(report(study)["input"], REFERENCE)}
    assert states == {
        Modality.FLAIR: REGISTERED, REFERENCE: "reference", Modality.T1: KEPT, Modality.T2: LEFT_OUT,
    }  # fmt: skip
    assert in_a_line(report(study)) == (
        "raw scans: brain extracted; FLAIR registered to T1ce; T1 kept where scanned; T2 left out"
    )


def test_of_a_scan_that_stays_as_it_was_scanned_no_move_is_told() -> None:
    """Its figures are those of the place where it fits best, to which it was not moved."""
    study = raw_study()
    alignment = study.alignment
    assert alignment is not None
    fits = Message("raw.as-scanned", "{sequence} lies well by the scanner.", sequence="T1")
    steps = [step for step in alignment.steps if (step.name, step.modality) != ("registration", Modality.T1)]
    object.__setattr__(alignment, "steps", (*steps, Step("registration", Modality.T1, True, fits, GOOD)))
    page, found = page_of(study)
    told = {one.modality: one for one in treated(found["input"], REFERENCE)}
    assert told[Modality.T1].state == AS_SCANNED and not told[Modality.T1].doubtful
    for words in ("lies on T1ce as scanned", "fits best 4.3 mm away, turned by 2.1° (at most 25°)"):
        assert words in page, words
    assert page.count("moved by 4.3 mm") == page.count("fits best") == 1
    assert in_a_line(found) == ("raw scans: brain extracted; FLAIR registered to T1ce; T1 on T1ce as scanned")


def test_a_scan_that_fits_nowhere_better_says_so() -> None:
    """Else all its figures are good, and nothing tells why it was kept where it lies."""
    study = doubtful()
    alignment = study.alignment
    assert alignment is not None
    worse = GOOD | {"mutual_information": 0.27, "mutual_information_before": 0.28}
    steps = [replace(s, checks=worse) if s.message is NOT_SURE else s for s in alignment.steps]
    object.__setattr__(alignment, "steps", tuple(steps))
    words = "no place found where it fits better than as scanned"
    assert f'title="to be checked">{words} ?</span>' in page_of(study)[0]
    assert words not in page_of(doubtful())[0]
    # A line more below the pictures, for both scans that lie side by side.
    assert pixels(input_png(study)).shape[0] - pixels(input_png(doubtful())).shape[0] == 26


@pytest.mark.parametrize(("ml", "doubt"), [(1432.0, False), (300.0, True), (2500.0, True), (0.0, True)])
def test_a_brain_of_no_possible_volume_is_doubted(ml: float, doubt: bool) -> None:
    steps = [Step("brain_extraction", REFERENCE, ml > 0, Message("raw.brain-found", "Found."), {"brain_ml": ml})]
    told = {"steps": [step.to_json() for step in steps]}
    (one,) = treated(told, REFERENCE)
    assert one.doubtful is doubt


def test_the_table_of_a_cohort_says_how_images_were_treated(tmp_path: Path) -> None:
    raw = report(doubtful())
    raw["left_out"] = {"T2": raw["inputs"]["T1"]}
    outcomes = [StudyOutcome.of("a", raw), StudyOutcome.of("b", report(prepared_study()))]
    write_summary(tmp_path / "summary.csv", outcomes)
    with (tmp_path / "summary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["treated_as"], row["left_out"]) for row in rows] == [("raw", "T2"), ("prepared", "")]
