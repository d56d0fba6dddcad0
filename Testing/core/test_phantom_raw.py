"""The raw phantom is a head around the prepared phantom's brain, and its scans lie where it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from GSSCore.errors import UsageError
from GSSCore.imaging.arrays import Affine, Floats
from GSSCore.imaging.orientation import axis_codes
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.volume import Volume
from GSSCore.phantom import RawPhantom, make_phantom, make_raw_phantom, write_raw_phantom
from GSSCore.phantom.raw import PROTOCOLS, REFERENCE
from GSSCore.study.folder import find_files, find_truth
from GSSCore.study.labels import read_truth
from GSSCore.vocabulary import MODALITIES, Label, Modality


@pytest.fixture(scope="module")
def phantom() -> RawPhantom:
    return make_raw_phantom(0, coarser=3.0)


def positions(volume: Volume) -> Floats:
    """RAS mm (3, N) of the voxels of a volume."""
    index = np.indices(volume.array.shape).reshape(3, -1)
    return np.asarray(volume.affine[:3, :3] @ index + volume.affine[:3, 3:])


def at(volume: Volume, places: Floats, to_volume: Affine) -> Floats:
    """Its values at places (3, N) in mm of another world."""
    index = np.linalg.inv(volume.affine) @ to_volume
    found = map_coordinates(volume.array.astype(np.float32), index[:3, :3] @ places + index[:3, 3:], order=1)
    return np.asarray(found)


def test_it_comes_out_of_the_seed_alone(phantom: RawPhantom) -> None:
    again, other = make_raw_phantom(0, coarser=3.0), make_raw_phantom(1, coarser=3.0)
    for modality in MODALITIES:
        assert np.array_equal(again.scans[modality].array, phantom.scans[modality].array)
        assert np.array_equal(again.scans[modality].affine, phantom.scans[modality].affine)
        assert not np.allclose(other.to_scan[modality], phantom.to_scan[modality]) or modality is REFERENCE
    assert np.array_equal(again.truth.array, phantom.truth.array)
    assert not np.array_equal(other.truth.array, phantom.truth.array)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(UsageError, match="seed is -1"):
        make_raw_phantom(-1)


def test_its_tumour_is_that_of_the_prepared_phantom(phantom: RawPhantom) -> None:
    prepared = make_phantom(0, (60, 72, 62), 3.0)
    for label in (Label.NCR, Label.ED, Label.ET):
        volumes = [(one.truth.array == label).sum() * one.truth.grid.voxel_ml for one in (phantom, prepared)]
        assert volumes[0] == pytest.approx(volumes[1], rel=0.05)


def test_scans_are_heads_in_noisy_air_on_grids_of_their_own(phantom: RawPhantom) -> None:
    for modality, scan in phantom.scans.items():
        assert scan.array.dtype == np.int16
        assert scan.array.min() >= 0
        assert np.mean(scan.array == 0) < 0.2, "air is noise, not background"
        assert axis_codes(scan.affine) == ("PSR" if PROTOCOLS[modality].sagittal else "LAS")
    for modality in (Modality.FLAIR, Modality.T2):
        assert phantom.scans[modality].grid.spacing[2] == pytest.approx(5.5)
    affines = [scan.affine.tobytes() for scan in phantom.scans.values()]
    assert len(set(affines)) == len(affines)


def test_every_scan_moved_rigidly_and_a_little(phantom: RawPhantom) -> None:
    assert np.allclose(phantom.to_scan[REFERENCE], np.eye(4))
    middle = positions(phantom.brain)[:, phantom.brain.array.reshape(-1) > 0].mean(axis=1)
    for matrix in (*phantom.to_scan.values(), phantom.to_atlas):
        assert np.allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-12)
        assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0)
    for modality in set(MODALITIES) - {REFERENCE}:
        matrix = phantom.to_scan[modality]
        angle = np.degrees(np.arccos((np.trace(matrix[:3, :3]) - 1.0) / 2.0))
        assert 0.3 < angle < 9.0
        assert np.linalg.norm(matrix[:3, :3] @ middle + matrix[:3, 3] - middle) < 9.0


def test_scans_agree_where_the_transforms_say(phantom: RawPhantom) -> None:
    """Oedema and fluid look as they should in every scan, at the places that truth and transforms name."""
    places, labels = positions(phantom.truth), phantom.truth.array.reshape(-1)
    brain = phantom.brain.array.reshape(-1) > 0

    def median(modality: Modality, where: np.ndarray, shift: float = 0.0) -> float:
        moved = phantom.to_scan[modality].copy()
        moved[:3, 3] += shift
        return float(np.median(at(phantom.scans[modality], places[:, where], moved)))

    for modality in (Modality.FLAIR, Modality.T2):
        assert median(modality, labels == Label.ED) > 1.3 * median(modality, brain & (labels == 0))
        assert median(modality, labels == Label.ED) > 1.1 * median(modality, labels == Label.ED, 12.0)
    ring = labels == Label.ET
    assert median(Modality.T1CE, ring) > 1.4 * median(Modality.T1CE, brain & (labels == 0))
    assert median(Modality.T1CE, ring) / median(Modality.T1, ring) > 1.4 * (
        median(Modality.T1CE, brain & (labels == 0)) / median(Modality.T1, brain & (labels == 0))
    )


def test_the_brain_lies_in_a_skull_under_a_scalp(phantom: RawPhantom) -> None:
    """From the brain's middle outwards on T1: brain, dark skull, bright scalp, air."""
    scan, brain = phantom.scans[Modality.T1], positions(phantom.brain)[:, phantom.brain.array.reshape(-1) > 0]
    to_head = phantom.to_atlas
    middle = (to_head[:3, :3] @ brain + to_head[:3, 3:]).mean(axis=1)
    directions = np.array([[np.cos(a), 0.0, np.sin(a)] for a in np.radians((30, 60, 90, 120, 150))]).T
    back = phantom.to_scan[Modality.T1] @ np.linalg.inv(to_head)
    distances = np.arange(0.0, 130.0, 1.0)
    for direction in directions.T:
        line = at(scan, middle[:, None] + direction[:, None] * distances, back)
        level = np.median(line[:40])
        surface = np.flatnonzero(line > 0.5 * level)[-1]
        scalp, skull = line[surface - 8 : surface + 1].max(), line[surface - 18 : surface - 4].min()
        assert scalp > 0.8 * level
        assert skull < 0.75 * level
        assert line[surface + 6 :].max() < 0.3 * level


def test_the_brain_mask_has_a_brains_size_and_holds_the_tumour(phantom: RawPhantom) -> None:
    assert 1200 < phantom.brain.array.sum() * phantom.brain.grid.voxel_ml < 2000
    assert phantom.brain.array[phantom.truth.array > 0].all()


def test_its_files_are_a_case_folder(tmp_path: Path) -> None:
    phantom = write_raw_phantom(tmp_path / "case", 0, coarser=4.0)
    found = find_files(tmp_path / "case")
    assert set(found) == set(MODALITIES)
    for modality, path in found.items():
        volume = read_volume(path, what=modality.display)
        assert np.array_equal(volume.array, phantom.scans[modality].array)
        assert np.allclose(volume.affine, phantom.scans[modality].affine, atol=1e-4)
    truth = find_truth(tmp_path / "case")
    assert truth is not None
    assert np.array_equal(read_truth(truth).array, phantom.truth.array)
    assert "whole heads" in (tmp_path / "case" / "README.txt").read_text(encoding="utf-8")
    write_raw_phantom(tmp_path / "case", 0, coarser=4.0)
