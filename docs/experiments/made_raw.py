"""Prepared studies made raw: set into heads, moved, tilted, sliced; then segmented from both, and compared.

    python docs/experiments/made_raw.py --data FOLDER --cases NAME ... --heads FOLDER --output FOLDER [--thick]

Each case gets the head of another person around its brain, whose intensities are bent into each contrast. The head lies
in the scanner turned by up to 10 degrees about each axis, and each contrast once more by up to 4 degrees and 4 mm, on a
grid of its own; `--thick` scans FLAIR and T2 in axial slices of 5 mm. OUTPUT gets, for each case, the four scans, the
truth on the grid of T1ce, and the results. The table tells the Dice of the study as it is, and of the scans made of it
after the whole way of `gss segment`, and how much the volumes differ.

HEADS holds heads as `brain_heads.py` writes them. What was set in has been interpolated once before a scanner would
have seen it, by cubic splines: that is no part of the way, and is counted against it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform, binary_fill_holes, gaussian_filter, map_coordinates
from scipy.spatial.transform import Rotation

sys.path.insert(0, str(Path(__file__).parents[2]))

from GSSCore.dataset import Case, find_cases
from GSSCore.evaluation.tables import markdown_table
from GSSCore.imaging.arrays import Affine, Array, Doubles, Floats, Labels, Mask
from GSSCore.imaging.orientation import Orientation
from GSSCore.imaging.volume import Grid, Volume
from GSSCore.imaging.writing import write_nifti
from GSSCore.inference import InferenceSettings, segment
from GSSCore.measurements import volumes_ml
from GSSCore.metrics.overlap import region_overlaps
from GSSCore.networks.bundle import Network
from GSSCore.raw.pipeline import read_study
from GSSCore.study.labels import DEFAULT_LABEL_MAP, read_truth
from GSSCore.training.brain.heads import ScannedHead, read_heads
from GSSCore.vocabulary import MODALITIES, REGIONS, Modality

SETTINGS = InferenceSettings(precision="fp32", confidence=False, device="cpu")
REFERENCE = Modality.T1CE
ROOM = ((45, 45), (50, 50), (70, 35))
"""Voxels of 1 mm about the brain, along R, A, S, that hold the rest of the head."""
SLACK_MM = 2.0
"""Of fluid between brain and skull."""
POLAR, ROUND, RAY_SD, FARTHEST_MM = 91, 181, 2.0, 140.0
"""Directions from the brain's middle, from top to bottom and round, 2 degrees apart; over how many of them how far the
brain reaches is smoothed; no brain reaches further."""
BENT_MM = 40.0
"""Over how much of the head beyond the brain the difference between both brains is spread."""
HEAD_DEGREES, MOVE_DEGREES, MOVE_MM, SHIFT_MM = 10.0, 4.0, 4.0, 15.0
NOISE = 0.01
"""Standard deviation in each channel, as a share of the brain's brightest."""
BENT: Mapping[Modality, tuple[float, ...]] = {
    Modality.FLAIR: (0.0, 0.15, 0.35, 0.40, 0.55, 0.70),
    Modality.T1CE: (0.0, 0.25, 0.50, 0.70, 0.85, 1.10),
    Modality.T1: (0.0, 0.20, 0.40, 0.60, 0.80, 1.00),
    Modality.T2: (0.0, 0.45, 0.35, 0.25, 0.35, 0.55),
}
"""What the head's T1, at 0, .2, ... 1, becomes around the brain, as a share of the brain's brightest."""
FLUID = {Modality.FLAIR: 0.1, Modality.T1CE: 0.2, Modality.T1: 0.18, Modality.T2: 0.95}
SLICED = (Modality.FLAIR, Modality.T2)
SLICE_MM = 5.0


@dataclass(frozen=True, eq=False)
class Head:
    """A whole head at 1 mm, axes R, A, S.

    Attributes:
        images: float32 (X, Y, Z) each.
        labels: the truth.
        affine: to RAS mm, as in the prepared study.
        middle: (3,), of the brain in RAS mm.
    """

    images: Mapping[Modality, Floats]
    labels: Labels
    affine: Affine
    middle: Doubles


def head_of(case: Case, host: ScannedHead, rng: np.random.Generator) -> Head:
    """Return a case's brain in another person's head."""
    study = case.study()
    orientation = Orientation.of(study.grid.affine)
    grid = orientation.grid_in_ras(study.grid)
    if not np.allclose(grid.spacing, 1.0, atol=0.01):
        raise SystemExit(f"{case.name} is not at 1 mm")
    truth = read_truth(case.truth, case.labels(None, DEFAULT_LABEL_MAP))
    bare = {m: np.pad(orientation.to_ras(np.asarray(image)), ROOM) for m, image in study.images.items()}
    brain = binary_fill_holes(np.any([image != 0 for image in bare.values()], axis=0))
    affine = grid.affine.copy()
    affine[:3, 3] -= affine[:3, :3] @ np.array([before for before, _ in ROOM])
    around, inner = head_around(host, brain)
    images = {m: _composed(bare[m], brain, around, inner, m, rng) for m in bare}
    middle = affine[:3, :3] @ np.array(np.nonzero(brain)).mean(axis=1) + affine[:3, 3]
    return Head(images, np.pad(orientation.to_ras(truth.array), ROOM), affine, middle)


def head_around(host: ScannedHead, brain: Mask) -> tuple[Floats, Mask]:
    """Return the host's head, from 0 to 1, and its brain, bent so that its brain is just larger than the other one.

    The box of its brain is stretched first; then each ray from the middle is, so that both surfaces meet on it.
    """
    (low, high), (other_low, other_high) = _ends(brain), _ends(host.brain)
    scale = (other_high - other_low) / (high - low + 2.0 * SLACK_MM)
    middle, other_middle = (low + high) / 2.0, (other_low + other_high) / 2.0
    gap = _radii(host.brain, other_middle, scale) - _radii(brain, middle, np.ones(3)) - SLACK_MM
    reach = _radii(brain, middle, np.ones(3)) + SLACK_MM
    image, inner = np.zeros(brain.shape, np.float32), np.zeros(brain.shape, bool)
    for k in range(brain.shape[2]):  # a slice at a time, for the sake of memory
        offset = np.stack(np.meshgrid(*(np.arange(n) for n in brain.shape[:2]), [k], indexing="ij"), -1) - middle
        radius = np.maximum(np.linalg.norm(offset, axis=-1), 1.0)
        where = _on_sphere(offset, radius)
        beyond = radius - map_coordinates(reach, where, order=1, mode="nearest")
        bent = radius + map_coordinates(gap, where, order=1, mode="nearest") * np.clip(1.0 - beyond / BENT_MM, 0.0, 1.0)
        there = np.moveaxis(other_middle + scale * offset * (bent / radius)[..., None], -1, 0)
        image[:, :, k] = map_coordinates(host.image.astype(np.float32), there, order=1)[..., 0] / 255.0
        inner[:, :, k] = map_coordinates(host.brain.astype(np.float32), there, order=1)[..., 0] > 0.5
    return image, inner


def _ends(mask: Mask) -> tuple[Doubles, Doubles]:
    """Return the first and the last index of a mask along each axis."""
    index = np.array(np.nonzero(mask), float)
    return index.min(axis=1), index.max(axis=1)


def _radii(mask: Mask, middle: Doubles, scale: Doubles) -> Floats:
    """Return how far a mask reaches from its middle in each direction, in mm, smoothed, (POLAR, ROUND).

    Args:
        mask: of something.
        middle: index (3,) in it.
        scale: voxels per mm (3,).
    """
    polar, azimuth = np.meshgrid(np.linspace(0.0, np.pi, POLAR), np.linspace(-np.pi, np.pi, ROUND), indexing="ij")
    rays = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)])
    steps = np.arange(0.0, FARTHEST_MM)
    index = middle[:, None, None, None] + (scale[:, None, None] * rays)[..., None] * steps
    inside = map_coordinates(mask.astype(np.uint8), index, order=0) > 0
    return gaussian_filter((inside * steps).max(axis=-1), RAY_SD, mode=("nearest", "wrap")).astype(np.float32)


def _on_sphere(offset: Doubles, radius: Doubles) -> Doubles:
    """Return where offsets (..., 3) of a length (...) lie in an array of `_radii`: (2, ...)."""
    polar = np.arccos(np.clip(offset[..., 2] / radius, -1.0, 1.0)) * (POLAR - 1) / np.pi
    azimuth = (np.arctan2(offset[..., 1], offset[..., 0]) + np.pi) * (ROUND - 1) / (2.0 * np.pi)
    return np.stack([polar, azimuth])


def _composed(
    image: Array, brain: Mask, around: Floats, inner: Mask, modality: Modality, rng: np.random.Generator
) -> Floats:
    """Return one contrast of the head; its brain's brightest is 1."""
    top = float(np.percentile(image[image != 0], 99.5))
    bent = np.interp(around, np.linspace(0.0, 1.0, 6), BENT[modality]) * rng.uniform(0.8, 1.25)
    whole = np.where(inner, FLUID[modality] * rng.uniform(0.8, 1.1), bent)
    return np.where(brain, image / top, whole).astype(np.float32)


def movement(head: Head, rng: np.random.Generator, degrees: float, mm: float) -> Affine:
    """Return a rigid movement (4, 4) about the brain's middle."""
    moved = np.eye(4)
    moved[:3, :3] = Rotation.from_euler("xyz", rng.uniform(-degrees, degrees, 3), degrees=True).as_matrix()
    moved[:3, 3] = head.middle - moved[:3, :3] @ head.middle + rng.uniform(-mm, mm, 3)
    return moved


def grid_of(head: Head, to_scanner: Affine, spacing: Sequence[float]) -> Grid:
    """Return a grid along L, P, S of the scanner that holds the head's upper part."""
    shape = np.array(next(iter(head.images.values())).shape)
    place = head.affine @ np.array([*((shape - 1) / 2.0), 1.0])
    middle = (to_scanner @ place)[:3]
    size = np.ceil((shape + 12) / np.array(spacing)).astype(int)
    affine = np.diag([-spacing[0], -spacing[1], spacing[2], 1.0])
    affine[:3, 3] = middle - affine[:3, :3] @ ((size - 1) / 2.0)
    i, j, k = (int(n) for n in size)
    return Grid((i, j, k), affine)


def scanned(head: Head, modality: Modality, to_scanner: Affine, grid: Grid, rng: np.random.Generator) -> Volume:
    """Return a scan: averaged over its slices, with noise, whole numbers."""
    parts = max(1, round(grid.spacing[2] / 1.25))
    index = np.linalg.inv(to_scanner @ head.affine) @ grid.affine
    image = np.zeros(grid.shape, np.float32)
    for part in range(parts):
        start = index[:3, 3] + index[:3, 2] * ((part + 0.5) / parts - 0.5)
        image += affine_transform(head.images[modality], index[:3, :3], start, grid.shape, np.float32, order=3)
    noise = NOISE * rng.standard_normal((2, *grid.shape), dtype=np.float32)
    image = np.hypot(np.maximum(image / parts, 0.0) + noise[0], noise[1])
    return Volume(np.clip(image * rng.uniform(300.0, 1500.0), 0, 32767).astype(np.int16), grid.affine)


def write_raw(case: Case, host: ScannedHead, folder: Path, *, thick: bool, seed: int) -> None:
    """Write a case made raw: `<case>_flair.nii.gz` and so on, and `<case>_seg.nii.gz` on the grid of T1ce."""
    rng = np.random.default_rng((seed, sum(case.name.encode())))
    head = head_of(case, host, rng)
    session = movement(head, rng, HEAD_DEGREES, SHIFT_MM)
    folder.mkdir(parents=True, exist_ok=True)
    for modality in head.images:
        to_scanner = movement(head, rng, MOVE_DEGREES, MOVE_MM) @ session
        grid = grid_of(head, to_scanner, (1.0, 1.0, SLICE_MM if thick and modality in SLICED else 1.0))
        write_nifti(scanned(head, modality, to_scanner, grid, rng), folder / f"{case.name}_{modality.value}.nii.gz")
        if modality is REFERENCE:
            index = np.linalg.inv(to_scanner @ head.affine) @ grid.affine
            labels = affine_transform(head.labels, index[:3, :3], index[:3, 3], grid.shape, np.uint8, order=0)
            write_nifti(Volume(labels, grid.affine), folder / f"{case.name}_seg.nii.gz")


def compared(case: Case, folder: Path, network: Network) -> list[str]:
    """Return a line of the table: Dice as it is and raw, volumes, seconds, and which modalities were left out."""
    prepared = segment(case.study(), network, SETTINGS)
    truth = read_truth(case.truth, case.labels(None, DEFAULT_LABEL_MAP)).array
    files = {m: folder / f"{case.name}_{m.value}.nii.gz" for m in MODALITIES}
    start = time.perf_counter()
    study = read_study(files, reference=REFERENCE)
    raw = segment(study, network, SETTINGS)
    seconds = time.perf_counter() - start
    raw.save(folder / "result")
    own = read_truth(folder / f"{case.name}_seg.nii.gz")
    before, after = region_overlaps(prepared.labels, truth), region_overlaps(raw.labels, own.array)
    cells = [f"{before[region].dice:.3f} / {after[region].dice:.3f}" for region in REGIONS]
    true_ml = volumes_ml(own.array, own.grid.voxel_ml)
    cells += [
        f"{true_ml[r.value]:.1f} / {prepared.volumes_ml[r.value]:.1f} / {raw.volumes_ml[r.value]:.1f}" for r in REGIONS
    ]
    left_out = [m.display for m in MODALITIES if m not in study.images]
    return [case.name, *cells, f"{seconds:.0f}", ", ".join(left_out) or "-"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make raw, segment, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--cases", nargs="+", required=True)
    parser.add_argument("--heads", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--network", type=Path)
    parser.add_argument("--thick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write-only", action="store_true", help="make the scans, and segment nothing")
    options = parser.parse_args(arguments)
    hosts = read_heads(options.heads).scanned
    cases = [case for data in options.data for case in find_cases(data) if case.name in options.cases]
    lines = []
    for number, case in enumerate(cases):
        folder = options.output / case.name
        write_raw(case, hosts[(number + options.seed) % len(hosts)], folder, thick=options.thick, seed=options.seed)
        if not options.write_only:
            lines.append(compared(case, folder, Network.load(options.network)))
            print(" | ".join(lines[-1]), file=sys.stderr, flush=True)
    dice = [f"Dice {region.value}, as it is / raw" for region in REGIONS]
    volumes = [f"{region.value} ml, true / as it is / raw" for region in REGIONS]
    if lines:
        print("\n".join(markdown_table(["case", *dice, *volumes, "seconds", "left out"], lines)))


if __name__ == "__main__":
    main()
