"""A result as files: what is in them, that they are whole or old, and that the pictures show what is there."""

from __future__ import annotations

import errno
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.imaging import atomic
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.results.overview import LEVELS, overview_png
from GSSCore.results.page import report_html
from GSSCore.results.planes import PLANES, choose_view
from GSSCore.results.result import SegmentationResult
from GSSCore.study import Study
from GSSCore.vocabulary import RESEARCH_USE, Confidence, Label, Modality
from study_heads import centred_affine, head, orientations, oriented, truth

SHAPE = (46, 58, 44)
SPACING = (3.0, 3.0, 3.0)
AFFINE = centred_affine(SHAPE, SPACING)
HEAD = head(SHAPE, AFFINE)
TRUTH = truth(SHAPE, AFFINE)
BRAIN = HEAD[Modality.FLAIR] != 0
LEVEL_MAP = np.where(BRAIN, np.where(TRUTH == 2, 1, np.where(TRUTH > 0, 2, 3)), 0).astype(np.uint8)
VOLUMES = {"WT": 11.0, "TC": 7.25, "ET": 4.0, "NCR": 3.25, "ED": 3.75}


def study(*modalities: Modality) -> Study:
    return Study.from_arrays({m: (HEAD[m], AFFINE) for m in modalities or tuple(Modality)})


def manifest(**changes: Any) -> dict[str, Any]:
    return {
        "research_use": RESEARCH_USE,
        "created": "2026-01-02T03:04:05+00:00",
        "used_modalities": ["FLAIR", "T2"],
        "missing_modalities": ["T1ce", "T1"],
        "reference": "FLAIR",
        "inputs": {
            m: {"file": f"{m}.nii.gz", "sha256": "ab" * 32, "shape": [4, 5, 6], "spacing_mm": [1.0, 1.0, 3.0],
                "axes": "LPS", "resampled": m == "T2"}
            for m in ("FLAIR", "T2")
        },
        "volumes_ml": VOLUMES,
        "warnings": [],
        "network": {"name": "net", "version": "1", "sha256": "cd" * 32, "architecture": "unet", "licence": "free",
                    "limits": ["adults only"], "subset": "FLAIR+T2",
                    "expected_dice": {"WT": 0.8, "TC": 0.6, "ET": 0.4}, "expected_dice_from": "16 cases"},
        "policy": {"device": "cpu", "window": None},
        "clean_up": {"minimum_component_ml": 0.0},
        "seconds": {"network": 0.5},
        "versions": {"python": "3"},
    } | changes  # fmt: skip


def result(**changes: Any) -> SegmentationResult:
    plain = SegmentationResult(study(), TRUTH, AFFINE, LEVEL_MAP, VOLUMES, ("careful",), manifest())
    return replace(plain, **changes)


def picture(data: bytes) -> NDArray[np.int64]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def near(pixels: NDArray[np.int64], colour: tuple[int, int, int], distance: int = 60) -> NDArray[np.bool_]:
    return np.abs(pixels - np.array(colour)).sum(-1) < distance


def test_everything_is_written_and_comes_back(tmp_path: Path) -> None:
    folder = result().save(tmp_path / "a" / "b")
    names = {"labels.nii.gz", "confidence.nii.gz", "report.json", "overview.png", "report.html"}
    assert {path.name for path in folder.iterdir()} == names
    for name, expected in (("labels", TRUTH), ("confidence", LEVEL_MAP)):
        volume = read_volume(folder / f"{name}.nii.gz")
        np.testing.assert_array_equal(volume.array, expected)
        np.testing.assert_allclose(volume.affine, AFFINE, atol=1e-4)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["research_use"] == RESEARCH_USE
    assert set(report["seconds"]) == {"network", "encode", "pictures"}
    assert picture((folder / "overview.png").read_bytes()).shape[1] == 1480
    assert "data:image/png;base64," in (folder / "report.html").read_text(encoding="utf-8")


def test_a_full_disk_keeps_the_older_result_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result().save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    written = []

    def full(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        path.write_bytes(data)

    monkeypatch.setattr(atomic, "_write_flushed", full)
    with pytest.raises(EnvironmentRefused, match="free some space"):
        result(labels=np.zeros_like(TRUTH)).save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_confidence_of_an_older_result_does_not_stay_beside_new_labels(tmp_path: Path) -> None:
    result().save(tmp_path)
    result(confidence=None).save(tmp_path)
    assert not (tmp_path / "confidence.nii.gz").exists()
    assert (tmp_path / "labels.nii.gz").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("kept")
    with pytest.raises(EnvironmentRefused, match="choose another"):
        result().save(tmp_path / "x")
    assert (tmp_path / "x").read_text() == "kept"


def test_dice_to_a_truth_is_measured_on_the_results_grid() -> None:
    same = result().compared_with(Volume(TRUTH, AFFINE, Path("t.nii.gz")))
    assert same.manifest["dice"] == {"WT": 1.0, "TC": 1.0, "ET": 1.0}
    assert same.manifest["truth"] == "t.nii.gz"
    turned, affine = oriented(TRUTH, AFFINE, (2, 0, 1), (1, -1, 1))
    assert result().compared_with(Volume(turned, affine)).manifest["dice"]["WT"] == 1.0
    labels = TRUTH.copy()
    labels[: SHAPE[0] * 2 // 3] = 0
    p, t = np.isin(labels, (1, 3)), np.isin(TRUTH, (1, 3))
    expected = 2 * (p & t).sum() / (p.sum() + t.sum())
    assert result(labels=labels).compared_with(Volume(TRUTH, AFFINE)).manifest["dice"]["TC"] == pytest.approx(
        expected, abs=1e-4
    )
    nothing = result(labels=np.zeros_like(TRUTH)).compared_with(Volume(np.zeros_like(TRUTH), AFFINE))
    assert nothing.manifest["dice"] == {"WT": 1.0, "TC": 1.0, "ET": 1.0}


def test_a_truth_from_somewhere_else_is_refused() -> None:
    far = AFFINE.copy()
    far[:3, 3] += 5000.0
    with pytest.raises(InputError, match="same patient"):
        result().compared_with(Volume(TRUTH, far))


def test_the_slices_are_those_with_most_tumour() -> None:
    view = choose_view(HEAD[Modality.FLAIR], TRUTH, AFFINE)
    for axis, index in enumerate(view.centre):
        areas = (TRUTH > 0).sum(axis=tuple(a for a in range(3) if a != axis))
        assert areas[index] == areas.max()
    assert view.spacing == pytest.approx(SPACING)


def test_without_a_tumour_the_slices_go_through_the_middle_of_the_brain() -> None:
    view = choose_view(HEAD[Modality.FLAIR], np.zeros_like(TRUTH), AFFINE)
    for axis, index in enumerate(view.centre):
        filled = np.flatnonzero(BRAIN.any(axis=tuple(a for a in range(3) if a != axis)))
        assert abs(index - (filled[0] + filled[-1]) / 2) <= 1


def test_the_patients_right_front_and_top_are_where_the_letters_say() -> None:
    # Brightness grows to the patient's right, front and top.
    r, a, s = (np.broadcast_to(x, SHAPE) for x in np.ix_(*(np.arange(1, n + 1) for n in SHAPE)))
    view = choose_view(np.ones(SHAPE), np.zeros(SHAPE), AFFINE)
    axial, coronal, sagittal = PLANES
    assert axial.letters == coronal.letters[:2] + ("A", "P")
    assert (np.diff(view.cut(r, axial), axis=1) < 0).all()
    assert (np.diff(view.cut(a, axial), axis=0) < 0).all()
    assert (np.diff(view.cut(r, coronal), axis=1) < 0).all()
    assert (np.diff(view.cut(s, coronal), axis=0) < 0).all()
    assert (np.diff(view.cut(a, sagittal), axis=1) < 0).all()
    assert (np.diff(view.cut(s, sagittal), axis=0) < 0).all()
    assert sagittal.letters == ("A", "P", "S", "I")


def test_the_picture_is_the_same_in_all_48_orientations() -> None:
    expected = overview_png(study(Modality.FLAIR), TRUTH, LEVEL_MAP, VOLUMES)
    for order, flips in orientations()[::5]:
        image, affine = oriented(HEAD[Modality.FLAIR], AFFINE, order, flips)
        turned = Study.from_arrays({Modality.FLAIR: (image, affine)})
        labels, levels = (oriented(x, AFFINE, order, flips)[0] for x in (TRUTH, LEVEL_MAP))
        assert overview_png(turned, labels, levels, VOLUMES) == expected, (order, flips)


def test_each_label_has_its_contour_and_each_level_its_colour() -> None:
    pixels = picture(overview_png(study(), TRUTH, LEVEL_MAP, VOLUMES))
    plain = picture(overview_png(study(), np.zeros_like(TRUTH), None, VOLUMES))
    # The legend at the bottom shows all colours in any case.
    images = pixels[:-140]
    for label in (Label.NCR, Label.ED, Label.ET):
        assert near(images, label.colour).sum() > 30, label
        assert not near(plain[:-140], label.colour, 30).any(), label
    for level in (Confidence.LOW, Confidence.GUIDED):
        hue = np.array(LEVELS[level][1])
        closest = np.argmax(hue)
        assert (images[..., closest] - np.delete(images, closest, -1).max(-1) > 40).any(), level


def test_rows_follow_what_is_there() -> None:
    def height(*modalities: Modality, levels: NDArray[np.uint8] | None = None) -> int:
        return int(picture(overview_png(study(*modalities), TRUTH, levels, VOLUMES)).shape[0])

    one = height(Modality.FLAIR)
    row = height(Modality.FLAIR, Modality.T1CE) - one
    assert row > 200
    assert height(Modality.T1CE) == height(Modality.T2) == height(Modality.FLAIR, Modality.T2) == one
    assert height(levels=LEVEL_MAP) == one + 2 * row


def test_thick_slices_keep_their_proportions() -> None:
    thick = (46, 58, 15)
    affine = centred_affine(thick, (3.0, 3.0, 9.0))
    one = Study.from_arrays({"flair": (head(thick, affine)[Modality.FLAIR], affine)})
    pixels = picture(overview_png(one, truth(thick, affine), None, VOLUMES))
    other = picture(overview_png(study(Modality.FLAIR), TRUTH, None, VOLUMES))
    assert abs(pixels.shape[0] - other.shape[0]) < 25


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 1, 2), (60, 2, 2)])
def test_a_tiny_volume_has_a_picture_too(shape: tuple[int, int, int]) -> None:
    image = np.arange(1, 1 + np.prod(shape)).reshape(shape).astype(np.int16)
    tiny = Study.from_arrays({"t2": (image, np.eye(4))})
    labels = np.zeros(shape, np.uint8)
    labels.flat[0] = 3
    assert picture(overview_png(tiny, labels, None, VOLUMES)).shape[1] == 1480


def test_the_page_says_what_matters() -> None:
    page = report_html(manifest(warnings=["The head is upside down."]), b"png")
    for words in (RESEARCH_USE, "The head is upside down.", "not available: T1ce, T1", "11.0", "0.80", "adults only",
                  "resampled onto the reference", "ab" * 32, "cd" * 32):  # fmt: skip
        assert words in page
    assert "Dice to the expert segmentation" not in page
    assert "0.912" in report_html(manifest(dice={"WT": 0.912, "TC": 1.0, "ET": 1.0}), b"png")
    assert "nothing to warn about" in report_html(manifest(), b"png")


def test_the_page_escapes_what_it_is_given_and_needs_nothing_from_elsewhere() -> None:
    evil = "<script>alert('x')</script>"
    page = report_html(manifest(warnings=[evil], reference=evil, used_modalities=[evil]), b"png")
    assert evil not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page
    assert "https://" not in page


def test_a_network_without_measured_dice_promises_none() -> None:
    network = manifest()["network"] | {"expected_dice": None}
    page = report_html(manifest(network=network), b"png")
    assert "0.80" not in page
    assert "Mean Dice as measured" not in page
