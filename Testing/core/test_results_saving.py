"""A result on the disk: all of it or the old one, the same labels again, a report that can be read back."""

from __future__ import annotations

import errno
import json
import platform
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from GSSCore import files
from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.study.study import Study
from GSSCore.version import VERSION
from GSSCore.vocabulary import RESEARCH_USE, Modality
from results_study import AFFINE, CONFIDENCE, IMAGES, SHAPE, TRUTH, VOLUMES, pixels, report, result, study
from study_heads import oriented

FILES = {"labels.nii.gz", "confidence.nii.gz", "report.json", "overview.png", "montage.png", "report.html"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- files -----------------------------------------------------------------------------------------------------------


def test_everything_is_written_and_comes_back(tmp_path: Path) -> None:
    folder = result().save(str(tmp_path / "made" / "for it"))
    assert folder == tmp_path / "made" / "for it"
    assert {path.name for path in folder.iterdir()} == FILES
    for name, expected in (("labels", TRUTH), ("confidence", CONFIDENCE)):
        volume = read_volume(folder / f"{name}.nii.gz")
        assert volume.array.dtype == np.uint8
        np.testing.assert_array_equal(volume.array, expected)
        np.testing.assert_allclose(volume.affine, AFFINE, atol=1e-4)
    for picture in ("overview.png", "montage.png"):
        assert pixels((folder / picture).read_bytes()).shape[1] == 1840
    assert "data:image/png;base64," in (folder / "report.html").read_text(encoding="utf-8")


def test_labels_keep_the_axes_of_the_reference(tmp_path: Path) -> None:
    image, affine = oriented(IMAGES[Modality.FLAIR], AFFINE, (2, 0, 1), (-1, 1, -1))
    labels, _ = oriented(TRUTH, AFFINE, (2, 0, 1), (-1, 1, -1))
    turned = Study.from_arrays({Modality.FLAIR: (image, affine)})
    result(study=turned, labels=labels, affine=affine, confidence=None).save(tmp_path)
    volume = read_volume(tmp_path / "labels.nii.gz")
    np.testing.assert_array_equal(volume.array, labels)
    np.testing.assert_allclose(volume.affine, affine, atol=1e-4)


def test_labels_keep_the_space_that_the_reference_names(tmp_path: Path) -> None:
    """4 stands for the millimetres of an MNI template, which no scanner has."""
    write_nifti(Volume(IMAGES[Modality.FLAIR], AFFINE, space=4), tmp_path / "flair.nii.gz")
    path = tmp_path / "flair.nii.gz"
    given = Study.from_files(flair=path)
    assert given.space == 4 and given.restrict([Modality.FLAIR]).space == 4
    result(study=given).save(tmp_path / "result")
    for name in ("labels.nii.gz", "confidence.nii.gz"):
        assert read_volume(tmp_path / "result" / name).space == 4


@pytest.mark.parametrize("fails_at", [1, 3, 6])
def test_a_full_disk_keeps_the_old_result_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    result().save(tmp_path)
    before = contents(tmp_path)
    flush, calls = files.os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(descriptor)

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(EnvironmentRefused, match="free some space"):
        result(labels=np.zeros_like(TRUTH)).save(tmp_path)
    assert contents(tmp_path) == before


def test_a_picture_that_fails_keeps_the_old_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result().save(tmp_path)
    before = contents(tmp_path)
    monkeypatch.setattr("GSSCore.results.result.overview_png", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        result(labels=np.zeros_like(TRUTH), confidence=None).save(tmp_path)
    assert contents(tmp_path) == before


def test_the_confidence_of_an_older_result_does_not_stay_beside_new_labels(tmp_path: Path) -> None:
    result().save(tmp_path)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    result(confidence=None).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == FILES - {"confidence.nii.gz"} | {"notes.txt"}


def test_a_full_disk_keeps_the_old_confidence_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result().save(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(EnvironmentRefused):
        result(confidence=None).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == FILES


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("kept", encoding="utf-8")
    with pytest.raises(EnvironmentRefused, match="choose another"):
        result().save(tmp_path / "x")
    assert (tmp_path / "x").read_text(encoding="utf-8") == "kept"


# --- report ----------------------------------------------------------------------------------------------------------


def test_the_report_survives_json_and_adds_the_time_of_encoding(tmp_path: Path) -> None:
    one = result()
    assert json.loads(json.dumps(one.report, allow_nan=False)) == one.report
    one.save(tmp_path)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert set(report["seconds"]) == {"preprocess", "network", "encode", "pictures"}
    files = report.pop("files")
    assert files == {name: sha256((tmp_path / name).read_bytes()).hexdigest() for name in FILES - {"report.json"}}
    assert {**report, "seconds": None} == {**one.report, "seconds": None}


def test_the_manifest_says_what_went_in_and_what_came_out(tmp_path: Path) -> None:
    write_nifti(Volume(IMAGES[Modality.FLAIR], AFFINE), tmp_path / "f.nii.gz")
    coarse = AFFINE @ np.diag([2.0, 2.0, 2.0, 1.0])
    write_nifti(Volume(np.ascontiguousarray(IMAGES[Modality.T2][::2, ::2, ::2]), coarse), tmp_path / "t.nii.gz")
    given = Study.from_files(flair=tmp_path / "f.nii.gz", t2=tmp_path / "t.nii.gz")
    found = report(given, given.warnings)
    assert found["used_modalities"] == ["FLAIR", "T2"]
    assert found["missing_modalities"] == ["T1ce", "T1"]
    assert found["reference"] == "FLAIR"
    flair, t2 = found["inputs"]["FLAIR"], found["inputs"]["T2"]
    assert flair["file"] == str(tmp_path / "f.nii.gz")
    assert flair["sha256"] == given.sources[Modality.FLAIR].sha256
    assert len(flair["sha256"]) == 64
    assert (flair["resampled"], t2["resampled"]) == (False, True)
    assert t2["shape"] == [23, 29, 22]
    assert t2["spacing_mm"] == [6.0, 6.0, 6.0]
    assert found["grid"]["shape"] == list(SHAPE)
    assert found["grid"]["axes"] == "RAS"
    np.testing.assert_allclose(found["grid"]["affine"], AFFINE, atol=1e-5)
    assert found["volumes_ml"] == pytest.approx(VOLUMES)
    assert list(given.warnings) == found["warnings"]
    assert any("another grid" in warning for warning in found["warnings"])


def test_the_manifest_says_how_it_was_made() -> None:
    found = report(study())
    assert found["schema"] == "gss-report-2"
    assert found["research_use"] == RESEARCH_USE
    age = datetime.now(timezone.utc) - datetime.fromisoformat(found["created"])
    assert abs(age.total_seconds()) < 60
    assert (found["network"]["name"], found["network"]["version"]) == ("test network", "1.2")
    assert found["network"]["sha256"] == "cd" * 32
    assert found["network"]["expected_dice"] == {"WT": 0.91, "TC": 0.82, "ET": 0.73}
    assert found["execution_plan"]["precision"] == "fp32"
    assert found["clean_up"]["minimum_component_ml"] == 0.5
    assert found["seconds"] == {"preprocess": 0.25, "network": 0.5}
    assert found["versions"]["GSSCore"] == VERSION
    assert found["versions"]["python"] == platform.python_version()
    assert found["versions"]["numpy"] == np.__version__
    assert {"torch", "platform"} <= set(found["versions"])


def test_a_subset_that_was_never_measured_promises_nothing() -> None:
    assert report(study(Modality.T1))["network"]["expected_dice"] is None
    assert report(study(), measured=False)["network"]["expected_dice"] is None


# --- against a truth -------------------------------------------------------------------------------------------------


def test_dice_to_a_truth_is_measured_on_the_results_grid() -> None:
    same = result().compared_with(Volume(TRUTH, AFFINE, Path("t.nii.gz")))
    assert same.report["dice"] == {"WT": 1.0, "TC": 1.0, "ET": 1.0}
    assert same.report["truth"] == "t.nii.gz"
    turned, affine = oriented(TRUTH, AFFINE, (2, 0, 1), (1, -1, 1))
    assert result().compared_with(Volume(turned, affine)).report["dice"]["WT"] == 1.0
    labels = TRUTH.copy()
    labels[: SHAPE[0] * 2 // 3] = 0
    p, t = np.isin(labels, (1, 3)), np.isin(TRUTH, (1, 3))
    expected = 2 * (p & t).sum() / (p.sum() + t.sum())
    measured = result(labels=labels).compared_with(Volume(TRUTH, AFFINE)).report["dice"]["TC"]
    assert measured == pytest.approx(expected, abs=1e-4)


def test_an_empty_region_counts_one_when_both_lack_it_and_zero_when_one_does() -> None:
    nothing = np.zeros_like(TRUTH)
    both = result(labels=nothing).compared_with(Volume(nothing, AFFINE))
    one = result(labels=nothing).compared_with(Volume(TRUTH, AFFINE))
    assert both.report["dice"] == {"WT": 1.0, "TC": 1.0, "ET": 1.0}
    assert one.report["dice"] == {"WT": 0.0, "TC": 0.0, "ET": 0.0}


def test_a_truth_from_somewhere_else_is_refused() -> None:
    far = AFFINE.copy()
    far[:3, 3] += 5000.0
    with pytest.raises(InputError, match="same patient"):
        result().compared_with(Volume(TRUTH, far))


def test_a_result_made_by_hand_can_be_saved_without_study_sources(tmp_path: Path) -> None:
    bare = Study({Modality.FLAIR: IMAGES[Modality.FLAIR]}, Grid(SHAPE, AFFINE), Modality.FLAIR, study().sources)
    result(study=bare).save(tmp_path)
    assert (tmp_path / "overview.png").exists()
