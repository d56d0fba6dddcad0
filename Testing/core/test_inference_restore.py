"""What was found on the crop goes back to the reference's own voxels, whatever their order and size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from GSSCore.imaging.volume import Volume
from GSSCore.inference import restore
from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.restore import restore_labels, restore_levels
from GSSCore.preprocessing.pipeline import preprocess, preprocess_labels
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.study.labels import read_truth
from GSSCore.study.study import Study
from GSSCore.vocabulary import Label
from study_heads import centred_affine, head, orientations, oriented, truth

SHAPE = (36, 44, 34)
AFFINE = centred_affine(SHAPE, (4.0, 4.0, 4.0))
HEAD = head(SHAPE, AFFINE, cortex=False)


def study_in(order: tuple[int, ...], flips: tuple[int, ...]) -> Study:
    return Study.from_arrays({m: oriented(image, AFFINE, order, flips) for m, image in HEAD.items()})


def study_on(shape: tuple[int, int, int], affine: NDArray[np.float64]) -> Study:
    return Study.from_arrays({m: (image, affine) for m, image in head(shape, affine, cortex=False).items()})


def some_logits(preprocessed: Preprocessed) -> torch.Tensor:
    """Smooth logits in which every class wins somewhere."""
    noise = torch.randn(1, 4, 6, 7, 6, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.interpolate(noise, preprocessed.brain.shape, mode="trilinear")[0]


def restored(logits: torch.Tensor, preprocessed: Preprocessed, winner: torch.Tensor | None = None) -> NDArray[np.uint8]:
    return restore_labels(logits, winning_class(logits) if winner is None else winner, preprocessed.frame)


def brain_of(study: Study) -> NDArray[np.bool_]:
    return np.asarray(np.any([image != 0 for image in study.images.values()], axis=0))


@pytest.mark.parametrize(("order", "flips"), orientations())
def test_labels_come_back_to_the_same_voxels_in_all_48_orientations(
    order: tuple[int, ...], flips: tuple[int, ...]
) -> None:
    study = study_in(order, flips)
    preprocessed = preprocess(study, PreprocessingSettings((4.0, 4.0, 4.0)))
    assert preprocessed.frame.to_crop is None
    # Every voxel of the crop marked by its place in it: nothing but the right voxel can hold the right mark.
    marks = (np.arange(preprocessed.brain.size).reshape(preprocessed.brain.shape) % 251 + 1).astype(np.uint8)
    placed = restore_levels(marks, preprocessed.frame)
    box = tuple(slice(int(i.min()), int(i.max()) + 1) for i in np.nonzero(brain_of(Study.from_arrays(
        {m: (image, AFFINE) for m, image in HEAD.items()}))))  # fmt: skip
    expected = np.zeros(SHAPE, np.uint8)
    expected[box] = marks
    np.testing.assert_array_equal(placed, oriented(expected, AFFINE, order, flips)[0])
    labels = restored(torch.zeros(4, *marks.shape), preprocessed, torch.from_numpy(marks))
    np.testing.assert_array_equal(labels, np.where(brain_of(study), placed, 0))


@pytest.mark.parametrize("spacing", [(3.0, 3.0, 3.0), (5.0, 4.0, 4.0)])
def test_interpolated_labels_and_confidence_are_the_same_bits_in_all_48_orientations(
    spacing: tuple[float, float, float],
) -> None:
    plain = Study.from_arrays({m: (image, AFFINE) for m, image in HEAD.items()})
    preprocessed = preprocess(plain, PreprocessingSettings(spacing))
    assert preprocessed.frame.to_crop is not None
    logits, levels = some_logits(preprocessed), (some_logits(preprocessed).argmax(0).numpy()).astype(np.uint8)
    expected = restored(logits, preprocessed)
    expected_levels = restore_levels(levels, preprocessed.frame)
    assert len(np.unique(expected)) == 4
    for order, flips in orientations():
        study = study_in(order, flips)
        turned = preprocess(study, PreprocessingSettings(spacing))
        for found, wanted in [
            (restored(logits, turned), expected),
            (restore_levels(levels, turned.frame), expected_levels),
        ]:
            np.testing.assert_array_equal(found, oriented(wanted, AFFINE, order, flips)[0])


def oblique(degrees: float) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turn @ np.diag([-1.0, 1.0, 1.0, 1.0]) @ centred_affine(SHAPE, (4.0, 4.0, 4.5))


@pytest.mark.parametrize("degrees", [0.0, 20.0])
@pytest.mark.parametrize(
    "tumour", [(slice(None),) * 3, (slice(7, 11), slice(5, 9), slice(9, 15)), (slice(9, 14), slice(0, 3), slice(8, 15))]
)
def test_interpolation_is_trilinear_then_argmax_then_the_brain(
    monkeypatch: pytest.MonkeyPatch, degrees: float, tumour: tuple[slice, slice, slice]
) -> None:
    monkeypatch.setattr(restore, "_SLAB_VOXELS", 3000)
    study = study_on(SHAPE, oblique(degrees))
    preprocessed = preprocess(study, PreprocessingSettings((5.0, 5.0, 5.0)))
    logits = some_logits(preprocessed)
    outside = torch.ones(preprocessed.brain.shape, dtype=torch.bool)
    outside[tumour] = False
    logits[0, outside] = logits[:, outside].amax(0)
    found = restored(logits, preprocessed)
    index = np.indices(SHAPE).reshape(3, -1)
    to_crop = np.linalg.inv(preprocessed.grid.affine) @ study.grid.affine
    position = to_crop[:3, :3] @ index + to_crop[:3, 3:]
    sampled = np.array([map_coordinates(c, position, order=1, mode="nearest") for c in logits.double().numpy()])
    expected = np.where(brain_of(study).ravel(), sampled.argmax(0), 0)
    first, second = np.sort(sampled, axis=0)[[-1, -2]]
    # Where several equal background, rounding decides; the rest must agree.
    clear = (first - second > 1e-3) | (first == sampled[0])
    assert clear.mean() > 0.98
    assert expected[clear].any()
    np.testing.assert_array_equal(found.ravel()[clear], expected[clear])


def test_confidence_is_the_nearest_level_and_never_outside_within_the_brain() -> None:
    study = study_on(SHAPE, oblique(20.0))
    preprocessed = preprocess(study, PreprocessingSettings((5.0, 5.0, 5.0)))
    levels = np.where(preprocessed.brain, 1 + np.random.default_rng(0).integers(0, 3, preprocessed.brain.shape), 0)
    found = restore_levels(levels.astype(np.uint8), preprocessed.frame)
    index = np.indices(SHAPE).reshape(3, -1)
    to_crop = np.linalg.inv(preprocessed.grid.affine) @ study.grid.affine
    position = to_crop[:3, :3] @ index + to_crop[:3, 3:]
    nearest = tuple(
        np.clip(np.rint(p), 0, n - 1).astype(int) for p, n in zip(position, preprocessed.brain.shape, strict=True)
    )
    expected = np.where(brain_of(study).ravel(), np.maximum(levels[nearest], 1), 0)
    halfway = (np.abs(position - np.floor(position) - 0.5) < 1e-3).any(0)
    np.testing.assert_array_equal(found.ravel()[~halfway], expected[~halfway])
    assert set(np.unique(found)) == {0, 1, 2, 3}


@pytest.mark.parametrize("spacing", [(0.5, 0.5, 0.5), (1.0, 1.0, 3.0), (1.0, 1.0, 1.0), (1.3, 0.9, 1.7)])
def test_a_perfect_network_gives_back_the_truth_at_any_resolution(spacing: tuple[float, float, float]) -> None:
    # The head of 164 mm shrunk to a quarter, so that fine grids stay small.
    shape = tuple(int(np.ceil(n / s)) for n, s in zip((36, 44, 34), spacing, strict=True))
    affine = centred_affine((shape[0], shape[1], shape[2]), spacing)
    enlarged = np.diag([4.0, 4.0, 4.0, 1.0]) @ affine
    images = head((shape[0], shape[1], shape[2]), enlarged, cortex=False)
    study = Study.from_arrays({m: (image, affine) for m, image in images.items()})
    expected = truth((shape[0], shape[1], shape[2]), enlarged)
    preprocessed = preprocess(study, PreprocessingSettings((1.0, 1.0, 1.0)))
    labels = preprocess_labels(Volume(expected, affine), preprocessed)
    logits = torch.nn.functional.one_hot(torch.from_numpy(labels).long(), 4).permute(3, 0, 1, 2) * 4.0
    assert (preprocessed.frame.to_crop is None) == (spacing == (1.0, 1.0, 1.0))
    found = restored(logits, preprocessed)
    overlap = (
        2 * np.count_nonzero((found > 0) & (expected > 0)) / (np.count_nonzero(found) + np.count_nonzero(expected))
    )
    # A truth half a voxel thick is lost by halving the resolution alone, whatever the way back.
    assert overlap > 0.92
    assert np.count_nonzero(found) == pytest.approx(np.count_nonzero(expected), rel=0.05)


def test_nothing_is_labelled_outside_the_brain() -> None:
    study = study_on(SHAPE, AFFINE)
    preprocessed = preprocess(study, PreprocessingSettings((3.0, 3.0, 3.0)))
    logits = torch.zeros(4, *preprocessed.brain.shape)
    logits[3] = 1.0
    np.testing.assert_array_equal(restored(logits, preprocessed) == 3, brain_of(study))


def test_a_spacing_within_one_per_cent_counts_as_the_same_voxels() -> None:
    affine = centred_affine(SHAPE, (4.0, 4.0, 4.0))
    study = study_on(SHAPE, np.diag([1.005, 1.0, 1.0, 1.0]) @ affine)
    assert preprocess(study, PreprocessingSettings((4.0, 4.0, 4.0))).frame.to_crop is None


@pytest.mark.parametrize(
    ("name", "enhancing"), [("BraTS2021_00006", 4), ("BraTS-SSA-00051-000", 3)], ids=["LPS", "RAS"]
)
def test_the_truth_of_a_published_case_survives_the_way_to_the_crop_and_back(
    real_cases: Path, name: str, enhancing: int
) -> None:
    folder = real_cases / "original" / name
    study = Study.from_folder(folder)
    volume = read_truth(folder / f"{name}_seg.nii.gz", {1: Label.NCR, 2: Label.ED, enhancing: Label.ET})
    preprocessed = preprocess(study)
    assert preprocessed.frame.to_crop is None
    np.testing.assert_array_equal(
        restore_levels(preprocess_labels(volume, preprocessed), preprocessed.frame), volume.array
    )


def test_on_mps_logits_are_interpolated_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no `grid_sample` of three dimensions on MPS in torch 2.6 to 2.8."""

    class OnMps:
        device = torch.device("mps")

        def cpu(self) -> str:
            return "moved"

    assert restore._where_sampled(OnMps()) == "moved"  # type: ignore[arg-type, comparison-overlap]
    study = study_on((40, 40, 40), centred_affine((40, 40, 40), (3.7, 3.9, 4.1)))
    preprocessed = preprocess(study, PreprocessingSettings((4.0, 4.0, 4.0)))
    logits = some_logits(preprocessed)
    asked: list[torch.Tensor] = []
    stays = restore._where_sampled
    monkeypatch.setattr(restore, "_where_sampled", lambda given: (asked.append(given), stays(given))[1])
    assert restored(logits, preprocessed).any()
    assert len(asked) == 1 and asked[0] is logits
