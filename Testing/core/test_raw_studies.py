"""Raw scans become studies: what is looked at, decided, left out, interpolated, and brought back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates

from GSSCore.brain_extraction.extractor import BrainExtractor
from GSSCore.errors import InputError, UsageError
from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.volume import Volume
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.restore import restore_labels
from GSSCore.messages import Message, as_message
from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.raw import registering
from GSSCore.raw.look import look
from GSSCore.raw.pipeline import study_of
from GSSCore.raw.reference import raw_reference
from GSSCore.raw.settings import InputSettings
from GSSCore.registration.placing import placed
from GSSCore.registration.registration import Registration
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality
from images import rotation
from raw_heads import BRAIN_MM, TUMOUR, TUMOUR_MM, FindsEllipsoid, given, head, inside, positions, registers

pytestmark = pytest.mark.long

FLAIR, T1CE, T1, T2 = Modality.FLAIR, Modality.T1CE, Modality.T1, Modality.T2
THICK = ((64, 74, 32), (3.0, 3.0, 6.0))
COARSE = ((60, 70, 58), (3.0, 3.0, 3.0))


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> FindsEllipsoid:
    """Brain network and registration are stood in for; all scans lie where they are by their headers."""
    found = FindsEllipsoid()
    monkeypatch.setattr(BrainExtractor, "load", lambda *_: found)
    monkeypatch.setattr(registering, "register", registers())
    return found


def moved_by(degrees: tuple[float, float, float], shift: tuple[float, float, float]) -> Affine:
    out = np.eye(4)
    out[:3, :3] = rotation(degrees)
    out[:3, 3] = shift
    return out


def codes(study: Study) -> set[str]:
    return {as_message(warning).code for warning in study.warnings}


# --- what is decided -------------------------------------------------------------------------------------------------


def test_stripped_images_on_one_grid_are_taken_as_they_are(finds: FindsEllipsoid) -> None:
    scans = given(flair=head(stripped=True), t1=head(stripped=True, gain=-12.0))
    study, plain = study_of(scans), Study.from_given(scans)
    assert study.alignment is None
    assert study.asked["input"] == "auto"
    assert not finds.asked
    for modality, image in plain.images.items():
        assert image is study.images[modality] or np.array_equal(image, study.images[modality])
    assert study.warnings == plain.warnings


@pytest.mark.parametrize(
    ("scans", "raw", "code"),
    [
        ({"flair": {}, "t1": {"gain": -9.0}}, True, "raw.heads"),
        ({"flair": {"stripped": True}, "t1": {"gain": -9.0}}, True, "raw.some-heads"),
        ({"flair": {"stripped": True}}, False, "raw.prepared"),
        ({"flair": {"stripped": True}, "t1": {"stripped": True, "moved": moved_by((0, 0, 0), (20, 0, 0))}},
         True, "raw.not-aligned"),
    ],
)  # fmt: skip
def test_what_images_look_like(scans: dict[str, dict[str, Any]], raw: bool, code: str) -> None:
    found = look(given(**{name: head(**how) for name, how in scans.items()}))
    assert (found.raw, found.message.code) == (raw, code)
    assert set(found.heads) == {Modality(name) for name, how in scans.items() if not how.get("stripped")}


def test_who_asks_is_obeyed() -> None:
    heads, brains = given(flair=head()), given(flair=head(stripped=True))
    assert not look(heads, "prepared").raw
    assert look(brains, "raw").raw
    assert look(brains, mask=True).raw


def test_stripped_brains_on_other_grids_are_compared_through_their_headers() -> None:
    near = given(flair=head(stripped=True), t2=head((80, 100, 90), (2.3, 2.0, 2.0), stripped=True))
    assert not look(near).raw
    shifted = head((80, 100, 90), (2.3, 2.0, 2.0), stripped=True, moved=moved_by((0, 0, 0), (0, 9, 0)))
    assert look(given(flair=head(stripped=True), t2=shifted)).raw


def half(volume: Volume, *, air: bool) -> Volume:
    """The upper half of it; the air round a head is 0, as many scanners have it."""
    array = volume.array if air else np.where(np.abs(volume.array) < 10.0, np.float32(0.0), volume.array)
    i, j, k = array.shape
    upper = (slice(0, i), slice(0, j), slice(k // 2, k))
    return Volume(np.ascontiguousarray(array[upper]), volume.grid.cropped(upper).affine)


def test_a_part_of_a_head_on_zeros_is_no_brain_though_it_is_no_larger(finds: FindsEllipsoid) -> None:
    scans = given(flair=half(head(*COARSE), air=False), t1=half(head(*COARSE, gain=-9.0), air=False))
    assert all(g.thumbnail.stripped for g in scans)
    study = study_of(scans)
    assert study.alignment is not None
    assert study.alignment.steps[0].message.code == "raw.heads"
    assert study.brain.sum() * study.grid.voxel_ml == pytest.approx(1384 / 2, rel=0.05)


def test_a_part_of_a_brain_is_a_brain(finds: FindsEllipsoid) -> None:
    scans = given(
        flair=half(head(*COARSE, stripped=True), air=True), t1=half(head(*COARSE, stripped=True, gain=-9.0), air=True)
    )
    assert study_of(scans).alignment is None
    assert finds.asked == ["FLAIR", "T1"], "the network tells"
    finds.blind_for = ("FLAIR", "T1")
    assert study_of(scans).alignment is None


def test_before_the_run_a_part_of_a_brain_or_of_a_head_is_told_as_such() -> None:
    for stripped in (True, False):
        scans = given(flair=half(head(*COARSE, stripped=stripped), air=False))
        assert look(scans).message.code == "raw.perhaps-heads"
        assert look(scans).raw
    assert look(given(flair=half(head(*COARSE), air=False), t1=head(*COARSE))).message.code == "raw.heads"
    assert not look(given(flair=half(head(*COARSE), air=False)), "prepared").raw


def test_a_mask_of_prepared_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no effect"):
        study_of(given(flair=head(stripped=True)), InputSettings(input="prepared", brain_mask=tmp_path / "m.nii.gz"))


def test_the_finest_scan_is_the_reference_and_ties_go_by_sequence() -> None:
    thick, fine = head(*THICK), head()
    assert raw_reference({g.modality: g for g in given(t1ce=thick, flair=fine, t2=fine)}) is FLAIR
    assert raw_reference({g.modality: g for g in given(flair=fine, t1=fine, t1ce=fine)}) is T1CE
    assert raw_reference({g.modality: g for g in given(flair=thick, t1=fine)}, "flair") is FLAIR


# --- what becomes of it ----------------------------------------------------------------------------------------------


def test_heads_become_brains_on_the_references_own_grid(finds: FindsEllipsoid) -> None:
    scans = given(flair=head(*THICK), t1=head(gain=-9.0))
    study = study_of(scans)
    assert study.reference is T1
    assert study.grid.matches(scans[1].volume.grid)
    assert study.alignment is not None
    brain = inside(positions(study.grid.shape, study.grid.affine), BRAIN_MM)
    overlap = 2 * (study.brain & brain).sum() / (study.brain.sum() + brain.sum())
    assert overlap > 0.985, "the fluid that the network counts in is left out"
    assert [step.name for step in study.alignment.steps] == [
        "look", *["brain_extraction"] * 2, "registration", *["bias_field"] * 2, "pose",
    ]  # fmt: skip
    # Within the brain the finest scan is as it was given, but for a constant and its bias field.
    uneven = study_of(scans, InputSettings(bias_field=False))
    own = scans[1].volume.array[study.brain].astype(np.float64) - uneven.images[T1][study.brain]
    assert np.ptp(own) < 1e-3


def test_each_scan_is_interpolated_once_through_all_transforms(
    finds: FindsEllipsoid, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = moved_by((4.0, -6.0, 3.0), (7.0, -5.0, 9.0))
    finds.moved = {"FLAIR": moved}
    monkeypatch.setattr(registering, "register", registers(flair=moved))
    scans = given(flair=head((80, 90, 76), (2.4, 2.4, 2.4), moved=moved), t1=head(gain=-9.0))
    study = study_of(scans, InputSettings(bias_field=False))
    assert study.alignment is not None
    seen = preprocess(study)
    assert seen.grid.spacing == (1.0, 1.0, 1.0)
    # Straight from the scan as it was given, by another interpolation, compared as z-scores.
    points = positions(seen.grid.shape, np.linalg.inv(study.alignment.pose) @ seen.grid.affine)
    index = np.linalg.inv(scans[0].volume.affine) @ moved
    places = np.moveaxis(points @ index[:3, :3].T + index[:3, 3], -1, 0)
    values = map_coordinates(scans[0].volume.array.astype(np.float64), places, order=1)[seen.brain]
    expected = (values - values.mean()) / values.std()
    assert np.abs(seen.images[FLAIR.channel][seen.brain] - expected).max() < 0.02
    assert not seen.images[FLAIR.channel][~seen.brain].any()


@pytest.mark.parametrize("turn", [None, rotation((0.0, 0.0, 25.0)), rotation((90.0, 0.0, 8.0))])
def test_what_the_network_finds_comes_back_to_where_it_is(finds: FindsEllipsoid, turn: Any) -> None:
    scans = given(t1ce=head(*THICK, turn=turn))
    study = study_of(scans)
    seen = preprocess(study)
    assert study.alignment is not None
    points = positions(seen.grid.shape, np.linalg.inv(study.alignment.pose) @ seen.grid.affine)
    tumour = torch.from_numpy(TUMOUR_MM - np.linalg.norm(points - TUMOUR, axis=-1)).float()
    logits = torch.stack([torch.zeros_like(tumour), tumour, tumour - 8.0, tumour - 9.0])
    labels = restore_labels(logits, winning_class(logits), seen.frame)
    truth = np.linalg.norm(positions(study.grid.shape, study.grid.affine) - TUMOUR, axis=-1) <= TUMOUR_MM
    found = labels > 0
    assert labels.shape == scans[0].volume.array.shape
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.93
    volume = 4 / 3 * np.pi * TUMOUR_MM**3 / 1000
    assert found.sum() * study.grid.voxel_ml == pytest.approx(volume, rel=0.05)


def test_dark_voxels_of_a_head_are_no_background(finds: FindsEllipsoid) -> None:
    scan = head()
    hole = np.linalg.norm(positions(scan.array.shape, scan.affine) - np.array((-20.0, 0.0, 0.0)), axis=-1) < 9.0
    scan.array[hole] = 0.0
    study = study_of(given(flair=scan))
    assert study.brain[hole].all()


def test_what_was_interpolated_onto_the_reference_is_told(
    finds: FindsEllipsoid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was moved, and one on another grid; not the reference, nor one on its grid that stays where it is."""
    moved = moved_by((0.0, 0.0, 0.0), (7.0, -5.0, 9.0))
    finds.moved = {"FLAIR": moved}
    monkeypatch.setattr(registering, "register", registers(flair=moved))
    scans = given(flair=head(moved=moved), t1ce=head(), t1=head(gain=-9.0), t2=head(*THICK, gain=-7.0))
    study = study_of(scans, InputSettings(bias_field=False))
    assert study.reference is T1CE
    assert {m for m, source in study.sources.items() if source.resampled} == {FLAIR, T2}
    assert "study.resampled" not in codes(study), "the steps tell it"
    assert np.ptp(head().array[study.brain] - study.images[T1CE][study.brain]) < 1e-3


# --- what is left out ------------------------------------------------------------------------------------------------


def test_a_sequence_without_a_brain_is_left_out_with_a_sentence(finds: FindsEllipsoid) -> None:
    finds.blind_for = ("FLAIR",)
    study = study_of(given(flair=head(), t1=head(gain=-9.0)))
    assert set(study.images) == {T1}
    assert set(study.sources) == {FLAIR, T1}
    assert {"brain.none", "raw.left-out"} <= codes(study)
    assert study.alignment is not None
    (step,) = [s for s in study.alignment.steps if s.modality is FLAIR]
    assert not step.done


@pytest.mark.parametrize(
    ("settings", "reference"), [(InputSettings(all_sequences=True), None), (InputSettings(), "flair")]
)
def test_what_must_be_used_is_refused_rather_than_left_out(
    finds: FindsEllipsoid, settings: InputSettings, reference: str | None
) -> None:
    finds.blind_for = ("FLAIR",)
    with pytest.raises(InputError, match="no brain was found"):
        study_of(given(flair=head(), t1=head(gain=-9.0)), settings, reference=reference)


def test_no_brain_anywhere_is_refused(finds: FindsEllipsoid) -> None:
    finds.blind_for = ("FLAIR", "T1")
    with pytest.raises(InputError, match="no brain was found in any"):
        study_of(given(flair=head(), t1=head(gain=-9.0)))


FAULT = Message("registration.inconsistent", "{moving}: it lies anywhere; leave it out.", moving="FLAIR")


@pytest.mark.parametrize(
    ("checks", "fault", "used", "code"),
    [
        ({"moved_mm": 9.0, "mutual_information": 1.3, "mutual_information_before": 0.5}, None, "moved", ""),
        ({"moved_mm": 9.0, "mutual_information": 0.3, "mutual_information_before": 0.1}, FAULT, "", "raw.left-out"),
        ({"moved_mm": 2.0, "mutual_information": 0.31, "mutual_information_before": 0.3}, FAULT, "as scanned",
         "raw.kept"),
        ({"moved_mm": 2.0, "mutual_information": 0.31, "mutual_information_before": 0.3, "dice": 0.8}, FAULT, "",
         "raw.left-out"),
        ({"moved_mm": 1.4, "mutual_information": 0.31, "mutual_information_before": 0.3}, None, "as scanned", ""),
        ({"moved_mm": 1.4, "mutual_information": 0.41, "mutual_information_before": 0.3}, None, "moved", ""),
    ],
)  # fmt: skip
def test_what_a_registration_is_used_for(
    finds: FindsEllipsoid,
    monkeypatch: pytest.MonkeyPatch,
    checks: dict[str, float],
    fault: Message | None,
    used: str,
    code: str,
) -> None:
    shift = moved_by((0, 0, 0), (1.0, 0.5, 0.0))
    done = Registration(shift, {"dice": 0.97, **checks}, fault, 0.0)
    monkeypatch.setattr(
        registering, "register", lambda *_, fixed_name, moving_name, **__: placed(done, 6.0, fixed_name, moving_name)
    )
    study = study_of(given(flair=head(*THICK), t1=head(gain=-9.0)))
    assert study.alignment is not None
    matrix = study.alignment.to_scan.get(FLAIR)
    assert ("" if matrix is None else "as scanned" if np.array_equal(matrix, np.eye(4)) else "moved") == used
    assert not code or code in codes(study)
    assert (FLAIR in study.images) == bool(used)
    if fault is not None and not used:
        with pytest.raises(InputError, match="anywhere"):
            study_of(given(flair=head(*THICK), t1=head(gain=-9.0)), InputSettings(all_sequences=True))


# --- a mask of the user's own ----------------------------------------------------------------------------------------


def test_a_users_mask_takes_the_place_of_the_networks(finds: FindsEllipsoid, tmp_path: Path) -> None:
    scan = head()
    mask = inside(positions(scan.array.shape, scan.affine), BRAIN_MM - 5.0)
    nibabel.save(nibabel.Nifti1Image(mask.astype(np.uint8), scan.affine), tmp_path / "mask.nii.gz")
    study = study_of(given(t1=scan), InputSettings(brain_mask=tmp_path / "mask.nii.gz"))
    assert 2 * (study.brain & mask).sum() / (study.brain.sum() + mask.sum()) > 0.99
    assert study.alignment is not None
    assert set(study.alignment.brain_from) == {"brain_mask"}


def test_a_mask_of_another_place_is_refused(finds: FindsEllipsoid, tmp_path: Path) -> None:
    scan = head()
    mask = inside(positions(scan.array.shape, scan.affine), BRAIN_MM)
    far = scan.affine + np.array([[0, 0, 0, 150.0], *([[0, 0, 0, 0]] * 3)])
    nibabel.save(nibabel.Nifti1Image(mask.astype(np.uint8), far), tmp_path / "mask.nii.gz")
    with pytest.raises(InputError, match="Brain mask"):
        study_of(given(t1=scan), InputSettings(brain_mask=tmp_path / "mask.nii.gz"))


def write_mask(path: Path, scan: Volume, half_axes: Any, middle: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Path:
    mask = inside(positions(scan.array.shape, scan.affine) - np.array(middle), half_axes)
    nibabel.save(nibabel.Nifti1Image(mask.astype(np.uint8), scan.affine), path)
    return path


def test_a_mask_serves_where_no_brain_is_found(finds: FindsEllipsoid, tmp_path: Path) -> None:
    finds.blind_for = ("T1",)
    scan = head(*COARSE, gain=-9.0)
    mask = write_mask(tmp_path / "mask.nii.gz", scan, BRAIN_MM)
    for settings in (InputSettings(brain_mask=mask), InputSettings(brain_mask=mask, all_sequences=True)):
        study = study_of(given(t1=scan, flair=head(*THICK)), settings)
        assert study.reference is T1
        assert set(study.images) == {T1, FLAIR}
        assert [as_message(warning).code for warning in study.warnings[:2]] == ["brain.none", "raw.mask-alone"]
        assert study.brain.sum() * study.grid.voxel_ml == pytest.approx(1384, rel=0.03)
    finds.blind_for = ("T1", "FLAIR")
    assert "raw.left-out" in codes(study_of(given(t1=scan, flair=head(*THICK)), InputSettings(brain_mask=mask)))


@pytest.mark.parametrize(
    ("half_axes", "middle", "told"),
    [
        (BRAIN_MM - 3.0, (0.0, 0.0, 0.0), False),
        (BRAIN_MM - 10.0, (8.0, 10.0, 6.0), True),  # no more than 600 ml of a tumour, or of half a brain
        (BRAIN_MM, (0.0, 20.0, 0.0), True),  # another patient's
    ],
)
def test_a_mask_that_is_unlike_the_brain_that_is_found_is_told_first(
    finds: FindsEllipsoid, tmp_path: Path, half_axes: Any, middle: tuple[float, float, float], told: bool
) -> None:
    scan = head(*COARSE)
    mask = write_mask(tmp_path / "mask.nii.gz", scan, half_axes, middle)
    study = study_of(given(t1=scan), InputSettings(brain_mask=mask))
    assert ("brain.mask-unlike" in codes(study)) == told
    assert not told or as_message(study.warnings[0]).code == "brain.mask-unlike"


def test_one_image_for_two_sequences_is_refused_before_it_is_treated(finds: FindsEllipsoid) -> None:
    scan = head(*COARSE)
    for copy in (scan, replace(scan, array=scan.array * 3.0 + 5.0)):
        with pytest.raises(InputError, match="the same"):
            study_of(given(flair=scan, t2=copy))
    assert not finds.asked
