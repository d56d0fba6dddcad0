"""Brain extraction: distances and masks against exact ones, a network's folder, how a scan is shown to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from GSSCore.brain_extraction import (
    BrainCard,
    BrainExtractor,
    BrainNetwork,
    Extraction,
    averaged,
    brain_mask,
    brain_mask_of,
    disagreements,
    distance_of,
    read_brain_mask,
    require_overlap,
)
from GSSCore.brain_extraction.checks import checked
from GSSCore.brain_extraction.distance import LEAST_MM, REACH_MM, interpolated
from GSSCore.errors import Cancelled, InputError
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import CARD_FILE, WEIGHTS_FILE

OPTIONS = {"widths": [8, 8, 8], "fine": 4, "groups": 4}


def ball_on(grid: Grid, radius: float, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> np.ndarray:
    """How far each voxel lies inside a ball, in mm (I, J, K), exactly."""
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), -1)
    world = index @ grid.affine[:3, :3].T + grid.affine[:3, 3]
    return np.asarray(radius - np.linalg.norm(world - centre, axis=-1))


def grid_of(shape: tuple[int, int, int], spacing: tuple[float, float, float], turn: float = 0.0) -> Grid:
    """A grid whose middle is at 0 mm, turned about all axes by so many degrees."""
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", (turn, turn, turn), degrees=True).as_matrix() @ np.diag(spacing)
    affine[:3, 3] = -affine[:3, :3] @ (np.array(shape) - 1) / 2.0
    return Grid(shape, affine)


@pytest.mark.parametrize(
    ("spacing", "turn", "within"),
    [((1.0, 1.0, 1.0), 0.0, 0.7), ((0.5, 0.7, 2.0), 20.0, 1.5), ((2.0, 2.0, 2.0), 10.0, 1.2)],
)
def test_the_distance_of_a_ball_is_its_depth(spacing: tuple[float, float, float], turn: float, within: float) -> None:
    shape = tuple(int(64 / mm) for mm in spacing)
    grid = grid_of(shape, spacing, turn)  # type: ignore[arg-type]
    found = distance_of(Volume(ball_on(grid, 20.0) > 0, grid.affine))
    there = found.array > -REACH_MM
    expected = np.clip(ball_on(found.grid, 20.0), LEAST_MM, REACH_MM)
    assert np.abs(found.array - expected)[there].max() < within
    assert there.mean() > 0.9


def test_a_mask_comes_back_from_its_distance_on_any_grid() -> None:
    grid = grid_of((60, 60, 60), (1.0, 1.0, 1.0))
    distance = distance_of(Volume(ball_on(grid, 20.0) > 0, grid.affine))
    for other in (grid, grid_of((90, 40, 100), (0.6, 1.5, 0.6), 25.0), grid_of((60, 60, 12), (1.0, 1.0, 6.0))):
        mask, expected = brain_mask(distance, other), ball_on(other, 20.0) > 0
        assert 2.0 * (mask & expected).sum() / (mask.sum() + expected.sum()) > 0.97


def test_the_mask_is_the_largest_part_without_holes() -> None:
    grid = grid_of((60, 50, 50), (2.0, 2.0, 2.0))
    ball, hole = ball_on(grid, 25.0, (-20.0, 0.0, 0.0)), ball_on(grid, 8.0, (-20.0, 0.0, 0.0))
    small = ball_on(grid, 10.0, (35.0, 0.0, 0.0))
    distance = np.clip(np.maximum(np.minimum(ball, -hole), small), LEAST_MM, REACH_MM).astype(np.float32)
    mask = brain_mask(Volume(distance, grid.affine), grid)
    np.testing.assert_array_equal(mask, ball > 0)
    assert not brain_mask(Volume(np.full((4, 4, 4), LEAST_MM, np.float32), np.eye(4)), grid).any()


def test_a_mean_is_of_those_that_see_a_voxel() -> None:
    grid = grid_of((40, 40, 40), (2.0, 2.0, 2.0))
    whole = Volume(np.clip(ball_on(grid, 30.0), LEAST_MM, REACH_MM).astype(np.float32), grid.affine)
    slab = Volume(whole.array[:, :, 15:25].copy(), grid.cropped((slice(0, 40), slice(0, 40), slice(15, 25))).affine)
    np.testing.assert_allclose(averaged([whole, slab], grid).array, whole.array, atol=1e-4)
    larger = Volume(np.clip(ball_on(grid, 34.0), LEAST_MM, REACH_MM).astype(np.float32), grid.affine)
    between = averaged([whole, larger], grid).array
    near = np.abs(ball_on(grid, 32.0)) < 4.0
    np.testing.assert_allclose(between[near], ball_on(grid, 32.0)[near], atol=1e-4)
    nowhere = averaged([slab], grid_of((5, 5, 5), (1.0, 1.0, 1.0), 0.0).cropped((slice(0, 5),) * 3))
    assert (nowhere.array > 0).all()
    far = Grid((3, 3, 3), np.eye(4) + 1e3 * np.eye(4, k=3))
    assert (interpolated(slab, far) == -REACH_MM).all()


class Brightness(BrainNetwork):
    """A network that needs no training: what is bright lies inside."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.tanh(2.0 * (images - 0.5))


@pytest.fixture(scope="module")
def extractor() -> BrainExtractor:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return BrainExtractor(Brightness(**OPTIONS).eval(), BrainCard("test", "0", OPTIONS))


def scan(shape: tuple[int, int, int], spacing: tuple[float, float, float], turn: float = 0.0) -> Volume:
    """A bright ball of 40 mm that lies off the middle, in a darker one, on a background that is not 0."""
    return head_of(grid_of(shape, spacing, turn), 40.0)


def head_of(grid: Grid, radius: float, texture: float = 0.0) -> Volume:
    """A bright ball in a darker one; the texture is the share by which the brightness goes up and down in it."""
    depth, around = ball_on(grid, radius, (10.0, -14.0, 8.0)), ball_on(grid, radius + 20.0, (10.0, -14.0, 8.0))
    waves = 1.0 - texture * (depth % 10.0 > 5.0)
    return Volume((np.where(depth > 0, 900 * waves, np.where(around > 0, 150, 20))).astype(np.int16), grid.affine)


def code_of(found: Extraction) -> str:
    return "" if found.refusal is None else found.refusal.code


def test_a_head_passes_its_checks_and_a_cut_one_is_told(extractor: BrainExtractor) -> None:
    head = head_of(grid_of((110, 110, 110), (2.0, 2.0, 2.0)), 62.0, 0.3)
    found = extractor.extract(head, what="T1")
    assert code_of(found) == ""
    assert found.doubts == ()
    assert found.checks["brain_ml"] == pytest.approx(4.0 / 3.0 * np.pi * 6.2**3, rel=0.05)
    assert found.checks["mirrored_dice"] == pytest.approx(1.0)
    box = (slice(0, 110), slice(0, 110), slice(0, 60))
    cut = extractor.extract(Volume(head.array[box].copy(), head.grid.cropped(box).affine), what="T1")
    assert [doubt.code for doubt in cut.doubts] == ["brain.cut"]
    assert str(cut.doubts[0]).startswith("T1: the field of view of the array given ends within the brain; 52")


def test_what_is_no_brain_is_refused(extractor: BrainExtractor) -> None:
    grid = grid_of((75, 75, 75), (3.0, 3.0, 3.0))
    assert code_of(extractor.extract(head_of(grid, 62.0))) == "brain.even"
    assert code_of(extractor.extract(head_of(grid, 45.0, 0.3))) == "brain.size"
    assert code_of(extractor.extract(head_of(grid, 85.0, 0.3))) == "brain.size"
    assert code_of(extractor.extract(Volume(np.full((60, 60, 60), 7, np.int16), np.eye(4)))) in (
        "brain.none",
        "brain.size",
    )


@pytest.mark.parametrize(("bone", "code"), [(0.4, ""), (1.05, "brain.unsure"), (2.0, "brain.bright-bone")])
def test_bone_that_is_brighter_than_the_brain_is_no_mr(bone: float, code: str) -> None:
    grid = grid_of((80, 80, 80), (2.0, 2.0, 2.0))
    depth = ball_on(grid, 62.0, (0.0, 0.0, 0.0))
    image = np.where(depth > 0, 1000.0 + 300.0 * np.sin(depth), np.where(depth > -8, 1000.0 * bone, 1.0))
    distance = Volume(np.clip(depth, LEAST_MM, REACH_MM).astype(np.float32), grid.affine)
    found = checked(distance, image.astype(np.float32), 1.0, "T1", "t1.nii.gz")
    assert (code_of(found) or "".join(doubt.code for doubt in found.doubts)) == code


class Sided(Brightness):
    """Sees nothing on one side: its answer to a mirror image is another one."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        out = super().forward(images)
        out[:, :, : out.shape[2] // 2] = -1.0
        return out


def test_what_the_mirror_image_contradicts_is_refused() -> None:
    network = BrainExtractor(Sided(**OPTIONS).eval(), BrainCard("test", "0", OPTIONS))
    found = network.extract(head_of(grid_of((110, 110, 110), (2.0, 2.0, 2.0)), 62.0, 0.3), what="FLAIR")
    assert code_of(found) == "brain.none"
    assert found.checks["mirrored_dice"] == pytest.approx(0.0, abs=0.05)


def test_scans_that_show_the_brain_elsewhere_are_named() -> None:
    grid = grid_of((60, 60, 60), (2.0, 2.0, 2.0))
    here, there = (distance_of(Volume(ball_on(grid, 40.0, (x, 0.0, 0.0)) > 0, grid.affine)) for x in (0.0, 14.0))
    assert disagreements({"FLAIR": here, "T2": here, "T1": here}, grid) == []
    assert disagreements({"T1": here}, grid) == []
    told = disagreements({"FLAIR": here, "T2": here, "T1": there, "T1ce": here}, grid)
    assert [message.values["sequence"] for message in told] == ["T1"]


def test_a_mask_of_the_users_own_is_read_from_any_grid(tmp_path: Path) -> None:
    grid = grid_of((80, 70, 60), (2.0, 2.5, 3.0), 15.0)
    brain = ball_on(grid, 62.0) > 0
    write_nifti(Volume(brain.astype(np.int16) * 5, grid.affine), tmp_path / "mask.nii.gz")
    mask = read_brain_mask(tmp_path / "mask.nii.gz")
    assert mask.array.dtype == bool
    np.testing.assert_array_equal(mask.array, brain)
    np.testing.assert_array_equal(brain_mask_of(brain, grid.affine).array, brain)
    require_overlap(mask, grid_of((100, 100, 100), (2.0, 2.0, 2.0)), "FLAIR")
    elsewhere = Grid((100, 100, 100), np.eye(4) + 100.0 * np.eye(4, k=3))
    with pytest.raises(InputError, match=r"% of .* lie within FLAIR"):
        require_overlap(mask, elsewhere, "FLAIR")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda brain: brain * 0.0, "1 different values"),
        (lambda brain: brain + 1.0, "2 different values"),
        (lambda brain: np.where(brain, np.arange(brain.size).reshape(brain.shape), 0), "different values"),
        (lambda brain: np.where(brain, np.nan, 0.0), "different values"),
        (lambda brain: np.roll(brain, 20) & brain & (np.arange(brain.shape[0]) < 35)[:, None, None], "ml, a brain 600"),
        (lambda brain: np.ones_like(brain) & (np.arange(brain.shape[0]) > 0)[:, None, None], "to 2200 ml"),
    ],
)
def test_what_is_no_brain_mask_is_refused(change: Callable[[np.ndarray], np.ndarray], words: str) -> None:
    grid = grid_of((80, 80, 80), (2.0, 2.0, 2.0))
    with pytest.raises(InputError, match=words):
        brain_mask_of(change(ball_on(grid, 62.0) > 0), grid.affine)
    with pytest.raises(InputError, match="last row"):
        brain_mask_of(np.zeros((3, 3, 3)), np.ones((4, 4)))


def test_any_orientation_of_a_scan_gives_the_same(extractor: BrainExtractor) -> None:
    volume = scan((120, 110, 100), (1.5, 1.5, 1.5))
    expected = extractor.distance(volume)
    for axes, flips in (((2, 0, 1), (True, False, True)), ((1, 0, 2), (False, True, False)), ((0, 2, 1), (True,) * 3)):
        turned = Orientation(axes, flips)
        other = Volume(np.ascontiguousarray(turned.to_ras(volume.array)), turned.grid_in_ras(volume.grid).affine)
        found = extractor.distance(other)
        np.testing.assert_allclose(found.affine, expected.affine, atol=1e-9)
        np.testing.assert_allclose(found.array, expected.array, atol=1e-3)


@pytest.mark.parametrize(
    ("shape", "spacing", "turn"),
    [
        ((120, 110, 100), (1.5, 1.5, 1.5), 0.0),
        ((160, 160, 25), (1.0, 1.0, 6.0), 0.0),
        ((110, 110, 110), (1.5, 1.5, 1.5), 20.0),
        ((230, 230, 60), (2.0, 2.0, 2.5), 0.0),
    ],
)
def test_the_ball_is_found_where_it_lies(
    extractor: BrainExtractor, shape: tuple[int, int, int], spacing: tuple[float, float, float], turn: float
) -> None:
    volume = scan(shape, spacing, turn)
    mask = brain_mask(extractor.distance(volume), volume.grid)
    expected = volume.array == 900
    assert 2.0 * (mask & expected).sum() / (mask.sum() + expected.sum()) > 0.93


def test_a_stripped_brain_is_what_is_not_zero(extractor: BrainExtractor) -> None:
    grid = grid_of((100, 100, 100), (1.7, 1.7, 1.7))
    brain = ball_on(grid, 65.0) > 0
    image = np.where(brain, 100 + np.arange(brain.size).reshape(brain.shape) % 7, 0).astype(np.int16)
    found = extractor.extract(Volume(image, grid.affine))
    assert found.stripped
    assert found.refusal is None
    np.testing.assert_array_equal(brain_mask(found.distance, grid), brain)
    around = np.where(brain, image, np.where(ball_on(grid, 80.0) > 0, 20, 0)).astype(np.int16)
    slab = (slice(0, 100), slice(0, 100), slice(35, 65))
    for head in (Volume(around, grid.affine), Volume(around[slab].copy(), grid.cropped(slab).affine)):
        assert not extractor.extract(head).stripped


def test_values_that_are_no_numbers_are_refused(extractor: BrainExtractor) -> None:
    array = np.ones((20, 20, 20), np.float32)
    array[3, 3, 3] = np.nan
    with pytest.raises(InputError, match="no numbers"):
        extractor.distance(Volume(array, np.eye(4)))


def test_it_stops_at_a_layer_and_is_asked_no_more_afterwards(extractor: BrainExtractor) -> None:
    asked: list[int] = []

    def soon() -> bool:
        asked.append(1)
        return len(asked) > 5

    volume = scan((60, 60, 60), (3.0, 3.0, 3.0))
    extractor = BrainExtractor(BrainNetwork(**OPTIONS).eval(), extractor.card)
    with pytest.raises(Cancelled):
        extractor.distance(volume, soon)
    count = len(asked)
    assert count == 6
    extractor.distance(volume)
    assert len(asked) == count


def test_a_saved_network_comes_back_in_half_precision(extractor: BrainExtractor, tmp_path: Path) -> None:
    torch.manual_seed(1)
    extractor = BrainExtractor(BrainNetwork(**OPTIONS).eval(), extractor.card)
    saved = extractor.save(tmp_path)
    loaded = BrainExtractor.load(tmp_path)
    assert loaded.card == saved.card
    assert loaded.card.parameters == sum(p.numel() for p in extractor.module.parameters())
    assert loaded.card.sha256 == hashlib.sha256((tmp_path / WEIGHTS_FILE).read_bytes()).hexdigest()
    for name, tensor in loaded.module.state_dict().items():
        assert torch.equal(tensor, extractor.module.state_dict()[name].half().float())
    volume = scan((60, 60, 60), (3.0, 3.0, 3.0))
    np.testing.assert_allclose(loaded.distance(volume).array, extractor.distance(volume).array, atol=0.05)


def test_another_folder_or_a_damaged_one_is_refused(extractor: BrainExtractor, tmp_path: Path) -> None:
    extractor.save(tmp_path)
    with pytest.raises(InputError, match="brain tumours is wanted"):
        Network.load(tmp_path)
    with pytest.raises(InputError, match="network for brain tumours"):
        BrainExtractor.load(Path(__file__).resolve().parents[2] / "GSSCore" / "pretrained" / "unet")
    with pytest.raises(InputError, match="no folder"):
        BrainExtractor.load(tmp_path / "nowhere")
    card = json.loads((tmp_path / CARD_FILE).read_text(encoding="utf-8"))
    changes = (
        ({"options": {"width": 3}}, "options"),
        ({"options": 3}, "malformed"),
        ({"card_version": 9}, "version 9"),
    )
    for change, words in changes:
        (tmp_path / CARD_FILE).write_text(json.dumps(card | change), encoding="utf-8")
        with pytest.raises(InputError, match=words):
            BrainExtractor.load(tmp_path)
    (tmp_path / CARD_FILE).write_text(json.dumps(card), encoding="utf-8")
    (tmp_path / WEIGHTS_FILE).write_bytes((tmp_path / WEIGHTS_FILE).read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match="SHA-256"):
        BrainExtractor.load(tmp_path)
