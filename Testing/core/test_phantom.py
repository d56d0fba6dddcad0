"""The phantom is plausible, known in every voxel, and the same whenever it is made again."""

from __future__ import annotations

import heapq
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from GSSCore.errors import EnvironmentRefused, UsageError
from GSSCore.imaging.orientation import axis_codes
from GSSCore.phantom import Phantom, make_phantom, phantom_name, write_phantom
from GSSCore.phantom.atlas import FLUID, GREY, TISSUE_FILE, WHITE, load_atlas
from GSSCore.phantom.contrast import SEQUENCES, Sequence, Tissue, signal
from GSSCore.phantom.derive import tissue_map
from GSSCore.phantom.fields import Axes, smooth_noise, spline_weights
from GSSCore.phantom.head import BRATS_SHAPE, _axes, _grid, make_head
from GSSCore.phantom.scanner import blur
from GSSCore.phantom.tumour import plan_tumour, spread
from GSSCore.study.folder import find_truth
from GSSCore.study.labels import read_truth
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Label, Modality

SMALL = (60, 72, 62)
"""A whole head at 3 mm."""
FOR_FILES = {"nibabel", "scipy", "PIL"}
"""nibabel loads pydicom where it is installed, and that loads PIL."""
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    return make_phantom(0, SMALL, 3.0)


def volumes_ml(phantom: Phantom) -> NDArray[np.float64]:
    counts = np.bincount(phantom.truth.array.ravel(), minlength=4)[1:]
    return counts * phantom.truth.grid.voxel_ml


class TestTheSamePhantom:
    def test_comes_out_of_the_same_seed(self, phantom: Phantom) -> None:
        again = make_phantom(0, SMALL, 3.0)
        assert np.array_equal(again.truth.array, phantom.truth.array)
        assert all(np.array_equal(again.study.images[m], phantom.study.images[m]) for m in MODALITIES)

    def test_does_not_come_out_of_another(self, phantom: Phantom) -> None:
        other = make_phantom(1, SMALL, 3.0)
        assert not np.array_equal(other.truth.array, phantom.truth.array)
        brains = [p.study.images[Modality.T1] != 0 for p in (other, phantom)]
        assert 0.02 < np.mean(brains[0] ^ brains[1]) / np.mean(brains[1]) < 0.4

    def test_is_seen_at_another_spacing(self, phantom: Phantom) -> None:
        finer = make_phantom(0, (90, 108, 93), 2.0)
        assert volumes_ml(finer)[1] == pytest.approx(volumes_ml(phantom)[1], rel=0.1)
        assert volumes_ml(finer).sum() == pytest.approx(volumes_ml(phantom).sum(), rel=0.1)

    @pytest.mark.parametrize(
        ("call", "allowed"),
        [
            (f"import make_phantom; make_phantom(0, {SMALL}, 3.0)", set()),  # Slicer's sample data
            (f"import write_phantom; write_phantom(sys.argv[1], 0, {SMALL}, 3.0)", FOR_FILES),
        ],
        ids=["made", "written"],
    )
    def test_needs_nothing_but_numpy_and_for_files_nibabel(self, tmp_path: Path, call: str, allowed: set[str]) -> None:
        heavy = {"torch", "scipy", "SimpleITK", "nibabel", "PIL"} - allowed
        code = f"import sys; from GSSCore.phantom {call}; sys.exit(', '.join({heavy} & set(sys.modules)) or None)"
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr


class TestTheImages:
    def test_are_whole_numbers_on_an_lps_grid_with_one_background(self, phantom: Phantom) -> None:
        brain = phantom.study.images[Modality.FLAIR] != 0
        assert axis_codes(phantom.study.grid.affine) == "LPS"
        assert phantom.study.available == MODALITIES
        for image in phantom.study.images.values():
            assert image.dtype == np.int16
            assert image.min() == 0
            assert np.array_equal(image != 0, brain)
        assert 1100 < brain.sum() * phantom.study.grid.voxel_ml < 1900

    def test_lie_where_brats_puts_them(self) -> None:
        grid = _grid(0, BRATS_SHAPE, 1.0)
        assert np.array_equal(grid.affine, [[-1, 0, 0, 0], [0, -1, 0, 239], [0, 0, 1, 0], [0, 0, 0, 1]])

    def test_show_oedema_and_ring_as_a_radiologist_expects(self) -> None:
        for seed in range(3):
            phantom = make_phantom(seed, SMALL, 3.0)
            truth = phantom.truth.array
            healthy = (truth == 0) & (phantom.study.images[Modality.FLAIR] != 0)
            median = {
                m: {label: np.median(image[truth == label]) / np.median(image[healthy]) for label in (1, 2, 3)}
                for m, image in phantom.study.images.items()
            }
            assert median[Modality.FLAIR][Label.ED] > 1.3
            assert median[Modality.T2][Label.ED] > 1.2
            assert median[Modality.T2][Label.NCR] > median[Modality.T2][Label.ED]
            assert median[Modality.T1CE][Label.ET] > 1.4
            assert median[Modality.T1CE][Label.NCR] < 1.05
            assert median[Modality.T1][Label.NCR] < median[Modality.T1][Label.ED] < 1.0

    def test_pass_every_check_of_a_study(self, phantom: Phantom) -> None:
        given = {m: (image, phantom.study.grid.affine) for m, image in phantom.study.images.items()}
        assert Study.from_arrays(given).warnings == ()


class TestTheTruth:
    def test_is_a_ring_round_necrosis_with_oedema_about_it(self) -> None:
        for seed in (0, 3):
            truth = make_phantom(seed, (90, 108, 93), 2.0).truth.array
            voxels = np.bincount(truth.ravel(), minlength=4)
            assert (voxels[1:] > (300, 2000, 300)).all()
            pairs = np.zeros((4, 4), np.int64)
            for axis in range(3):
                ahead, behind = np.moveaxis(truth, axis, 0)[1:], np.moveaxis(truth, axis, 0)[:-1]
                np.add.at(pairs, (ahead, behind), 1)
                np.add.at(pairs, (behind, ahead), 1)
            to_ring = pairs[Label.NCR, Label.ET]
            assert to_ring > 4 * (pairs[Label.NCR, Label.ED] + pairs[Label.NCR, Label.BACKGROUND])
            assert pairs[Label.ET, Label.ED] > 3 * pairs[Label.ET, Label.BACKGROUND]

    def test_lies_in_the_brain(self, phantom: Phantom) -> None:
        assert (phantom.study.images[Modality.T2][phantom.truth.array > 0] > 0).all()

    def test_has_oedema_that_follows_white_matter_and_spares_ventricles(self) -> None:
        head = make_head(2, _axes(_grid(2, SMALL, 3.0)))
        parts = head.composition
        outside = parts.necrosis + parts.rim < 0.01
        mm = np.stack(np.meshgrid(*head.axes.each, indexing="ij"), axis=-1)[head.brain]
        plan = plan_tumour(load_atlas(), np.random.default_rng((2, 0)))
        shell = outside & (np.abs(np.linalg.norm(mm - plan.centre_mm, axis=1) - plan.radius_mm - 6.0) < 6.0)
        share = [
            parts.oedema[shell & (parts.healthy[:, tissue] > 0.8)].mean() for tissue in (GREY, WHITE, FLUID)
        ]  # fmt: skip
        assert share[1] > 1.5 * share[0]
        assert share[2] < 0.05


class TestTheFiles:
    def test_are_a_case_folder_that_reads_back_without_a_warning(self, tmp_path: Path) -> None:
        phantom = write_phantom(tmp_path / "case", 7, SMALL, 3.0)
        study = Study.from_folder(tmp_path / "case")
        truth = find_truth(tmp_path / "case")
        assert truth == tmp_path / "case" / f"{phantom_name(7)}_seg.nii.gz"
        assert study.warnings == ()
        assert study.grid.matches(phantom.study.grid)
        assert all(np.array_equal(study.images[m], phantom.study.images[m]) for m in MODALITIES)
        assert np.array_equal(read_truth(truth).array, phantom.truth.array)

    def test_carry_the_notice_of_the_atlas(self, tmp_path: Path) -> None:
        write_phantom(tmp_path, 7, SMALL, 3.0)
        notice = (tmp_path / "LICENSE-ICBM152.txt").read_text(encoding="utf-8")
        assert "Copyright (C) 1993-2009 Louis Collins" in notice
        assert "not for clinical use" in (tmp_path / "README.txt").read_text(encoding="utf-8")

    def test_are_refused_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(EnvironmentRefused, match="file"):
            write_phantom(tmp_path / "file", 0, (8, 8, 8), 20.0)


@pytest.mark.parametrize(
    ("seed", "shape", "spacing", "words"),
    [
        (-1, SMALL, 1.0, "seed is -1"),
        (0, (10, 10), 1.0, "no grid"),
        (0, (10, 0, 10), 1.0, "no grid"),
        (0, SMALL, 0.0, "no grid"),
        (0, SMALL, float("nan"), "no grid"),
        (0, (1, 1, 1), (1.0, 1.0), "no grid"),
    ],
)
def test_senseless_arguments_are_refused(
    seed: int, shape: tuple[int, int, int], spacing: float | tuple[float, float, float], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        make_phantom(seed, shape, spacing)


class TestTheAtlas:
    def test_is_small_symmetric_and_adds_up(self) -> None:
        shares = load_atlas().shares
        assert TISSUE_FILE.stat().st_size < 300_000
        assert np.array_equal(shares, shares[::-1])
        total = shares.sum(axis=-1)
        assert total.min() >= 0.0
        assert total.max() < 1.05
        assert np.quantile(total[total > 0.5], 0.1) > 0.95

    def test_is_sampled_trilinearly(self) -> None:
        atlas, rng = load_atlas(), np.random.default_rng(0)
        index = rng.uniform(10, 60, (200, 3))
        expected = np.zeros((200, 3))
        for n, point in enumerate(index):
            for offset in np.ndindex(2, 2, 2):
                corner = np.floor(point).astype(int) + offset
                weight = np.prod(1.0 - np.abs(point - corner))
                expected[n] += weight * atlas.shares[tuple(corner)]
        found = atlas.sample((index * 2.0 + atlas.corner_mm).astype(np.float32))
        assert np.abs(found - expected).max() < 1e-4

    def test_never_denies_brain_that_is_there(self) -> None:
        atlas = load_atlas()
        positions = np.random.default_rng(1).uniform(-120, 100, (20_000, 3)).astype(np.float32)
        brain = atlas.sample(positions).sum(axis=1) > 0
        assert brain.any()
        assert atlas.may_hold_brain(positions)[brain].all()

    def test_comes_from_maps_whose_shares_add_up_in_the_brain(self) -> None:
        rng = np.random.default_rng(2)
        grey, white, t1 = (rng.uniform(0, 255, (6, 6, 6)).astype(np.float32) for _ in range(3))
        t1[:3] = 0.0
        total = tissue_map(grey, white, t1).sum(axis=-1)
        assert np.allclose(total, np.where(t1 > 0, 1.0, 0.0), atol=1e-5)


class TestTheSignals:
    def test_obey_the_spin_echo_equation(self) -> None:
        tissue, sequence = Tissue(t1=1000.0, t2=100.0, density=0.5), Sequence(repetition=1000.0, echo=100.0)
        assert signal(tissue, sequence) == pytest.approx(0.5 * 0.6321206 * 0.3678794, rel=1e-6)

    def test_vanish_at_the_null_of_an_inversion(self) -> None:
        null = 1000.0 * np.log(2.0)
        water = Tissue(t1=1000.0, t2=2000.0, density=1.0)
        assert signal(water, Sequence(repetition=1e6, echo=10.0, inversion=null)) == pytest.approx(0.0, abs=1e-9)

    def test_grow_with_contrast_agent_only_after_the_injection(self) -> None:
        rim, plain = Tissue(1150.0, 125.0, 0.85, agent=0.7), Tissue(1150.0, 125.0, 0.85)
        before, after = SEQUENCES[Modality.T1], SEQUENCES[Modality.T1CE]
        assert signal(rim, before) == signal(plain, before)
        assert signal(rim, after) > 1.5 * signal(plain, after)


class TestTheFields:
    def test_are_the_same_on_every_grid(self) -> None:
        coarse = Axes(*(np.arange(-20.0, 20.0, 4.0) for _ in range(3)))
        fine = Axes(*(np.arange(-20.0, 20.0, 2.0)[::-1] for _ in range(3)))
        first, second = (smooth_noise(np.random.default_rng(5), axes, 9.0) for axes in (coarse, fine))
        assert np.allclose(first, second[::-1, ::-1, ::-1][::2, ::2, ::2], atol=1e-5)

    def test_have_a_standard_deviation_of_one(self) -> None:
        axes = Axes(*(np.arange(-90.0, 90.0, 4.5) for _ in range(3)))
        assert smooth_noise(np.random.default_rng(6), axes, 8.0).std() == pytest.approx(1.0, abs=0.07)

    def test_weigh_lattice_points_to_a_sum_of_one(self) -> None:
        assert np.allclose(spline_weights(np.linspace(1.0, 8.0, 50), 10).sum(axis=1), 1.0, atol=1e-6)


def test_a_blurred_point_is_as_wide_as_asked_for() -> None:
    image = np.zeros((1, 101, 1), np.float32)
    image[0, 50] = 1.0
    profile = blur(image, 1, 6.0, 0.5)[0, :, 0]
    assert profile.sum() == pytest.approx(1.0, abs=1e-5)
    position = np.arange(101) * 0.5
    above = position[profile >= profile.max() / 2.0]
    assert above[-1] - above[0] == pytest.approx(6.0, abs=0.5)


def test_oedema_spreads_along_shortest_paths() -> None:
    rng = np.random.default_rng(8)
    slowness = rng.uniform(0.5, 5.0, (6, 7, 5)).astype(np.float32)
    start = np.zeros(slowness.shape, np.bool_)
    start[1, 2, 3] = True
    found = spread(slowness, start, 2.0, 15.0)
    assert np.allclose(found, np.minimum(dijkstra(slowness, (1, 2, 3), 2.0), 15.0), atol=1e-4)


def dijkstra(slowness: NDArray[np.float32], source: tuple[int, int, int], step: float) -> NDArray[np.float64]:
    """Shortest travel times by the textbook, voxel by voxel."""
    times = np.full(slowness.shape, np.inf)
    queue = [(0.0, source)]
    while queue:
        time, here = heapq.heappop(queue)
        if time >= times[here]:
            continue
        times[here] = time
        for offset in np.ndindex(3, 3, 3):
            there = tuple(int(h + o - 1) for h, o in zip(here, offset, strict=True))
            if there != here and all(0 <= t < n for t, n in zip(there, slowness.shape, strict=True)):
                length = step * float(np.linalg.norm(np.array(offset) - 1))
                cost = length * float(slowness[here] + slowness[there]) / 2.0
                heapq.heappush(queue, (time + cost, (there[0], there[1], there[2])))
    return times
