"""The picture shows the right planes, the right way round, with contours where the labels are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import label as connected

from GSSCore.imaging.volume import Grid
from GSSCore.measurements import measure
from GSSCore.results.contours import dashed, outline
from GSSCore.results.layout import COLUMNS, GAP, HEAD, PADDING, SIDE, WIDTH, Layout, lay_out
from GSSCore.results.legend import GROUND, SMALL, fitted, font
from GSSCore.results.montage import montage_png, slices_of
from GSSCore.results.overview import overview_png
from GSSCore.results.panels import backgrounds
from GSSCore.results.planes import AXIAL, CORONAL, SAGITTAL, VIEWS, Scene, choose_scene, tumour_shares
from GSSCore.study.labels import parse_label_map, read_truth
from GSSCore.study.study import Study
from GSSCore.vocabulary import TUMOUR_LABELS, Confidence, Label, Modality, Region
from results_study import AFFINE, BRAIN, CONFIDENCE, IMAGES, SHAPE, SPACING, TRUTH, VOLUMES, pixels, study, volumes
from study_heads import centred_affine, grid_positions, head, orientations, oriented, truth

GRID = Grid(SHAPE, AFFINE)
NOTHING = np.zeros_like(TRUTH)
MEASURED = measure(TRUTH, GRID, BRAIN).to_json()


def scene_of(labels: NDArray[np.uint8] = TRUTH) -> Scene:
    return choose_scene(IMAGES[Modality.FLAIR], labels, GRID)


def near(picture: NDArray[np.int64], colour: tuple[int, int, int], distance: int = 60) -> NDArray[np.bool_]:
    return np.asarray(np.abs(picture - np.array(colour)).sum(axis=-1) <= distance)


# --- planes ----------------------------------------------------------------------------------------------------------


def test_each_plane_has_the_largest_area_of_tumour_with_its_core_counted_twice() -> None:
    weight = (TRUTH > 0).astype(int) + np.isin(TRUTH, (1, 3))
    for axis, index in enumerate(scene_of().index):
        areas = weight.sum(axis=tuple(other for other in range(3) if other != axis))
        assert areas[index] == areas.max()


def test_without_a_tumour_the_planes_go_through_the_middle_of_the_brain() -> None:
    for axis, index in enumerate(scene_of(NOTHING).index):
        places = np.nonzero(BRAIN)[axis]
        assert abs(index - places.mean()) <= 1


def test_what_is_shown_reaches_as_far_as_the_brain_in_the_three_planes() -> None:
    scene = scene_of()
    i, j, k = scene.index
    shown = np.zeros(SHAPE, bool)
    shown[i], shown[:, j], shown[:, :, k] = BRAIN[i], BRAIN[:, j], BRAIN[:, :, k]
    for axis, (low, high) in enumerate(scene.spans):
        places = np.nonzero(shown)[axis]
        assert (low, high) == (places.min(), places.max() + 1)


def test_the_patients_right_front_and_top_are_where_the_letters_say() -> None:
    position = dict(zip("RAS", grid_positions(SHAPE, AFFINE), strict=True))
    opposite = {"L": "R", "P": "A", "I": "S"}
    everything = ((0, SHAPE[0]), (0, SHAPE[1]), (0, SHAPE[2]))

    def towards(letter: str, values: NDArray[np.float64]) -> bool:
        return bool((np.diff(values) > 0).all() if letter in position else (np.diff(values) < 0).all())

    for view in VIEWS:
        for letter, axis, step in (
            (view.right, 1, 1), (view.left, 1, -1), (view.bottom, 0, 1), (view.top, 0, -1),
        ):  # fmt: skip
            coordinate = position[opposite.get(letter, letter)]
            plane = view.cut(coordinate, 3, everything)
            along = plane[0, ::step] if axis == 1 else plane[::step, 0]
            assert towards(letter, along), (view.name, letter)
    assert [(view.left, view.top) for view in (AXIAL, CORONAL, SAGITTAL)] == [("R", "A"), ("R", "S"), ("A", "S")]


def test_planes_are_numbered_as_the_file_counts_and_the_side_is_that_of_the_brain_not_of_the_origin() -> None:
    for order, flips in orientations():
        image, affine = oriented(IMAGES[Modality.FLAIR], AFFINE, order, flips)
        labels = oriented(TRUTH, AFFINE, order, flips)[0]
        affine[:3, 3] += [200.0, -300.0, 50.0]  # an origin to the left of which everything lies
        scene = choose_scene(image, labels, Grid(image.shape, affine))
        for view in VIEWS:
            axis = next(axis for axis in range(3) if order[axis] == view.normal)
            number = int(scene.position(view).split()[1]) - 1
            plane = np.take(labels, number, axis=axis)
            expected = np.take(TRUTH, scene_of().index[view.normal], axis=view.normal)
            assert np.array_equal(np.sort(plane.ravel()), np.sort(expected.ravel())), (order, flips, view.name)
            assert scene.position(view).split()[3].rstrip(",") == str(image.shape[axis])
        assert scene.position(SAGITTAL).endswith("mm right of the midline")


@pytest.mark.parametrize(("mm", "words"), [(30, "28 mm right of"), (-42, "43 mm left of"), (3, "near")])
def test_a_side_is_told_by_the_middle_of_the_brain(mm: int, words: str) -> None:
    labels = np.zeros_like(TRUTH)
    r, a, s = np.linalg.inv(AFFINE[:3, :3]) @ (np.array([mm, 0, 0]) - AFFINE[:3, 3])
    labels[round(r), round(a), round(s)] = Label.ED
    assert scene_of(labels).position(SAGITTAL).endswith(f", {words} the midline")


def test_words_that_do_not_fit_give_way_to_shorter_ones_and_those_are_cut() -> None:
    whole, side = "slice 106 of 176, 20 mm right of the midline", "20 mm right of the midline"
    width = font(SMALL).getlength
    assert fitted(whole, SMALL, width(whole), side) == whole
    assert fitted(whole, SMALL, width(whole) - 1, side) == side
    cut = fitted(whole, SMALL, width(side) - 1, side)
    assert cut.endswith("...") and side.startswith(cut.removesuffix("...")) and width(cut) < width(side)
    assert fitted(whole, SMALL, width(side)).startswith("slice 106")


def test_a_part_of_a_brain_has_no_midline() -> None:
    half = IMAGES[Modality.FLAIR].copy()
    half[: SHAPE[0] // 2] = 0
    assert "midline" not in choose_scene(half, TRUTH, GRID).position(SAGITTAL)


def test_oblique_planes_are_numbered_too() -> None:
    angle = np.radians(20)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    scene = choose_scene(IMAGES[Modality.FLAIR], TRUTH, Grid(SHAPE, turn @ AFFINE))
    assert scene.index == scene_of().index
    assert [scene.position(view) for view in VIEWS] == [scene_of().position(view) for view in VIEWS]


def test_shares_of_confidence_count_tumour_voxels_only() -> None:
    shares = tumour_shares(CONFIDENCE, TRUTH)
    assert shares[Confidence.LOW] == pytest.approx((TRUTH == 2).sum() / (TRUTH > 0).sum())
    assert sum(shares.values()) == pytest.approx(1)
    assert shares[Confidence.AGREED] == 0
    assert tumour_shares(CONFIDENCE, NOTHING) == {}


# --- contours --------------------------------------------------------------------------------------------------------


def test_a_contour_lies_just_inside_the_edge() -> None:
    y, x = np.indices((40, 50))
    disc = (x - 24.5) ** 2 + (y - 19.5) ** 2 <= 12**2
    found = outline(disc, (200, 160), width=2.0)
    assert found is not None
    rows, columns = np.nonzero(found.coverage > 127)
    radius = np.hypot(columns + found.corner[0] + 0.5 - 100, rows + found.corner[1] + 0.5 - 80) / 4
    assert radius.max() < 12.6
    assert radius.min() > 11.0
    angles = np.arctan2(rows + found.corner[1] - 80, columns + found.corner[0] - 100)
    assert np.histogram(angles, bins=72, range=(-np.pi, np.pi))[0].min() > 0, "the line is closed"


def test_a_contours_edge_is_anti_aliased() -> None:
    y, x = np.indices((40, 50))
    found = outline((x - 24.5) ** 2 + (y - 19.5) ** 2 <= 12**2, (200, 160), width=2.0)
    assert found is not None
    assert len(np.unique(found.coverage)) > 8


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1)])
def test_single_voxels_and_thin_sheets_keep_a_contour(shape: tuple[int, int]) -> None:
    mask = np.zeros((20, 20), bool)
    mask[5 : 5 + shape[0], 7 : 7 + shape[1]] = True
    found = outline(mask, (50, 50), width=1.75)
    assert found is not None
    rows, columns = np.nonzero(found.coverage > 127)
    assert len(rows) >= 4 * mask.sum()
    assert rows.min() + found.corner[1] >= 5 * 2.5 - 1
    assert columns.max() + found.corner[0] <= (7 + shape[1]) * 2.5


def test_contours_of_neighbours_lie_side_by_side() -> None:
    left = np.zeros((20, 20), bool)
    left[4:16, 4:10] = True
    right = np.zeros((20, 20), bool)
    right[4:16, 10:16] = True
    covered = np.zeros((2, 100, 100), int)
    for one, mask in zip(covered, (left, right), strict=True):
        found = outline(mask, (100, 100), 1.75)
        assert found is not None
        (x, y), (h, w) = found.corner, found.coverage.shape
        one[y : y + h, x : x + w] = found.coverage
    assert not ((covered[0] > 150) & (covered[1] > 150)).any()
    assert (covered[0][40:60, 47:50].max(axis=1) > 200).all()
    assert (covered[1][40:60, 50:53].max(axis=1) > 200).all()


@pytest.mark.parametrize("radius", [3, 9, 16])
def test_a_dashed_contour_is_drawn_in_equal_parts_all_round(radius: int) -> None:
    y, x = np.indices((40, 50))
    line = outline((x - 24.5) ** 2 + (y - 19.5) ** 2 <= radius**2, (250, 200), width=1.75)
    assert line is not None
    broken = dashed(line, 7.0, 6.0)
    parts, count = connected(broken.coverage > 100, np.ones((3, 3)))
    assert count == pytest.approx(2 * np.pi * radius * 5 / 13, rel=0.15), "as many dashes as there is room for"
    sizes = np.bincount(parts.ravel())[1:]
    assert sizes.max() < 2 * sizes.min()
    assert 0.4 < (broken.coverage > 127).sum() / (line.coverage > 127).sum() < 0.7


def test_every_ring_of_a_contour_is_dashed_and_a_speck_stays_whole() -> None:
    y, x = np.indices((60, 60))
    distance = np.hypot(x - 20, y - 20)
    mask = ((distance <= 15) & (distance > 8)) | ((x >= 50) & (x <= 51) & (y >= 50) & (y <= 51))
    line = outline(mask, (240, 240), width=1.75)
    assert line is not None
    kept = dashed(line, 7.0, 6.0).coverage > 127
    rows, columns = np.nonzero(line.coverage > 127)
    away = np.hypot(columns + line.corner[0] - 82, rows + line.corner[1] - 82) / 4
    for ring in ((away > 13) & (away < 17), (away > 7) & (away < 10)):
        assert 0.35 < kept[rows[ring], columns[ring]].mean() < 0.75
    assert kept[rows[away > 30], columns[away > 30]].all()


def test_contours_that_can_not_be_relied_on_are_dashed_and_marked() -> None:
    def lit(*unreliable: Region) -> dict[Label, int]:
        picture = pixels(overview_png(study(Modality.FLAIR), TRUTH, None, VOLUMES, unreliable=unreliable))
        scene = scene_of()
        row = panels(picture, layout_of(picture, 1, 431 if unreliable else 400, scene), 0)[1:]
        return {label: sum(int(near(panel, label.colour).sum()) for panel in row) for label in TUMOUR_LABELS}

    whole, broken = lit(), lit(Region.ET)
    assert broken[Label.ET] < 0.75 * whole[Label.ET] and broken[Label.NCR] < 0.75 * whole[Label.NCR]
    assert broken[Label.ED] == pytest.approx(whole[Label.ED], rel=0.05)


def test_nothing_has_no_contour() -> None:
    assert outline(np.zeros((5, 5), bool), (10, 10), 1.0) is None


# --- the picture -----------------------------------------------------------------------------------------------------


def panels(picture: NDArray[np.int64], layout: Layout, row: int) -> list[NDArray[np.int64]]:
    """The images of a row, without letters and padding."""
    cut = [frame.image for frame in layout.rows[row]]
    return [picture[top:bottom, left:right] for left, top, right, bottom in cut]


def layout_of(picture: NDArray[np.int64], rows: int, keys: int, scene: Scene | None = None) -> Layout:
    layout = lay_out(scene or scene_of(), rows, keys)
    assert picture.shape == (layout.height, WIDTH, 3)
    return layout


def test_every_label_has_a_contour_in_its_colour_at_its_edge() -> None:
    picture = pixels(overview_png(study(), TRUTH, CONFIDENCE, VOLUMES))
    layout = layout_of(picture, 3, 640)
    scene = scene_of()
    for row in (0, 1):
        for view, panel in zip(VIEWS, panels(picture, layout, row)[1:], strict=True):
            labels = view.cut(TRUTH, scene.index[view.normal], scene.spans)
            per_voxel = layout.scale * SPACING[0]
            for label in TUMOUR_LABELS:
                rows, columns = np.nonzero(near(panel, label.colour))
                assert len(rows) > 30, (view.name, label)
                i = np.clip((rows / per_voxel).astype(int), 0, labels.shape[0] - 1)
                j = np.clip((columns / per_voxel).astype(int), 0, labels.shape[1] - 1)
                around = np.lib.stride_tricks.sliding_window_view(np.pad(labels == label, 1), (3, 3))[i, j]
                assert (around.any(axis=(1, 2)) & ~around.all(axis=(1, 2))).mean() > 0.98, (view.name, label)
                assert (labels[i, j] == label).mean() > 0.6, (view.name, label)


def test_without_a_tumour_there_is_no_contour_and_the_picture_says_so() -> None:
    picture = pixels(overview_png(study(), NOTHING, None, volumes(NOTHING, 0.027)))
    layout = layout_of(picture, 2, 400, scene_of(NOTHING))
    for row in (0, 1):
        for panel in panels(picture, layout, row):
            assert (panel.max(axis=-1) - panel.min(axis=-1)).max() < 12, "shades of grey and pale letters only"
    side = picture[:, -SIDE:]
    # The amber of `No tumour was found`, below the pill at the top.
    assert near(side[HEAD:], (255, 190, 92)).sum() > 100


def test_confidence_is_shown_in_the_colours_of_its_key() -> None:
    picture = pixels(overview_png(study(), TRUTH, CONFIDENCE, VOLUMES))
    layout = layout_of(picture, 3, 640)
    scene = scene_of()
    for view, panel in zip(VIEWS, panels(picture, layout, 2)[1:], strict=True):
        levels = view.cut(CONFIDENCE, scene.index[view.normal], scene.spans)
        per_voxel = layout.scale * SPACING[0]
        for level in (Confidence.LOW, Confidence.GUIDED):
            brightest = int(np.argmax(level.colour))
            centres = [((n + 0.5) * per_voxel).astype(int) for n in np.nonzero(levels == level)]
            shown = panel[centres[0], centres[1]]
            assert (shown.argmax(axis=-1) == brightest).mean() > 0.8, (view.name, level)


def test_the_first_panel_of_a_row_shows_the_same_plane_without_contours() -> None:
    picture = pixels(overview_png(study(), TRUTH, CONFIDENCE, VOLUMES))
    layout = layout_of(picture, 3, 640)
    for row in range(3):
        plain, drawn = panels(picture, layout, row)[:2]
        assert (np.ptp(plain, axis=-1) < 12).all(), "shades of grey"
        if row < 2:
            free = np.ptp(drawn, axis=-1) < 4
            assert 0.5 < free.mean() < 0.999
            assert (np.abs(plain - drawn)[free].max(axis=-1) < 12).mean() > 0.97, "the rest is the same"
    assert (panels(picture, layout, 0)[0] != panels(picture, layout, 2)[0]).any(), "T2 beside the confidence"


def test_case_and_network_are_in_the_picture() -> None:
    named, more = study(Modality.FLAIR).called("case 7"), {"network": "net 1.0"}
    plain = pixels(overview_png(study(Modality.FLAIR), TRUTH, None, VOLUMES))
    written = pixels(overview_png(named, TRUTH, None, VOLUMES, network=more["network"]))
    assert (plain[70:95, :600] == GROUND).all() and (written[70:95, :600] != GROUND).any()
    assert overview_png(named, TRUTH, None, VOLUMES, **more) == overview_png(named, TRUTH, None, VOLUMES, **more)


def test_the_montage_shows_slices_from_below_upwards_each_in_the_middle_of_its_share() -> None:
    lit = np.flatnonzero(TRUTH.any(axis=(0, 1)))
    planes, _ = slices_of(study(), TRUTH, Modality.FLAIR, 6)
    places = [plane.index for plane in planes]
    assert places == sorted(set(places)) and len(places) == 6
    assert lit[0] <= places[0] < lit[0] + len(lit) / 6 and lit[-1] - len(lit) / 6 < places[-1] <= lit[-1]
    few = np.zeros_like(TRUTH)
    few[20:24, 20:24, 9:12] = Label.ED
    assert [plane.index for plane in slices_of(study(), few, Modality.FLAIR, 6)[0]] == [9, 10, 11]
    brain = [plane.index for plane in slices_of(study(), NOTHING, Modality.FLAIR, 12)[0]]
    inside = np.flatnonzero(BRAIN.any(axis=(0, 1)))
    assert len(brain) == 12 and inside[0] <= brain[0] and brain[-1] <= inside[-1]


@pytest.mark.parametrize("given", [(Modality.FLAIR,), tuple(Modality)])
def test_the_montage_has_every_contour_and_is_the_same_each_time(given: tuple[Modality, ...]) -> None:
    png = montage_png(study(*given), TRUTH, network="net 1.0")
    assert png == montage_png(study(*given), TRUTH, network="net 1.0")
    picture = pixels(png)
    assert picture.shape[1] == WIDTH and picture.shape[0] < 1100
    for label in TUMOUR_LABELS:
        assert near(picture[90:-60], label.colour).sum() > 100, label
    assert not near(pixels(montage_png(study(*given), NOTHING))[90:-60], Label.ET.colour).any()


def test_the_font_has_the_letters_of_german_and_the_signs_that_are_written() -> None:
    unknown = bytes(font(30).getmask("\u4e2d"))
    for letter in "äöüÄÖÜßéñçø×·–−?≥„“":
        assert bytes(font(30).getmask(letter)) != unknown, letter


def test_words_are_translated_umlauts_and_all() -> None:
    def german(text: str) -> str:
        return {"Confidence": "Verlässlichkeit", "without contours": "ohne Umrisse"}.get(text, text)

    english = overview_png(study(), TRUTH, CONFIDENCE, VOLUMES)
    assert overview_png(study(), TRUTH, CONFIDENCE, VOLUMES, translate=german) != english


def test_rows_follow_what_there_is_to_show() -> None:
    def rows(*modalities: Modality, levels: NDArray[np.uint8] | None = None) -> int:
        picture = pixels(overview_png(study(*modalities), TRUTH, levels, VOLUMES))
        heights = [lay_out(scene_of(), n, 640 if levels is not None else 400).height for n in (1, 2, 3)]
        return heights.index(picture.shape[0]) + 1

    flair, t1ce, t1, t2 = Modality
    assert rows(flair) == rows(t1) == rows(flair, t2) == rows(t1ce, t1) == 1
    assert rows(flair, t1ce) == rows(t1ce, t2) == 2
    assert rows(flair, levels=CONFIDENCE) == 2
    assert rows(levels=CONFIDENCE) == 3


@pytest.mark.parametrize(
    ("given", "shown"),
    [("flair t1ce t1 t2", "flair t1ce"), ("t1ce t2", "t2 t1ce"), ("t1 t1ce", "t1ce"), ("t1 t2", "t2"), ("t1", "t1")],
)
def test_the_best_modality_for_the_tumour_and_then_t1ce_are_shown(given: str, shown: str) -> None:
    assert backgrounds(study(*map(Modality, given.split()))) == [Modality(m) for m in shown.split()]


def test_the_picture_is_the_same_in_all_48_orientations_but_for_the_numbers_of_slices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Scene, "position", lambda *_: "")
    expected = overview_png(study(Modality.T1CE), TRUTH, CONFIDENCE, VOLUMES)
    for order, flips in orientations():
        image, affine = oriented(IMAGES[Modality.T1CE], AFFINE, order, flips)
        turned = Study({Modality.T1CE: image}, Grid(image.shape, affine), Modality.T1CE, {})
        labels, levels = (oriented(array, AFFINE, order, flips)[0] for array in (TRUTH, CONFIDENCE))
        assert overview_png(turned, labels, levels, VOLUMES) == expected, (order, flips)


def test_thick_slices_keep_their_proportions() -> None:
    shape, spacing = (46, 58, 15), (3.0, 3.0, 9.0)
    affine = centred_affine(shape, spacing)
    scene = choose_scene(head(shape, affine)[Modality.FLAIR], truth(shape, affine), Grid(shape, affine))
    thick, thin = lay_out(scene, 1, 400), lay_out(scene_of(), 1, 400)
    for one, other in zip(thick.rows[0], thin.rows[0], strict=True):
        assert one.size[0] / one.size[1] == pytest.approx(other.size[0] / other.size[1], rel=0.12)
    across, down = scene.extent_mm(CORONAL.across), scene.extent_mm(CORONAL.down)
    assert thick.rows[0][2].size == pytest.approx((thick.scale * across, thick.scale * down), abs=1)


def test_a_millimetre_is_as_long_in_every_panel_and_panels_do_not_overlap() -> None:
    layout = lay_out(scene_of(), 3, 640)
    for row in layout.rows:
        for view, frame in zip(COLUMNS, row, strict=True):
            assert frame.size[0] == round(layout.scale * scene_of().extent_mm(view.across))
            assert frame.size[1] == round(layout.scale * scene_of().extent_mm(view.down))
            assert frame.image[0] - frame.panel[0] >= PADDING - 1
            assert frame.image[1] - frame.panel[1] >= PADDING - 1
        assert all(b.panel[0] - a.panel[2] == GAP for a, b in pairwise(row))
    assert layout.rows[1][0].panel[1] - layout.rows[0][0].panel[3] == GAP


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 1, 2), (60, 2, 2), (2, 2, 60)])
@pytest.mark.parametrize("found", [True, False])
def test_a_tiny_volume_has_a_picture_too(shape: tuple[int, int, int], found: bool) -> None:
    image = np.arange(1, 1 + np.prod(shape), dtype=np.int16).reshape(shape)
    tiny = Study({Modality.T2: image}, Grid(shape, np.eye(4)), Modality.T2, {})
    labels = np.zeros(shape, np.uint8)
    labels.flat[0] = Label.ET if found else 0
    picture = pixels(overview_png(tiny, labels, np.ones(shape, np.uint8), volumes(labels, 0.001)))
    assert picture.shape[1] == WIDTH
    assert picture.shape[0] < 1800


def test_a_constant_or_empty_plane_is_no_fault() -> None:
    image = np.zeros((8, 8, 8), np.float32)
    image[0, 0, 0] = 5
    empty = Study({Modality.T1: image}, Grid(image.shape, np.eye(4)), Modality.T1, {})
    labels = np.zeros(image.shape, np.uint8)
    labels[4, 4, 4] = Label.ED
    assert near(pixels(overview_png(empty, labels, None, volumes(labels, 0.001))), Label.ED.colour).any()


def test_warnings_and_missing_modalities_are_pointed_out() -> None:
    amber = (255, 190, 92)
    few, all_four = study(Modality.FLAIR, Modality.T1CE), study()
    quiet = pixels(overview_png(all_four, TRUTH, None, VOLUMES))
    assert not near(quiet[: HEAD - 40, :1000], amber).any()
    assert not near(quiet[-50:], amber).any()
    assert near(pixels(overview_png(few, TRUTH, None, VOLUMES))[: HEAD - 40, :1000], amber).any()
    assert near(pixels(overview_png(all_four, TRUTH, None, VOLUMES, warnings=["x"]))[-50:], amber).any()


def test_the_keys_fit_beside_the_panels() -> None:
    dice = {"WT": 0.9, "TC": 0.8, "ET": 0.7}
    for levels in (None, CONFIDENCE):
        for doubtful in ((), tuple(Region)):
            picture = pixels(
                overview_png(
                    study(Modality.T1),
                    TRUTH,
                    levels,
                    VOLUMES,
                    expected_dice=dice,
                    unreliable=doubtful,
                    measurements=MEASURED,
                )
            )
            assert (picture[-56:, -SIDE - 32 :] == GROUND).all(), "the column ends above the foot"
            assert (picture[:, -31:] == GROUND).all(), "and inside the margin"


@pytest.mark.parametrize(
    ("case", "names"), [("BraTS2021_00006", "NCR=1,ED=2,ET=4"), ("BraTS-SSA-00051-000", "NCR=1,ED=2,ET=3")]
)
def test_a_real_head_is_shown_with_its_contours_in_a_small_file(real_cases: Path, case: str, names: str) -> None:
    folder = real_cases / "original" / case
    real = Study.from_folder(folder).restrict(("flair", "t1ce"))
    expert = read_truth(folder / f"{case}_seg.nii.gz", parse_label_map(names)).array
    levels = (real.images[Modality.FLAIR] != 0).astype(np.uint8) * np.uint8(Confidence.AGREED)
    png = overview_png(real, expert, levels, volumes(expert, 0.001))
    assert len(png) < 1_500_000
    panel = pixels(png)[:, : WIDTH - SIDE - 60]
    for label in TUMOUR_LABELS:
        assert near(panel, label.colour).sum() > 60, label
